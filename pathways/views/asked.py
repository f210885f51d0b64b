"""What an address asks for after its question mark."""

from django.http import HttpRequest

# The largest key that a table can have has nineteen digits.
_DIGITS = 18


def key_asked(request: HttpRequest, name: str) -> int | None:
    """The key that ``?name=`` asks for, or None when what it says cannot be one."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) <= _DIGITS else None
