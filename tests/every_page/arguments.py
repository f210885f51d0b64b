"""What stands in the addresses of the pages: rows of the demonstration, and some made for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, now

from accounts.models import (
    Delegation,
    Person,
    RoleGrant,
)
from accounts.models.dated import Days
from accounts.services.delegations import delegate
from accounts.services.emergency import open_in_emergency
from appraisals.models import Appraisal, AppraisalState, Objective
from config.demo.names import DOMAIN
from courses.models import (
    Account,
    Accreditation,
    Enrolment,
    EnrolmentState,
    EvaluationInvitation,
    Fund,
    Meeting,
    Session,
    Statement,
    Venue,
)
from courses.selectors.offerings import offerings_kept_by, programmes_written_by
from courses.selectors.refusals import contests_to_answer
from courses.selectors.study_time_team import team_balances
from pathways.models import (
    Attainment,
    CoachOffer,
    Evidence,
    PathwayStep,
    PriorLearningClaim,
    Qualification,
    RequirementGroup,
    Resource,
    RoleCondition,
    RoleProfile,
    VerificationRequest,
)
from talent.models import Nomination, NominationState, PanelMember, Pool
from talent.services.panels import join_panel

AMARA, DANIEL, PRIYA = "amara.okafor", "daniel.hughes", "priya.raman"
LEARNING, HR, TALENT = "yusuf.ahmed", "sian.pritchard", "kwame.boateng"
AUDITOR, ADMINISTRATOR = "ruth.abrams", "owen.davies"
NIAMH = "niamh.gallagher"

Arguments = Callable[[Person], dict[str, Any]]


def nothing(reader: Person) -> dict[str, Any]:
    return {}


def first(rows: QuerySet[Any]) -> dict[str, Any]:
    row = rows.order_by("pk").first()
    assert row is not None, f"the demonstration has no {rows.model.__name__} for this page"
    return {"pk": row.pk}


def held_in(state: str, *, by: str = "appraiser") -> Arguments:
    return lambda reader: first(Appraisal.objects.filter(state=state, **{by: reader}))


def run_by(reader: Person) -> QuerySet[Session]:
    hosts = reader.role_grants.values("organisation_id")
    return Session.objects.filter(offering__host_id__in=hosts)


def attended_by_somebody(reader: Person) -> dict[str, Any]:
    """A session that ``reader`` runs, with somebody who attended and has not completed."""
    return first(run_by(reader).filter(enrolments__state="ATTENDED"))


def who_attended(reader: Person) -> dict[str, Any]:
    return first(Enrolment.objects.filter(session__in=run_by(reader), state="ATTENDED"))


def place_run(reader: Person) -> dict[str, Any]:
    """A place on a session that ``reader`` runs."""
    return first(Enrolment.objects.filter(session__in=run_by(reader), state="CONFIRMED"))


def own_programme(reader: Person) -> dict[str, Any]:
    return first(programmes_written_by(reader, on=localdate()))


def offering_kept(reader: Person) -> dict[str, Any]:
    return first(offerings_kept_by(reader, on=localdate()))


def offering_run(reader: Person) -> dict[str, Any]:
    return {"pk": run_by(reader).order_by("pk").first().offering_id}  # type: ignore[union-attr]


def who_missed_a_session() -> Person:
    return Enrolment.objects.filter(state="ABSENT").order_by("pk").first().person


def who_is_asked_how_it_was() -> Person:
    rows = EvaluationInvitation.objects.filter(is_answered=False, closes_at__gt=now())
    return rows.order_by("pk").first().enrolment.person  # type: ignore[union-attr]


def own_invitation(reader: Person) -> dict[str, Any]:
    rows = EvaluationInvitation.objects.filter(enrolment__person=reader, is_answered=False)
    return {"pk": rows.filter(closes_at__gt=now()).order_by("pk").first().enrolment_id}  # type: ignore[union-attr]


def session_evaluated(reader: Person) -> dict[str, Any]:
    return first(
        run_by(reader).filter(evaluation__answers__gte=10, evaluation__closes_at__lt=now())
    )


def own_absence(reader: Person) -> dict[str, Any]:
    return first(Enrolment.objects.filter(person=reader, state="ABSENT"))


def meeting_run_by(reader: Person) -> dict[str, Any]:
    return first(Meeting.objects.filter(session__in=run_by(reader)))


def venue_run_by(reader: Person) -> dict[str, Any]:
    hosts = reader.role_grants.values("organisation_id")
    return first(Venue.objects.filter(organisation__in=hosts))


def appraiser_about_to_sign() -> Person:
    objectives = Objective.objects.filter(appraisal__state=AppraisalState.SHARED)
    return objectives.order_by("pk").first().appraisal.appraiser


def learner_with_a_place() -> Person:
    return Enrolment.objects.filter(state=EnrolmentState.CONFIRMED).order_by("pk").first().person


def place_audited(reader: Person) -> dict[str, Any]:
    return {"pk": reader.role_grants.get(role="AUDITOR").organisation_id}


def place_led(reader: Person) -> dict[str, Any]:
    return {"pk": reader.role_grants.filter(role="LEARNING_LEAD").first().organisation_id}


def who_coaches() -> Person:
    return CoachOffer.objects.order_by("pk").first().person


def resource_kept(reader: Person) -> dict[str, Any]:
    places = reader.role_grants.values("organisation_id")
    return first(Resource.objects.filter(owner_id__in=places))


def who_audits() -> Person:
    return Person.objects.filter(role_grants__role="AUDITOR").order_by("pk").first()


def objective_of(reader: Person) -> dict[str, Any]:
    objective = Objective.objects.filter(
        appraisal__state=AppraisalState.SHARED, appraisal__appraiser=reader
    ).first()
    assert objective is not None
    return {"pk": objective.appraisal_id, "objective_pk": objective.pk}


def waiting_nomination(reader: Person) -> dict[str, Any]:
    hosts = reader.role_grants.values("organisation_id")
    return first(
        Nomination.objects.filter(
            state=NominationState.PROPOSED, pool__organisation_id__in=hosts
        ).exclude(Q(person=reader) | Q(nominated_by=reader))
    )


def own(model: Any, field: str = "person") -> Arguments:
    return lambda reader: first(model.objects.filter(**{field: reader}))


def skill_shown(reader: Person) -> dict[str, Any]:
    row = Attainment.objects.filter(person=reader).order_by("pk").first()
    assert row is not None
    return {"competency_pk": row.competency_id}


def skill_of_report(reader: Person) -> dict[str, Any]:
    row = Attainment.objects.filter(person=reporting(reader)["pk"]).order_by("pk").first()
    assert row is not None
    return {"pk": row.person_id, "competency_pk": row.competency_id}


def own_word(reader: Person) -> dict[str, Any]:
    return first(Attainment.objects.filter(person=reader, source="SELF", valid_to=None))


def claim_waiting(reader: Person) -> dict[str, Any]:
    return first(PriorLearningClaim.objects.filter(state="SUBMITTED"))


def claim_decided(reader: Person) -> dict[str, Any]:
    return first(PriorLearningClaim.objects.filter(state="DECIDED"))


def evidence_kept(reader: Person) -> dict[str, Any]:
    kept = Evidence.objects.filter(person=reader, removed_at=None).order_by("pk").first()
    assert kept is not None
    return {"public_id": kept.public_id}


DRAFT = "outpatient-clinic-manager"


def role_called(code: str) -> Arguments:
    return lambda reader: {"pk": RoleProfile.objects.get(code=code).pk}


def domain_of_draft(reader: Person) -> dict[str, Any]:
    role = RoleProfile.objects.get(code=DRAFT)
    return {"pk": role.pk, "domain_pk": role.version.domains.order_by("position")[0].pk}


def group_of_draft(reader: Person) -> dict[str, Any]:
    return first(RequirementGroup.objects.filter(role_profile__code=DRAFT))


def condition_of_draft(reader: Person) -> dict[str, Any]:
    return first(RoleCondition.objects.filter(group__role_profile__code=DRAFT))


def step_of_draft(reader: Person) -> dict[str, Any]:
    return first(PathwayStep.objects.filter(from_role__code=DRAFT))


def holder_of_qualification(reader: Person) -> dict[str, Any]:
    return {"pk": Qualification.objects.filter(checked_by=reader).first().person_id}


def any_of(model: Any) -> Arguments:
    return lambda reader: first(model.objects.all())


def accreditation_kept(reader: Person) -> dict[str, Any]:
    """One of an offering where ``reader`` is a lead, whose renewal has begun."""
    hosts = reader.role_grants.values("organisation_id")
    rows = Accreditation.objects.filter(offering__host_id__in=hosts)
    return first(rows.filter(renewals__state="PREPARING"))


def reporting(reader: Person) -> dict[str, Any]:
    return {"pk": reader.reporting_lines.filter(kind="LINE_MANAGER").first().person_id}


def request_for(reader: Person) -> dict[str, Any]:
    return first(
        Enrolment.objects.filter(
            state=EnrolmentState.REQUESTED,
            person__managed_by_lines__manager=reader,
            person__managed_by_lines__ends_on__isnull=True,
        )
    )


def who_was_refused() -> Person:
    refused = Enrolment.objects.filter(state=EnrolmentState.REFUSED, contest=None)
    return refused.filter(person__is_active=True).order_by("pk").first().person  # type: ignore[union-attr]


def own_refusal(reader: Person) -> dict[str, Any]:
    return first(Enrolment.objects.filter(person=reader, state=EnrolmentState.REFUSED))


def contested_refusal(reader: Person) -> dict[str, Any]:
    return first(contests_to_answer(reader, on=localdate()))


def request_to_confirm(reader: Person) -> dict[str, Any]:
    waiting = VerificationRequest.objects.visible_to(reader, on=localdate()).filter(state="ASKED")
    return first(waiting.filter(Q(assessor=reader) | Q(assessor=None)).exclude(subject=reader))


def own_live_enrolment(reader: Person) -> dict[str, Any]:
    live = [EnrolmentState.REQUESTED, EnrolmentState.WAITING, EnrolmentState.CONFIRMED]
    return first(Enrolment.objects.filter(person=reader, state__in=live))


def offered_to_somebody() -> Person:
    person: Person = Enrolment.objects.filter(state=EnrolmentState.OFFERED).earliest("pk").person
    return person


def fund_kept(reader: Person) -> dict[str, Any]:
    """One of which something is committed."""
    funds = Fund.objects.visible_to(reader, on=localdate())
    return first(funds.filter(reserved_pence__gt=0))


def statement_made(reader: Person) -> dict[str, Any]:
    return first(Statement.objects.visible_to(reader, on=localdate()))


def own_offer(reader: Person) -> dict[str, Any]:
    return first(Enrolment.objects.filter(person=reader, state=EnrolmentState.OFFERED))


def own_study_time(reader: Person) -> dict[str, Any]:
    return first(Enrolment.objects.filter(person=reader, study_time_moves__isnull=False))


def time_owed_by(reader: Person) -> dict[str, Any]:
    """A place of somebody in the team of ``reader``, of which time is planned or owed."""
    balances = team_balances(reader, on=localdate())
    busy = [key for key, held in balances.items() if held.owed and held.days(Account.PLANNED)]
    return first(Enrolment.objects.filter(pk__in=busy or list(balances)))


def opened_now(reader: Person) -> dict[str, Any]:
    """A record that ``reader`` opens in an emergency, to be read for half an hour."""
    access = open_in_emergency(
        subject=Person.objects.get(email=f"{AMARA}@{DOMAIN}"),
        reason="The coroner's officer asks for the dates of the appraisal.",
        by=reader,
        now=now(),
    )
    return {"pk": access.pk}


def stood_in_for(reader: Person) -> dict[str, Any]:
    """Somebody stands in for ``reader``, with the team there."""
    known = Delegation.objects.filter(manager=reader).first()
    if known is None:
        line = reader.reporting_lines.filter(kind="LINE_MANAGER", ends_on=None).first()
        known = delegate(
            manager=reader,
            to=line.person,
            organisation=line.assignment.organisation,
            days=Days(localdate(), localdate() + timedelta(days=14)),
            by=reader,
            now=now(),
        )
    return {"pk": known.pk}


def with_a_stand_in(reader: Person) -> dict[str, Any]:
    stood_in_for(reader)
    return {}


def role_of_somebody_else(reader: Person) -> dict[str, Any]:
    place = reader.role_grants.get(role="ORGANISATION_ADMINISTRATOR").organisation
    return first(RoleGrant.objects.filter(organisation=place, role="TALENT_LEAD"))


def colleague(reader: Person) -> dict[str, Any]:
    place = reader.role_grants.get(role="ORGANISATION_ADMINISTRATOR").organisation
    return first(Person.objects.filter(assignments__organisation=place).exclude(pk=reader.pk))


def led_by_role(reader: Person) -> dict[str, Any]:
    places = reader.role_grants.values("organisation_id")
    people = Person.objects.filter(assignments__organisation__in=places)
    return first(people.exclude(pk=reader.pk))


def own_pool(reader: Person) -> dict[str, Any]:
    return first(Pool.objects.filter(organisation__in=reader.role_grants.values("organisation_id")))


def panel_member(reader: Person) -> dict[str, Any]:
    """Somebody on the panel of a pool that ``reader`` leads."""
    known = PanelMember.objects.first()
    if known is None:
        known = join_panel(
            pool=Pool.objects.get(**own_pool(reader)),
            person=Person.objects.get(email=f"{DANIEL}@{DOMAIN}"),
            days=Days(localdate()),
            by=reader,
            now=now(),
        )
    return {"pk": known.pk}
