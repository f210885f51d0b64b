"""Every address that the resolver knows, the libraries' included, with keys that name nothing."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters

_KEYS = {
    "int": 1,
    "str": "somebody",
    "slug": "step",
    "path": "a/path",
    "uuid": uuid.UUID(int=1),
}


def every_address() -> dict[str, str]:
    """Name -> path."""
    return {name: reverse(name, kwargs=arguments) for name, arguments in _named(get_resolver(), "")}


def _named(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _named(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace + pattern.name, _arguments(pattern)


def _arguments(pattern: URLPattern) -> dict[str, Any]:
    names = {type(converter): name for name, converter in get_converters().items()}
    found = {
        argument: _KEYS[names[type(converter)]]
        for argument, converter in pattern.pattern.converters.items()
    }
    groups = getattr(pattern.pattern, "regex", None)
    return {**dict.fromkeys(groups.groupindex if groups else (), "1"), **found}
