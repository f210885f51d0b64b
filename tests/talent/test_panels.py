from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Person
from accounts.models.dated import Days
from accounts.selectors.relations import Relation, relations_to
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from talent.models import Nomination, PanelMember, Pool, TalentProfile
from talent.services.nominations import decide
from talent.services.panels import join_panel, leave_panel
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import NominationFactory, PanelMemberFactory, PoolFactory, found_person

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return grant(employ(organisation=trust), "TALENT_LEAD", trust)


@pytest.fixture
def pool(trust):
    return PoolFactory(organisation=trust)


def put_forward(pool, *, found=True, **fields):
    person = (found_person if found else employ)(organisation=pool.organisation)
    return NominationFactory(pool=pool, person=person, **fields)


def test_a_lead_puts_a_colleague_on_the_panel_who_is_told(lead, pool, trust):
    colleague = employ(organisation=trust)

    member = join_panel(pool=pool, person=colleague, days=Days(TODAY), by=lead, now=NOW)

    event = Event.objects.get(verb="join_panel")
    assert (event.by_person, event.subject, event.about_id) == (lead, colleague, member.pk)
    assert Notice.objects.get(recipient=colleague).rule == "talent.panel_joined"


def test_a_panel_reads_the_live_nominations_of_people_who_let_themselves_be_found(pool):
    seat = PanelMemberFactory(pool=pool)
    seen = [put_forward(pool), put_forward(pool, state="ACCEPTED", **decided())]
    hidden = put_forward(pool, found=False)
    put_forward(pool, state="WITHDRAWN")
    put_forward(PoolFactory(organisation=pool.organisation))

    rows = Nomination.objects.visible_to(seat.person, on=TODAY)

    assert set(rows) == set(seen)
    for nomination in seen:
        found = relations_to(seat.person, nomination.person, on=TODAY)
        assert found == {Relation.PANEL_MEMBER}
    assert relations_to(seat.person, hidden.person, on=TODAY) == frozenset()


def decided():
    return {"decided_at": NOW, "decided_by": PersonFactory(), "decision_reason": "Led two services"}


def test_a_panel_sees_the_pool_and_neither_records_nor_profiles(pool):
    seat = PanelMemberFactory(pool=pool)
    put_forward(pool)

    assert list(Pool.objects.visible_to(seat.person, on=TODAY)) == [pool]
    assert list(Person.objects.visible_to(seat.person, on=TODAY)) == [seat.person]
    assert not TalentProfile.objects.visible_to(seat.person, on=TODAY).exists()


def test_a_seat_counts_on_its_days_only(pool):
    seat = PanelMemberFactory(pool=pool, ends_on=YESTERDAY)
    nomination = put_forward(pool)

    assert not Nomination.objects.visible_to(seat.person, on=TODAY).exists()
    assert relations_to(seat.person, nomination.person, on=TODAY) == frozenset()
    assert list(Nomination.objects.visible_to(seat.person, on=YESTERDAY)) == [nomination]


def test_a_panel_decides_nothing_not_even_about_others(pool):
    seat = PanelMemberFactory(pool=pool)
    nomination = put_forward(pool)

    with pytest.raises(Forbidden):
        decide(nomination=nomination, step="accept", reason="Yes", by=seat.person, now=NOW)

    assert Nomination.objects.get(pk=nomination.pk).state == "PROPOSED"


def test_nobody_is_a_panel_of_themselves(pool):
    nomination = put_forward(pool)
    PanelMemberFactory(pool=pool, person=nomination.person)

    found = relations_to(nomination.person, nomination.person, on=TODAY)

    assert found == {Relation.SELF}


@pytest.mark.parametrize("role", [None, "HR_ADMINISTRATOR", "AUDITOR"])
def test_only_a_talent_lead_of_the_pool_runs_its_panel(role, pool, trust):
    by, seat = employ(organisation=trust), PanelMemberFactory(pool=pool)
    if role:
        grant(by, role, trust)
    elsewhere = grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory())

    for one in (by, elsewhere, seat.person):
        with pytest.raises(Forbidden):
            join_panel(pool=pool, person=PersonFactory(), days=Days(TODAY), by=one, now=NOW)
        with pytest.raises(Forbidden):
            leave_panel(member=seat, by=one, now=NOW)

    assert PanelMember.objects.get() == seat


def test_a_lead_does_not_put_themselves_on_the_panel(lead, pool):
    with pytest.raises(Forbidden):
        join_panel(pool=pool, person=lead, days=Days(TODAY), by=lead, now=NOW)


@pytest.mark.parametrize("days", [Days(YESTERDAY), Days(TODAY, YESTERDAY)])
def test_days_are_in_order_and_a_seat_is_held_once(days, lead, pool, trust):
    colleague = employ(organisation=trust)

    with pytest.raises(Conflict) as wrong:
        join_panel(pool=pool, person=colleague, days=days, by=lead, now=NOW)
    join_panel(pool=pool, person=colleague, days=Days(TODAY), by=lead, now=NOW)
    with pytest.raises(Conflict) as twice:
        join_panel(pool=pool, person=colleague, days=Days(TODAY), by=lead, now=NOW)

    assert (wrong.value.code, twice.value.code) == ("days_not_in_order", "already_on_panel")


def test_a_lead_ends_a_seat_at_once(client, lead, pool):
    seat = PanelMemberFactory(pool=pool)
    nomination = put_forward(pool)
    client.force_login(lead)

    shown = client.get(reverse("talent:pool_show", args=[pool.pk])).content.decode()
    asked = client.get(reverse("talent:panel_end", args=[seat.pk])).content.decode()
    ended = client.post(reverse("talent:panel_end", args=[seat.pk]), follow=True)

    assert shown.count("data-panel-member") == 1
    assert seat.person.full_name in asked
    assert "is not on the panel any more" in ended.content.decode()
    assert not Nomination.objects.visible_to(seat.person, on=TODAY).filter(pk=nomination.pk)
    with pytest.raises(Conflict):
        leave_panel(member=seat, by=lead, now=NOW)


def test_a_lead_adds_a_colleague_by_address(client, lead, pool, trust):
    colleague, stranger = employ(organisation=trust), employ()
    client.force_login(lead)
    address = reverse("talent:panel_add", args=[pool.pk])
    day = {"starts_on_day": "20", "starts_on_month": "11", "starts_on_year": "2026"}

    refused = client.post(address, {"email": stranger.email, **day})
    again = client.post(address, {"email": lead.email, **day})
    added = client.post(address, {"email": colleague.email, **day}, follow=True)

    assert (refused.status_code, again.status_code) == (422, 422)
    assert "somebody in your organisation" in refused.content.decode()
    assert f"{colleague.full_name} is on the panel" in added.content.decode()
    assert PanelMember.objects.get().person == colleague


def test_a_member_reads_the_nomination_and_its_reading_is_written_down(client, pool):
    seat = PanelMemberFactory(pool=pool)
    nomination = put_forward(pool)
    client.force_login(seat.person)

    listed = client.get(reverse("talent:pool_show", args=[pool.pk])).content.decode()
    page = client.get(reverse("talent:nomination_show", args=[nomination.pk])).content.decode()

    assert nomination.person.full_name in listed
    assert nomination.reason in page
    assert reverse("talent:nomination_decide", args=[nomination.pk]) not in page
    assert client.get(reverse("talent:panel_add", args=[pool.pk])).status_code == 403
    assert client.post(reverse("talent:panel_end", args=[seat.pk])).status_code == 403
    read = Event.objects.get(verb="read_nomination")
    assert (read.by_person, read.subject, read.rule) == (
        seat.person,
        nomination.person,
        "is_on_panel",
    )
