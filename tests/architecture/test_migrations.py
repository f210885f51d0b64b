import re
from collections import Counter

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from tests.architecture.source import APPS

# The names that Django gives when nobody says what a migration is for.
UNNAMED = re.compile(r"^\d{4}_(auto_|alter_|add_|remove_|rename_|delete_|merge_)|_and_more$")


@pytest.fixture(scope="module")
def own_migrations():
    loader = MigrationLoader(None)
    return loader, {key: m for key, m in loader.disk_migrations.items() if key[0] in APPS}


def test_every_app_has_one_last_migration(own_migrations):
    loader, _ = own_migrations

    leaves = Counter(app for app, _ in loader.graph.leaf_nodes() if app in APPS)

    assert [app for app, count in leaves.items() if count != 1] == []
    assert leaves["accounts"] == 1


def test_every_migration_has_a_name_that_says_what_it_is_for(own_migrations):
    _, migrations = own_migrations

    unnamed = [f"{app}.{name}" for app, name in migrations if UNNAMED.search(name)]

    assert unnamed == []


def test_every_migration_can_be_undone(own_migrations):
    _, migrations = own_migrations

    one_way = [
        f"{app}.{name}"
        for (app, name), migration in migrations.items()
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]

    assert one_way == []


@pytest.mark.parametrize("name", ["0002_auto_20261121_1200", "0003_alter_x_y", "0004_a_b_and_more"])
def test_a_name_given_by_django_is_recognised(name):
    assert UNNAMED.search(name)


@pytest.mark.parametrize("name", ["0001_initial", "0002_clients_and_ledger"])
def test_a_name_given_by_somebody_is_left_alone(name):
    assert not UNNAMED.search(name)
