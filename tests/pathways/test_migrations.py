"""What migrations do with rows from before, and when they do not go back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management.base import CommandError

from tests.factories.accounts import ApiClientFactory
from tests.factories.authoring import CommentFactory
from tests.factories.clock import NOW
from tests.factories.pathways import FrameworkVersionFactory

labels = import_module("pathways.migrations.0016_writers_do_not_overwrite")
programs = import_module("pathways.migrations.0014_done_by_programs")


def rows(*editions, framework=1):
    """Editions, in the order in which they were made, as (label, since when frozen)."""
    return [
        (framework, label.lower(), pk, label, frozen_at)
        for pk, (label, frozen_at) in enumerate(editions, start=1)
    ]


@pytest.mark.parametrize(
    ("editions", "anew"),
    [
        ([("Spring", None), ("Autumn", None)], {}),
        (
            [("Spring", None), ("spring", None), ("SPRING", None)],
            {2: "spring (2)", 3: "SPRING (3)"},
        ),
        ([("Spring", None), ("spring", NOW)], {1: "Spring (2)"}),
        ([("Spring", None), ("spring", None), ("Spring (2)", NOW)], {2: "spring (3)"}),
        ([("S" * 30, NOW), ("s" * 30, None)], {2: "s" * 26 + " (2)"}),
    ],
)
def test_of_two_labels_that_look_the_same_a_draft_gives_way(editions, anew):
    assert labels.labels_anew(rows(*editions)) == anew


def test_the_same_label_in_two_frameworks_stays():
    told = [*rows(("Spring", None)), *rows(("spring", None), framework=2)]

    assert labels.labels_anew(told) == {}


def test_two_published_editions_are_named_and_stop_the_migration():
    with pytest.raises(CommandError) as refusal:
        labels.labels_anew(rows(("Spring", NOW), ("spring", NOW)))

    assert "“Spring” and “spring” (edition 2)" in str(refusal.value)


@pytest.mark.django_db
def test_the_way_back_is_open_until_a_program_wrote():
    version = FrameworkVersionFactory()
    CommentFactory(version=version)
    programs.refuse_once_programs_wrote(apps, None)

    CommentFactory(version=version, author=None, author_client=ApiClientFactory())

    with pytest.raises(CommandError) as refusal:
        programs.refuse_once_programs_wrote(apps, None)
    assert "Comment.author_client: 1" in str(refusal.value)


@pytest.mark.django_db
def test_labels_that_differ_stay_as_they_are():
    kept = FrameworkVersionFactory(label="Spring")
    FrameworkVersionFactory(framework=kept.framework, label="Autumn")

    labels.tell_labels_apart(apps, None)

    kept.refresh_from_db()
    assert kept.label == "Spring"
