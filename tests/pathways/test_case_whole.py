"""A package goes through the database and comes out as it went in: items, groups, ties, rubrics."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways.models import Association, AssociationGroup, Competency, FrameworkVersion
from pathways.selectors.case.packages import package_of
from pathways.services.case.packages import (
    apply_package,
    check_package,
    check_package_again,
    undo_package,
)
from pathways.services.imports import Upload
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import DraftFactory, author_at
from tests.factories.clock import NOW
from tests.factories.pathways import CompetencyFactory, FrameworkFactory
from tests.factories.trees import AssociationFactory
from tests.pathways import case_schemas as schemas
from tests.pathways.case_packages import as_file, item, name, normal, package, tie
from tests.pathways.case_whole import GROUPS, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return author_at(OrganisationFactory())


def draft_of(author):
    return DraftFactory(framework=FrameworkFactory(owner=author.role_grants.get().organisation))


def checked(draft, said, author):
    file = Upload("package.json", as_file(said))
    imported = check_package(version=draft, file=file, by=author, now=NOW)
    assert imported.state == "CHECKED", list(imported.lines.values_list("message", flat=True)[:3])
    return imported


def brought(draft, said, author):
    apply_package(imported=checked(draft, said, author), by=author, now=NOW)
    return FrameworkVersion.objects.select_related("framework", "scale").get(pk=draft.pk)


def test_a_package_of_three_hundred_items_is_served_as_it_came(author):
    said = whole(300)
    version = brought(draft_of(author), said, author)
    FrameworkVersion.objects.filter(pk=version.pk).update(state="PUBLISHED", frozen_at=NOW)

    told = hr_system(version.framework.owner).get(f"/ims/case/v1p1/CFPackages/{name(0)}").json()

    assert normal(told) == normal(said)
    assert schemas.mistakes(schemas.PACKAGE, told) == []
    assert AssociationGroup.objects.filter(version=version).count() == GROUPS
    assert Association.objects.filter(version=version, kind="isPartOf").count() == 40


def test_what_was_served_comes_into_another_draft_as_the_same(author):
    said = whole(120)
    there = brought(draft_of(author), said, author)
    here = draft_of(author)

    again = brought(here, package_of(there), author)

    # The first has the identifiers, so the second is the same under its own.
    assert again.identifier != there.identifier
    assert len(package_of(again)["CFItems"]) == 120
    assert normal(package_of(there)) == normal(said)


def test_bringing_in_and_undoing_leaves_the_draft_as_it_was(author):
    draft = draft_of(author)
    before = package_of(draft)
    imported = checked(draft, whole(120), author)

    apply_package(imported=imported, by=author, now=NOW)
    undo_package(imported=imported, by=author, now=NOW)

    draft.refresh_from_db()
    assert normal(package_of(draft), of_ours=True) == normal(before, of_ours=True)
    assert not Competency.objects.filter(version=draft).exists()
    assert not AssociationGroup.objects.filter(version=draft).exists()


@pytest.fixture
def tied(author):
    """A draft with a competency that is tied to one of a national framework."""
    draft, elsewhere = draft_of(author), CompetencyFactory()
    ours = CompetencyFactory(domain__version=draft)
    AssociationFactory(version=draft, kind="isRelatedTo", origin=ours, destination=elsewhere)
    return draft, elsewhere


def test_undoing_ties_to_other_editions_again(author, tied):
    draft, elsewhere = tied
    imported = checked(draft, whole(30), author)

    apply_package(imported=imported, by=author, now=NOW)
    assert not Association.objects.filter(version=draft, destination=elsewhere).exists()
    undo_package(imported=imported, by=author, now=NOW)

    (made,) = Association.objects.filter(version=draft)
    assert (made.origin.version, made.destination) == (draft, elsewhere)


def test_a_package_that_says_a_tie_again_leads_where_it_led(author, tied):
    draft, elsewhere = tied
    version = FrameworkVersion.objects.select_related("framework", "scale").get(pk=draft.pk)
    said = package_of(version)
    said["CFItems"][-1]["fullStatement"] = "Reads the room before speaking"

    brought(draft, said, author)

    assert Competency.objects.get(version=draft).title == "Reads the room before speaking"
    assert Association.objects.get(version=draft).destination == elsewhere


def test_the_statements_are_as_many_at_any_size(author):
    counted = []
    # The first time also asks what the author may do, which is then known.
    for size in (30, 60, 180):
        draft, said = draft_of(author), whole(size)
        # Of another document each time, so that no identifier is taken already.
        text = as_file(said).decode().replace(name(0), name(-size))
        with CaptureQueriesContext(connection) as queries:
            imported = check_package(
                version=draft, file=Upload("p", text.encode()), by=author, now=NOW
            )
        counted.append(len(queries))
        assert imported.state == "CHECKED"

    assert counted[1] == counted[2]


def test_what_a_later_check_finds_worth_a_look_is_still_said(author):
    draft, said = draft_of(author), whole(20)
    said["CFItems"][0]["colour"] = "red"
    imported = checked(draft, said, author)

    check_package_again(imported=imported, by=author, now=NOW)

    (warning,) = imported.lines.filter(kind="WARNING")
    assert "colour" in warning.message


@pytest.mark.parametrize("kind", ["isPartOf", "precedes"])
def test_ties_that_lead_in_a_circle_are_refused_with_the_way_round(author, kind):
    ties = [tie(name(at + 10), "isChildOf", name(at), name(0)) for at in (1, 2, 3)]
    ties += [tie(name(at + 20), kind, name(at), name(at % 3 + 1)) for at in (1, 2, 3)]
    items = [item(name(at), f"Thing {at}", humanCodingScheme=f"C{at}") for at in (1, 2, 3)]

    imported = check_package(
        version=draft_of(author),
        file=Upload("p", as_file(package(*items, ties=ties))),
        by=author,
        now=NOW,
    )

    assert imported.state == "REFUSED"
    assert "C1 → C2 → C3 → C1" in imported.lines.get().message
