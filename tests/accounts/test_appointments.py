from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Event, Person, Role, RoleGrant
from accounts.models.dated import Days
from accounts.policies import may_appoint
from accounts.services.appointments import appoint, end_role
from common.errors import Conflict, Forbidden
from notifications.models import Notice
from notifications.selectors.notices import in_words
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    RoleGrantFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db

ADMINISTRATOR, OPERATOR = "ORGANISATION_ADMINISTRATOR", "PLATFORM_OPERATOR"
JUNE = date(2027, 6, 30)


def give(person, organisation, *, by, role="LEARNING_LEAD", days=None):
    return appoint(
        person=person, role=Role(role), organisation=organisation, by=by, now=NOW, days=days
    )


def told(person):
    """What the notices of ``person`` say."""
    return [line.text for line in in_words(Notice.objects.filter(recipient=person))]


def administrator_of(organisation):
    return grant(employ(organisation=organisation), ADMINISTRATOR, organisation)


def test_an_administrator_gives_a_role_for_days_and_the_person_is_told():
    trust = OrganisationFactory()
    by, person = administrator_of(trust), employ(organisation=trust)

    given = give(person, trust, by=by, days=Days(TODAY, JUNE))

    assert (given.starts_on, given.ends_on) == (TODAY, JUNE)
    event = Event.objects.get(verb="appoint")
    assert (event.by_person, event.subject, event.organisation) == (by, person, trust)
    assert event.facts == {"role": "LEARNING_LEAD", "from": "2026-11-20", "to": "2027-06-30"}
    assert told(person) == [
        f"You were given a role for {trust.name} from 20 November 2026: Learning lead."
    ]


def test_a_role_of_an_administrator_of_a_region_covers_what_is_below():
    region = OrganisationFactory(kind="REGION")
    trust = place_below(OrganisationFactory(), region)
    by, person = administrator_of(region), employ(organisation=trust)

    give(person, trust, by=by)

    assert person.role_grants.get().organisation == trust


def test_an_administrator_gives_no_role_elsewhere_or_above():
    region = OrganisationFactory(kind="REGION")
    trust = place_below(OrganisationFactory(), region)
    by, person = administrator_of(trust), employ(organisation=trust)

    for place in (region, OrganisationFactory()):
        with pytest.raises(Forbidden) as refusal:
            give(person, place, by=by)
        assert refusal.value.code == "may_not_appoint"

    assert not person.role_grants.exists()


def test_nobody_gives_themselves_a_role_nor_ends_their_own():
    trust = OrganisationFactory()
    by = administrator_of(trust)

    with pytest.raises(Forbidden):
        give(by, trust, by=by)
    with pytest.raises(Forbidden):
        end_role(grant=by.role_grants.get(), by=by, now=NOW)

    assert by.role_grants.get().ends_on is None


@pytest.mark.parametrize(
    ("held", "given"),
    [
        ({ADMINISTRATOR}, set(Role) - {Role.PLATFORM_OPERATOR}),
        ({ADMINISTRATOR, "HR_ADMINISTRATOR"}, set(Role) - {Role.PLATFORM_OPERATOR, Role.AUDITOR}),
        ({OPERATOR}, {Role.ORGANISATION_ADMINISTRATOR}),
        ({OPERATOR, ADMINISTRATOR}, set(Role) - {Role.PLATFORM_OPERATOR}),
        ({"SYSTEM"}, set(Role)),
        ({"HR_ADMINISTRATOR", "AUDITOR", "TALENT_LEAD", "COLLEAGUE", "API_CLIENT"}, set()),
        (set(), set()),
    ],
)
def test_who_may_give_which_role(held, given):
    found = {role for role in Role if may_appoint(held, role=role, is_oneself=False)}

    assert found == given
    assert not any(may_appoint(held, role=role, is_oneself=True) for role in Role)


def test_a_role_is_held_once_at_a_time_and_can_follow_itself():
    trust = OrganisationFactory()
    by, person = administrator_of(trust), employ(organisation=trust)
    give(person, trust, by=by, days=Days(TODAY, JUNE))

    with pytest.raises(Conflict) as refusal:
        give(person, trust, by=by, days=Days(JUNE))
    after = give(person, trust, by=by, days=Days(JUNE + timedelta(days=1)))

    assert refusal.value.code == "already_appointed"
    assert list(person.role_grants.order_by("starts_on"))[1] == after


@pytest.mark.parametrize(
    "days", [Days(TODAY - timedelta(days=1)), Days(TODAY, TODAY - timedelta(days=1))]
)
def test_a_role_begins_today_at_the_earliest_and_ends_after_that(days):
    trust = OrganisationFactory()

    with pytest.raises(Conflict) as refusal:
        give(employ(organisation=trust), trust, by=administrator_of(trust), days=days)

    assert refusal.value.code == "days_not_in_order"


def test_a_role_that_ends_opens_nothing_from_the_same_day_on():
    trust = OrganisationFactory()
    by, lead = administrator_of(trust), grant(PersonFactory(), "LEARNING_LEAD", trust)
    person = employ(organisation=trust)
    assert person in Person.objects.visible_to(lead, on=TODAY)

    end_role(grant=lead.role_grants.get(), by=by, now=NOW)

    again = Person.objects.get(pk=lead.pk)
    assert person not in Person.objects.visible_to(again, on=TODAY)
    assert person in Person.objects.visible_to(again, on=TODAY - timedelta(days=1))
    assert Event.objects.get(verb="end_role").subject == lead
    assert told(lead) == [f"A role of yours for {trust.name} has ended: Learning lead."]


def test_a_role_that_has_not_begun_is_taken_back():
    trust = OrganisationFactory()
    by = administrator_of(trust)
    coming = RoleGrantFactory(organisation=trust, starts_on=TODAY + timedelta(days=9))

    end_role(grant=coming, by=by, now=NOW)
    with pytest.raises(Conflict) as refusal:
        end_role(grant=coming, by=by, now=NOW)

    assert refusal.value.code == "role_is_over"
    assert not RoleGrant.objects.filter(pk=coming.pk).exists()
    assert Event.objects.get(verb="end_role").facts["from"] == "2026-11-29"


def test_the_platforms_operator_gives_an_organisation_its_administrator_and_nothing_else():
    nation = OrganisationFactory(kind="NATIONAL")
    trust = place_below(OrganisationFactory(), nation)
    operator, person = grant(PersonFactory(), OPERATOR, nation), employ(organisation=trust)

    give(person, trust, by=operator, role=ADMINISTRATOR)
    with pytest.raises(Forbidden):
        give(person, trust, by=operator, role="AUDITOR")

    assert person.role_grants.get().role == ADMINISTRATOR


def test_a_job_appoints_in_its_own_scope_only():
    trust, elsewhere = OrganisationFactory(), OrganisationFactory()
    job = SystemJob("tests", organisation_ids=frozenset({trust.pk}))
    person = employ(organisation=trust)

    give(person, trust, by=job, role=OPERATOR)
    with pytest.raises(Forbidden):
        give(person, elsewhere, by=job)

    assert person.role_grants.count() == 1


def test_the_command_gives_a_role_for_days(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    trust, person, said = OrganisationFactory(), PersonFactory(), StringIO()
    who = (person.email, "AUDITOR", trust.ods_code)

    call_command("appoint", *who, "--from", "2026-12-01", "--until", "2027-06-30", stdout=said)

    given = person.role_grants.get()
    assert (given.starts_on, given.ends_on) == (date(2026, 12, 1), JUNE)
    assert "from 1 December 2026 until 30 June 2027" in said.getvalue()
    with pytest.raises(CommandError, match="is no day"):
        call_command("appoint", *who, "--from", "tomorrow")
