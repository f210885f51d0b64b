"""One's own equality monitoring: answering, deleting, and asking us to stop.

Events say that it happened. What was answered is in none of them.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.equality import own
from accounts.equality.cipher import Answers
from accounts.models import Person
from accounts.policies import may_answer_equality
from accounts.selectors.equality import codes_to_offer, not_yours
from accounts.selectors.relations import main_organisation_id
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict

log = structlog.get_logger(__name__)


@transaction.atomic
def answer_equality(*, person: Person, answers: Answers, by: Actor, now: datetime) -> None:
    """Keep ``answers``, and only those, as what ``person`` says. No answer at all deletes the row.

    Refuses who has asked us to stop, and codes that are not offered.
    """
    _check_own(person, by)
    offered = codes_to_offer()
    for attribute, answer in answers.items():
        if not any((c.system, c.code) == (answer.system, answer.code) for c in offered[attribute]):
            raise Conflict(
                _("One of these answers is no longer offered. Select your answers again."),
                code="answer_not_offered",
            )
    if not answers:
        own.forget(person.pk)
    elif not _keep(person, answers):
        raise Conflict(
            _("You asked us to stop equality monitoring. Take part again before you answer."),
            code="equality_stopped",
        )
    _record("answer_equality", person, by=by, now=now)


def _keep(person: Person, answers: Answers) -> bool:
    try:
        return own.keep(person.pk, answers)
    except ValueError:
        log.error("equality_keys_unusable", setting="EQUALITY_KEYS")  # noqa: TRY400
        raise Conflict(
            _("We cannot keep your answers at the moment. We have been told. Try again later."),
            code="equality_keys_unusable",
        ) from None


@transaction.atomic
def delete_answers(*, person: Person, by: Actor, now: datetime) -> None:
    """Remove everything that ``person`` answered."""
    _check_own(person, by)
    if not own.forget(person.pk):
        raise Conflict(_("There are no answers of yours to delete."), code="nothing_kept")
    _record("delete_equality_answers", person, by=by, now=now)


@transaction.atomic
def stop_monitoring(*, person: Person, by: Actor, now: datetime) -> None:
    """Take the person's written notice: answers go at once, and no figure counts them from today.

    Data Protection Act 2018, Schedule 1, paragraph 8(5).
    """
    _check_own(person, by)
    if not own.stop(person.pk, on=london_date(now)):
        raise Conflict(_("You have asked us to stop already."), code="stopped_already")
    _record("stop_equality_monitoring", person, by=by, now=now)


@transaction.atomic
def resume_monitoring(*, person: Person, by: Actor, now: datetime) -> None:
    """Let ``person`` take part again; what they answered before is gone."""
    _check_own(person, by)
    if not own.resume(person.pk):
        raise Conflict(_("You take part already."), code="not_stopped")
    _record("resume_equality_monitoring", person, by=by, now=now)


def _check_own(person: Person, by: Actor) -> None:
    if not may_answer_equality(by, person=person):
        raise not_yours()


def _record(verb: str, person: Person, *, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=person,
        rule="may_answer_equality",
        organisation_id=main_organisation_id(person, on=london_date(now)),
        subject_id=person.pk,
    )
