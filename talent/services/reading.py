"""Opening somebody's talent profile or nomination, which the person can see was done."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.selectors.relations import Relation, roles_at
from accounts.services.reading import record_reading
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Forbidden
from talent.models import Nomination, TalentProfile
from talent.policies import may_search
from talent.selectors.profiles import READ_NOMINATION, READ_PROFILE


@transaction.atomic
def open_profile(*, profile: TalentProfile, by: Actor, now: datetime) -> Event | None:
    """Record that ``by`` read ``profile``, once a day; reading one's own leaves no trace."""
    if isinstance(by, Person) and by.pk == profile.person_id:
        return None
    granted = standing(by, on=london_date(now)).granted
    if not may_search(granted.keys()):
        raise Forbidden(
            _("Only talent leads can read talent profiles."), code="may_not_read_profile"
        )
    through = granted["TALENT_LEAD"] & frozenset(profile.seen_from)
    return record_reading(
        parties=(profile.person_id,),
        by=by,
        now=now,
        verb=READ_PROFILE,
        about=profile,
        rule="may_search",
        organisation_id=profile.organisation_id,
        subject_id=profile.person_id,
        facts={"as": "TALENT_LEAD", "through": sorted(through)},
    )


@transaction.atomic
def open_nomination(*, nomination: Nomination, by: Person, now: datetime) -> Event | None:
    """Record that ``by`` read ``nomination``, once a day; the two whose it is leave no trace."""
    roles = roles_at(by, nomination.pool.organisation_id, on=london_date(now))
    is_lead = Relation.TALENT_LEAD in roles
    return record_reading(
        parties=(nomination.person_id, nomination.nominated_by_id),
        by=by,
        now=now,
        verb=READ_NOMINATION,
        about=nomination,
        rule="leads_pool" if is_lead else "is_on_panel",
        organisation_id=nomination.pool.organisation_id,
        subject_id=nomination.person_id,
        facts={
            "as": Relation.TALENT_LEAD.value if is_lead else Relation.PANEL_MEMBER.value,
            "through": [nomination.pool.organisation_id],
        },
    )
