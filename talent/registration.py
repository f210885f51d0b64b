"""What the lower floors are told about talent while Django starts."""

from django.utils.translation import gettext_lazy as _

from accounts.emergency import register_section
from accounts.second_factor import OTHER_SIGHTS
from accounts.selectors.relations import Relation, register_tie
from accounts.standing import in_force_sql
from common.navigation import NavigationItem, add_item
from notifications.registry import register_need, register_wording
from pathways.successions import register_follower
from talent import needs, wordings
from talent.selectors.emergency import talent_sections
from talent.selectors.scope import seats_on_panels
from talent.services.pools_follow import pools_follow

# Only while the person lets the pool's organisation find them: hidden, they are nobody's candidate.
_ON_PANEL = in_force_sql(
    """
    SELECT 1 FROM talent_panelmember seat
      JOIN talent_pool pool ON pool.id = seat.pool_id
      JOIN talent_nomination put ON put.pool_id = pool.id
      JOIN talent_talentprofile found ON found.person_id = put.person_id
     WHERE seat.person_id = %(actor)s AND in_force(seat)
       AND put.person_id = %(person)s AND put.person_id <> %(actor)s
       AND put.state IN ('PROPOSED', 'ACCEPTED')
       AND found.found_until >= %(on)s AND pool.organisation_id = ANY(found.seen_from)
    """
)


def register_talent() -> None:
    register_section("talent", order=50, source=talent_sections)
    add_item(NavigationItem(_("Talent"), "talent:overview", order=60, covers=("talent:",)))
    register_tie(Relation.PANEL_MEMBER, _ON_PANEL)
    register_follower(pools_follow)
    OTHER_SIGHTS.append(seats_on_panels)
    register_wording("talent.panel_joined", wordings.panel_joined)
    register_wording("talent.panel_left", wordings.panel_left)
    register_wording("talent.put_forward", wordings.put_forward)
    register_wording("talent.nomination_decided", wordings.nomination_decided)
    register_wording("talent.readiness_judged", wordings.readiness_judged)
    register_need("talent.nominations_waiting", needs.nominations_waiting)
    register_need("talent.people_not_judged", needs.people_not_judged)
    register_need("talent.consent_ending", needs.consent_ending)
    register_need("talent.nominations_hidden", needs.nominations_hidden)
