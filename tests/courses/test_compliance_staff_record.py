"""What the staff record tells, with every trap that its exports are known for."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Ends, RecordSource, SubjectRecord, TrainingImport
from courses.selectors.staff_record_cells import MOST_ROWS, read_staff_record
from courses.services.compliance_records import Learned, write_records
from courses.services.compliance_rules import Period, set_refresh_period
from courses.services.compliance_strikes import strike_out
from courses.services.training_exports import take_out_training
from courses.services.training_imports import File, apply_training_file, check_training_file
from pathways.selectors.workbooks.problems import Unreadable
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.compliance import level_of, subject_of, trained, with_role
from tests.factories.training_files import (
    HEADINGS,
    applied,
    brought_in,
    csv_of,
    numbered,
    row,
    xlsx_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank")


@pytest.fixture
def hr(trust):
    return with_role("HR_ADMINISTRATOR", trust)


@pytest.fixture
def fire():
    return subject_of("Fire Safety")


@pytest.fixture
def amara(trust):
    return numbered(trust, given_name="Amara", family_name="Okafor")


def problems(imported):
    return list(imported.lines.filter(kind="PROBLEM").values_list("row", "problem", "cell"))


def kinds(imported):
    return list(imported.lines.order_by("row").values_list("row", "kind"))


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("30-Nov-2028", date(2028, 11, 30)),
        ("30-NOV-2028", date(2028, 11, 30)),
        ("2026/01/31 00:00:00", date(2026, 1, 31)),
        ("31/01/2026", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
        ("01/02/2026", date(2026, 2, 1)),
    ],
)
def test_each_style_of_dates_is_the_day_that_is_meant(told, meant):
    (read,) = read_staff_record(csv_of(row(date_start=told, expiry_date="No expiry"))).rows

    assert (read.began, read.problems) == (meant, ())


def test_a_workbooks_own_dates_and_numbers_are_read():
    began = datetime(2026, 1, 31)  # noqa: DTZ001 - as a spreadsheet has it
    content = xlsx_of(row(20000001, date_start=began, expiry_date=date(2028, 1, 31)))

    (read,) = read_staff_record(content).rows

    assert (read.number, read.began, read.ended) == (
        "20000001",
        date(2026, 1, 31),
        date(2028, 1, 31),
    )


@pytest.mark.parametrize(
    ("told", "ends"), [("No expiry", Ends.NEVER), ("NO EXPIRY", Ends.NEVER), ("", Ends.RULES)]
)
def test_an_expiry_can_say_that_there_is_none_or_nothing(told, ends):
    (read,) = read_staff_record(csv_of(row(expiry_date=told))).rows

    assert (read.ends, read.ended, read.problems) == (ends, None, ())


def test_a_last_day_at_the_end_of_time_is_none_and_that_is_said():
    late = date(9999, 12, 31)
    file = xlsx_of(row(expiry_date=late), row(expiry_date="31/12/9999"), row())

    read = read_staff_record(file)

    assert [(one.ends, one.ended, one.problems) for one in read.rows[:2]] == [
        (Ends.NEVER, None, ())
    ] * 2
    assert read.rows[2].ends == Ends.DAY
    assert read.remarks == [
        "2 rows have a last day after the year 2199. They are read as no expiry."
    ]


@pytest.mark.parametrize(
    "cells",
    [
        {"date_start": "31/12/9999"},
        {"date_start": "30/11/0205"},
        {"expiry_date": "30/11/0205"},
    ],
)
def test_a_day_of_no_year_that_is_meant_is_none(cells):
    (read,) = read_staff_record(csv_of(row(**cells))).rows

    assert read.problems == (("NOT_A_DAY", next(iter(cells.values()))),)


def test_rows_that_say_nothing_are_passed_over_and_the_others_keep_their_numbers():
    blank = ("",) * len(HEADINGS)

    read = read_staff_record(csv_of(blank, row(), blank, blank, row())).rows

    assert [one.row for one in read] == [3, 6]


def test_who_typed_a_row_is_never_who_was_trained(trust, hr, fire, amara):
    other = numbered(trust, "20000002", family_name="Hughes", given_name="Rhys")
    typed_by = "20000002|Hughes, Rhys"

    made = brought_in(trust, hr, csv_of(row("20000001|Okafor, Amara", last_updated_by=typed_by)))
    applied(made, hr)

    assert SubjectRecord.objects.get().person == amara
    assert not SubjectRecord.objects.filter(person=other).exists()


def test_a_file_that_only_says_who_typed_it_is_refused(trust, hr, fire):
    headings = tuple(name for name in HEADINGS if name != "Assignment Number")

    made = brought_in(trust, hr, csv_of(row()[1:], headings=headings))

    assert made.state == "FAILED"
    assert "Assignment Number" in made.reason
    assert bytes(made.content) == b""


def test_several_columns_can_tell_the_same(trust, hr, fire, amara):
    headings = (*HEADINGS, "Employee Number", "End Date")
    agreeing = (*row("20000001-2|Okafor, Amara", expiry_date=""), "20000001", "30/11/2027")

    made = brought_in(trust, hr, csv_of(agreeing, headings=headings))
    applied(made, hr)

    assert SubjectRecord.objects.get().expires_on == date(2027, 11, 30)


def test_columns_that_contradict_each_other_are_told(trust, hr, fire, amara):
    headings = (*HEADINGS, "End Date")

    made = brought_in(trust, hr, csv_of((*row(), "30-Nov-2028"), headings=headings))

    assert problems(made) == [(2, "CONTRADICTION", "30-Nov-2027 / 30-Nov-2028")]


@pytest.mark.parametrize("number", ["20000001", "20000001-3", "020000001", "20000001|Okafor, A"])
def test_people_are_found_under_each_way_their_number_is_written(trust, hr, fire, amara, number):
    made = brought_in(trust, hr, csv_of(row(number)))

    assert made.lines.get().person == amara


@pytest.mark.parametrize(
    ("cells", "problem", "cell"),
    [
        ({"number": ""}, "NO_PERSON", ""),
        ({"number": "99"}, "UNKNOWN_PERSON", "99"),
        ({"number": "20000001|Hughes, Rhys"}, "OTHER_NAME", "20000001|Hughes, Rhys"),
        ({"competency_name": ""}, "NO_COMPETENCY", ""),
        ({"competency_name": "NHS|CSTF|Juggling|"}, "UNKNOWN_COMPETENCY", "NHS|CSTF|Juggling|"),
        ({"date_start": ""}, "NO_DAY", ""),
        ({"date_start": "31/02/2026"}, "NOT_A_DAY", "31/02/2026"),
        ({"date_start": "21-Nov-2026"}, "DAY_TO_COME", "2026-11-21"),
        ({"expiry_date": "29-Nov-2025"}, "ENDS_BEFORE", "2025-11-29"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(trust, hr, fire, amara, cells, problem, cell):
    made = brought_in(trust, hr, csv_of(row(), row(**cells)))

    assert problems(made) == [(3, problem, cell)]
    with pytest.raises(Conflict) as refusal:
        apply_training_file(imported=made, leaves_out_problems=False, by=hr, now=NOW)
    assert refusal.value.code == "rows_with_problems"
    assert not SubjectRecord.objects.exists()
    assert applied(made, hr, leaves_out=True).written == 1


def test_somebody_of_another_organisation_is_nobody_here(trust, hr, fire):
    numbered(OrganisationFactory(), "20000001")

    made = brought_in(trust, hr, csv_of(row()))

    assert problems(made) == [(2, "UNKNOWN_PERSON", "20000001")]


def test_a_row_that_comes_again_with_another_end_is_told_and_the_same_is_known(
    trust, hr, fire, amara
):
    content = csv_of(row(), row("20000001-2"), row(expiry_date="1-Dec-2027"))

    made = brought_in(trust, hr, content)

    assert kinds(made) == [(2, "NEW"), (3, "KNOWN"), (4, "PROBLEM")]
    assert problems(made) == [(4, "SAID_TWICE", "NHS|CSTF|Fire Safety - 2 Years|")]


def test_nothing_is_recorded_before_it_is_applied_and_then_all_of_it_once(trust, hr, fire, amara):
    content = csv_of(row(), row(date_start="30-Nov-2023", expiry_date="No expiry"))

    made = brought_in(trust, hr, content)
    assert not SubjectRecord.objects.exists()
    assert applied(made, hr).written == 2
    again = brought_in(trust, hr, content)

    assert kinds(again) == [(2, "KNOWN"), (3, "KNOWN")]
    with pytest.raises(Conflict) as refusal:
        apply_training_file(imported=again, leaves_out_problems=False, by=hr, now=NOW)
    assert refusal.value.code == "nothing_to_apply"
    told = SubjectRecord.objects.order_by("completed_on").values_list("expires_on", "recorded_by")
    assert list(told) == [(None, hr.pk), (date(2027, 11, 30), hr.pk)]
    verbs = set(Event.objects.filter(organisation=trust).values_list("verb", flat=True))
    assert {"check_training_file", "apply_training_file", "record_training"} <= verbs


def test_an_end_that_is_put_right_there_is_put_right_here_and_back_again(trust, hr, fire, amara):
    for end in ("30-Nov-2027", "30-Nov-2028", "30-Nov-2027"):
        applied(brought_in(trust, hr, csv_of(row(expiry_date=end))), hr)

    ends = SubjectRecord.objects.order_by("pk").values_list("expires_on", flat=True)
    assert list(ends) == [date(2027, 11, 30), date(2028, 11, 30), date(2027, 11, 30)]


def test_an_end_that_a_change_of_the_rules_took_the_place_of_does_not_come_back(
    trust, hr, fire, amara
):
    file = csv_of(row())
    applied(brought_in(trust, hr, file), hr)
    yearly = Period(fire, 12, TODAY, reaches_back=True, reason="Two fires")
    set_refresh_period(organisation=trust, wanted=yearly, by=hr, now=NOW)

    as_before = brought_in(trust, hr, file)
    put_right = brought_in(trust, hr, csv_of(row(expiry_date="30-Nov-2028")))
    seen = [kinds(as_before), kinds(put_right)]
    applied(put_right, hr)

    assert seen == [[(2, "KNOWN")], [(2, "NEW")]]
    assert kinds(brought_in(trust, hr, file)) == [(2, "NEW")]


def test_two_files_that_say_the_same_write_it_once(trust, hr, fire, amara):
    first, second = (brought_in(trust, hr, csv_of(row())) for _ in range(2))

    assert (applied(first, hr).written, applied(second, hr).written) == (1, 0)
    assert SubjectRecord.objects.count() == 1


def test_what_was_struck_out_as_a_mistake_does_not_come_back(trust, hr, fire, amara):
    applied(brought_in(trust, hr, csv_of(row())), hr)
    strike_out(training=SubjectRecord.objects.get(), reason="Another person", by=hr, now=NOW)

    again = brought_in(trust, hr, csv_of(row()))

    assert kinds(again) == [(2, "STRUCK")]


def test_an_end_that_came_from_a_mistake_does_not_come_back_either(trust, hr, fire, amara):
    mistake = trained(amara, fire, on=date(2024, 11, 30), months=None)
    write_records(
        learned=[
            Learned(
                person_id=amara.pk,
                level_id=level_of(fire).pk,
                completed_on=date(2025, 11, 30),
                source=RecordSource.COURSE,
                source_key="enrolment:1",
                organisation_id=trust.pk,
            )
        ],
        by=hr,
        now=NOW,
    )
    strike_out(training=mistake, reason="Another person", by=hr, now=NOW)

    as_exported_before = brought_in(trust, hr, csv_of(row(expiry_date="No expiry")))
    as_it_counts = brought_in(trust, hr, csv_of(row(expiry_date="30-Nov-2027")))

    assert kinds(as_exported_before) == [(2, "STRUCK")]
    assert kinds(as_it_counts) == [(2, "KNOWN")]


def test_without_an_end_our_own_rules_say_how_long_it_counts(trust, hr, fire, amara):
    applied(brought_in(trust, hr, csv_of(row(expiry_date=""))), hr)

    assert SubjectRecord.objects.get().expires_on == date(2027, 11, 30)


def test_other_titles_of_a_level_are_understood(trust, hr, fire, amara):
    level = level_of(fire)
    level.esr_titles = ["Fire Awareness"]
    level.save()

    made = brought_in(trust, hr, csv_of(row(competency_name="NHS|CSTF|Fire awareness|")))

    assert made.lines.get().level == level


def test_only_those_who_keep_training_bring_it_in_or_take_it_out(trust, hr, fire, amara):
    elsewhere = with_role("HR_ADMINISTRATOR", OrganisationFactory())
    made = brought_in(trust, hr, csv_of(row()))

    for by in (amara, elsewhere, employ(organisation=trust)):
        with pytest.raises(Forbidden):
            check_training_file(
                organisation=trust, file=File("a.csv", csv_of(row())), by=by, now=NOW
            )
        with pytest.raises(Forbidden):
            apply_training_file(imported=made, leaves_out_problems=True, by=by, now=NOW)
        with pytest.raises(Forbidden):
            take_out_training(organisation=trust, on=TODAY, by=by, now=NOW)
        assert not TrainingImport.objects.visible_to(by, on=TODAY).exists()


def test_a_file_with_too_many_rows_is_refused_with_what_to_do():
    content = csv_of(*[row()] * (MOST_ROWS + 1))

    with pytest.raises(Unreadable) as refusal:
        read_staff_record(content)

    assert refusal.value.code == "too_many_rows"


def test_what_is_taken_out_is_known_when_it_is_brought_in_again(trust, hr, fire, amara):
    moving = subject_of("Moving and Handling", "Level 1", "Level 2")
    local = subject_of("Ward keys", months=None, owner=trust, vpd="457", subject_set="LOCAL")
    trained(amara, fire, on=date(2026, 2, 3))
    trained(amara, fire, on=date(2024, 2, 3))
    trained(amara, moving, rank=2, on=date(2026, 1, 31))
    trained(amara, local, on=date(2026, 5, 6), months=None)
    trained(amara, fire, on=date(2026, 3, 3), struck_at=NOW)
    trained(numbered(OrganisationFactory(), "30000001"), fire)

    taken = take_out_training(organisation=trust, on=TODAY, by=hr, now=NOW)
    again = brought_in(trust, hr, taken.content)

    lines = taken.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith('"20000001|Okafor, Amara",NHS|CSTF|Fire Safety - 2 Years|,')
    assert lines[1:] == [
        *(
            f'"20000001|Okafor, Amara",{told}'
            for told in (
                "NHS|CSTF|Fire Safety - 2 Years|,03-Feb-2026,03-Feb-2028,,Fire Safety,",
                (
                    "NHS|CSTF|Moving and Handling - Level 2 - 2 Years|,31-Jan-2026,31-Jan-2028,,"
                    "Moving and Handling Level 2,"
                ),
                "457|LOCAL|Ward keys|,06-May-2026,No expiry,,Ward keys,457",
            )
        )
    ]
    assert kinds(again) == [(2, "KNOWN"), (3, "KNOWN"), (4, "KNOWN")]
    assert Event.objects.filter(verb="take_out_training", organisation=trust).count() == 1


def test_a_name_that_a_spreadsheet_would_run_is_only_text(trust, hr, fire):
    somebody = numbered(trust, "=2+5", family_name="Okafor")
    trained(somebody, fire)

    taken = take_out_training(organisation=trust, on=TODAY, by=hr, now=NOW)
    again = brought_in(trust, hr, taken.content)

    assert "'=2+5|" in taken.content.decode("utf-8-sig")
    assert kinds(again) == [(2, "KNOWN")]


def test_an_end_that_a_later_rule_gave_is_not_told_of_a_day_before(trust, hr, fire, amara):
    trained(amara, fire, on=date(2025, 1, 10), recorded_at=NOW - timedelta(days=300))
    trained(amara, fire, on=date(2025, 1, 10), months=12, source="RULE", recorded_at=NOW)

    told = [
        take_out_training(organisation=trust, on=day, by=hr, now=NOW).content.decode()
        for day in (TODAY - timedelta(days=30), TODAY)
    ]

    assert ["10-Jan-2027" in text for text in told] == [True, False]
    assert ["10-Jan-2026" in text for text in told] == [False, True]
