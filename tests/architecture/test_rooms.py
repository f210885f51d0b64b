import ast

import pytest

from tests.architecture.source import APPS, ROOT, modules, name_of, tree

LONGEST_MODULE = 400
LONGEST_TEST_MODULE = 500


@pytest.mark.parametrize("app", APPS)
def test_an_app_says_what_it_owns(app):
    assert ast.get_docstring(tree(ROOT / app / "__init__.py"))


def test_services_policies_and_selectors_say_what_they_are_for():
    silent = [
        name_of(path)
        for path in modules("services", "policies", "selectors")
        if path.stat().st_size and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_no_module_has_grown_too_long():
    too_long = [
        name_of(path)
        for path in modules()
        if "migrations" not in path.parts and len(path.read_text().splitlines()) > LONGEST_MODULE
    ]
    too_long += [
        name_of(path)
        for path in (ROOT / "tests").rglob("*.py")
        if len(path.read_text().splitlines()) > LONGEST_TEST_MODULE
    ]

    assert too_long == []


def test_common_has_no_models_and_stays_small():
    plumbing = {"__init__", "__pycache__", "apps", "templatetags"}
    counted = [path for path in (ROOT / "common").iterdir() if path.stem not in plumbing]

    assert not (ROOT / "common/models.py").exists()
    assert len(counted) <= 10, sorted(path.stem for path in counted)
