"""A request that was refused, and one whose refusal is contested, in every town."""

from django.db.models import Model

from accounts.models import Organisation, Person
from courses.models import Approval, Enrolment
from tests.factories.accounts import PersonFactory
from tests.factories.approvals import ApprovalRuleFactory, ContestFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory


def approval_rows(person: Person, organisation: Organisation, word: str) -> dict[str, Model]:
    refused, contested = (_refused(person, organisation, word) for _each in range(2))
    return {"refused": refused, "contest": ContestFactory(enrolment=contested, text=word)}


def approval_rule(organisation: Organisation) -> dict[str, Model]:
    return {"approval_rule": ApprovalRuleFactory(organisation=organisation)}


def _refused(person: Person, organisation: Organisation, word: str) -> Enrolment:
    decided = {"decided_at": NOW, "decided_by": PersonFactory()}
    row = EnrolmentFactory(
        session=SessionFactory(offering=OfferingFactory(host=organisation)),
        person=person,
        organisation=organisation,
        state="REFUSED",
        basis="APPROVAL",
        ended_at=NOW,
        reason=word,
        refusal_reason="BUDGET",
        refusal_text=word,
        **decided,
    )
    Approval.objects.create(enrolment=row, state="REFUSED", asked_at=NOW, due_on=TODAY, **decided)
    return row
