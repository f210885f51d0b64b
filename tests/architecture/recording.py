"""Finds public services that write rows without recording an event."""

import ast
from collections.abc import Iterator

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
RECORDS = {"record", "event_row", "record_reading", "record_readings"}


def silent_services(module: ast.Module) -> Iterator[str]:
    """Yield each public function that writes, itself or through its module, and records nothing."""
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    imported = _imported_services(module)
    for name, function in functions.items():
        called = _calls(function, functions)
        writes = called & WRITES
        if not name.startswith("_") and writes and not called & (RECORDS | imported):
            yield f"{function.lineno}: {name}"


def _calls(function: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Names of everything called by the function and by functions of its module it calls."""
    waiting, seen, called = [function], set(), set()
    while waiting:
        current = waiting.pop()
        seen.add(current.name)
        names = {
            _called_name(node.func) for node in ast.walk(current) if isinstance(node, ast.Call)
        }
        called |= names
        waiting += [functions[name] for name in names & set(functions) if name not in seen]
    return called


def _called_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _imported_services(module: ast.Module) -> set[str]:
    """Services of other modules record their own event, so calling one is enough."""
    return {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and ".services." in node.module
        and not node.module.startswith(("jobs.", "notifications."))
        for alias in node.names
    } - {"lock"}


def recorded_verbs(module: ast.Module) -> Iterator[ast.expr]:
    """Yield what each call that records gives as the verb, but not what it was given itself."""
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    places = {name: _place_of_verb(function) for name, function in functions.items()}
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        name = _called_name(call.func)
        given = [word.value for word in call.keywords if word.arg == "verb"]
        place = places.get(name)
        if place is not None and len(call.args) > place:
            given.append(call.args[place])
        elif name not in RECORDS and place is None and name not in functions:
            continue
        yield from (value for value in given if not _is_handed_on(value))


def _place_of_verb(function: ast.FunctionDef) -> int | None:
    names = [argument.arg for argument in function.args.args]
    return names.index("verb") if "verb" in names else None


def _is_handed_on(value: ast.expr) -> bool:
    return ast.unparse(value) in {"verb", "fields['verb']"}
