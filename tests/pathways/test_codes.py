"""Codes that nobody could tell apart are refused by a sentence, wherever they come from."""

import pytest

from common.errors import Conflict
from pathways.models import Competency
from pathways.selectors.codes import look_of
from pathways.selectors.frameworks import framework_tree
from pathways.selectors.trees import Tree
from pathways.services.imports import apply_import
from pathways.services.items import CompetencyText, DomainText, write_competency, write_domain
from pathways.services.trees import write_tree
from tests.factories.authoring import author_at, written
from tests.factories.clock import NOW
from tests.factories.imports import HEADINGS, checked, csv_file, drafted
from tests.factories.trees import node, small_tree

pytestmark = pytest.mark.django_db

# All look like "A.1": small, wide, with a space, a thin space, a soft hyphen, without width, with
# a mark that turns nothing, and in letters of mathematics.
ALIKE = {
    "small": "a.1",
    "wide": "\uff21\uff0e\uff11",
    "spaced": "A. 1",
    "thin space": "A\u2009.1",
    "soft hyphen": "A\u00ad.1",
    "no width": "A\u200b.1",
    "joined": "A\u2060.1",
    "variation": "A\ufe0f.1",
    "bold": "\U0001d400.\U0001d7cf",
}
OTHER = {"longer": "A.10", "nought": "A.01", "dash": "A-1", "accent": "Á.1", "letter": "A.l"}
alike = pytest.mark.parametrize("code", ALIKE.values(), ids=ALIKE)


@alike
def test_what_looks_the_same_is_the_same(code):
    assert look_of(code) == look_of("A.1")


@pytest.mark.parametrize("code", OTHER.values(), ids=OTHER)
def test_what_looks_different_is_different(code):
    assert look_of(code) != look_of("A.1")


def saved_by(author, version):
    version.refresh_from_db()
    return {"revision": version.revision, "by": author, "now": NOW}


@alike
def test_by_hand_a_code_that_looks_like_another_is_refused_with_its_title(code):
    draft = written(2)
    author = author_at(draft.framework.owner)
    second = Competency.objects.get(version=draft, code="A.2")

    with pytest.raises(Conflict) as refusal:
        write_competency(
            domain=second.domain,
            competency=second,
            text=CompetencyText(code, "Listens"),
            **saved_by(author, draft),
        )

    assert refusal.value.code == "code_taken"
    assert "A.1 is the code of “Plans rotas in A”" in refusal.value.message
    second.refresh_from_db()
    assert second.code == "A.2"


def test_a_code_may_be_written_in_other_letters_by_its_own_competency():
    draft = written(1)
    author = author_at(draft.framework.owner)
    only = Competency.objects.get(version=draft)

    changed = write_competency(
        domain=only.domain,
        competency=only,
        text=CompetencyText("a.1", only.title),
        **saved_by(author, draft),
    )

    assert changed.code == "a.1"


@pytest.mark.parametrize("code", ["\u200b", "\u00ad\u2060", "\ufe0f"])
def test_a_code_that_nobody_sees_is_refused(code):
    draft = written(1)
    author = author_at(draft.framework.owner)

    with pytest.raises(Conflict) as by_hand:
        write_domain(
            version=draft, domain=None, text=DomainText(code, "Money"), **saved_by(author, draft)
        )
    version, writer = drafted()
    rows = [("1", "Care", code, "", "Listens"), (code, "People", "2.1", "", "Hires")]
    imported = checked(version, writer, csv_file(*rows, headings=HEADINGS[:5]))

    assert by_hand.value.code == "code_unreadable"
    assert list(imported.lines.order_by("pk").values_list("row", "field", "message")) == [
        (2, "code", "There is no competency code. Enter a code that no other competency has."),
        (3, "domain_code", "There is no domain code. Enter the code of the domain it belongs to."),
    ]


@alike
def test_in_a_file_both_rows_are_named(code):
    version, author = drafted()
    rows = [("1", "Care", "A.1", "", "Plans"), ("1", "", code, "", "Listens")]

    imported = checked(version, author, csv_file(*rows, headings=HEADINGS[:5]))

    [line] = imported.lines.all()
    assert (line.kind, line.row, line.field) == ("PROBLEM", 3, "code")
    assert "looks like A.1 in row 2." in line.message
    assert imported.state == "REFUSED"


@alike
def test_in_a_file_a_domain_is_written_in_one_way(code):
    version, author = drafted()
    rows = [("A.1", "Care", "1", "", "Plans"), (code, "Care", "2", "", "Listens")]

    imported = checked(version, author, csv_file(*rows, headings=HEADINGS[:5]))

    [line] = imported.lines.all()
    assert (line.row, line.field) == (3, "domain_code")
    assert "looks like A.1 in row 2." in line.message


@pytest.mark.parametrize("kind", ["DOMAIN", "COMPETENCY"])
def test_a_tree_with_codes_that_look_the_same_is_refused(kind):
    version, _author = drafted()
    first, parent = ("a", "") if kind == "DOMAIN" else ("a.1", "b")
    bad = node(kind, "z", parent, code=first.upper(), at=9)

    with pytest.raises(Conflict) as refusal:
        write_tree(version=version, tree=Tree((*small_tree().nodes, bad)), revision=None, now=NOW)

    assert refusal.value.code == f"duplicate_{kind.lower()}"
    assert f"The codes {first} and {first.upper()}" in refusal.value.message


def test_codes_are_words_that_stay_in_the_order_of_the_file():
    version, author = drafted()
    codes = ["1.9", "1.10", "1.1", "1.01", "1.2.10", "1.2.9", "1.2"]
    rows = [("10", "Tenth", code, "", f"Title {code}") for code in codes]
    rows += [("9", "Ninth", "9.10", "", "Title 9.10")]
    imported = checked(version, author, csv_file(*rows, headings=HEADINGS[:5]))

    apply_import(imported=imported, by=author, now=NOW)

    domains = framework_tree(version=version)
    assert [domain.code for domain in domains] == ["10", "9"]
    assert [row.code for row in domains[0].competencies.all()] == codes
