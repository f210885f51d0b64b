"""What happened to a place: who only runs the session is told nothing of protected time."""

import pytest
from django.urls import reverse

from accounts.services.ledger import record
from courses.selectors.enrolments import verbs_kept_from
from courses.verbs_study_time import declare_study_time_verbs
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, SessionFactory, host_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OF_TIME = ("promise_time", "take_time_back", "ask_for_backfill", "contest")


@pytest.fixture
def place():
    """Of somebody of the trust that runs the session."""
    session = SessionFactory()
    theirs = host_of(session)
    manager = employ(organisation=theirs)
    person = employ(organisation=theirs, manager=manager)
    place = EnrolmentFactory(
        session=session,
        person=person,
        organisation=theirs,
        state="CONFIRMED",
        seat=1,
        confirmed_at=NOW,
    )
    for verb in ("withdraw", *OF_TIME):
        record(
            by=person,
            now=NOW,
            verb=verb,
            about=place,
            rule="x",
            organisation_id=theirs.pk,
            subject_id=person.pk,
            facts={},
        )
    return place


def verbs_told(client, place, reader):
    client.force_login(reader)
    response = client.get(reverse("courses:enrolment_timeline", args=[place.pk]))
    return [event.verb for event in response.context["page"].object_list]


def test_who_only_runs_the_session_reads_of_the_place_alone(client, place):
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(place.session))

    assert verbs_told(client, place, lead) == ["withdraw"]


@pytest.mark.parametrize("who", ["person", "manager", "lead"])
def test_the_person_and_those_who_decide_about_them_read_all_of_it(client, place, who):
    readers = {
        "person": place.person,
        "manager": place.person.managed_by_lines.get().manager,
        "lead": grant(PersonFactory(), "LEARNING_LEAD", place.organisation),
    }

    told = verbs_told(client, place, readers[who])

    assert sorted(told) == sorted(["withdraw", *OF_TIME])


def test_every_verb_of_protected_time_is_among_those_kept(place, monkeypatch):
    """Those that are about places; what is about rules and rates is on no place's page."""
    declared = {}
    monkeypatch.setattr("courses.verbs_study_time.register_verbs", declared.update)
    declare_study_time_verbs()
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(place.session))

    kept = set(verbs_kept_from(lead, place, on=TODAY))

    assert set(declared) - kept == {"keep_time_rule", "keep_backfill_rate"}
