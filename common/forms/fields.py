"""Form fields with NHS.UK's options, limits on every text and a sentence for every mistake.

Common options: ``hint``, ``label_size`` ("s", "m", "l"), ``label_is_heading``, ``width`` (2, 3, 4,
5, 10, 20, 30) and ``missing``, the sentence for an empty field. Without ``missing`` the sentence
is made of the label, so a field whose label is a question must say what is missing.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import FIRST_YEAR, LAST_YEAR, long_date
from common.forms.widgets import PARTS, Checkboxes, DateInput, Radios, Select
from common.text import MaxWords, clean_line, clean_text, refuse_unstorable

Words = Any  # str, or the lazy str of gettext_lazy, whose type the stubs keep private

LINE_LIMIT = 200
TEXT_LIMIT = 5_000
INTEGER_LIMIT = 2_147_483_647


def _in_a_sentence(label: Words) -> str:
    """Return a label as it reads in the middle of a sentence: "Start date" as "start date"."""
    text = str(label)
    is_acronym = len(text) > 1 and text[1].isupper()
    return text if is_acronym else text[:1].lower() + text[1:]


def _enter(label: Words) -> str:
    return _("Enter %(thing)s") % {"thing": _in_a_sentence(label)}


def _select(label: Words) -> str:
    return _("Select %(thing)s") % {"thing": _in_a_sentence(label)}


_enter_lazy, _select_lazy = lazy(_enter, str), lazy(_select, str)


class NHSField(forms.Field):
    """The options every field of ours has; a base to mix into Django's own fields."""

    _ask = staticmethod(_enter_lazy)

    def __init__(
        self,
        *,
        label: Words,
        hint: Words = "",
        missing: Words | None = None,
        width: int | None = None,
        label_size: str = "",
        label_is_heading: bool = False,
        **options: Any,
    ) -> None:
        self.width, self.label_size, self.label_is_heading = width, label_size, label_is_heading
        self.asks_by_label = missing is None
        if missing is None:
            missing = self._ask(label)
        messages = {"required": missing, **(options.pop("error_messages", None) or {})}
        super().__init__(label=label, help_text=hint, error_messages=messages, **options)
        self.missing = missing


class CharField(NHSField, forms.CharField):
    """One line of text. Runs of spaces become one; what no store can hold is refused."""

    def __init__(self, *, max_length: int = LINE_LIMIT, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.error_messages["max_length"] = gettext_lazy(
            "Enter %(limit_value)d characters or fewer"
        )

    def to_python(self, value: Any) -> str:
        return self.clean_characters(super().to_python(value) or "")

    def clean_characters(self, text: str) -> str:
        return clean_line(text) if text else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The browser would cut pasted text at maxlength without a word, so the server says it.
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        attrs.pop("minlength", None)
        return attrs


class TextField(CharField):
    """Several lines of text, limited in words (with a counter) or in characters."""

    widget = forms.Textarea

    def __init__(
        self,
        *,
        max_words: int | None = None,
        rows: int = 5,
        max_length: int = TEXT_LIMIT,
        **options: Any,
    ) -> None:
        super().__init__(max_length=max_length, **options)
        self.max_words = max_words
        self.widget.attrs.pop("cols", None)
        self.widget.attrs["rows"] = rows
        if max_words:
            self.validators.append(MaxWords(max_words))

    def clean_characters(self, text: str) -> str:
        return clean_text(text) if text else text


class EmailField(CharField):
    widget = forms.EmailInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 254)
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", "email")
        self.widget.attrs.setdefault("spellcheck", "false")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned:
            try:
                forms.EmailField(max_length=None).clean(cleaned)
            except ValidationError:
                raise ValidationError(
                    _("Enter an email address in the correct format, like name@example.nhs.uk"),
                    code="email",
                ) from None
        return cleaned


class PasswordField(NHSField, forms.CharField):
    """A password, kept to the character as it was typed."""

    widget = forms.PasswordInput

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, max_length=256, **options)
        self.widget.attrs.setdefault("autocomplete", "current-password")


class IntegerField(NHSField, forms.IntegerField):
    widget = forms.TextInput

    def __init__(
        self, *, min_value: int = 0, max_value: int = INTEGER_LIMIT, **options: Any
    ) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)
        self.error_messages["invalid"] = gettext_lazy("Enter a whole number, like 15")
        self.widget.attrs.setdefault("inputmode", "numeric")
        _word_limits(self)


class DecimalField(NHSField, forms.DecimalField):
    widget = forms.TextInput

    def __init__(
        self,
        *,
        min_value: int = 0,
        max_value: int = INTEGER_LIMIT,
        max_digits: int = 12,
        decimal_places: int = 2,
        **options: Any,
    ) -> None:
        super().__init__(
            min_value=min_value,
            max_value=max_value,
            max_digits=max_digits,
            decimal_places=decimal_places,
            **options,
        )
        self.error_messages["invalid"] = gettext_lazy("Enter a number, like 7.5")
        self.widget.attrs.setdefault("inputmode", "decimal")
        _word_limits(self)


def _word_limits(field: forms.Field) -> None:
    field.error_messages |= {
        "min_value": gettext_lazy("Enter a number that is %(limit_value)s or more"),
        "max_value": gettext_lazy("Enter a number that is %(limit_value)s or less"),
    }


class BooleanField(NHSField, forms.BooleanField):
    """One checkbox. Required means that it must be ticked."""

    _ask = staticmethod(_select_lazy)


class _Choosing(NHSField):
    _ask = staticmethod(_select_lazy)
    not_offered = gettext_lazy("Select an answer from the list")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= dict.fromkeys(
            ("invalid_choice", "invalid_list", "invalid_pk_value"), self.not_offered
        )


class ChoiceField(_Choosing, forms.ChoiceField):
    """One answer of a few (radios, the default) or of many (``widget=forms.Select``)."""

    widget = Radios

    def __init__(self, *, hints: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(**options)
        if hints and isinstance(self.widget, Radios):
            self.widget.hints = hints


class MultipleChoiceField(_Choosing, forms.MultipleChoiceField):
    widget = Checkboxes
    not_offered = gettext_lazy("Select answers from the list")


class ModelChoiceField(_Choosing, forms.ModelChoiceField):
    """One row of a queryset that was narrowed with ``visible_to`` before it came here."""

    widget = Select

    def to_python(self, value: Any) -> Model | None:
        refuse_unstorable(str(value or ""))
        try:
            row: Model | None = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice") from None
        return row


class ModelMultipleChoiceField(_Choosing, forms.ModelMultipleChoiceField):
    widget = Checkboxes
    not_offered = gettext_lazy("Select answers from the list")

    def clean(self, value: Any) -> Any:
        for one in value or ():
            refuse_unstorable(str(one))
        return super().clean(value)


class FileField(_Choosing, forms.FileField):
    """A file to upload. What is in it is judged by the service that keeps it."""

    widget = forms.FileInput

    def __init__(self, **options: Any) -> None:
        # The service makes the name safe and shortens it, so no name is refused for its length.
        super().__init__(allow_empty_file=True, **options)
        self.error_messages["invalid"] = self.missing


class DateField(NHSField, forms.Field):
    """A day typed in three parts. Gives a ``date``, or None when nothing was typed.

    ``earliest`` and ``latest`` are inclusive. They are often today's, so set them in the form's
    ``__init__`` from a day that was passed in.
    """

    widget = DateInput

    def __init__(
        self, *, earliest: date | None = None, latest: date | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.earliest, self.latest = earliest, latest

    def to_python(self, value: Any) -> date | None:
        typed = dict(zip(PARTS, DateInput.as_typed(value), strict=True))
        if not any(typed.values()):
            return None
        self._refuse_missing_parts(typed)
        return self._as_date(typed)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.earliest and value < self.earliest:
            raise self._refusal(
                _("%(thing)s must be on or after %(day)s"), "too_early", day=self.earliest
            )
        if self.latest and value > self.latest:
            raise self._refusal(
                _("%(thing)s must be on or before %(day)s"), "too_late", day=self.latest
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return DateInput.as_typed(initial) != DateInput.as_typed(data)

    def _refuse_missing_parts(self, typed: Mapping[str, str]) -> None:
        absent = [part for part in PARTS if not typed[part]]
        if absent:
            code = "missing_" + "_".join(absent)
            raise self._refusal(_must_include(absent), code)

    def _as_date(self, typed: Mapping[str, str]) -> date:
        numbers = {part: _number(typed[part]) for part in PARTS}
        if numbers["year"] is not None and not FIRST_YEAR <= numbers["year"] <= LAST_YEAR:
            raise self._refusal(_("Year of %(thing)s must be between 1900 and 2199"), "wrong_year")
        try:
            return date(numbers["year"] or 0, numbers["month"] or 0, numbers["day"] or 0)
        except ValueError:
            raise self._refusal(_("%(thing)s must be a real date"), "not_a_date") from None

    def _refusal(self, sentence: str, code: str, *, day: date | None = None) -> ValidationError:
        words = {"thing": self.label, "day": long_date(day) if day else ""}
        return ValidationError(sentence % words, code=code)


def _must_include(absent: Iterable[str]) -> str:
    sentences = {
        ("day",): _("%(thing)s must include a day"),
        ("month",): _("%(thing)s must include a month"),
        ("year",): _("%(thing)s must include a year"),
        ("day", "month"): _("%(thing)s must include a day and a month"),
        ("day", "year"): _("%(thing)s must include a day and a year"),
        ("month", "year"): _("%(thing)s must include a month and a year"),
    }
    return sentences[tuple(absent)]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else None
