"""People who move, work for two trusts, or have handed their team over: what ends with that."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from appraisals.models import Appraisal, Draft, Objective
from appraisals.reminders import when_overdue
from appraisals.services.conversation import record_conversation
from appraisals.services.drafting import save_draft
from appraisals.services.objectives import remove_objective
from appraisals.services.workflow import send_back, share
from common.errors import Conflict
from courses.models import Enrolment
from notifications.models import Notice
from talent.models import TalentProfile
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.appraisals import ObjectiveFactory, appraise, change_line_manager, shared
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    OfferingFactory,
    OfferingShareFactory,
    SessionFactory,
)
from tests.factories.talent import NominationFactory, PoolFactory, found_person

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TODAY - timedelta(days=1)


def in_two_trusts():
    """Somebody whose employers are two trusts; the second one is returned first."""
    here, there = OrganisationFactory(), OrganisationFactory()
    person = employ(organisation=there, title="Post kept by the other trust")
    employ(person=person, organisation=here)
    return here, there, person


def rows(system, name, **query):
    response = system.get(reverse(f"v1:{name}"), query)
    assert response.status_code == 200
    return response.json()["results"]


def test_an_hr_system_reads_the_assignments_of_its_own_organisation_only():
    here, _there, person = in_two_trusts()

    found = rows(hr_system(here), "assignments", person_id=person.pk)

    assert [row["organisation_code"] for row in found] == [here.ods_code]


def test_a_new_employer_does_not_read_what_the_one_before_kept():
    here, there = OrganisationFactory(), OrganisationFactory()
    appraisal = appraise(organisation=there)
    person = appraisal.subject
    person.assignments.update(ends_on=THE_DAY_BEFORE)
    employ(person=person, organisation=here, starts_on=TODAY)
    EnrolmentFactory(person=person, organisation=there)
    system = hr_system(here)

    assert rows(system, "appraisal-list") == []
    assert rows(system, "enrolment_list") == []
    assert rows(system, "assignments", on=THE_DAY_BEFORE.isoformat()) == []
    assert [row["id"] for row in rows(system, "people")] == [person.pk]


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "LEARNING_LEAD"])
def test_a_role_opens_what_its_own_organisation_keeps_only(role):
    here, there, person = in_two_trusts()
    reader = grant(PersonFactory(), role, here)
    mine = EnrolmentFactory(person=person, organisation=here)
    EnrolmentFactory(person=person, organisation=there)
    appraise(subject=person, organisation=there)
    ours = appraise(subject=person, organisation=here)

    assert list(Enrolment.objects.visible_to(reader, on=TODAY)) == [mine]
    assert list(Appraisal.objects.visible_to(reader, on=TODAY).filter(subject=person)) == [ours]


def test_an_hr_system_sends_people_on_behalf_of_its_own_organisation():
    here, there, person = in_two_trusts()
    session = SessionFactory(offering=OfferingFactory(host=here))
    system = hr_system(here)

    response = system.post(
        reverse("v1:enrolment_list"), {"person_id": person.pk, "session_id": session.pk}
    )

    assert response.status_code == 201
    assert response.json()["organisation_id"] == here.pk
    assert rows(hr_system(there), "enrolment_list") == []


def test_a_request_goes_to_the_learning_leads_of_the_organisation_one_goes_for():
    here, there, person = in_two_trusts()
    asked = grant(PersonFactory(), "LEARNING_LEAD", here)
    grant(PersonFactory(), "LEARNING_LEAD", there)
    session = SessionFactory(offering=OfferingFactory(host=here))

    hr_system(here).post(
        reverse("v1:enrolment_list"), {"person_id": person.pk, "session_id": session.pk}
    )

    asking = Notice.objects.filter(rule="courses.approval_asked")
    assert [notice.recipient for notice in asking] == [asked]


def with_a_former_manager():
    """A shared appraisal that nobody has taken over yet; returns it with who holds it still."""
    appraisal = shared()
    ObjectiveFactory(appraisal=appraisal)
    change_line_manager(appraisal)
    return appraisal, appraisal.appraiser


def test_a_former_line_manager_loses_sight_before_anybody_takes_over(client):
    appraisal, former = with_a_former_manager()
    client.force_login(former)

    for model in (Appraisal, Draft, Objective):
        assert not model.objects.visible_to(former, on=TODAY).exists()
        assert model.objects.visible_to(former, on=THE_DAY_BEFORE).exists()
    for name in ("appraisal_detail", "draft_write"):
        assert client.get(reverse(f"appraisals:{name}", args=[appraisal.pk])).status_code == 404


def test_a_former_line_manager_keeps_what_both_have_signed():
    appraisal = appraise(
        state="SIGNED",
        **dict.fromkeys(
            ("subject_shared_at", "manager_shared_at", "subject_signed_at", "manager_signed_at"),
            NOW,
        ),
    )
    change_line_manager(appraisal)

    assert list(Appraisal.objects.visible_to(appraisal.appraiser, on=TODAY)) == [appraisal]


def test_a_former_line_manager_with_a_role_sees_that_it_exists_and_no_more(client):
    appraisal, former = with_a_former_manager()
    grant(former, "HR_ADMINISTRATOR", appraisal.cycle.organisation)
    client.force_login(former)

    response = client.get(reverse("appraisals:appraisal_detail", args=[appraisal.pk]))

    assert response.status_code == 403
    assert "The new rota" not in response.content.decode()


WRITES = {
    "save_draft": lambda appraisal, by: save_draft(
        appraisal=appraisal, by=by, answers={}, levels={}, version=1, now=NOW
    ),
    "share": lambda appraisal, by: share(appraisal=appraisal, by=by, now=NOW),
    "send_back": lambda appraisal, by: send_back(appraisal=appraisal, by=by, now=NOW),
    "record_conversation": lambda appraisal, by: record_conversation(
        appraisal=appraisal, met_on=None, wellbeing_on=None, by=by, now=NOW
    ),
    "remove_objective": lambda appraisal, by: remove_objective(
        objective=appraisal.objectives.get(), by=by, now=NOW
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_former_line_manager_writes_nothing_more(write):
    appraisal, former = with_a_former_manager()

    with pytest.raises(Conflict) as refusal:
        WRITES[write](appraisal, former)

    assert refusal.value.code == "line_manager_changed"
    assert not Event.objects.exists()


def test_nobody_is_reminded_to_appraise_whom_they_no_longer_manage():
    late = {"due_on": THE_DAY_BEFORE}
    appraisal, held = appraise(**late), appraise(**late)
    change_line_manager(appraisal)

    reminded = {due.recipient_id for due in when_overdue(TODAY)}

    assert reminded == {appraisal.subject_id, held.subject_id, held.appraiser_id}


def test_why_somebody_asks_is_read_by_who_decides_alone(client):
    manager = employ()
    person = employ(manager=manager)
    session = SessionFactory()
    OfferingShareFactory(offering=session.offering)
    request = EnrolmentFactory(session=session, person=person, reason="My team is unwell")
    host_lead = grant(PersonFactory(), "LEARNING_LEAD", session.offering.host)
    address = reverse("courses:approval_decide", args=[request.pk])

    answers = {}
    for reader in (manager, host_lead):
        client.force_login(reader)
        answers[reader] = client.get(address)

    assert "My team is unwell" in answers[manager].content.decode()
    assert answers[host_lead].status_code == 403
    assert "My team is unwell" not in answers[host_lead].content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_way_to_a_talent_profile_is_written_down(client, method):
    trust = OrganisationFactory()
    person = found_person(organisation=trust)
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    name = {"get": "profile_show", "post": "readiness_judge"}[method]
    client.force_login(lead)

    response = getattr(client, method)(reverse(f"talent:{name}", args=[person.pk]))

    assert person.full_name in response.content.decode()
    read = Event.objects.get(verb="read_talent_profile")
    assert (read.by_person, read.subject) == (lead, person)


def test_a_profile_is_gone_the_day_after_the_consent(client):
    trust = OrganisationFactory()
    person = found_person(organisation=trust, until=THE_DAY_BEFORE)
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)
    client.force_login(lead)

    response = client.get(reverse("talent:profile_show", args=[person.pk]))
    found = client.get(reverse("talent:profile_list"))

    assert response.status_code == 404
    assert TalentProfile.objects.visible_to(lead, on=THE_DAY_BEFORE).count() == 0
    assert person.full_name not in found.content.decode()


def test_a_nomination_read_by_the_talent_team_is_written_down(client):
    trust = OrganisationFactory()
    nomination = NominationFactory(
        pool=PoolFactory(organisation=trust), person=found_person(organisation=trust)
    )
    lead = grant(PersonFactory(), "TALENT_LEAD", trust)

    for reader in (lead, nomination.person):
        client.force_login(reader)
        shown = client.get(reverse("talent:nomination_show", args=[nomination.pk]))
        assert nomination.reason in shown.content.decode()

    read = Event.objects.get(verb="read_nomination")
    assert (read.by_person, read.subject) == (lead, nomination.person)
