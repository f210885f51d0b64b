"""Every verb that a service records can be read by a person."""

import ast
import re
from importlib import import_module

import pytest

from accounts.verbs import all_verbs
from appraisals.models import PLAN_ACTION_WORKFLOW
from tests.architecture.recording import recorded_verbs
from tests.architecture.source import modules, name_of, tree


def patterns(value, path):
    """What ``value`` of a module can be, as regular expressions."""
    if isinstance(value, ast.Constant):
        return [re.escape(value.value)]
    if isinstance(value, ast.JoinedStr):
        parts = (
            re.escape(part.value) if isinstance(part, ast.Constant) else "[a-z_]+"
            for part in value.values
        )
        return ["".join(parts)]
    module = import_module(name_of(path).removesuffix(".py").replace("/", "."))
    name = value.value.id if isinstance(value, ast.Subscript) else value.id
    known = getattr(module, name)
    return [re.escape(verb) for verb in (known.values() if isinstance(known, dict) else [known])]


def recorded():
    return {
        (name_of(path), pattern)
        for path in modules("services")
        for value in recorded_verbs(tree(path))
        for pattern in patterns(value, path)
    }


def test_every_recorded_verb_is_put_into_words():
    wordless = [
        f"{path} records {pattern!r}: declare its wording in the app's declare_verbs()"
        for path, pattern in sorted(recorded())
        if not any(re.fullmatch(pattern, verb) for verb in all_verbs())
    ]

    assert wordless == []


def test_every_step_of_a_workflow_has_its_own_words():
    steps = {f"{step}_action" for step in PLAN_ACTION_WORKFLOW.names}

    assert steps <= set(all_verbs())


def test_every_wording_names_who_did_it():
    assert [name for name, verb in all_verbs().items() if "Jo" not in verb.sentence("Jo")] == []


def test_verbs_are_found_at_all():
    found = {pattern for _path, pattern in recorded()}

    assert {"approve", "share", "attend", "read_plan", "[a-z_]+_nomination"} <= found


@pytest.mark.parametrize(
    "sample",
    [
        "record(verb='enrol', by=by)",
        "Event.objects.bulk_create(event_row(verb='enrol') for row in rows)",
        "_tell(row, verb='enrol')\ndef _tell(row, *, verb): record(verb=verb)",
        "_tell('enrol', row)\ndef _tell(verb, row): record(verb=verb)",
    ],
)
def test_a_verb_is_found_wherever_it_is_named(sample):
    assert [value.value for value in recorded_verbs(ast.parse(sample))] == ["enrol"]
