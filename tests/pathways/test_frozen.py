"""What is in use is frozen in the database, whoever tries to change it and however."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from accounts.actors import SystemJob
from common.dates import london_date
from config.reference.frameworks import load_framework
from pathways.models import (
    Association,
    AssociationGroup,
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
)
from pathways.selectors.trees import Tree, read_tree
from pathways.services.trees import write_tree
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import FrameworkVersionFactory, ScaleFactory
from tests.factories.trees import AssociationFactory, small_tree

pytestmark = pytest.mark.django_db

FROZEN = "Cannot (insert|update|delete)"


def freeze(version):
    FrameworkVersion.objects.filter(pk=version.pk).update(state="PUBLISHED", frozen_at=NOW)
    version.refresh_from_db()
    return version


@pytest.fixture
def draft():
    version = FrameworkVersionFactory(state="DRAFT", case={"language": "en"})
    write_tree(version=version, tree=small_tree(), revision=0, now=NOW)
    first, second = Competency.objects.filter(version=version).order_by("pk")[:2]
    AssociationFactory(version=version, origin=first, destination=second)
    AssociationGroup.objects.create(version=version, title="Standards of 2027")
    return version


CHANGES = {
    "a domain's title": lambda: Domain.objects.update(title="Other"),
    "a domain": lambda: Domain.objects.all()._raw_delete("default"),
    "a competency's place": lambda: Competency.objects.filter(position=1).update(position=99),
    "a competency": lambda: Competency.objects.all()._raw_delete("default"),
    "a description": lambda: LevelDescriptor.objects.update(text="Other"),
    "a descriptor": lambda: LevelDescriptor.objects.all()._raw_delete("default"),
    "an indicator's words": lambda: Indicator.objects.update(text="Other"),
    "an indicator": lambda: Indicator.objects.all().delete(),
    "an association's kind": lambda: Association.objects.update(kind="precedes"),
    "an association": lambda: Association.objects.all().delete(),
    "a group's title": lambda: AssociationGroup.objects.update(title="Other"),
    "a group": lambda: AssociationGroup.objects.all().delete(),
    "a new domain": lambda: Domain.objects.create(
        version=FrameworkVersion.objects.get(), code="z", title="Z", position=50
    ),
    "a new competency": lambda: Competency.objects.create(
        domain=Domain.objects.first(), code="z", title="Z", position=50
    ),
    "a new indicator": lambda: Indicator.objects.create(
        descriptor=LevelDescriptor.objects.first(), text="Z", position=50
    ),
    "the meaning of a level": lambda: Level.objects.update(meaning="Other"),
    "a level more": lambda: Level.objects.create(
        scale=FrameworkVersion.objects.get().scale, rank=7, label="Seventh"
    ),
    "the edition's label": lambda: FrameworkVersion.objects.update(label="Other"),
    "the edition's scale": lambda: FrameworkVersion.objects.update(scale=ScaleFactory()),
    "the day it is in use from": lambda: FrameworkVersion.objects.update(valid_from=TODAY),
    "its further facts": lambda: FrameworkVersion.objects.update(case={}),
    "that it is frozen": lambda: FrameworkVersion.objects.update(frozen_at=None),
    "when it was frozen": lambda: FrameworkVersion.objects.update(
        frozen_at=NOW + timedelta(days=1)
    ),
    "the edition": lambda: FrameworkVersion.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_of_a_frozen_edition_changes(draft, change):
    before = read_tree(freeze(draft))

    with pytest.raises(ProgrammingError, match=FROZEN), transaction.atomic():
        CHANGES[change]()

    assert read_tree(draft) == before


# Rows that others hang below go last, and a draft has no moment at which it was frozen.
NEVER_FREE = {"the edition", "a domain", "a competency", "a descriptor", "when it was frozen"}
FREE = sorted(set(CHANGES) - NEVER_FREE)


@pytest.mark.parametrize("change", FREE)
def test_the_same_is_possible_in_a_draft(draft, change):
    CHANGES[change]()


def test_a_row_cannot_be_slipped_in_from_a_draft(draft):
    frozen = freeze(draft)
    other = FrameworkVersionFactory(framework=frozen.framework, label="Next", state="DRAFT")
    write_tree(version=other, tree=small_tree(), revision=0, now=NOW)
    theirs = Domain.objects.filter(version=frozen).first()
    mine = Competency.objects.filter(version=other, parent=None).first()

    with pytest.raises(ProgrammingError, match=FROZEN), transaction.atomic():
        Competency.objects.filter(pk=mine.pk).update(domain=theirs, position=77, code="slipped.in")
    with pytest.raises(ProgrammingError, match=FROZEN), transaction.atomic():
        Domain.objects.filter(pk=theirs.pk).update(version=other, position=77, code="slipped.out")


def test_a_draft_beside_a_frozen_edition_stays_free(draft):
    freeze(draft)
    other = FrameworkVersionFactory(framework=draft.framework, label="Next", state="DRAFT")

    write_tree(version=other, tree=small_tree(), revision=0, now=NOW)
    write_tree(version=other, tree=Tree(), revision=1, now=NOW)

    assert not read_tree(other).nodes


def test_until_when_it_is_in_use_and_its_state_may_still_be_said(draft):
    frozen = freeze(draft)
    rows = FrameworkVersion.objects.filter(pk=frozen.pk)

    rows.update(valid_to=TODAY + timedelta(days=400), change_summary="New words.")
    rows.update(state="RETIRED", retired_at=NOW, retire_reason="Replaced.")

    assert rows.get().state == "RETIRED"


def test_a_scale_that_only_drafts_use_is_free_and_a_used_one_is_not(draft):
    own = ScaleFactory()
    Competency.objects.filter(version=draft, code="b.1").update(scale=own)
    freeze(draft)

    with pytest.raises(ProgrammingError, match=FROZEN), transaction.atomic():
        own.levels.update(meaning="Other")
    free = ScaleFactory()
    free.levels.update(meaning="Other")

    assert set(free.levels.values_list("meaning", flat=True)) == {"Other"}


def test_the_framework_that_comes_with_the_system_is_frozen():
    version = load_framework(by=SystemJob("load_reference", organisation_ids=None), now=NOW)

    assert london_date(version.frozen_at) == version.valid_from
    with pytest.raises(ProgrammingError, match=FROZEN), transaction.atomic():
        Competency.objects.filter(version=version).update(title="Other")
