"""Text as it may be kept: nothing PostgreSQL, JSON or a screen reader would stumble over."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but for tab and newline, which people type on purpose.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
# Marks that turn the direction of what follows, and so can make a name read as another.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def unstorable(text: str) -> bool:
    """True when PostgreSQL or UTF-8 cannot hold ``text``: a NUL, or half of a surrogate pair."""
    return "\x00" in text or _SURROGATES.search(text) is not None


def clean_text(text: str) -> str:
    """Return ``text`` with one kind of line end, composed letters and no stray controls.

    Refuses with ``ValidationError`` (code ``unstorable``) what no store could hold. Spaces at
    either end are left alone; form fields strip them.
    """
    refuse_unstorable(text)
    text = _LINE_ENDS.sub("\n", text)
    return unicodedata.normalize("NFC", _DIRECTION.sub("", _CONTROLS.sub("", text)))


def clean_line(text: str) -> str:
    """Return ``text`` as one line: cleaned, with every run of white space made one space."""
    return " ".join(clean_text(text).split())


def refuse_unstorable(text: str) -> None:
    if unstorable(text):
        raise ValidationError(
            _("Enter text without the hidden characters it contains. Type it again."),
            code="unstorable",
        )


def count_words(text: str) -> int:
    return len(text.split())


@deconstructible
class MaxWords:
    """A validator: at most ``limit`` words, counted as the page's counter counts them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, text: str) -> None:
        words = count_words(text)
        if words > self.limit:
            raise ValidationError(
                _("Enter %(limit)s words or fewer. You have used %(words)s."),
                code="max_words",
                params={"limit": self.limit, "words": words},
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MaxWords) and other.limit == self.limit

    def __hash__(self) -> int:
        return hash((MaxWords, self.limit))


def pounds(pence: int) -> str:
    """£1,200, or £1,200.50 where there are pence; below nought with a minus before the sign."""
    whole, rest = divmod(abs(pence), 100)
    amount = f"£{whole:,}.{rest:02}" if rest else f"£{whole:,}"
    return f"\N{MINUS SIGN}{amount}" if pence < 0 else amount
