"""Taking its confirmation from a rule that was confirmed for another scale."""

from collections.abc import Collection

from django.db.models import F, Q

from accounts.actors import SystemJob
from accounts.scope import lifted
from pathways.models import Crosswalk, CrosswalkLevel

# A rule may begin, or lead to, where the author does not see.
_UNCONFIRMS = SystemJob("unconfirm_rules_of_another_scale", organisation_ids=None)


def unconfirm_rules(competency_ids: Collection[int]) -> None:
    """Let somebody confirm again what stands for which level: the scale of these competencies is
    another one than it was.

    The draft that they are in has to be locked. A rule that carried levels over is history.
    """
    ends = Q(after__in=competency_ids) | Q(before__in=competency_ids)
    with lifted(_UNCONFIRMS):
        rules = Crosswalk.objects.filter(ends, confirmed_at__isnull=False, carried_at__isnull=True)
        ids = list(rules.select_for_update(of=("self",)).values_list("pk", flat=True))
        CrosswalkLevel.objects.filter(crosswalk__in=ids).delete()
        Crosswalk.objects.filter(pk__in=ids).update(
            confirmed_at=None,
            confirmed_by=None,
            confirmed_by_client=None,
            revision=F("revision") + 1,
        )
