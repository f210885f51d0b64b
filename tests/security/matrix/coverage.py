"""Whether every address has a rule and every rule an address; what to write when one is missing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View

from accounts.views.sign_in import closed
from tests.security.matrix.rules import METHODS, Door, Rule


def addresses(urlconf: str | None = None) -> dict[str, URLPattern]:
    """Every address that the resolver knows, by name; one without a name by its path.

    Left out are patterns without a name that only stand before a named one of the same path, and
    those that close what the sign-in library offers there.
    """
    patterns = list(_patterns(get_resolver(urlconf), "", ""))
    named = {whole for whole, _namespace, pattern in patterns if pattern.name}
    return {
        namespace + pattern.name if pattern.name else whole: pattern
        for whole, namespace, pattern in patterns
        if pattern.name or (whole not in named and pattern.callback is not closed)
    }


def _patterns(
    resolver: URLResolver, namespace: str, path: str
) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        whole = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern, inner, whole)
        else:
            yield whole, namespace, pattern


def faults(
    known: Mapping[str, URLPattern], rules: Mapping[str, Rule], doors: Mapping[str, Door]
) -> list[str]:
    """A sentence for everything that is not declared, or declared and not there."""
    declared = set(rules) | set(doors)
    return [
        *(_unprotected(name, known[name]) for name in sorted(set(known) - declared)),
        *(
            f"{name} is not an address any more: take its rule out of tests/security/matrix."
            for name in sorted(declared - set(known))
        ),
        *(
            f"{name} has a rule and is called a door as well: keep one of the two."
            for name in sorted(set(rules) & set(doors))
        ),
        *(
            said
            for name in sorted(set(rules) & set(known))
            for said in _methods(name, known, rules)
        ),
    ]


def _unprotected(name: str, pattern: URLPattern) -> str:
    app = name.partition(":")[0]
    return (
        f"{name} ({pattern.lookup_str}) has no access rule. Say in "
        f"tests/security/matrix/rules_{app}.py who sees and who may: "
        f'about_person("{name}", "<row>", get=Access(SEES_RECORD)) for a row about a person, '
        f"about_organisation(…) for a row of an organisation, ones_own(…) for a page that names "
        f"no row; or a Door, with the reason why it is open."
    )


def _methods(
    name: str, known: Mapping[str, URLPattern], rules: Mapping[str, Rule]
) -> Iterator[str]:
    """Methods of an endpoint are in its class; those of a page are tried by the matrix itself."""
    taken = methods_of(known[name].callback)
    if taken is None:
        return
    for method in sorted(taken - set(rules[name].methods)):
        yield f"{name} takes {method.upper()} and its rule does not: add {method}=Access(…)."
    for method in sorted(set(rules[name].methods) - taken):
        yield f"{name} does not take {method.upper()} any more: take it out of its rule."


def methods_of(callback: Callable[..., Any]) -> set[str] | None:
    """The methods of a class of views; None for a function."""
    view: type[View] | None = getattr(callback, "view_class", None)
    return None if view is None else {name for name in METHODS if hasattr(view, name)}
