"""What accredits something and has to be renewed."""

from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import Access, Place, Rule, about_organisation, ones_own
from tests.security.matrix.rules_accounts import days
from tests.security.matrix.ties import holding, there

_LEADS = (Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_KEEPS = there(*_LEADS)
_TERMS = {"route": "Evenings", "admission": "OPEN", "languages": ["en"], "price_pence": "99.50"}


_WORDS = {"title": "Leading at night", "mode": "ONLINE"}


def _accreditation(place: Place) -> dict[str, Any]:
    return {
        "of": f"offering-{place.town.houses['ours'].rows['offering'].pk}",
        "body": place.town.houses["ours"].rows["accreditation"].body_id,
        **days(starts_on=TODAY.replace(year=2030)),
    }


def _offered(place: Place) -> dict[str, Any]:
    ours = place.town.houses["ours"]
    return {**_TERMS, "programme": ours.rows["programme"].code, "host": ours.organisation.pk}


def _written(place: Place) -> dict[str, Any]:
    return {**_WORDS, "code": "NIGHTS", "owner": place.town.houses["ours"].organisation.pk}


RULES: list[Rule] = [
    ones_own(
        "courses:own_programme_list",
        get=Access(holding(*_LEADS), unseen=403),
        post=Access(holding(*_LEADS), unseen=403, body=_written),
    ),
    about_organisation(
        "courses:own_programme_show",
        "own_programme",
        get=Access(_KEEPS),
        post=Access(_KEEPS, body=lambda place: _WORDS),
    ),
    ones_own("courses:offering_list", get=Access(holding(*_LEADS), unseen=403)),
    ones_own(
        "courses:offering_add",
        get=Access(holding(*_LEADS), unseen=403),
        post=Access(holding(*_LEADS), unseen=403, body=_offered),
    ),
    about_organisation(
        "courses:offering_show",
        "offering",
        get=Access(_KEEPS),
        post=Access(_KEEPS, body=lambda place: _TERMS),
    ),
    ones_own("courses:accreditation_list", get=Access(holding(*_LEADS), unseen=403)),
    ones_own(
        "courses:accreditation_add",
        get=Access(holding(*_LEADS), unseen=403),
        post=Access(holding(*_LEADS), unseen=403, body=_accreditation),
    ),
    about_organisation(
        "courses:accreditation_show",
        "accreditation",
        get=Access(_KEEPS),
        post=Access(_KEEPS, body=lambda place: {"step": "submit"}),
    ),
]
