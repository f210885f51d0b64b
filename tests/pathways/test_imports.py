"""A file is compared, shown, applied whole, and undone; the draft never changes by halves."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import DatabaseError, connection

from accounts.models import Event
from common.errors import Conflict, Forbidden, Stale
from pathways.models import (
    Competency,
    Domain,
    FrameworkImport,
    Indicator,
    LevelDescriptor,
    LineKind,
)
from pathways.policies.imports import may_import, may_undo_import
from pathways.selectors.trees import read_tree
from pathways.selectors.workbooks.tables import table_of
from pathways.services import imports
from pathways.services.imports import apply_import, check_again, undo_import
from tests.every_page.pseudo import pseudo_language
from tests.factories.authoring import author_at, reviewer_at, written
from tests.factories.clock import NOW
from tests.factories.imports import HEADINGS, ROWS, checked, csv_file, drafted, xlsx_file
from tests.factories.pathways import LevelDescriptorFactory, RequirementFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def lines(imported):
    return list(imported.lines.order_by("pk").values_list("kind", "row", "about", "field"))


def applied(version, author, content=None):
    return apply_import(imported=checked(version, author, content), by=author, now=NOW)


# --- Checking


def test_a_check_tells_what_would_be_added_and_changes_nothing():
    version, author = drafted()

    imported = checked(version, author)

    assert imported.state == "CHECKED"
    assert lines(imported) == [
        ("ADD", 2, "1 Care", ""),
        ("ADD", 2, "1.1 Plans the work", ""),
        ("ADD", 3, "1.2 Plans the leave", ""),
        ("ADD", 4, "2 People", ""),
        ("ADD", 4, "2.1 Listens", ""),
    ]
    assert not Domain.objects.filter(version=version).exists()
    version.refresh_from_db()
    assert version.revision == 0


def test_a_check_tells_every_field_before_and_after():
    version, author = drafted()
    applied(version, author)
    rows = (
        ("1", "Good care", "1.1", "", "Plans work", "", "Plans a month.", "Leave\nRota"),
        ("2", "People", "2.1", "", "Listens", "", "Asks first.", ""),
        ("2", "", "1.2", "", "Plans the leave", "", "", ""),
    )

    imported = checked(version, author, csv_file(*rows))

    assert set(imported.lines.values_list("kind", "row", "about", "field", "before", "after")) == {
        ("CHANGE", 2, "1 Good care", "domain_title", "Care", "Good care"),
        ("CHANGE", 2, "1.1 Plans work", "title", "Plans the work", "Plans work"),
        ("CHANGE", 2, "1.1 Plans work", "summary", "Sees ahead.", ""),
        ("CHANGE", 2, "1.1 Plans work", "level_1_text", "Plans a week.", "Plans a month."),
        ("CHANGE", 2, "1.1 Plans work", "level_1_indicators", "Rota\nLeave", "Leave\nRota"),
        ("MOVE", 4, "1.2 Plans the leave", "parent", "1.1 Plans the work", "2 People"),
    }


def test_what_the_file_leaves_out_and_what_changes_places_is_told():
    version = written(3)
    author = author_at(version.framework.owner)
    rows = [
        ("A", "Domain A", f"A.{n}", "", f"{title} in A")
        for n, title in [(3, "Listens"), (1, "Plans rotas")]
    ]

    imported = checked(version, author, csv_file(*rows, headings=HEADINGS[:5]))

    assert [(kind, about) for kind, _row, about, _field in lines(imported)] == [
        ("MOVE", "A.3 Listens in A"),
        ("RETIRE", "A.2 Holds budgets in A"),
    ]


def test_the_same_file_again_changes_nothing():
    version, author = drafted()
    applied(version, author)
    before = read_tree(version)

    again = checked(version, author)

    assert (again.state, lines(again)) == ("CHECKED", [])
    with pytest.raises(Conflict) as refused:
        apply_import(imported=again, by=author, now=LATER)
    assert refused.value.code == "nothing_to_apply"
    assert read_tree(version) == before


def test_a_file_with_mistakes_is_kept_with_all_of_them_and_cannot_be_applied():
    version, author = drafted()
    rows = (*ROWS, ("2", "", "2.1", "", "", "", "", ""))

    imported = checked(version, author, csv_file(*rows))

    assert imported.state == "REFUSED"
    assert imported.content == {}
    assert [line[:2] for line in lines(imported)] == [(LineKind.PROBLEM, 5)]
    with pytest.raises(Conflict) as refused:
        apply_import(imported=imported, by=author, now=NOW)
    assert refused.value.code == "file_refused"
    assert not Domain.objects.filter(version=version).exists()


def test_a_code_may_change_where_the_row_keeps_its_reference():
    version, author = drafted()
    applied(version, author)
    known = Competency.objects.get(version=version, code="2.1")
    described = LevelDescriptor.objects.get(competency=known)
    headings = (*HEADINGS, "Reference")
    rows = (
        *((*row, "") for row in ROWS[:2]),
        ("2", "People", "2.7", *ROWS[2][3:], str(known.lineage)),
    )

    imported = applied(version, author, csv_file(*rows, headings=headings))

    assert lines(imported) == [("CHANGE", 4, "2.7 Listens", "code")]
    known.refresh_from_db()
    assert known.code == "2.7"
    assert LevelDescriptor.objects.get(competency=known).pk == described.pk


def test_two_codes_may_change_places():
    version, author = drafted()
    applied(version, author)
    lineage = dict(Competency.objects.filter(version=version).values_list("code", "lineage"))
    headings = (*HEADINGS, "Reference")
    first, second = ROWS[0], ROWS[2]
    rows = (
        (*first[:2], "2.1", *first[3:], lineage["1.1"]),
        (*ROWS[1][:3], "2.1", *ROWS[1][4:], lineage["1.2"]),
        (*second[:2], "1.1", *second[3:], lineage["2.1"]),
    )

    applied(version, author, csv_file(*rows, headings=headings))

    now = dict(Competency.objects.filter(version=version).values_list("code", "lineage"))
    assert now == {"2.1": lineage["1.1"], "1.2": lineage["1.2"], "1.1": lineage["2.1"]}


def test_a_reference_that_names_nothing_here_is_mentioned_and_matched_by_code():
    version, author = drafted()
    applied(version, author)
    stranger = "0e0c3a9e-0000-4000-8000-000000000000"
    rows = [(*row, stranger if row[2] == "2.1" else "") for row in ROWS]

    imported = checked(version, author, csv_file(*rows, headings=(*HEADINGS, "Reference")))

    assert lines(imported) == [(LineKind.WARNING, 4, "", "reference")]


def test_a_file_name_is_kept_without_what_would_turn_it_round():
    version, author = drafted()

    imported = checked(version, author)

    assert imported.file_name == "framework.csv"
    event = Event.objects.get(verb="check_framework_file")
    assert event.facts["import"] == imported.pk
    assert set(event.facts["file_name"]) == {"commitment"}


# --- Applying


def test_applying_writes_what_was_shown():
    version, author = drafted()

    imported = applied(version, author)

    assert (imported.state, imported.applied_by) == ("APPLIED", author)
    nested = Competency.objects.get(version=version, code="1.2")
    assert nested.parent.code == "1.1"
    seen = Indicator.objects.filter(descriptor__competency__version=version).order_by("position")
    assert [indicator.text for indicator in seen] == ["Rota", "Leave"]
    version.refresh_from_db()
    assert (version.revision, imported.revision) == (1, 1)
    event = Event.objects.get(verb="apply_framework_file")
    assert (event.about_id, event.by_person) == (version.pk, author)


def test_an_excel_file_says_the_same_as_a_csv_file():
    version, author = drafted()
    applied(version, author)

    imported = checked(version, author, xlsx_file())

    assert (imported.format, lines(imported)) == ("XLSX", [])


def test_a_draft_that_moved_on_refuses_until_it_is_checked_again():
    version, author = drafted()
    imported = checked(version, author)
    applied(version, author, csv_file(ROWS[0]))

    with pytest.raises(Stale) as refused:
        apply_import(imported=imported, by=author, now=LATER)

    assert refused.value.code == "draft_moved_on"
    again = check_again(imported=imported, by=author, now=LATER)
    assert [line[2] for line in lines(again)] == ["1.2 Plans the leave", "2 People", "2.1 Listens"]
    apply_import(imported=again, by=author, now=LATER)
    assert Competency.objects.filter(version=version).count() == 3


def test_what_a_role_asks_for_cannot_be_left_out():
    version = written(2)
    author = author_at(version.framework.owner)
    used = Competency.objects.get(version=version, code="A.2")
    RequirementFactory(competency=used, role_profile__version=version)
    imported = checked(
        version, author, csv_file(("A", "Domain A", "A.1", "", "Plans"), headings=HEADINGS[:5])
    )

    with pytest.raises(Conflict) as refused:
        apply_import(imported=imported, by=author, now=NOW)

    assert "A.2" in refused.value.message
    assert Competency.objects.get(version=version, code="A.1").title == "Plans rotas in A"
    imported.refresh_from_db()
    assert imported.state == "CHECKED"


def test_an_edition_in_review_takes_no_file():
    version, author = drafted()
    imported = checked(version, author)
    version.state = "IN_REVIEW"
    version.save()

    for step in (apply_import, check_again):
        with pytest.raises(Conflict) as refused:
            step(imported=imported, by=author, now=NOW)
        assert refused.value.code == "draft_closed"
    with pytest.raises(Conflict):
        checked(version, author)


# --- Undoing


def test_undoing_puts_everything_back_identities_included():
    version = written(2, 1)
    LevelDescriptorFactory(competency=Competency.objects.get(version=version, code="A.2"))
    author = author_at(version.framework.owner)
    before = read_tree(version)
    imported = applied(version, author)
    assert read_tree(version) != before

    undone = undo_import(imported=imported, by=author, now=LATER)

    assert read_tree(version) == before
    assert (undone.state, undone.undone_by) == ("UNDONE", author)


def test_undoing_ends_after_thirty_days():
    version, author = drafted()
    imported = applied(version, author)

    with pytest.raises(Conflict) as refused:
        undo_import(imported=imported, by=author, now=NOW + timedelta(days=30, seconds=1))

    assert refused.value.code == "undo_is_over"
    undo_import(imported=imported, by=author, now=NOW + timedelta(days=30))
    assert not Domain.objects.filter(version=version).exists()


def test_undoing_is_refused_once_the_draft_was_changed_or_left():
    version, author = drafted()
    imported = applied(version, author)
    applied(version, author, csv_file(ROWS[0]))

    with pytest.raises(Stale):
        undo_import(imported=imported, by=author, now=LATER)

    version.refresh_from_db()
    version.state = "IN_REVIEW"
    version.save()
    with pytest.raises(Conflict) as refused:
        undo_import(imported=imported, by=author, now=LATER)
    assert refused.value.code == "draft_closed"


def test_nothing_is_undone_twice_or_before_it_was_applied():
    version, author = drafted()
    imported = checked(version, author)
    with pytest.raises(Conflict):
        undo_import(imported=imported, by=author, now=NOW)
    apply_import(imported=imported, by=author, now=NOW)
    undo_import(imported=imported, by=author, now=NOW)

    with pytest.raises(Conflict) as refused:
        undo_import(imported=imported, by=author, now=NOW)

    assert refused.value.code == "file_undone"


# --- Who may


def test_only_authors_of_the_framework_bring_in_files():
    version, author = drafted()
    imported = checked(version, author)
    reviewer = reviewer_at(version.framework.owner)
    stranger = author_at(written(1).framework.owner)

    for person in (reviewer, stranger):
        with pytest.raises(Forbidden):
            checked(version, person)
        for step in (apply_import, check_again, undo_import):
            with pytest.raises(Forbidden):
                step(imported=imported, by=person, now=NOW)
    assert FrameworkImport.objects.count() == 1


@pytest.mark.parametrize(
    ("parts", "allowed"),
    [({"AUTHOR"}, True), ({"AUTHOR", "REVIEWER"}, True), ({"REVIEWER"}, False), (set(), False)],
)
def test_may_import_is_for_authors(parts, allowed):
    assert may_import(frozenset(parts)) is allowed
    assert may_undo_import(frozenset(parts), applied_at=NOW, now=LATER) is allowed


def test_may_undo_import_ends_after_thirty_days():
    author = frozenset({"AUTHOR"})

    assert may_undo_import(author, applied_at=NOW, now=NOW + timedelta(days=30))
    assert not may_undo_import(author, applied_at=NOW, now=NOW + timedelta(days=30, seconds=1))


def test_what_has_become_a_mistake_since_the_check_is_refused():
    version, author = drafted()
    imported = checked(version, author)
    # As in a copy that was read while another language was spoken.
    imported.content["rows"][0][1]["assessable"] = "Nage"
    imported.save(update_fields=["content"])

    with pytest.raises(Conflict) as refused:
        apply_import(imported=imported, by=author, now=NOW)

    assert refused.value.code == "file_has_mistakes"
    assert not Domain.objects.filter(version=version).exists()


def test_yes_and_no_are_the_same_whatever_language_the_reader_has():
    version, author = drafted()
    rows = [("1", "Care", "1.1", "", "Leads", "No"), ("1", "Care", "1.2", "", "Listens", "yes")]
    imported = checked(version, author, csv_file(*rows, headings=(*HEADINGS[:5], "Asked about")))

    with pseudo_language():
        apply_import(imported=imported, by=author, now=NOW)
        table = table_of(version)

    assert Competency.objects.get(version=version, code="1.1").is_assessable is False
    assert Competency.objects.get(version=version, code="1.2").is_assessable is True
    at = [column.name for column in table.columns].index("assessable")
    assert [row[at] for row in table.rows] == ["No", ""]


def test_of_mistakes_without_end_the_first_are_listed(monkeypatch):
    version, author = drafted()
    monkeypatch.setattr(imports, "MOST_LINES", 3)
    wrong = [("1", "Care", "1.1", "", f"Plans {number}", "", "", "") for number in range(9)]

    imported = checked(version, author, csv_file(*wrong))

    told = list(imported.lines.order_by("pk").values_list("kind", "message"))
    assert [kind for kind, _message in told] == ["PROBLEM", "PROBLEM", "PROBLEM", "WARNING"]
    assert "more lines" in told[-1][1]


# --- Whole or not at all


class Broken(DatabaseError):
    pass


def breaking_at(number):
    """The statement of that number fails; rolling back after it works."""
    statements = count()

    def breaking(execute, sql, params, many, context):
        if next(statements) == number:
            raise Broken
        return execute(sql, params, many, context)

    return breaking


def test_a_fault_at_any_statement_leaves_the_draft_as_it_was():
    version, author = drafted()
    imported = checked(version, author)

    for number in count():
        try:
            with connection.execute_wrapper(breaking_at(number)):
                apply_import(imported=imported, by=author, now=NOW)
            break
        except Broken:
            assert FrameworkImport.objects.values_list("state", "revision").get() == ("CHECKED", 0)
            assert not Domain.objects.filter(version=version).exists()

    assert number >= 20
    assert Domain.objects.filter(version=version).count() == 2
