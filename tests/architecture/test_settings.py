import ast
import re

import pytest

from config import documents
from config.variables import VARIABLES
from tests.architecture.source import ROOT, modules, name_of, tree

NAMES = {variable.name for variable in VARIABLES}
# They hand the environment on to child processes, or name the settings module before it is read.
MAY_TOUCH_THE_ENVIRONMENT = {
    "config/celery.py",
    "config/environment.py",
    "config/processes.py",
    "config/supervisor.py",
    "config/wsgi.py",
}


def settings_read(path):
    """Names of settings taken from the table, as ``ENV["NAME"]`` or ``values["NAME"]``."""
    return {
        node.slice.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"ENV", "values"}
        and isinstance(node.slice, ast.Constant)
    }


def test_every_setting_that_is_read_is_in_the_table():
    unknown = {
        f"{name_of(path)}: {name}"
        for path in modules()
        for name in settings_read(path) - NAMES
        if path.parts[-2] == "config"
    }

    assert unknown == set()


def test_every_setting_in_the_table_is_read():
    read = {name for path in modules() for name in settings_read(path)}

    assert NAMES - read == set()


def test_nothing_else_reads_the_environment():
    readers = {
        name_of(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }

    assert readers - MAY_TOUCH_THE_ENVIRONMENT == set()


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_setting_has_a_meaning_and_a_remedy(variable):
    for sentence in (variable.meaning, variable.remedy):
        assert re.fullmatch(r"[A-Z].+[.]", sentence, re.DOTALL)


def test_the_page_about_settings_is_up_to_date():
    assert (ROOT / "docs/settings.md").read_text() == documents.settings_page()


def test_the_example_file_is_up_to_date():
    assert (ROOT / ".env.example").read_text() == documents.example_file()
