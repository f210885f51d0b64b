"""Finds rows read at the edge otherwise than through ``visible_to``."""

import ast
from collections.abc import Iterator

SHORTCUTS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def unscoped_reads(module: ast.Module) -> Iterator[str]:
    """Yield ``line: expression`` for every read that anybody's row could come out of."""
    scoped = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr == "visible_to"
    }
    for node in ast.walk(module):
        is_manager = isinstance(node, ast.Attribute) and node.attr in MANAGERS
        if is_manager and id(node) not in scoped:
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Call) and _is_shortcut(node.func) and _is_model(node.args[0]):
            yield f"{node.lineno}: {ast.unparse(node.func)}({ast.unparse(node.args[0])}, …)"


def _is_shortcut(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in SHORTCUTS


def _is_model(argument: ast.expr) -> bool:
    name = argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "id", "")
    return name[:1].isupper()
