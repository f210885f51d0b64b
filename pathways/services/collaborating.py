"""Inviting somebody to write or review a framework, and ending it."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.models.dated import Days
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import Collaborator, Framework, Part
from pathways.policies.authoring import may_invite_collaborator
from pathways.selectors.collaborators import parts_of


@transaction.atomic
def invite_collaborator(
    *, framework: Framework, person: Person, part: Part, days: Days, by: Actor, now: datetime
) -> Collaborator:
    """Let ``person`` write or review ``framework`` on ``days``, whatever their organisation; they
    are told.

    Refuses: ``may_not_invite``, ``days_not_in_order``, ``already_taking_part``.
    """
    # Two authors who invite the same person queue here.
    held = Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
    _refuse_unless_may_invite(held, person, by=by, now=now)
    is_backwards = days.ends_on is not None and days.ends_on < days.starts_on
    if days.starts_on < london_date(now) or is_backwards:
        raise Conflict(
            _("The first day is today or later, and the last day is not before it."),
            code="days_not_in_order",
        )
    if Collaborator.objects.during(days).filter(framework=held, person=person, part=part).exists():
        raise Conflict(
            _("%(person)s takes part in this way already.") % {"person": person.full_name},
            code="already_taking_part",
        )
    author = by if isinstance(by, Person) else None
    row = Collaborator.objects.create(
        framework=held, person=person, part=part, invited_by=author, **days._asdict()
    )
    _record(row, held, verb="invite_collaborator", by=by, now=now)
    _tell(row, held, rule="pathways.collaboration_began", now=now)
    return row


@transaction.atomic
def end_collaboration(*, collaborator: Collaborator, by: Actor, now: datetime) -> None:
    """End it at once; the person is told. Refuses: ``may_not_invite``, ``is_over``."""
    today = london_date(now)
    rows = Collaborator.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.from_day_on(today).filter(pk=collaborator.pk).first()
    if row is None:
        raise Conflict(_("They do not take part any more."), code="is_over")
    framework = Framework.objects.get(pk=row.framework_id)
    _refuse_unless_may_invite(framework, row.person, by=by, now=now)
    _tell(row, framework, rule="pathways.collaboration_ended", now=now)
    held, pk = row.starts_on < today, row.pk
    row.stop(on=today)
    # The days that it held, and none where it ends before it began.
    row.pk, row.ends_on = pk, row.ends_on if held else None
    _record(row, framework, verb="end_collaboration", by=by, now=now)


def _refuse_unless_may_invite(
    framework: Framework, person: Person, *, by: Actor, now: datetime
) -> None:
    parts = parts_of(by, framework, on=london_date(now))
    is_oneself = isinstance(by, Person) and by.pk == person.pk
    if not may_invite_collaborator(parts, is_oneself=is_oneself):
        raise Forbidden(
            _("Only the authors of this framework can say who else takes part."),
            code="may_not_invite",
        )


def _tell(row: Collaborator, framework: Framework, *, rule: str, now: datetime) -> None:
    notify(
        recipient=row.person,
        rule=rule,
        subject_key=f"collaborator:{row.pk}",
        url=reverse("pathways:authoring_list"),
        now=now,
        facts={"framework": framework.title, "part": row.part},
    )


def _record(
    row: Collaborator, framework: Framework, *, verb: str, by: Actor, now: datetime
) -> None:
    until = {"to": row.ends_on.isoformat()} if row.ends_on else {}
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule="may_invite_collaborator",
        organisation_id=framework.owner_id,
        subject_id=row.person_id,
        facts={
            "framework": framework.pk,
            "part": row.part,
            "from": row.starts_on.isoformat(),
            **until,
        },
    )
