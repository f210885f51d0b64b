"""What programmes build on: nobody asks for a place without it."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actors import ApiClientPrincipal
from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Prerequisite
from courses.selectors.prerequisites import prerequisites_of
from courses.services.enrolment import enrol
from courses.services.prerequisites import CompletedFirst, LevelFirst, need_first, need_no_more
from tests.api_client import hr_system
from tests.factories.accounts import ApiClientFactory, OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    colleague_of,
    entitle,
    queued,
    seated,
)
from tests.factories.courses_catalogue import lead_at
from tests.factories.pathways import AttainmentFactory, CompetencyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(client, trust):
    person = lead_at(trust)
    client.force_login(person)
    return person


@pytest.fixture
def first():
    return ProgrammeFactory(title="Leading a team")


@pytest.fixture
def session(trust):
    """Of a programme of the trust's own, with places."""
    programme = ProgrammeFactory(owner=trust, title="Leading a ward")
    return SessionFactory(offering=OfferingFactory(host=trust, programme=programme))


@pytest.fixture
def programme(session):
    return session.offering.programme


@pytest.fixture
def person(session):
    """Whose pathway asks for the programme, so that nobody has to approve it."""
    somebody = colleague_of(session)
    entitle(somebody, session.offering.programme)
    return somebody


def needs(programme, needed):
    return Prerequisite.objects.create(programme=programme, needs=needed)


def needs_level(programme, competency, rank):
    return Prerequisite.objects.create(programme=programme, competency=competency, rank=rank)


def completes(person, programme, state="COMPLETED"):
    return seated(
        SessionFactory(offering__programme=programme, state="CLOSED"),
        1,
        person=person,
        state=state,
    )


def refused(session, person):
    with pytest.raises(Conflict) as refusal:
        enrol(session=session, person=person, by=person, now=NOW)
    assert refusal.value.code == "prerequisite_missing"
    assert not session.enrolments.exists()
    return refusal.value.message


def test_nobody_asks_for_a_place_without_what_the_programme_builds_on(
    session, programme, person, first
):
    competency = CompetencyFactory(title="Plans the work")
    needs(programme, first)
    needs_level(programme, competency, 3)
    AttainmentFactory(person=person, competency=competency, rank=2)

    said = refused(session, person)

    assert said == (
        "This course builds on: Leading a team, completed; Plans the work, at the level"
        " “Frequently”. Find what has to be completed first among the courses."
        " Have the level confirmed under development."
    )


@pytest.mark.parametrize("state", ["CONFIRMED", "ATTENDED", "ABSENT", "PARTIAL"])
def test_only_what_was_completed_counts(session, programme, person, first, state):
    needs(programme, first)
    completes(person, first, state=state)

    said = refused(session, person)

    assert said.startswith("This course builds on: Leading a team, completed. Find")


def test_somebody_elses_course_and_level_count_for_nobody_else(session, programme, person, first):
    competency = CompetencyFactory()
    other = colleague_of(session)
    needs(programme, first)
    needs_level(programme, competency, 2)
    completes(other, first)
    AttainmentFactory(person=other, competency=competency, rank=4)

    refused(session, person)


def test_whoever_has_all_of_it_gets_a_place(session, programme, person, first):
    competency = CompetencyFactory()
    needs(programme, first)
    needs_level(programme, competency, 3)
    completes(person, first)
    AttainmentFactory(person=person, competency=competency, rank=3)

    enrolment = enrol(session=session, person=person, by=person, now=NOW)

    assert enrolment.state == "CONFIRMED"


def test_what_was_completed_at_another_trust_counts_for_the_hr_system_of_this_one(
    session, programme, person, first
):
    needs(programme, first)
    completes(person, first)
    client = ApiClientFactory(organisation=session.offering.host)
    program = ApiClientPrincipal(client, frozenset({"enrolments:write"}))

    with opened(program, on=TODAY):
        enrolment = enrol(session=session, person=person, by=program, now=NOW)

    assert enrolment.state == "CONFIRMED"


def test_who_has_a_place_or_a_turn_keeps_it(session, programme, first, lead):
    place, turn = seated(session, 1), queued(session)

    with opened(lead, on=TODAY):
        need_first(programme=programme, wanted=CompletedFirst(first), by=lead, now=NOW)

    assert set(Enrolment.objects.values_list("pk", "state")) == {
        (place.pk, "CONFIRMED"),
        (turn.pk, "WAITING"),
    }


def test_leads_of_the_owner_write_down_what_it_builds_on(programme, first, lead, trust):
    competency = CompetencyFactory()

    with opened(lead, on=TODAY):
        row = need_first(programme=programme, wanted=CompletedFirst(first), by=lead, now=NOW)
        level = need_first(programme=programme, wanted=LevelFirst(competency, 2), by=lead, now=NOW)
        need_no_more(row=row, by=lead, now=NOW)

    assert list(Prerequisite.objects.values_list("pk", "competency", "rank")) == [
        (level.pk, competency.pk, 2)
    ]
    verbs = Event.objects.order_by("pk").values_list("verb", "organisation", "about_id")
    about = (trust.pk, programme.pk)
    assert list(verbs) == [
        ("need_first", *about),
        ("need_first", *about),
        ("need_no_more", *about),
    ]


def test_nobody_else_writes_it(programme, first, trust):
    row = needs(programme, ProgrammeFactory())

    for by in (lead_at(trust, "HR_ADMINISTRATOR"), lead_at(OrganisationFactory())):
        with pytest.raises(Forbidden):
            need_first(programme=programme, wanted=CompletedFirst(first), by=by, now=NOW)
        with pytest.raises(Forbidden):
            need_no_more(row=row, by=by, now=NOW)
    assert list(Prerequisite.objects.all()) == [row]


def test_what_does_not_fit_is_refused(programme, first, lead):
    hidden = ProgrammeFactory(owner=OrganisationFactory())
    competency = CompetencyFactory()
    needs(programme, first)
    before = ProgrammeFactory()
    needs(before, programme)
    acts = {
        "needed_already": CompletedFirst(first),
        "not_in_catalogue": CompletedFirst(hidden),
        "no_such_level": LevelFirst(competency, 5),
        "needs_itself": CompletedFirst(before),
    }

    for code, wanted in acts.items():
        with pytest.raises(Conflict) as refusal, opened(lead, on=TODAY):
            need_first(programme=programme, wanted=wanted, by=lead, now=NOW)
        assert refusal.value.code == code
    assert Prerequisite.objects.count() == 2


def test_the_database_keeps_a_programme_from_coming_before_itself(programme, first):
    second = ProgrammeFactory()
    needs(programme, first)
    needs(first, second)

    for needed in (programme, second):
        with pytest.raises(IntegrityError), transaction.atomic():
            needs(second, needed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prerequisite.objects.create(programme=second, needs=first, rank=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prerequisite.objects.create(programme=second)
    assert Prerequisite.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_halves_of_a_circle_are_never_written_at_once(first):
    second = ProgrammeFactory()
    written, both = [], threading.Barrier(2, timeout=20)

    def half(programme, needed):
        both.wait()
        try:
            needs(programme, needed)
            written.append(programme)
        except IntegrityError:
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(target=half, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(written) == Prerequisite.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_what_it_builds_on_is_read_in_the_same_statements(
    programme, person, django_assert_num_queries, rows
):
    for number in range(rows):
        needs(programme, ProgrammeFactory(title=f"Before {number}"))
        needs_level(programme, CompetencyFactory(title=f"Level {number}"), 1)
    needs(ProgrammeFactory(), ProgrammeFactory(title="Elsewhere"))

    # Whether there are any, the scope and back, they, what is completed and held, what is found.
    with opened(person, on=TODAY), django_assert_num_queries(7):
        found = prerequisites_of(programme, person=person, on=TODAY)

    assert len(found) == 2 * rows
    assert {one.is_met for one in found} == {False}


def test_a_programme_that_the_reader_does_not_find_is_named_and_not_linked(
    programme, person, session
):
    elsewhere = ProgrammeFactory(owner=OrganisationFactory(), title="Only there")
    needs(programme, elsewhere)

    with opened(person, on=TODAY):
        [one] = prerequisites_of(programme, person=person, on=TODAY)

    assert (one.title, one.may_open, one.is_met) == ("Only there", False, False)


def test_the_page_of_a_programme_says_what_one_has(client, programme, person, first):
    competency = CompetencyFactory(title="Plans the work")
    needs(programme, first)
    needs_level(programme, competency, 2)
    completes(person, first)
    client.force_login(person)

    page = text_of(client.get(reverse("courses:programme_show", args=[programme.pk])))

    assert "What you need first" in page
    assert page.count("You have this") == page.count("You do not have this yet") == 1
    assert reverse("courses:programme_show", args=[first.pk]) in page


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_of_a_session_says_what_is_missing_and_takes_no_request(
    client, session, programme, person, first
):
    needs(programme, first)
    client.force_login(person)

    page = text_of(client.get(reverse("courses:session_show", args=[session.pk])))
    sent = client.post(reverse("courses:session_enrol", args=[session.pk]), {"reason": "To lead"})

    assert "You do not have this yet" in page
    assert "Take a place" not in page
    assert sent.status_code == 409
    assert "This course builds on: Leading a team, completed" in text_of(sent)
    assert not session.enrolments.exists()


def test_what_it_builds_on_is_written_by_form(client, lead, programme, first):
    competency = CompetencyFactory(title="Plans the work")
    page = reverse("courses:own_programme_show", args=[programme.pk])

    client.post(page, {"step": "NEED_PROGRAMME", "first-programme": "leading A TEAM"})
    client.post(page, {"step": "NEED_LEVEL", "level-competency": competency.pk, "level-rank": "2"})
    shown = text_of(client.get(page))
    gone = Prerequisite.objects.get(needs=first)
    client.post(page, {"step": "NEED_NO_MORE", "row": gone.pk})

    assert "Leading a team, completed" in shown
    assert "Plans the work, at the level “Occasionally”" in shown
    assert list(Prerequisite.objects.values_list("competency", "rank")) == [(competency.pk, 2)]


def test_what_was_typed_of_it_stays_beside_the_mistake(client, lead, programme, first):
    ProgrammeFactory(title="Leading a team at night")
    page = reverse("courses:own_programme_show", args=[programme.pk])

    several = client.post(page, {"step": "NEED_PROGRAMME", "first-programme": "leading team"})
    none = client.post(page, {"step": "NEED_PROGRAMME", "first-programme": "Zebra"})
    empty = client.post(page, {"step": "NEED_LEVEL", "level-rank": "2"})

    assert "Several programmes have these words: Leading a team" in text_of(several)
    assert "No programme has this title" in text_of(none)
    assert 'value="Zebra"' in text_of(none)
    assert "Select a competency" in text_of(empty)
    assert [several.status_code, none.status_code, empty.status_code] == [422] * 3
    assert not Prerequisite.objects.exists()


def test_programs_are_told_what_courses_need_first(session, programme, first):
    competency = CompetencyFactory(title="Plans the work")
    hidden = ProgrammeFactory(owner=OrganisationFactory(), title="Only there")
    for needed in (first, hidden):
        needs(programme, needed)
    needs_level(programme, competency, 3)
    system = hr_system(session.offering.host)

    told = system.get(f"/api/v1/courses/{programme.pk}/").json()["prerequisites"]

    by_title = {one.pop("title"): one for one in told}
    assert by_title == {
        "Leading a team": {"course_id": first.pk, "competency_id": None, "level": None},
        "": {"course_id": hidden.pk, "competency_id": None, "level": None},
        "Plans the work": {"course_id": None, "competency_id": competency.pk, "level": 3},
    }
