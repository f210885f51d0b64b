"""Tags and filters of every page.

``{% nhsuk "warning-callout" heading=… text=… %}`` draws a component of NHS.UK frontend from its
own macros, so it stays in step with the style sheet. A macro costs up to 2 ms: in loops use the
plain templates in ``templates/components/`` instead.
"""

from datetime import date, datetime
from functools import lru_cache
from types import ModuleType
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from jinja2 import ChainableUndefined, Environment, PackageLoader

from common.dates import LONDON, clock_time, long_date, spoken_minutes
from common.forms.base import form_mistakes
from common.text import pounds as in_pounds

register = template.Library()

_PATH = "nhsuk/components/{0}/macro.jinja"
_OTHER_NAMES = {"tables": "table", "do-dont-list": "list", "images": "image"}


@lru_cache(maxsize=1)
def _components() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@lru_cache(maxsize=64)
def _macro(component: str) -> Any:
    first, *rest = component.split("-")
    macro_name = _OTHER_NAMES.get(component, first + "".join(map(str.title, rest)))
    module: ModuleType | Any = _components().get_template(_PATH.format(component)).module
    return getattr(module, macro_name)


@register.simple_tag
def nhsuk(component: str, **options: Any) -> SafeString:
    """Draw a component by the name of its folder; ``label__text="Name"`` sets label.text.

    Everything is escaped but the options whose names end in "html". The hidden "Error:" is
    translated here, because the macros only know English.
    """
    params: dict[str, Any] = {}
    for path, value in options.items():
        *parents, last = path.split("__")
        level = params
        for parent in parents:
            level = level.setdefault(parent, {})
        level[last] = value if last.lower().endswith("html") else _as_text(value)
    mistake = params.get("errorMessage")
    if isinstance(mistake, dict):
        mistake.setdefault("visuallyHiddenText", _("Error:").removesuffix(":"))
    # Escaped by the macro: its environment has autoescape on.
    return SafeString(_macro(component)(params))


def _as_text(value: Any) -> Any:
    """Take the mark "safe" off words: literals of templates carry it, and macros believe it."""
    return "".join(str(value)) if isinstance(value, (str, Promise)) else value


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_of_page: forms.BaseForm | None) -> dict[str, Any]:
    """Draw what is wrong in the forms of the page, each sentence a link to its field."""
    mistakes = [
        mistake
        for form in forms_of_page
        if form and form.is_bound
        for mistake in form_mistakes(form)
    ]
    return {"mistakes": mistakes}


@register.filter
def longdate(value: date | datetime | None) -> str:
    """7 March 2027, in London."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(LONDON).date() if value.tzinfo else value.date()
    return long_date(value)


@register.filter
def clocktime(value: datetime) -> str:
    """The NHS way to write a time, in London: 9am, 2:30pm, midday, midnight."""
    return clock_time(value)


@register.filter
def hours(minutes: int) -> str:
    """A length in minutes as it is said: 7 hours 30 minutes."""
    return spoken_minutes(minutes)


@register.filter
def pounds(pence: int | None) -> str:
    """An amount in pence as £1,200 or £1,200.50."""
    return "" if pence is None else in_pounds(pence)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The numbers to offer, with the gaps as the paginator marks them."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
