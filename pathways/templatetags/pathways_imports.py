"""How the columns of an import are headed on a page."""

from django import template

from pathways.selectors.workbooks.columns import heading

register = template.Library()


@register.filter
def column_heading(name: str) -> str:
    return heading(name)
