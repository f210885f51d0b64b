"""The controls that NHS.UK frontend draws differently from Django."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import HiddenInput
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["Checkboxes", "DateInput", "HiddenInput", "Radios", "Select"]

PARTS = ("day", "month", "year")


class Select(forms.Select):
    """A list to choose from. Drawn without templates: a page may hold hundreds of options, and a
    template for each of them would take longer than all the rest of the page."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        groups = self.optgroups(name, self.format_value(value), attrs)
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join(
                "", "{}", ((_options(rows, group=title),) for title, rows, _ in groups)
            ),
        )


def _options(rows: Iterable[Mapping[str, Any]], *, group: str | None) -> SafeString:
    drawn = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((row["value"], " selected" if row["selected"] else "", row["label"]) for row in rows),
    )
    return format_html('<optgroup label="{}">{}</optgroup>', group, drawn) if group else drawn


class Radios(forms.RadioSelect):
    """Radio buttons; the first has the id of the field, so that the error summary finds it."""

    template_name = "forms/widgets/radios.html"
    use_fieldset = True

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        inline: bool = False,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.inline = inline
        self.hints = hints or {}

    def id_for_label(self, id_: str, index: str | int | None = None) -> str:
        return id_ if not index or index in {"0", 0} else f"{id_}-{index}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["inline"] = self.inline
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


class Checkboxes(forms.CheckboxSelectMultiple):
    template_name = "forms/widgets/checkboxes.html"
    use_fieldset = True

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        small: bool = False,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.small = small
        self.hints = hints or {}

    def id_for_label(self, id_: str, index: str | int | None = None) -> str:
        return id_ if not index or index in {"0", 0} else f"{id_}-{index}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["small"] = self.small
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


class DateInput(forms.Widget):
    """A day, a month and a year, typed apart: ``<name>_day``, ``<name>_month``, ``<name>_year``."""

    template_name = "forms/widgets/date.html"
    use_fieldset = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> tuple[str, str, str]:
        day, month, year = (str(data.get(f"{name}_{part}") or "").strip() for part in PARTS)
        return day, month, year

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}_{part}" in data for part in PARTS)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        built = self.build_attrs(self.attrs, attrs)
        wrong = built.pop("wrong_parts", [])
        typed = dict(zip(PARTS, self.as_typed(value), strict=True))
        return {
            "id": built.get("id", name),
            "parts": [
                {
                    "name": f"{name}_{part}",
                    "part": part,
                    "value": typed[part],
                    "wrong": part in wrong,
                }
                for part in PARTS
            ],
        }

    def id_for_label(self, id_: str, index: str | int | None = None) -> str:
        return f"{id_}_day" if id_ else ""

    @staticmethod
    def as_typed(value: date | tuple[str, str, str] | None) -> tuple[str, str, str]:
        if isinstance(value, date):
            return str(value.day), str(value.month), str(value.year)
        return value or ("", "", "")

    @staticmethod
    def parts_named_by(codes: Iterable[str | None]) -> list[str]:
        """Return the parts that error codes such as ``missing_day_month`` name, or all three."""
        named = [part for part in PARTS if any(part in (code or "").split("_") for code in codes)]
        return named or list(PARTS)
