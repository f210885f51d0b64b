"""Wording objectives together on the shared page, until both have signed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from appraisals.models import Appraisal, Objective
from appraisals.policies.appraisals import may_agree_objectives
from appraisals.services.locking import (
    SIGNED_AT,
    clear_signatures,
    lock,
    refuse_former_manager,
    refuse_outsider,
    refuse_unless_shared,
)
from common.dates import london_date, long_date
from common.errors import Conflict, Stale
from common.text import clean_line, clean_text


@dataclass(frozen=True, slots=True)
class Wording:
    """What an objective says: the aim, how one will know, and by when."""

    title: str
    measure: str
    due_on: date


@transaction.atomic
def add_objective(*, appraisal: Appraisal, wording: Wording, by: Actor, now: datetime) -> Objective:
    """Add an objective to a shared appraisal; whoever had signed signs again."""
    appraisal = _hold(appraisal, by, now=now)
    objective = Objective(appraisal=appraisal, person_id=appraisal.subject_id)
    _word(objective, wording)
    _write_down("add_objective", appraisal, objective, by=by, now=now)
    return objective


@transaction.atomic
def change_objective(
    *, objective: Objective, wording: Wording, version: int, by: Actor, now: datetime
) -> Objective:
    """Reword an objective; whoever had signed signs again.

    ``version`` is the number of changes the writer's page knew of; when there were others since,
    it refuses with ``Stale`` and what it says now.
    """
    appraisal = _hold(objective.appraisal, by, now=now)
    objective = _still_there(objective)
    if objective.version != version:
        raise Stale(
            _("This objective was changed after you opened this page."),
            code="stale_objective",
            current={
                _("Objective"): objective.title,
                _("How you will know"): objective.measure,
                _("By"): long_date(objective.due_on),
            },
        )
    _word(objective, wording)
    objective.version = version + 1
    _write_down("change_objective", appraisal, objective, by=by, now=now)
    return objective


@transaction.atomic
def remove_objective(*, objective: Objective, by: Actor, now: datetime) -> None:
    """Take an objective out of a shared appraisal; whoever had signed signs again."""
    appraisal = _hold(objective.appraisal, by, now=now)
    objective = _still_there(objective)
    clear_signatures(appraisal)
    appraisal.save(update_fields=list(SIGNED_AT.values()))
    _record("remove_objective", appraisal, objective, by=by, now=now)
    objective.delete()


def _hold(appraisal: Appraisal, by: Actor, *, now: datetime) -> Appraisal:
    appraisal = lock(appraisal)
    if not may_agree_objectives(by, appraisal=appraisal):
        refuse_outsider()
    refuse_unless_shared(appraisal)
    refuse_former_manager(by, appraisal=appraisal, on=london_date(now))
    return appraisal


def _still_there(objective: Objective) -> Objective:
    found = Objective.objects.filter(pk=objective.pk).first()
    if found is None:
        raise Conflict(_("This objective has been removed."), code="objective_removed")
    return found


def _word(objective: Objective, wording: Wording) -> None:
    objective.title, objective.measure = clean_line(wording.title), clean_text(wording.measure)
    objective.due_on = wording.due_on


def _write_down(
    verb: str, appraisal: Appraisal, objective: Objective, *, by: Actor, now: datetime
) -> None:
    clear_signatures(appraisal)
    appraisal.save(update_fields=list(SIGNED_AT.values()))
    objective.save()
    _record(verb, appraisal, objective, by=by, now=now)


def _record(
    verb: str, appraisal: Appraisal, objective: Objective, *, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=objective,
        rule="may_agree_objectives",
        organisation_id=appraisal.cycle.organisation_id,
        subject_id=appraisal.subject_id,
        facts={"appraisal_id": appraisal.pk, "due_on": objective.due_on.isoformat()},
    )
