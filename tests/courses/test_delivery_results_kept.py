"""Files of results go when their time is over; what was found goes with the place alone."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from accounts.models import LegalHold
from accounts.services.letting_go import let_go
from config.reference.retention import load_retention_rules
from courses.models import AssessmentResult, ResultFile, ResultLine
from courses.services.results import apply_results, check_results, undo_results
from courses.services.training_imports import File
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated
from tests.factories.results import csv_of, found, told

pytestmark = pytest.mark.django_db

# The rule says 72 months.
OLD = NOW.replace(year=NOW.year - 6)
A_DAY = timedelta(days=1)


def place_at(ended, **fields):
    session = SessionFactory(
        starts_at=ended - timedelta(hours=8), ends_at=ended, state="CLOSED", **fields
    )
    return seated(session, 1, person=colleague_of(session), state="ATTENDED")


def file_of(place, *, step="check", at=OLD, score="65"):
    session = place.session
    by = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    told_twice = csv_of(told(place, score), ("", "nobody@example.nhs.uk", score, "", ""))
    file = check_results(session=session, file=File("results.csv", told_twice), by=by, now=at)
    if step != "check":
        file = apply_results(file=file, leaves_out_problems=True, by=by, now=at)
    if step == "undo":
        file = undo_results(file=file, by=by, now=at)
    return file


def let_go_at(*sessions, now=NOW):
    load_retention_rules()
    for host in {host_of(session) for session in sessions}:
        let_go(organisation=host, by=grant(PersonFactory(), "AUDITOR", host), now=now)


@pytest.mark.parametrize("step", ["check", "apply", "undo"])
@pytest.mark.parametrize(("at", "is_kept"), [(OLD, False), (OLD + A_DAY, True)])
def test_a_file_goes_with_its_lines_when_its_time_is_over(step, at, is_kept):
    place = place_at(OLD)
    file = file_of(place, step=step, at=at)
    assert file.lines.filter(kind="PROBLEM").exists()

    let_go_at(place.session)

    assert ResultFile.objects.exists() == is_kept
    assert ResultLine.objects.exists() == is_kept


def test_what_was_found_outlives_the_file_and_stands():
    place = place_at(OLD)
    file_of(place, step="apply", score="65")

    let_go_at(place.session)

    result = AssessmentResult.objects.get(enrolment=place)
    assert (result.file_id, result.score, result.stands) == (None, 65, True)


def test_a_file_stays_that_can_be_undone_because_its_session_goes_on():
    place = place_at(OLD + A_DAY)
    applied = file_of(place, step="apply", at=OLD + A_DAY)
    ResultFile.objects.update(applied_at=OLD, uploaded_at=OLD)

    let_go_at(place.session)
    undo_results(file=applied, by=applied.applied_by, now=NOW)

    assert not AssessmentResult.objects.filter(stands=True).exists()


def test_what_a_later_file_replaced_stands_again_although_its_own_file_is_gone():
    place = place_at(OLD)
    file_of(place, step="apply", score="40")
    later = file_of(place, step="apply", score="65", at=OLD + A_DAY)

    let_go_at(place.session)
    undo_results(file=later, by=later.applied_by, now=NOW)

    assert list(ResultFile.objects.all()) == [later]
    assert AssessmentResult.objects.get(stands=True).score == 40


def test_files_of_another_organisation_stay():
    here, elsewhere = place_at(OLD), place_at(OLD)
    files = [file_of(place, step="apply") for place in (here, elsewhere)]

    let_go_at(here.session)

    assert list(ResultFile.objects.all()) == files[1:]


def test_a_result_is_never_said_to_be_of_another_file():
    place = place_at(OLD)
    result, other = found(place, 65), file_of(place)

    with pytest.raises(ProgrammingError), transaction.atomic():
        AssessmentResult.objects.filter(pk=result.pk).update(file=other)

    result.refresh_from_db()
    assert result.file != other


def test_a_file_that_is_about_somebody_whose_records_are_held_stays():
    held, other = place_at(OLD), place_at(OLD)
    for place in (held, other):
        file_of(place, step="apply")
    LegalHold.objects.create(
        person=held.person, organisation=host_of(held.session), reason="Appeal", set_at=NOW
    )

    let_go_at(held.session, other.session)

    assert ResultFile.objects.get().session == held.session
