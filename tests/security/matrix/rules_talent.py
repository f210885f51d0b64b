"""Being found, the search, pools and nominations."""

from datetime import date

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import days
from tests.security.matrix.ties import Tie, finding, holding, there

_SELF = frozenset({Tie.SELF})
_SEARCHES = holding(Role.TALENT_LEAD)
# Only whom the person's own consent reaches finds them.
_FINDS = finding(Role.TALENT_LEAD)
_POOL = frozenset({Tie.MEMBER}) | there(Role.TALENT_LEAD)
# The panel reads who is put forward, and decides nothing.
_NOMINATION = _FINDS | {Tie.SELF, Tie.NOMINATOR, Tie.PANEL}
_RUNS_PANEL = there(Role.TALENT_LEAD)


def _somebody_for_the_panel(place: Place) -> dict[str, str]:
    return {"email": place.town.targets["colleague"].person.email, **days(starts_on=TODAY)}


_ADDS = Access(_POOL, may=_RUNS_PANEL, body=_somebody_for_the_panel)

RULES: list[Rule] = [
    ones_own("talent:overview", get=OWN),
    ones_own(
        "talent:consent_edit",
        get=OWN,
        post=Access(
            body=lambda place: {"scope": "ORGANISATION", **days(until=date(2027, 5, 1))},
            # Who belongs to no organisation has no talent team to be found by.
            but={("gone", "ours"): 422},
        ),
    ),
    ones_own("talent:consent_withdraw", post=OWN),
    ones_own("talent:reading_list", get=OWN),
    ones_own("talent:profile_list", get=Access(_SEARCHES, unseen=403)),
    about_person("talent:profile_show", "person", get=Access(_FINDS)),
    about_person(
        "talent:readiness_judge",
        "person",
        post=Access(
            _FINDS,
            never=_SELF,
            body=lambda place: {"readiness": "READY_NOW", "reason": "Led two services"},
        ),
    ),
    ones_own("talent:pool_list", get=OWN),
    about_organisation("talent:pool_show", "pool", get=Access(_POOL)),
    about_organisation(
        "talent:nomination_add",
        "empty_pool",
        get=Access(_POOL),
        post=Access(
            _POOL,
            body=lambda place: {"who": "me", "reason": "I am ready"},
            # A pool is for people of its organisation; who covers it from above is not one.
            but={("talent_lead_above", "neighbour"): 422},
        ),
    ),
    about_organisation("talent:panel_add", "empty_pool", get=_ADDS, post=_ADDS),
    about_organisation(
        "talent:panel_end", "panel_seat", get=Access(_RUNS_PANEL), post=Access(_RUNS_PANEL)
    ),
    about_person("talent:nomination_show", "nomination", get=Access(_NOMINATION)),
    about_person("talent:nomination_timeline", "nomination", get=Access(_NOMINATION)),
    about_person(
        "talent:nomination_decide",
        "nomination",
        post=Access(
            _NOMINATION,
            may=_FINDS,
            never=frozenset({Tie.SELF, Tie.NOMINATOR}),
            body=lambda place: {"step": "accept", "reason": "Led two services"},
        ),
    ),
    about_person("talent:nomination_withdraw", "nomination", post=Access(_NOMINATION, may=_SELF)),
]
