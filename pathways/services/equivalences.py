"""Taking back that a competency of another framework stands for one of an edition."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.errors import Conflict
from pathways.models import Crosswalk, CrosswalkKind
from pathways.selectors.crosswalks import rules_of
from pathways.services.writing import hold_version


@transaction.atomic
def take_back_equivalence(*, rule: Crosswalk, by: Actor, now: datetime) -> None:
    """Unsay ``rule``, as long as no level was carried over by it.

    Refuses: ``may_not_write_framework``, ``rule_gone``, ``levels_carried_over``.
    """
    if rule.after is None:
        raise ValueError("What is left out stands for nothing.")
    held = hold_version(rule.after.version_id, by=by, now=now)
    found = rules_of(held).filter(pk=rule.pk, kind=CrosswalkKind.EQUIVALENT).first()
    if found is None:
        raise Conflict(_("Somebody has taken this back already."), code="rule_gone")
    if found.carried_at is not None:
        raise Conflict(
            _("Levels were carried over by this rule already, so it stays as it is."),
            code="levels_carried_over",
        )
    found.delete()
    record(
        by=by,
        now=now,
        verb="take_back_equivalence",
        about=held,
        rule="may_write_framework",
        organisation_id=held.framework.owner_id,
        facts={"before": found.before.code, "of": found.before.version_id},
    )
