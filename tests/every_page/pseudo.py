"""A language in which no plain English is left: what a page still says in it was not translated."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import trans_real

_ACCENTED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀćđéƒĝĥíĵķĺɱńóƥɋřšţúṽŵẋýžÀƁĆĐÉƑĜĤÍĴĶĹṀŃÓƤɊŘŠŢÚṼŴẊÝŽ",
)
# What a sentence takes from elsewhere stays as it is: %(name)s, %d, {name}.
_PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\})")
_WORD = re.compile(r"[A-Za-z]{3,}")
_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder", "content", "summary")
_SILENT = ("script", "style", "code", "pre")


class PseudoLanguage(NullTranslations):
    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return accented(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def to_language(self) -> str:
        return "en-gb"


def accented(message: str) -> str:
    """The message with every letter accented, but for what is filled in."""
    parts = _PLACEHOLDER.split(message)
    return "".join(
        part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTED) for part in parts
    )


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Every sentence that goes through gettext comes out accented until the block ends."""
    known = trans_real._translations
    languages = ("en-gb", "en")
    before = {language: known.get(language) for language in languages}
    active = translation.get_language()
    try:
        for language in languages:
            known[language] = PseudoLanguage()
        translation.activate("en-gb")
        yield
    finally:
        for language, catalogue in before.items():
            if catalogue is None:
                known.pop(language, None)
            else:
                known[language] = catalogue
        translation.activate(active or "en-gb")


class _Words(HTMLParser):
    """Collects what a reader of the page, or of its attributes, could read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        if tag == "meta":
            return
        self.found += [values[name] or "" for name in _ATTRIBUTES if name in values]
        if tag == "input" and values.get("type") in {"submit", "button"}:
            self.found.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data.strip())


def plain_english(html: str, *, data: Iterable[str]) -> list[str]:
    """Texts of the page that hold a word of plain letters which is not one of ``data``.

    ``data``: what comes from the database or is a name ("Waymark"); it may stand in any text.
    """
    words = _Words()
    words.feed(html)
    known = {word for text in data for word in _WORD.findall(text)}
    return [text for text in words.found if any(word not in known for word in _WORD.findall(text))]
