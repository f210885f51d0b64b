"""What the second signature sets going, all of it in the signature's own transaction."""

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from appraisals.models import Appraisal, Draft, Objective, ObjectiveState, Side, Snapshot
from appraisals.selectors.content import Content, fingerprint
from appraisals.services.locking import SIGNED_AT
from appraisals.services.news import tell
from appraisals.services.plan_documents import queue_plan_pdf
from appraisals.services.plans import draft_plan
from pathways.models import AttainmentSource
from pathways.services.attainments import record_attainments


def close(*, appraisal: Appraisal, content: Content, by: Actor, now: datetime) -> Snapshot:
    """Freeze what both signed, write what follows from it, draft the plan and ask for its PDF."""
    # Before the state: from then on the database refuses any change to objectives.
    Objective.objects.filter(appraisal=appraisal).update(state=ObjectiveState.AGREED)
    appraisal.save(update_fields=["state", *SIGNED_AT.values()])
    snapshot = _freeze(appraisal, content, now=now)
    _record_levels(appraisal, by=by, now=now)
    plan = draft_plan(person=appraisal.subject, appraisal=appraisal, by=by, now=now)
    queue_plan_pdf(plan=plan, by=by, now=now)
    for side in Side:
        tell(
            appraisal.party(side),
            "appraisals.closed",
            appraisal=appraisal,
            by_name=appraisal.party(side.other).full_name,
            now=now,
        )
    return snapshot


def _freeze(appraisal: Appraisal, content: Content, *, now: datetime) -> Snapshot:
    signed: dict[str, Any] = {
        **content,
        "signatures": [
            {"side": side.value, "name": appraisal.party(side).full_name, "at": at.isoformat()}
            for side in Side
            if (at := appraisal.signed_at(side))
        ],
    }
    role = appraisal.role_profile
    return Snapshot.objects.create(
        appraisal=appraisal,
        form_id=appraisal.form_id,
        version_id=role.version_id if role else None,
        content=signed,
        content_hash=fingerprint(signed),
        signed_at=now,
    )


def _record_levels(appraisal: Appraisal, *, by: Actor, now: datetime) -> None:
    """The line manager's view counts as an attainment; the person's own view stays a view."""
    draft = Draft.objects.filter(appraisal=appraisal, side=Side.MANAGER).first()
    if draft is None or not draft.levels or appraisal.met_on is None:
        return
    record_attainments(
        person=appraisal.subject,
        ranks={int(key): rank for key, rank in draft.levels.items()},
        source=AttainmentSource.APPRAISAL,
        source_key=f"appraisal:{appraisal.pk}",
        attained_on=appraisal.met_on,
        by=by,
        now=now,
    )
