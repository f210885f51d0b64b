"""A CASE package comes in whole, goes out as it came, and is refused with what is wrong."""

import pytest
from django.db import transaction

from common.errors import Conflict, Forbidden
from pathways.models import Association, Competency, FrameworkVersion, ImportState
from pathways.selectors.case.incoming import MOST_ITEMS
from pathways.selectors.case.packages import package_of
from pathways.selectors.workbooks.problems import Unreadable
from pathways.services.case.packages import (
    apply_package,
    check_package,
    check_package_again,
    undo_package,
)
from pathways.services.imports import Upload
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.case import case_rows
from tests.factories.clock import NOW
from tests.factories.pathways import (
    CompetencyFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    ScaleFactory,
    domain_with,
)
from tests.pathways.case_packages import (
    as_file,
    chain,
    item,
    link,
    name,
    normal,
    package,
    tie,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    trust = OrganisationFactory()
    return grant(employ(organisation=trust), "FRAMEWORK_AUTHOR", trust)


def draft_of(author, **fields):
    """A draft that ``author`` writes; its identifier is that of the packages of the tests."""
    owner = author.role_grants.get().organisation
    fields = {"identifier": name(0), "state": "DRAFT", **fields}
    return FrameworkVersionFactory(framework=FrameworkFactory(owner=owner), **fields)


def check(draft, said, author):
    content = said if isinstance(said, bytes) else as_file(said)
    return check_package(version=draft, file=Upload("package.json", content), by=author, now=NOW)


def bring(draft, said, author):
    imported = check(draft, said, author)
    assert imported.state == ImportState.CHECKED, problems(imported)
    apply_package(imported=imported, by=author, now=NOW)
    return FrameworkVersion.objects.select_related("framework", "scale").get(pk=draft.pk)


def problems(imported):
    return list(imported.lines.filter(kind="PROBLEM").values_list("message", flat=True))


def test_items_of_any_depth_come_in_and_go_out(author):
    said = chain(40)

    version = bring(draft_of(author), said, author)

    assert Competency.objects.filter(version=version).count() == 39
    deepest = Competency.objects.get(version=version, title="Level 40")
    assert deepest.parent.title == "Level 39"
    assert deepest.is_assessable
    assert not deepest.parent.is_assessable
    assert normal(package_of(version)) == normal(said)


def test_the_first_parent_by_number_is_the_tree_and_the_others_are_associations(author):
    ties = [
        tie(name(11), "isChildOf", name(1), name(0), sequenceNumber=1),
        tie(name(12), "isChildOf", name(2), name(0), sequenceNumber=2),
        tie(name(13), "isChildOf", name(3), name(1), sequenceNumber=7),
        tie(name(14), "isChildOf", name(3), name(2), sequenceNumber=3),
    ]
    said = package(item(name(1)), item(name(2)), item(name(3)), ties=ties)

    version = bring(draft_of(author), said, author)

    child = Competency.objects.get(version=version, identifier=name(3))
    assert str(child.domain.identifier) == name(2)
    (other,) = Association.objects.filter(version=version)
    assert (str(other.destination_identifier), other.origin) == (name(1), child)
    assert normal(package_of(version)) == normal(said)


def test_a_leaf_below_the_document_is_a_competency_of_a_domain_that_no_package_shows(author):
    said = package(item(name(1), "Listens"))

    version = bring(draft_of(author), said, author)

    (competency,) = Competency.objects.filter(version=version)
    assert competency.title == "Listens"
    assert competency.domain.title == "Leading in health care"
    assert normal(package_of(version)) == normal(said)


def test_a_leaf_that_gets_parts_becomes_a_domain_of_the_same_identifier(author):
    draft = bring(draft_of(author), package(item(name(1), "Leads"), item(name(2), "Plans")), author)
    ties = [
        tie(name(11), "isChildOf", name(1), name(0), sequenceNumber=1),
        tie(name(12), "isChildOf", name(2), name(0), sequenceNumber=2),
        tie(name(13), "isChildOf", name(3), name(1), sequenceNumber=1),
    ]
    said = package(
        item(name(1), "Leads"), item(name(2), "Plans"), item(name(3), "Listens"), ties=ties
    )

    imported = check(draft, said, author)
    version = bring(draft, said, author)

    lines = imported.lines.filter(kind__in=["ADD", "RETIRE"])
    told = [(line.kind, line.about.split()[-1]) for line in lines.order_by("pk")]
    assert sorted(told) == [("ADD", "Leads"), ("ADD", "Listens"), ("RETIRE", "Leads")]
    row = Competency.objects.get(version=version, identifier=name(3))
    assert (row.domain.title, str(row.domain.identifier)) == ("Leads", name(1))
    assert not Competency.objects.filter(version=version, identifier=name(1)).exists()
    assert normal(package_of(version)) == normal(said)
    with pytest.raises(Conflict) as refused:
        bring(version, said, author)
    assert refused.value.code == "nothing_to_apply"


def test_our_own_framework_comes_back_as_it_was(author):
    owner = author.role_grants.get().organisation
    version = FrameworkVersionFactory(framework=FrameworkFactory(owner=owner), state="DRAFT")
    domain = domain_with(version, "Plans the work", "Looks after people")
    domain_with(version)
    CompetencyFactory(domain=domain, position=3, scale=ScaleFactory(), is_assessable=False)
    case_rows(version)
    said = package_of(
        FrameworkVersion.objects.select_related("framework", "scale").get(pk=version.pk)
    )
    identifier, scale = version.identifier, version.scale

    with transaction.atomic():
        wipe(version)
        again = bring(draft_of(author, identifier=identifier, scale=scale), said, author)
        told = package_of(again)

    assert len(said["CFRubrics"]) == 2
    assert normal(told, of_ours=True) == normal(said, of_ours=True)


def wipe(version):
    """As it would not be there in another system."""
    Association.objects.filter(version=version).delete()
    version.groups.all().delete()
    for domain in version.domains.all():
        for competency in domain.competencies.all():
            for descriptor in competency.descriptors.all():
                descriptor.indicators.all().delete()
            competency.descriptors.all().delete()
        domain.competencies.all().delete()
    version.domains.all().delete()
    version.delete()


def test_the_same_package_again_changes_nothing(author):
    draft = draft_of(author)
    bring(draft, chain(3), author)
    again = check(FrameworkVersion.objects.get(pk=draft.pk), chain(3), author)

    with pytest.raises(Conflict) as refused:
        apply_package(imported=again, by=author, now=NOW)

    assert again.lines.count() == 0
    assert refused.value.code == "nothing_to_apply"


def test_what_is_published_here_keeps_its_identifiers_and_the_new_draft_its_lineage(author):
    first = bring(draft_of(author), chain(3), author)
    FrameworkVersion.objects.filter(pk=first.pk).update(state="PUBLISHED")
    draft = FrameworkVersionFactory(
        framework=first.framework, scale=first.scale, label="2027", state="DRAFT"
    )

    second = bring(draft, chain(3), author)

    before, after = (
        {
            row.title: (row.identifier, row.lineage)
            for row in Competency.objects.filter(version=version)
        }
        for version in (first, second)
    )
    assert {title: lineage for title, (_i, lineage) in after.items()} == {
        title: lineage for title, (_i, lineage) in before.items()
    }
    assert not {i for i, _l in before.values()} & {i for i, _l in after.values()}
    assert normal(package_of(first)) == normal(chain(3))


def test_undoing_puts_back_the_tree_and_the_ties(author):
    draft = draft_of(author)
    domain = domain_with(draft, "Plans", "Listens")
    one, two = domain.competencies.order_by("position")
    Association.objects.create(
        version=draft,
        kind="precedes",
        origin=one,
        origin_identifier=one.identifier,
        destination=two,
        destination_identifier=two.identifier,
    )
    before = package_of(
        FrameworkVersion.objects.select_related("framework", "scale").get(pk=draft.pk)
    )
    imported = check(draft, chain(3), author)
    apply_package(imported=imported, by=author, now=NOW)

    undo_package(imported=imported, by=author, now=NOW)

    version = FrameworkVersion.objects.select_related("framework", "scale").get(pk=draft.pk)
    assert normal(package_of(version), of_ours=True) == normal(before, of_ours=True)


def test_a_draft_that_moved_on_is_not_overwritten(author):
    draft = draft_of(author)
    imported = check(draft, chain(2), author)
    bring(FrameworkVersion.objects.get(pk=draft.pk), chain(3), author)

    with pytest.raises(Conflict) as refused:
        apply_package(imported=imported, by=author, now=NOW)
    again = check_package_again(imported=imported, by=author, now=NOW)

    assert refused.value.code == "draft_moved_on"
    # What was in the middle is a leaf again, and so it is asked about.
    assert [line.kind for line in again.lines.all()] == ["CHANGE", "RETIRE"]
    assert Competency.objects.filter(version=draft).count() == 2


def test_only_authors_bring_in_a_package(author):
    draft = draft_of(author)
    colleague = employ(person=PersonFactory(), organisation=draft.framework.owner)
    imported = check(draft, chain(2), author)

    for act in (
        lambda: check(draft, chain(2), colleague),
        lambda: apply_package(imported=imported, by=colleague, now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()

    assert not Competency.objects.filter(version=draft).exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "not a CASE package"),
        (b"{}", "not a CASE package"),
        (b"{" * 100, "deeper than 64"),
        (b'{"CFDocument": NaN}', "NaN is not JSON"),
        (b'{"CFDocument": 1, "CFDocument": 2}', "twice"),
        (b'{"CFDocument": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"CFDocument": 1e999}', "too large"),
        (b" " * 20_000_001, "larger than 20 MB"),
        (as_file({"CFDocument": {}, "CFItems": [0] * (MOST_ITEMS + 1)}), "more than 20000"),
    ],
)
def test_what_is_no_package_is_refused_with_a_reason(author, content, words):
    with pytest.raises(Unreadable) as refused:
        check(draft_of(author), content, author)

    assert words in refused.value.message


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (package(item("1")), "CFPackage, CFItems, number 1, identifier is not a UUID"),
        (package(item(name(1), 5)), "fullStatement is not text"),
        (package(item(name(1), "a\x00b")), "cannot be stored"),
        (package(item(name(1), "   ")), "has no title"),
        (package({"identifier": name(1)}), f"({name(1)}) has no “fullStatement”. Add it."),
        (package(item(name(1), uri="javascript:alert(1)")), "uri is not an address"),
        (package(item(name(1), statusStartDate="2026-02-30")), "is not a day"),
        (package(item(name(1), lastChangeDateTime="yesterday")), "is not a time"),
        (package(item(name(1)), item(name(1))), f"{name(1)} names 2 things"),
        (package(item(name(1), CFItemTypeURI="x")), "is not an object"),
        ({"CFDocument": {"title": "x"}}, "has no “identifier”"),
        (
            package(item(name(1)), ties=[tie(name(9), "isMotherOf", name(1), name(0))]),
            "no word of the standard",
        ),
        (
            package(
                item(name(1)),
                item(name(2)),
                ties=[
                    tie(name(8), "isChildOf", name(1), name(2)),
                    tie(name(9), "isChildOf", name(2), name(1)),
                ],
            ),
            "would be parts of themselves",
        ),
        (
            package(item(name(1)), ties=[tie(name(9), "isChildOf", name(1), name(1))]),
            "Leads people well → Leads people well",
        ),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_nothing_is_brought_in(author, said, words):
    draft = draft_of(author)

    imported = check(draft, said, author)

    assert imported.state == ImportState.REFUSED
    assert any(words in sentence for sentence in problems(imported)), problems(imported)
    with pytest.raises(Conflict):
        apply_package(imported=imported, by=author, now=NOW)
    assert not draft.domains.exists()


def test_what_the_standard_does_not_have_is_left_out_and_said(author):
    imported = check(draft_of(author), package(item(name(1), colour="red", notes=None)), author)

    assert imported.state == ImportState.CHECKED
    (warning,) = imported.lines.filter(kind="WARNING")
    assert "CFPckgItem.colour" in warning.message


def test_a_rubric_of_somebody_elses_shape_is_kept_as_it_was(author):
    rubric = {
        "identifier": name(50),
        "uri": "https://standards.example/rubric",
        "title": "Marks",
        "lastChangeDateTime": "2026-01-01T00:00:00Z",
        "CFRubricCriteria": [
            {
                "identifier": name(51),
                "uri": "https://standards.example/rubric",
                "weight": 0.5,
                "CFItemURI": link(name(1)),
                "lastChangeDateTime": "2026-01-01T00:00:00Z",
            }
        ],
    }
    said = package(item(name(1)), CFRubrics=[rubric])

    version = bring(draft_of(author), said, author)

    assert normal(package_of(version)) == normal(said)
