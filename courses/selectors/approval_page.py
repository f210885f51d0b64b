"""What a person is told about approval: before they ask, while they wait, and when refused."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Person
from courses.models import Approval, ApprovalRule, Asked, Contest, Enrolment, Offering
from courses.selectors.approval_rules import can_be_passed_on, rule_for
from courses.selectors.deciders import second_line_of
from courses.selectors.elsewhere import organisation_to_go_for
from courses.selectors.refusals import is_contestable, refusal_in_force


@dataclass(frozen=True, slots=True)
class Promise:
    """What asking for a place leads to, by the rule of the person's organisation."""

    rule: ApprovalRule
    is_unasked: bool
    second_asked: Asked | None
    # What was refused before and lasts; nobody asks again until it is over.
    refusal: Enrolment | None

    @property
    def is_granted_by_silence(self) -> bool:
        return self.rule.on_silence == "GRANT"


def promise_to(person: Person, *, offering: Offering, on: date) -> Promise | None:
    """What is said before ``person`` asks; None for who belongs nowhere."""
    organisation_id = organisation_to_go_for(person, offering=offering, on=on)
    if organisation_id is None:
        return None
    rule = rule_for(organisation_id, on=on)
    price = offering.price_pence
    free, second = rule.unasked_up_to_pence, rule.second_above_pence
    asked = None
    if second is not None and price > second:
        asked = Asked.LEARNING_LEAD
        if rule.second_approver == Asked.SECOND_LINE and second_line_of(person, on=on):
            asked = Asked.SECOND_LINE
    refusal = refusal_in_force(
        person_id=person.pk,
        programme_id=offering.programme_id,
        organisation_ids={organisation_id},
        on=on,
    )
    is_unasked = free is not None and price <= free
    return Promise(rule, is_unasked=is_unasked, second_asked=asked, refusal=refusal)


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """How far a request has come, stage by stage."""

    enrolment: Enrolment
    stages: tuple[Approval, ...]
    contest: Contest | None
    may_contest: bool

    @property
    def asked(self) -> Approval | None:
        """The stage whose answer is waited for."""
        if self.enrolment.state != "REQUESTED":
            return None
        waiting = (each for each in self.stages if each.asked_at and each.decided_at is None)
        return next(waiting, None)

    @property
    def is_passed_on(self) -> bool:
        """Whether silence passes the request on, or decides it because the session is too soon."""
        stage = self.asked
        if stage is None or stage.state != "WAITING" or stage.due_on is None:
            return False
        return can_be_passed_on(
            stage.working_days,
            on=stage.due_on + timedelta(days=1),
            starts_at=self.enrolment.session.starts_at,
        )


def request_status(enrolment: Enrolment) -> RequestStatus:
    """The stages of a request in their order, and what was said against its refusal; two
    statements, and a third for a refusal that nobody has contested."""
    contest = Contest.objects.filter(enrolment=enrolment).first()
    return RequestStatus(
        enrolment=enrolment,
        stages=tuple(enrolment.approvals.select_related("decided_by").order_by("stage")),
        contest=contest,
        may_contest=contest is None and is_contestable(enrolment),
    )
