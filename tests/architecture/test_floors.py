import ast

from django.apps import apps
from django.db.models import Model

from tests.architecture.source import APPS, floor_of, modules, name_of, tree


def own_models():
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def relations_of(model: type[Model]):
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        target = field.related_model
        if isinstance(target, type) and target._meta.app_label in APPS:
            yield field, target._meta.app_label


def test_no_relation_goes_to_a_higher_floor():
    upward = [
        str(field)
        for model in own_models()
        for field, target in relations_of(model)
        if floor_of(target) > floor_of(model._meta.app_label)
    ]

    assert upward == []


def test_apps_of_one_floor_are_not_related():
    sideways = [
        str(field)
        for model in own_models()
        for field, target in relations_of(model)
        if target != model._meta.app_label and floor_of(target) == floor_of(model._meta.app_label)
    ]

    assert sideways == []


def test_no_accessor_climbs_from_a_lower_floor_to_a_higher_one():
    """A template given a person could otherwise walk up into somebody's talent record."""
    climbing = [
        f"{field} is reached as {field.remote_field.get_accessor_name()}"
        for model in own_models()
        for field, target in relations_of(model)
        if floor_of(target) < floor_of(model._meta.app_label) and not field.remote_field.hidden
    ]

    assert climbing == []


def test_no_app_imports_a_higher_one_even_late():
    """import-linter sees every import; this one names the line, and needs no graph to be built."""
    upward = [
        f"{name_of(path)}:{node.lineno} imports {imported}"
        for path in modules()
        for node in ast.walk(tree(path))
        for imported in imported_apps(node)
        if floor_of(imported) > floor_of(name_of(path).split("/")[0])
    ]

    assert upward == []


def imported_apps(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        names = []
    return [name.split(".")[0] for name in names if name.split(".")[0] in APPS]
