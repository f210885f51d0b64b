"""Bodies and addresses as they may come in: every name known, or the request is refused."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.dates import FIRST_YEAR, LAST_YEAR
from common.text import clean_line, clean_text


class InSerializer(serializers.Serializer[Any]):
    """A body whose unknown names are mistakes, so that a misspelt field is never just ignored."""

    default_error_messages = {
        "invalid": _("Send a JSON object."),
        "unknown_field": _("There is no such field."),
    }

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data) if isinstance(data, Mapping) else []
        try:
            known = super().to_internal_value(data)
        except serializers.ValidationError as mistakes:
            if not unknown or not isinstance(mistakes.detail, dict):
                raise
            raise serializers.ValidationError(
                {**mistakes.detail, **self._refusals(unknown)}
            ) from None
        if unknown:
            raise serializers.ValidationError(self._refusals(unknown))
        return known

    def _unknown(self, data: Mapping[str, Any]) -> list[str]:
        accepted = {name for name, field in self.fields.items() if not field.read_only}
        return [str(name) for name in data if name not in accepted]

    def _refusals(self, names: list[str]) -> dict[str, Any]:
        sentence = str(self.error_messages["unknown_field"])
        return {name: [serializers.ErrorDetail(sentence, code="unknown_field")] for name in names}


class NothingIn(InSerializer):
    """The body of a change that needs none: no bytes at all, or an empty object."""


class TextIn(serializers.CharField):
    """Text in the form in which the pages keep it. A number is refused, not made into digits.

    Text of which nothing is left once what nobody sees is gone is blank.
    """

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = self.cleaned(super().to_internal_value(data))
        if not text.strip() and not self.allow_blank:
            self.fail("blank")
        return text

    def cleaned(self, text: str) -> str:
        return clean_text(text)


class LineIn(TextIn):
    """The same on one line: runs of spaces become one."""

    def cleaned(self, text: str) -> str:
        return clean_line(text)


class DayIn(serializers.DateField):
    """A day of the years that the pages take: 1900 to 2199."""

    default_error_messages = {"wrong_year": _("Send a day of the years 1900 to 2199.")}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("wrong_year")
        return day


class YesNoIn(serializers.BooleanField):
    """``true`` or ``false``. A number or a word is refused, not taken for one of them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class ProblemErrorOut(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Dotted path; empty for the whole body.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """Problem details (RFC 9457). ``code`` is stable; the sentences may be reworded."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorOut(many=True, required=False)  # type: ignore[assignment]
    current = serializers.JSONField(required=False, help_text="What the thing is now (409, 412).")
