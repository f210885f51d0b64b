"""What a package brings beside its items: scales of its own, associations and facts."""

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from pathways.models import Association, FrameworkVersion, ImportState, Level, Scale
from pathways.selectors.case.packages import package_of
from pathways.services.case.packages import apply_package, check_package
from pathways.services.imports import Upload
from tests.factories.authoring import CollaboratorFactory, DraftFactory, author_at
from tests.factories.clock import NOW
from tests.factories.pathways import FrameworkVersionFactory, LevelDescriptorFactory
from tests.pathways.case_packages import as_file, item, name, package, tie

pytestmark = pytest.mark.django_db


def measured_elsewhere():
    """A package whose scale nobody here has, and the code and labels of that scale."""
    version = FrameworkVersionFactory()
    LevelDescriptorFactory(competency__domain__version=version)
    said, code = package_of(version), version.scale.code
    labels = list(version.scale.levels.order_by("pk").values_list("rank", "label"))
    Scale.objects.filter(pk=version.scale_id).update(code="RENAMED")
    return said, code, labels


def check(draft, said, by):
    content = as_file(said)
    return check_package(version=draft, file=Upload("package.json", content), by=by, now=NOW)


def test_a_new_scale_comes_with_the_package_and_is_told():
    said, code, labels = measured_elsewhere()
    draft = DraftFactory()
    author = author_at(draft.framework.owner)

    apply_package(imported=check(draft, said, author), by=author, now=NOW)

    levels = Level.objects.filter(scale__code=code)
    assert sorted(levels.values_list("rank", "label"), key=str) == sorted(labels, key=str)
    event = Event.objects.get(verb="make_scale")
    assert (event.by_person, event.rule, event.facts["code"]) == (author, "may_make_scale", code)


def test_a_collaborator_who_is_no_author_by_role_makes_no_scale():
    said, code, _labels = measured_elsewhere()
    draft = DraftFactory()
    invited = CollaboratorFactory(framework=draft.framework).person
    imported = check(draft, said, invited)

    with pytest.raises(Forbidden) as refused:
        apply_package(imported=imported, by=invited, now=NOW)

    assert refused.value.code == "may_not_make_scale"
    assert not Scale.objects.filter(code=code).exists()
    assert not draft.domains.exists()


def test_a_scale_of_that_code_made_in_between_is_another_scale():
    said, code, _labels = measured_elsewhere()
    draft = DraftFactory()
    author = author_at(draft.framework.owner)
    imported = check(draft, said, author)
    other = Scale.objects.create(code=code, title="Made in between")

    with pytest.raises(Conflict) as refused:
        apply_package(imported=imported, by=author, now=NOW)

    assert refused.value.code == "scale_code_taken"
    assert not other.levels.exists()


def test_a_package_that_changes_only_associations_is_shown_as_a_change_and_applied():
    draft = DraftFactory(identifier=name(0))
    author = author_at(draft.framework.owner)
    plain = package(item(name(1)), item(name(2)))
    apply_package(imported=check(draft, plain, author), by=author, now=NOW)
    tied = plain | {
        "CFAssociations": [*plain["CFAssociations"], tie(name(9), "precedes", name(1), name(2))]
    }

    imported = check(FrameworkVersion.objects.get(pk=draft.pk), tied, author)
    apply_package(imported=imported, by=author, now=NOW)

    assert list(imported.lines.values_list("kind", "field")) == [("CHANGE", "case")]
    assert Association.objects.filter(version=draft).count() == 1
    again = check(FrameworkVersion.objects.get(pk=draft.pk), tied, author)
    assert not again.lines.exists()


def test_the_same_tie_with_its_ends_spelt_in_two_ways_is_one_row():
    draft = DraftFactory()
    author = author_at(draft.framework.owner)
    plain = package(item(name(1)), item(name(2)))
    ties = [
        tie(name(8), "isRelatedTo", name(1), name(2)),
        tie(name(9), "isRelatedTo", name(1).replace("-", ""), name(2)),
        tie(name(10), "isRelatedTo", name(2), name(1)),
    ]
    said = plain | {"CFAssociations": [*plain["CFAssociations"], *ties]}

    imported = check(draft, said, author)
    applied = apply_package(imported=imported, by=author, now=NOW)

    assert applied.state == ImportState.APPLIED
    rows = Association.objects.filter(version=draft)
    assert {str(row.identifier) for row in rows} == {name(8), name(10)}
