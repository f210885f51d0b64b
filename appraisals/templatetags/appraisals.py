"""Reading the plain data of an appraisal's content in a template: ``{% load appraisals %}``."""

from datetime import date, datetime

from django import template

register = template.Library()


@register.filter
def from_iso(value: str | None) -> date | datetime | None:
    """A day, or a moment, out of the text the content keeps it as."""
    if not value:
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
