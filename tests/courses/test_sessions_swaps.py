"""Two people swap places: asked by one, agreed by the other, and then both change at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Offering, Session, SwapRequest
from courses.needs_sessions import swaps
from courses.services.enrolment import withdraw
from courses.services.sessions import cancel_session
from courses.services.swaps import agree_to_swap, ask_for_swap, decline_swap, take_swap_back
from courses.tasks import lapse_offers_that_are_over
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    OfferingShareFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)
from tests.factories.swaps import asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEK = timedelta(days=7)


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


@pytest.fixture
def other(session):
    return SessionFactory(offering=session.offering, starts_at=STARTS + WEEK, capacity=2)


@pytest.fixture
def mine(session):
    return seated(session, 1, person=colleague_of(session))


@pytest.fixture
def theirs(other):
    return seated(other, 2, person=colleague_of(other))


@pytest.fixture
def swap(mine, theirs):
    return asked(mine, theirs)


def places():
    return list(Enrolment.objects.order_by("pk").values_list("pk", "state", "seat"))


def refusal_of(service, **what):
    before = (places(), list(SwapRequest.objects.order_by("pk").values_list("pk", "state")))
    with pytest.raises((Conflict, Forbidden)) as refusal, transaction.atomic():
        service(**{"now": NOW, **what})
    after = (places(), list(SwapRequest.objects.order_by("pk").values_list("pk", "state")))
    assert after == before
    return refusal.value.code


def asking(mine, theirs, **what):
    return {
        "enrolment": mine,
        "session": theirs.session,
        "email": theirs.person.email,
        "by": mine.person,
        **what,
    }


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_whoever_is_asked_is_told_at_once_and_nothing_changes_yet(mine, theirs):
    before = places()
    upper = theirs.person.email.upper()

    swap = ask_for_swap(**asking(mine, theirs, email=f" {upper} "), now=NOW)

    assert (swap.partner, swap.other_place, swap.state) == (theirs.person, theirs, "ASKED")
    assert swap.ends_at == mine.session.starts_at
    assert places() == before
    told = Notice.objects.get()
    assert (told.recipient, told.is_urgent) == (theirs.person, True)
    assert WORDINGS[told.rule](told.facts).startswith(f"{mine.person.full_name} has a place on")
    assert [need.url for need in swaps(theirs.person, TODAY)] == [
        reverse("courses:swap_answer", args=[swap.pk])
    ]
    assert list(swaps(mine.person, TODAY)) == []


def test_each_has_the_place_of_the_other_once_both_agree(swap, mine, theirs):
    to_asker, to_partner = agree_to_swap(swap=swap, by=theirs.person, now=NOW)

    assert (to_asker.session, to_asker.seat, to_asker.state) == (theirs.session, 2, "CONFIRMED")
    assert (to_partner.session, to_partner.seat, to_partner.state) == (
        mine.session,
        1,
        "CONFIRMED",
    )
    assert (to_asker.moved_from, to_partner.moved_from) == (mine, theirs)
    assert [state_of(mine), state_of(theirs), state_of(swap)] == ["MOVED", "MOVED", "AGREED"]
    happened = Event.objects.filter(verb="swap").values_list("subject_id", "by_person_id")
    assert sorted(happened) == sorted(
        [(mine.person_id, theirs.person_id), (theirs.person_id, theirs.person_id)]
    )
    told = Notice.objects.filter(rule="courses.swapped").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted([mine.person_id, theirs.person_id])


def test_what_was_agreed_for_each_stays_agreed_at_their_price(session, other, theirs):
    manager = PersonFactory()
    approved = EnrolmentFactory(
        session=session,
        person=colleague_of(session),
        state="CONFIRMED",
        basis="APPROVAL",
        seat=1,
        study_hours=6,
        decided_at=NOW - WEEK,
        decided_by=manager,
        confirmed_at=NOW - WEEK,
    )
    Offering.objects.filter(pk=session.offering_id).update(price_pence=90_000, study_hours=20)

    to_asker, to_partner = agree_to_swap(swap=asked(approved, theirs), by=theirs.person, now=NOW)

    assert (to_asker.basis, to_asker.decided_by, to_asker.decided_at) == (
        "APPROVAL",
        manager,
        NOW - WEEK,
    )
    assert (to_asker.price_pence, to_asker.study_hours) == (0, 6)
    assert (to_partner.basis, to_partner.study_hours) == ("ENTITLEMENT", 12)


def test_study_time_goes_with_each_of_them(swap, mine, theirs):
    to_asker, to_partner = agree_to_swap(swap=swap, by=theirs.person, now=NOW)

    promised = [
        sum(place.study_time_moves.filter(target="PLANNED").values_list("minutes", flat=True))
        for place in (to_asker, to_partner)
    ]
    assert promised == [720, 720]


def test_swapping_is_possible_after_the_last_moment_to_withdraw(swap, session, theirs):
    Session.objects.update(withdraw_by=NOW - WEEK)

    assert len(agree_to_swap(swap=swap, by=theirs.person, now=NOW)) == 2


def test_who_is_not_there_and_who_is_nobody_read_the_same(mine, theirs, other):
    waits = queued(other, person=colleague_of(other))

    codes = [
        refusal_of(ask_for_swap, **asking(mine, theirs, email=email))
        for email in (waits.person.email, "nobody@nhs.example", mine.person.email)
    ]

    assert codes == ["nobody_there"] * 3


def test_only_a_place_of_ones_own_on_another_session_of_the_course_is_swapped(
    mine, theirs, session, other
):
    elsewhere = seated(SessionFactory(offering__host=host_of(session)), 1)
    waits = queued(session, person=colleague_of(session))
    beside = seated(session, 2, person=colleague_of(session))

    codes = [
        refusal_of(ask_for_swap, **asking(mine, theirs, by=theirs.person)),
        refusal_of(ask_for_swap, **asking(mine, elsewhere)),
        refusal_of(ask_for_swap, **asking(mine, beside)),
        refusal_of(ask_for_swap, **asking(waits, theirs)),
        refusal_of(ask_for_swap, **asking(mine, theirs), now=session.starts_at),
    ]

    assert codes == [
        "may_not_ask",
        "other_offering",
        "other_offering",
        "stale_state",
        "session_started",
    ]


def test_one_is_asked_at_a_time_and_nobody_again_who_declined(swap, mine, theirs, other):
    third = seated(other, 1, person=colleague_of(other))

    twice = refusal_of(ask_for_swap, **asking(mine, third))
    decline_swap(swap=swap, by=theirs.person, now=NOW)
    again = refusal_of(ask_for_swap, **asking(mine, theirs))
    ask_for_swap(**asking(mine, third), now=NOW)

    assert (twice, again) == ("swap_open", "declined_before")
    assert Notice.objects.filter(rule="courses.swap_declined").get().recipient == mine.person


def test_nobody_swaps_into_a_clash_or_where_they_wait_already(mine, theirs, session, other):
    busy = SessionFactory(offering__host=host_of(session), starts_at=other.starts_at)
    clash = seated(busy, 1, person=mine.person)

    when_busy = refusal_of(ask_for_swap, **asking(mine, theirs))
    clash.delete()
    queued(other, person=mine.person)
    when_waiting = refusal_of(ask_for_swap, **asking(mine, theirs))

    assert (when_busy, when_waiting) == ("clash", "already_enrolled")


@pytest.mark.parametrize("who", ["mine", "theirs"])
def test_a_clash_since_then_leaves_both_where_they_are(swap, mine, theirs, who, request):
    place = request.getfixturevalue(who)
    wanted = theirs.session if who == "mine" else mine.session
    busy = SessionFactory(starts_at=wanted.starts_at)
    seated(busy, 1, person=place.person)

    assert refusal_of(agree_to_swap, swap=swap, by=theirs.person) == "clash"


def test_only_whoever_is_asked_answers_and_only_whoever_asked_takes_it_back(swap, mine, theirs):
    codes = [
        refusal_of(agree_to_swap, swap=swap, by=mine.person),
        refusal_of(decline_swap, swap=swap, by=colleague_of(mine.session)),
        refusal_of(take_swap_back, swap=swap, by=theirs.person),
    ]

    assert codes == ["may_not_answer", "may_not_answer", "may_not_take_back"]


def test_what_was_taken_back_cannot_be_agreed_to_and_can_be_asked_again(swap, mine, theirs):
    take_swap_back(swap=swap, by=mine.person, now=NOW)

    assert refusal_of(agree_to_swap, swap=swap, by=theirs.person) == "stale_state"
    assert ask_for_swap(**asking(mine, theirs), now=NOW).state == "ASKED"


def test_a_place_that_is_given_up_ends_what_was_asked_about_it(swap, mine, theirs, other):
    second = asked(seated(mine.session, 2, person=colleague_of(mine.session)), theirs)

    withdraw(enrolment=theirs, by=theirs.person, now=NOW)

    assert [state_of(swap), state_of(second)] == ["LAPSED", "LAPSED"]
    told = Notice.objects.filter(rule="courses.swap_ended").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted([mine.person_id, second.asker_id])
    assert set(
        Event.objects.filter(verb="lapse_swap").values_list("facts__session", flat=True)
    ) == {mine.session_id}


def test_a_session_that_is_cancelled_ends_what_was_asked_about_it(swap, session):
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    cancel_session(session=session, by=lead, now=NOW)

    assert state_of(swap) == "LAPSED"


def test_swapping_ends_what_others_asked_about_these_places(swap, mine, theirs):
    second = asked(seated(mine.session, 2, person=colleague_of(mine.session)), theirs)

    agree_to_swap(swap=swap, by=theirs.person, now=NOW)

    assert [state_of(swap), state_of(second)] == ["AGREED", "LAPSED"]


def test_what_nobody_answers_in_time_ends_once(swap, mine, theirs, monkeypatch):
    late = swap.ends_at
    monkeypatch.setattr("courses.tasks.timezone.now", lambda: late)

    over = refusal_of(agree_to_swap, swap=swap, by=theirs.person, now=late)
    ended = [lapse_offers_that_are_over(), lapse_offers_that_are_over()]

    assert over == "session_started"
    assert ended == [1, 0]
    assert state_of(swap) == "LAPSED"
    assert Notice.objects.get(rule="courses.swap_ended").recipient == mine.person


def test_seats_that_are_kept_stay_with_their_organisation(session, other, mine):
    ours = OrganisationFactory()
    OfferingShareFactory(offering=session.offering, organisation=ours)
    there = seated(other, 1)
    Enrolment.objects.filter(pk=there.pk).delete()
    there = EnrolmentFactory(
        session=other, organisation=ours, state="CONFIRMED", seat=1, confirmed_at=NOW
    )
    seated(other, 2, person=colleague_of(other))
    other.allotments.create(organisation=ours, seats=1, releases_on=TODAY + WEEK)

    assert refusal_of(agree_to_swap, swap=asked(mine, there), by=there.person) == "seat_kept"


def test_people_of_two_organisations_swap_open_seats(session, other, mine):
    ours = OrganisationFactory()
    there = EnrolmentFactory(
        session=other, organisation=ours, state="CONFIRMED", seat=1, confirmed_at=NOW
    )

    to_asker, to_partner = agree_to_swap(swap=asked(mine, there), by=there.person, now=NOW)

    assert (to_asker.organisation_id, to_partner.organisation_id) == (host_of(session).pk, ours.pk)


def test_an_open_seat_that_a_swap_frees_goes_to_whoever_waits(session, other, mine):
    ours = OrganisationFactory()
    there = EnrolmentFactory(
        session=other, organisation=ours, state="CONFIRMED", seat=1, confirmed_at=NOW
    )
    session.allotments.create(organisation=ours, seats=1, releases_on=TODAY + WEEK)
    waits = queued(session, person=colleague_of(session))

    agree_to_swap(swap=asked(mine, there), by=there.person, now=NOW)

    waits.refresh_from_db()
    assert (waits.state, waits.seat) == ("CONFIRMED", 2)


def test_the_database_refuses_a_swap_of_places_that_are_not_theirs(mine, theirs, session):
    with pytest.raises(IntegrityError):
        asked(mine, theirs, partner=colleague_of(session))


# --- Pages


def test_the_page_asks_and_takes_back(client, mine, theirs, other):
    SessionFactory(place="Theirs")
    client.force_login(mine.person)
    address = reverse("courses:swap_ask", args=[mine.pk])

    shown = " ".join(client.get(address).content.decode().split())
    wrong = client.post(address, {"session": other.pk, "email": "nobody@nhs.example"})
    sent = client.post(address, {"session": other.pk, "email": theirs.person.email}, follow=True)
    back = client.post(address, {"step": "TAKE_BACK"})
    twice = client.post(address, {"step": "TAKE_BACK"})

    assert "21 January 2027 at 9:30am, Education centre, room 2" in shown
    assert "Theirs" not in shown
    assert wrong.status_code == 422
    assert 'value="nobody@nhs.example"' in wrong.content.decode()
    assert f"You asked {theirs.person.full_name} to swap with you" in sent.content.decode()
    assert back["Location"] == reverse("courses:session_show", args=[mine.session_id])
    assert twice.status_code == 404
    assert SwapRequest.objects.get().state == "TAKEN_BACK"


@pytest.mark.parametrize(
    ("answer", "state", "leads_to"),
    [("AGREE", "MOVED", "mine"), ("DECLINE", "CONFIRMED", "theirs")],
)
def test_the_page_answers(client, swap, mine, theirs, answer, state, leads_to, request):
    client.force_login(theirs.person)
    address = reverse("courses:swap_answer", args=[swap.pk])

    shown = client.get(address).content.decode()
    nothing = client.post(address, {})
    sent = client.post(address, {"answer": answer})
    after = client.get(address).content.decode()

    assert mine.person.full_name in shown
    assert nothing.status_code == 422
    there = request.getfixturevalue(leads_to).session_id
    assert sent["Location"] == reverse("courses:session_show", args=[there])
    assert state_of(theirs) == state
    assert "This can no longer be answered." in after


def test_nobody_else_reads_who_asks_whom(client, swap, mine, session):
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    answers = []
    for reader in (mine.person, colleague_of(session), lead):
        client.force_login(reader)
        answers.append(client.get(reverse("courses:swap_answer", args=[swap.pk])).status_code)

    assert answers == [404, 404, 404]


def test_the_session_offers_to_swap_for_as_long_as_places_change_hands(client, mine, session):
    client.force_login(mine.person)
    address = reverse("courses:session_show", args=[session.pk])
    link = reverse("courses:swap_ask", args=[mine.pk])
    Session.objects.filter(pk=session.pk).update(withdraw_by=NOW - WEEK)

    before = client.get(address).content.decode()
    Session.objects.filter(pk=session.pk).update(closes_at=NOW - WEEK, starts_at=NOW - WEEK)
    after = client.get(address).content.decode()

    assert link in before
    assert link not in after
