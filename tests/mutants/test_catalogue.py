"""Mutants are there, they change what they say, and they reach the code that is imported."""

import ast
import os
import subprocess
import sys

import pytest

from tests.mutants.catalogue import EQUIVALENT, ROOT, mutants

MUTANTS = mutants()


def test_there_are_enough_of_them_and_of_every_kind():
    assert len(MUTANTS) >= 80
    assert {one.kind for one in MUTANTS} >= {"policy", "scope", "refusal", "second step"}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.key)
def test_each_changes_the_function_it_names(mutant):
    source = (ROOT / mutant.path).read_text()

    changed = ast.unparse(mutant.applied(source))

    assert changed != ast.unparse(ast.parse(source))
    assert compile(changed, mutant.path, "exec")


def test_what_is_called_equivalent_is_there_and_has_a_reason():
    assert set(EQUIVALENT) <= {one.key for one in MUTANTS}
    assert all(len(reason) > 20 for reason in EQUIVALENT.values())


@pytest.mark.parametrize("name", ["none", "courses/policies/places.py:may_withdraw"])
def test_a_mutant_is_in_what_is_imported_and_only_then(name):
    asked = (
        "import tests.mutants.hook, os, django; django.setup(); "
        "from courses.policies.places import may_withdraw; "
        "print(may_withdraw(frozenset(), enrolment=None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={**os.environ, "WAYMARK_MUTANT": name, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip().splitlines()[-1] == str(name != "none")
