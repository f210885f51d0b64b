"""Programmes that organisations make mandatory, from a day to a day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Mandate
from courses.selectors.catalogue import reader_of
from courses.selectors.entitlements import asked_of, is_entitled
from courses.selectors.search import Filters, search_catalogue
from courses.services.enrolment import enrol
from courses.services.mandates import Mandatory, end_mandate, make_mandatory
from courses.services.role_programmes import programmes_follow
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import ProgrammeFactory, SessionFactory, colleague_of, entitle
from tests.factories.courses_catalogue import lead_at
from tests.factories.pathways import RoleProfileFactory, follow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The session of the sign-in and the person it names come before whatever a page reads; and a
# savepoint around the request, two statements that open its scope, and the end of both.
SIGN_IN = 7
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def board():
    return OrganisationFactory(name="Board of the river")


@pytest.fixture
def trust(board):
    return place_below(OrganisationFactory(name="Trust by the sea"), board)


@pytest.fixture
def programme():
    return ProgrammeFactory(title="Leading a team")


@pytest.fixture
def lead(client, trust):
    person = lead_at(trust, "LEARNING_LEAD")
    client.force_login(person)
    return person


def mandate(programme, organisation, starts_on=TODAY, **fields):
    return Mandate.objects.create(
        programme=programme, organisation=organisation, starts_on=starts_on, **fields
    )


def mandatory_for(person, on=TODAY):
    return asked_of(person_id=person.pk, on=on).mandatory


def text_of(response):
    return " ".join(response.content.decode().split())


def typed(day, name):
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"mandate-{name}_{part}": str(value) for part, value in parts.items()}


def test_it_is_mandatory_for_people_of_the_organisation_and_of_those_below(board, trust, programme):
    mandate(programme, board)
    below = place_below(OrganisationFactory(), trust)
    asked = [employ(organisation=where) for where in (board, trust, below)]
    outside = employ(organisation=OrganisationFactory())

    found = [mandatory_for(person) for person in (*asked, outside)]

    assert found == [{programme.pk}] * 3 + [set()]


def test_what_is_mandatory_below_is_not_mandatory_above(board, trust, programme):
    mandate(programme, trust)

    assert mandatory_for(employ(organisation=board)) == set()
    assert mandatory_for(employ(organisation=trust)) == {programme.pk}


def test_it_can_be_for_one_role_alone(trust, programme):
    role = RoleProfileFactory()
    mandate(programme, trust, role_profile=role)
    holds, holds_another = employ(organisation=trust), employ(organisation=trust)
    follow(holds, role)
    follow(holds_another, RoleProfileFactory())

    assert mandatory_for(holds) == {programme.pk}
    assert mandatory_for(holds_another) == mandatory_for(employ(organisation=trust)) == set()


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_asked"),
    [
        (TODAY, None, True),
        (YESTERDAY, TODAY, True),
        (TOMORROW, None, False),
        (YESTERDAY - timedelta(days=9), YESTERDAY, False),
    ],
)
def test_it_holds_from_its_first_day_to_its_last(trust, programme, starts_on, ends_on, is_asked):
    mandate(programme, trust, starts_on, ends_on=ends_on)
    person = employ(organisation=trust)

    found = is_entitled(person_id=person.pk, programme_id=programme.pk, on=TODAY)

    assert found is is_asked


def test_whoever_it_is_asked_of_needs_nobodys_approval(programme):
    session = SessionFactory(offering__programme=programme)
    person, nobody_asks = colleague_of(session), colleague_of(session)
    role = RoleProfileFactory()
    follow(person, role)
    mandate(programme, session.offering.host, role_profile=role)

    given = enrol(session=session, person=person, by=person, now=NOW)
    asked = enrol(session=session, person=nobody_asks, by=nobody_asks, now=NOW)

    assert (given.state, given.basis) == ("CONFIRMED", "ENTITLEMENT")
    assert (asked.state, asked.basis) == ("REQUESTED", "APPROVAL")


def test_the_catalogue_finds_what_is_mandatory_and_puts_it_first(trust, programme):
    person = employ(organisation=trust)
    ProgrammeFactory(title="A first title")
    asked_for = ProgrammeFactory(title="Zest")
    entitle(person, asked_for)
    mandate(programme, trust)
    mandate(ProgrammeFactory(), OrganisationFactory())
    marked = reader_of(person, on=TODAY).marked

    def found(purpose=""):
        filters = Filters(purpose=purpose)
        search = {"actor": person, "marked": marked, "on": TODAY, "now": NOW}
        return search_catalogue(filters=filters, **search).ids

    assert found("MANDATORY") == (programme.pk,)
    assert found("ENTITLED") == (asked_for.pk,)
    assert found()[:2] == (programme.pk, asked_for.pk)


def test_a_lead_makes_a_programme_mandatory_and_ends_it(lead, trust, programme):
    role = RoleProfileFactory()
    wanted = Mandatory(programme, TODAY, date(2027, 3, 31), role)

    with opened(lead, on=TODAY):
        made = make_mandatory(organisation=trust, wanted=wanted, by=lead, now=NOW)

    assert (made.organisation, made.role_profile, made.ends_on) == (trust, role, date(2027, 3, 31))
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.facts["programme"]) == (
        "make_mandatory",
        trust,
        programme.pk,
    )
    later = NOW + timedelta(days=10)
    with opened(lead, on=later.date()):
        end_mandate(mandate=made, by=lead, now=later)
    made.refresh_from_db()
    assert made.ends_on == later.date() - timedelta(days=1)
    with pytest.raises(Conflict) as twice, opened(lead, on=later.date()):
        end_mandate(mandate=made, by=lead, now=later)
    assert twice.value.code == "mandate_over"


def test_what_never_began_is_taken_away(lead, trust, programme):
    made = mandate(programme, trust, TOMORROW)

    with opened(lead, on=TODAY):
        end_mandate(mandate=made, by=lead, now=NOW)

    assert not Mandate.objects.exists()


def test_nobody_else_makes_it_mandatory(board, trust, programme):
    made = mandate(programme, trust, YESTERDAY)
    wanted = Mandatory(programme, TOMORROW)

    for by in (lead_at(trust, "PROGRAMME_LEAD"), lead_at(OrganisationFactory(), "LEARNING_LEAD")):
        with pytest.raises(Forbidden):
            make_mandatory(organisation=trust, wanted=wanted, by=by, now=NOW)
        with pytest.raises(Forbidden):
            end_mandate(mandate=made, by=by, now=NOW)
    of_the_board = lead_at(board, "LEARNING_LEAD")
    end_mandate(mandate=made, by=of_the_board, now=NOW)
    made.refresh_from_db()
    assert made.ends_on == YESTERDAY


def test_what_does_not_fit_is_refused(lead, trust, programme):
    hidden = ProgrammeFactory(owner=OrganisationFactory())
    mandate(programme, trust, YESTERDAY)
    acts = {
        "mandatory_already": Mandatory(programme, TOMORROW),
        "rule_in_the_past": Mandatory(ProgrammeFactory(), YESTERDAY),
        "days_out_of_order": Mandatory(ProgrammeFactory(), TOMORROW, TODAY),
        "not_in_catalogue": Mandatory(hidden, TODAY),
    }

    for code, wanted in acts.items():
        with pytest.raises(Conflict) as refusal, opened(lead, on=TODAY):
            make_mandatory(organisation=trust, wanted=wanted, by=lead, now=NOW)
        assert refusal.value.code == code
    assert Mandate.objects.count() == 1


def test_the_database_keeps_one_at_a_time(trust, programme):
    role = RoleProfileFactory()
    mandate(programme, trust, YESTERDAY, ends_on=TODAY)
    mandate(programme, trust, YESTERDAY, role_profile=role)
    mandate(programme, trust, TOMORROW)

    for fields in ({}, {"role_profile": role}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mandate(programme, trust, TODAY, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        mandate(ProgrammeFactory(), trust, TODAY, ends_on=YESTERDAY)
    assert Mandate.objects.count() == 3


def test_it_follows_a_role_whose_place_another_takes(trust, programme):
    before, after = RoleProfileFactory(owner=trust), RoleProfileFactory(owner=trust)
    other = ProgrammeFactory()
    follows = mandate(programme, trust, YESTERDAY, role_profile=before)
    over = mandate(other, trust, YESTERDAY, role_profile=before, ends_on=YESTERDAY)
    known = mandate(other, trust, TODAY, role_profile=after)
    stands = mandate(other, trust, TODAY, role_profile=before)
    by = lead_at(trust, "TALENT_LEAD")

    with opened(by, on=TODAY):
        programmes_follow(before=before, after=after, by=by, now=NOW)

    now = dict(Mandate.objects.values_list("pk", "role_profile"))
    assert now == {
        follows.pk: after.pk,
        over.pk: before.pk,
        known.pk: after.pk,
        stands.pk: before.pk,
    }
    assert Event.objects.get().facts["mandates"] == 1


def test_pages_say_that_it_is_mandatory_and_who_says_so(client, board, trust, programme):
    session = SessionFactory(offering__programme=programme, offering__host=trust)
    mandate(programme, board, date(2026, 4, 1), ends_on=date(2027, 3, 31))
    mandate(programme, OrganisationFactory(name="Elsewhere"))
    client.force_login(employ(organisation=trust))

    listed = text_of(client.get(reverse("courses:programme_list"), {"purpose": "MANDATORY"}))
    shown = text_of(client.get(reverse("courses:programme_show", args=[programme.pk])))
    met = text_of(client.get(reverse("courses:session_show", args=[session.pk])))

    assert "Mandatory for you" in listed
    assert "This is mandatory for you." in shown
    assert "Board of the river, for everybody. From 1 April 2026 to 31 March 2027" in shown
    assert "Elsewhere" not in shown
    assert "Make it mandatory" not in shown
    assert "This is mandatory for you, so nobody needs to approve it." in met


def test_who_it_is_not_for_reads_for_whom_it_is(client, trust, programme):
    role = RoleProfileFactory(title="Ward manager")
    mandate(programme, trust, role_profile=role)
    client.force_login(employ(organisation=trust))

    shown = text_of(client.get(reverse("courses:programme_show", args=[programme.pk])))

    assert "Trust by the sea, for people in the role Ward manager." in shown
    assert "This is mandatory for you." not in shown


def test_it_is_stated_and_ended_by_form(client, lead, trust, programme):
    sent = {"step": "mandate", "mandate-programme": "leading TEAM", **typed(TOMORROW, "starts_on")}
    prefilled = text_of(client.get(reverse("courses:training_rules"), {"programme": programme.pk}))

    made = client.post(reverse("courses:training_rules"), sent)
    page = text_of(client.get(reverse("courses:training_rules")))
    row = Mandate.objects.get()
    client.post(reverse("courses:training_rules"), {"step": "end_mandate", "mandate": row.pk})

    assert f'value="Leading a team ({programme.code})"' in prefilled
    assert made.status_code == 302
    assert (row.programme, row.organisation, row.starts_on) == (programme, trust, TOMORROW)
    assert "From 21 November 2026" in page
    assert not Mandate.objects.exists()


def test_what_was_typed_of_it_stays_beside_the_mistake(client, lead, trust, programme):
    sent = {"step": "mandate", "mandate-programme": "leading team"}
    days = {**typed(TOMORROW, "starts_on"), **typed(TODAY, "ends_on")}
    mandate(programme, trust)

    missing = client.post(reverse("courses:training_rules"), sent)
    reversed_days = client.post(reverse("courses:training_rules"), sent | days)
    twice = client.post(reverse("courses:training_rules"), sent | typed(TODAY, "starts_on"))

    assert "Enter the first day" in text_of(missing)
    assert 'value="leading team"' in text_of(missing)
    assert "Enter a last day that is not before the first day" in text_of(reversed_days)
    assert "It is mandatory for these people on some of these days already." in text_of(twice)
    assert [missing.status_code, reversed_days.status_code, twice.status_code] == [422] * 3
    assert Mandate.objects.count() == 1


def test_a_mandate_of_another_organisation_is_not_there_to_end(client, lead, programme):
    elsewhere = mandate(programme, OrganisationFactory())

    sent = client.post(
        reverse("courses:training_rules"), {"step": "end_mandate", "mandate": elsewhere.pk}
    )

    assert sent.status_code == 404
    assert Mandate.objects.get().ends_on is None


@pytest.mark.parametrize("rows", [1, 3])
def test_mandates_take_the_same_queries_for_any_number(
    client, lead, trust, board, django_assert_num_queries, rows
):
    for number in range(rows):
        role = RoleProfileFactory(owner=trust, title=f"Role {number}")
        mandate(ProgrammeFactory(title=f"Leading {number}"), trust, role_profile=role)
    mandate(ProgrammeFactory(title="Leading the board"), board)
    mandate(ProgrammeFactory(title="Leading elsewhere"), OrganisationFactory())

    # The rules of the page, how many mandates there are and they, and what can be selected.
    with django_assert_num_queries(SIGN_IN + 15):
        page = text_of(client.get(reverse("courses:training_rules")))

    assert page.count("data-mandate") == rows
    assert "Leading the board" not in page


def test_programs_are_told_what_is_mandatory(board, trust, programme):
    role = RoleProfileFactory()
    mandate(programme, board, TOMORROW, role_profile=role)
    mandate(programme, OrganisationFactory())
    mandate(programme, trust, YESTERDAY, ends_on=YESTERDAY)
    system = hr_system(trust)

    [told] = system.get(f"/api/v1/courses/{programme.pk}/").json()["mandates"]

    assert told == {
        "organisation": {"id": board.pk, "ods_code": board.ods_code, "name": board.name},
        "role_profile_id": role.pk,
        "starts_on": TOMORROW.isoformat(),
        "ends_on": None,
    }
