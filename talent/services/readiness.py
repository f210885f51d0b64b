"""Judging how ready somebody is for a next role, with a reason they can read."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.selectors.relations import relations_to, roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from talent.models import Readiness, ReadinessJudgement, TalentProfile
from talent.policies import may_judge_readiness
from talent.services.projection import refresh_profiles


@transaction.atomic
def judge_readiness(
    *,
    person: Person,
    organisation: Organisation,
    readiness: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> ReadinessJudgement:
    """Judge ``person`` on behalf of ``organisation`` from today on; the person is told.

    The judgement before it ends the day before, and search says the new one at once.
    """
    on = london_date(now)
    # Two leads who judge at the same moment queue here, and the second replaces the first.
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    judged_by = _refuse_unless_may_judge(person, organisation, by=by, on=on)
    if not reason.strip():
        raise Conflict(_("Give a reason that the person can read."), code="reason_missing")
    _end_current(person, on=on, now=now)
    judgement = ReadinessJudgement.objects.create(
        person=person,
        organisation=organisation,
        readiness=Readiness(readiness),
        reason=reason,
        judged_by=judged_by,
        judged_at=now,
        starts_on=on,
    )
    refresh_profiles(person_ids=[person.pk], now=now)
    _tell(judgement, now=now)
    record(
        by=by,
        now=now,
        verb="judge_readiness",
        about=judgement,
        rule="may_judge_readiness",
        organisation_id=organisation.pk,
        subject_id=person.pk,
        facts={"readiness": str(readiness)},
        private={"reason": reason},
    )
    return judgement


def _refuse_unless_may_judge(
    person: Person, organisation: Organisation, *, by: Actor, on: date
) -> Person:
    relations, roles = relations_to(by, person, on=on), roles_at(by, organisation.pk, on=on)
    if not (isinstance(by, Person) and may_judge_readiness(relations, roles)):
        raise Forbidden(
            _("Only the talent team of the person's organisation can judge readiness."),
            code="may_not_judge_readiness",
        )
    if not TalentProfile.objects.visible_to(by, on=on).filter(pk=person.pk).exists():
        raise Conflict(
            _("This person does not let you find them at the moment, so you cannot judge."),
            code="no_consent",
        )
    return by


def _end_current(person: Person, *, on: date, now: datetime) -> None:
    for judgement in ReadinessJudgement.objects.on(on).select_for_update().filter(person=person):
        if judgement.starts_on == on:
            judgement.replaced_at, judgement.ends_on = now, on
        else:
            judgement.ends_on = on - timedelta(days=1)
        judgement.save(update_fields=["replaced_at", "ends_on"])


def _tell(judgement: ReadinessJudgement, *, now: datetime) -> None:
    notify(
        recipient=judgement.person,
        rule="talent.readiness_judged",
        subject_key=f"readiness:{judgement.pk}",
        url=reverse("talent:consent_edit"),
        now=now,
        facts={"readiness": str(judgement.readiness)},
    )
