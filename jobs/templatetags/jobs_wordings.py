from django import template

register = template.Library()


@register.simple_tag
def told(words: object, **facts: object) -> str:
    """A sentence with what stands in its places: ``{% told words day="7 March 2027" %}``."""
    return str(words) % facts
