from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from accounts.actors import ApiClientPrincipal, SystemJob
from courses.models import (
    ENDED_STATES,
    ENROLMENT_WORKFLOW,
    SEATED_STATES,
    SESSION_WORKFLOW,
    Accreditation,
    Enrolment,
    EnrolmentState,
    Offering,
    Programme,
    Session,
    SessionState,
)
from tests.factories.accounts import (
    ApiClientFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    OfferingShareFactory,
    ProgrammeFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db


def columns_of(state):
    """What the constraints ask of a row in ``state``, so that only the step itself can be wrong."""
    return {
        "state": state,
        "seat": 1 if state in SEATED_STATES else None,
        "queued_at": NOW,
        "offer_ends_at": NOW,
        "ended_at": NOW if state in ENDED_STATES else None,
        "decided_at": NOW,
        "refusal_reason": "BUDGET",
    }


def an_enrolment_in(state):
    """Approved at every stage, so that the step is not refused for want of an approval."""
    person = PersonFactory()
    row = EnrolmentFactory(basis="APPROVAL", decided_by=person, **columns_of(state))
    row.approvals.update(state="APPROVED", decided_at=NOW, decided_by=person)
    return row


def took(model, row, columns):
    """Whether a raw UPDATE went through."""
    try:
        with transaction.atomic():
            return model.objects.filter(pk=row.pk).update(**columns) == 1
    except DatabaseError:
        return False


def test_the_database_takes_exactly_the_declared_steps_of_an_enrolment():
    declared = set(ENROLMENT_WORKFLOW.fsm())
    taken = set()

    for source, target in product(EnrolmentState.values, repeat=2):
        enrolment = an_enrolment_in(source)
        if took(Enrolment, enrolment, columns_of(target)) and source != target:
            taken.add((source, target))

    assert taken == declared


def test_the_database_takes_exactly_the_declared_steps_of_a_session():
    declared = set(SESSION_WORKFLOW.fsm())
    taken = set()

    for source, target in product(SessionState.values, repeat=2):
        session = SessionFactory(state=source)
        if took(Session, session, {"state": target}) and source != target:
            taken.add((source, target))

    assert taken == declared


@pytest.mark.parametrize(
    "change",
    [
        {"seat": 1},
        {"state": "CONFIRMED", "seat": 1},
        {"state": "WAITING", "queued_at": NOW},
        {"state": "CONFIRMED", "seat": 1, "decided_at": NOW},
        {"state": "REFUSED", "ended_at": NOW},
        {"state": "REFUSED", "ended_at": NOW, "decided_at": NOW, "refusal_reason": "BUDGET"},
        {"state": "WITHDRAWN"},
        {"ended_at": NOW},
        {"basis": "ENTITLEMENT"},
        {"requested_at": NOW - timedelta(days=1)},
    ],
)
def test_a_request_goes_nowhere_without_what_the_step_needs(change):
    request = EnrolmentFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        Enrolment.objects.filter(pk=request.pk).update(**change)

    request.refresh_from_db()
    assert (request.state, request.seat, request.basis) == ("REQUESTED", None, "APPROVAL")


def test_nothing_is_promoted_past_the_line_manager_even_by_raw_sql():
    """Not without an approval, nor, with one, without saying who decided."""
    request = EnrolmentFactory()

    with (
        pytest.raises(IntegrityError, match="not approved at every stage"),
        transaction.atomic(),
    ):
        Enrolment.objects.filter(pk=request.pk).update(state="WAITING", queued_at=NOW)
    request.approvals.update(state="APPROVED", decided_at=NOW, decided_by=PersonFactory())

    with pytest.raises(IntegrityError, match="enrolment_approval_means_who_and_when"):
        Enrolment.objects.filter(pk=request.pk).update(state="WAITING", queued_at=NOW)


def test_an_enrolment_keeps_its_session_and_its_person():
    enrolment = EnrolmentFactory()
    other = EnrolmentFactory()

    for change in ({"session": other.session}, {"person": other.person}):
        assert not took(Enrolment, enrolment, change)


def test_a_seat_is_held_once():
    session = SessionFactory()
    seated(session, 1)

    with pytest.raises(IntegrityError, match="enrolment_seat_once_per_session"):
        seated(session, 1)


def test_no_seat_lies_beyond_the_places():
    session = SessionFactory(capacity=2)
    seated(session, 2)

    with pytest.raises(IntegrityError, match="is beyond session"):
        seated(session, 3)


def test_places_cannot_be_taken_away_under_somebody():
    session = SessionFactory(capacity=5)
    seated(session, 4)

    assert took(Session, session, {"capacity": 4})
    assert not took(Session, session, {"capacity": 3})


def test_a_person_has_one_live_enrolment_on_a_session():
    first = EnrolmentFactory()

    with pytest.raises(IntegrityError, match="enrolment_one_live_per_person_and_session"):
        queued(first.session, person=first.person)


def test_an_ended_enrolment_leaves_room_for_another():
    first = EnrolmentFactory(state="WITHDRAWN", ended_at=NOW)

    EnrolmentFactory(session=first.session, person=first.person)

    assert Enrolment.objects.filter(person=first.person).count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": NOW},
        {"closes_at": NOW + timedelta(days=300)},
        {"capacity": 0},
        {"capacity": 2001},
    ],
)
def test_a_session_makes_sense(wrong):
    with pytest.raises(IntegrityError):
        SessionFactory(**wrong)


def test_a_body_accredits_a_programme_once_at_a_time():
    first = AccreditationFactory(ends_on=TODAY)

    AccreditationFactory(programme=first.programme, starts_on=TODAY + timedelta(days=1))
    with pytest.raises(IntegrityError, match="accreditation_once_per_body"):
        AccreditationFactory(programme=first.programme, starts_on=TODAY)


def test_accreditation_holds_on_its_last_day_and_not_after():
    AccreditationFactory(ends_on=TODAY)

    assert Accreditation.objects.on(TODAY).count() == 1
    assert Accreditation.objects.on(TODAY + timedelta(days=1)).count() == 0


def test_places_are_counted_per_session():
    session, other = SessionFactory(capacity=4), SessionFactory()
    seated(session, 1)
    seated(session, 3, state="COMPLETED")
    queued(session)
    EnrolmentFactory(session=session)
    seated(other, 1)

    found = Session.objects.with_places_taken().get(pk=session.pk)

    assert (found.places_taken, found.places_left, found.waiting) == (2, 2, 1)


def test_settling_is_the_later_of_start_and_closing():
    session = SessionFactory()
    rolling = SessionFactory(closes_at=session.starts_at + timedelta(hours=1))

    assert session.settles_at == session.starts_at
    assert rolling.settles_at == rolling.closes_at


def seen(rows, actor):
    return set(rows.objects.visible_to(actor, on=TODAY))


def test_offerings_are_seen_where_they_are_run_below_and_where_they_are_shared():
    board = OrganisationFactory(kind="ICB")
    trust, neighbour = (place_below(OrganisationFactory(), board) for _ in range(2))
    own, above = OfferingFactory(host=trust), OfferingFactory(host=board)
    shared = OfferingShareFactory(organisation=trust).offering
    OfferingFactory(host=neighbour)
    OfferingFactory(host=trust, programme=ProgrammeFactory(is_listed=False))

    assert seen(Offering, employ(organisation=trust)) == {own, above, shared}


def test_the_hr_system_sees_the_offerings_its_people_see():
    board = OrganisationFactory(kind="ICB")
    trust = place_below(OrganisationFactory(), board)
    own, above = OfferingFactory(host=trust), OfferingFactory(host=board)
    OfferingFactory()
    client = ApiClientPrincipal(
        client=ApiClientFactory(organisation=trust), scopes=frozenset({"courses:read"})
    )

    assert seen(Offering, client) == {own, above}


def test_a_session_stays_visible_to_whoever_enrolled_on_it():
    session = SessionFactory()
    SessionFactory()
    leaver = EnrolmentFactory(session=session).person

    assert seen(Session, leaver) == {session}


def test_unlisted_programmes_are_not_in_the_catalogue():
    listed = ProgrammeFactory()
    ProgrammeFactory(is_listed=False)

    assert seen(Programme, PersonFactory()) == {listed}


def test_enrolments_are_seen_by_the_person_their_managers_and_whoever_runs_the_session():
    session = SessionFactory()
    second_line, manager = PersonFactory(), PersonFactory()
    employ(person=manager, organisation=host_of(session), manager=second_line)
    person = colleague_of(session, manager=manager)
    enrolment = EnrolmentFactory(session=session, person=person)
    EnrolmentFactory(session=session, person=employ())
    lead_elsewhere = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())
    programme_lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))

    for actor in (person, manager, second_line):
        assert seen(Enrolment, actor) == {enrolment}
    assert len(seen(Enrolment, programme_lead)) == 2
    for actor in (colleague_of(session), lead_elsewhere):
        assert seen(Enrolment, actor) == set()
    assert len(seen(Enrolment, SystemJob("test", organisation_ids=None))) == 2
    assert seen(Enrolment, SystemJob("test")) == set()
