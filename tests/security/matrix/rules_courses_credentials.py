"""Certificates, what is published about them, and the keys they are signed with."""

import uuid
from collections.abc import Callable
from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import (
    OWN,
    Access,
    Door,
    Place,
    Rule,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, holding, there

_ISSUERS = (Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_ADMINISTRATOR = Role.ORGANISATION_ADMINISTRATOR
_SELF = frozenset({Tie.SELF})
_SEES = SEES_RECORD | there(*_ISSUERS)
_AWARD = frozenset(
    {
        *("id", "person_id", "organisation_id", "serial", "title", "person_name", "issuer"),
        *("programme", "level", "body", "accreditation", "hours", "credits", "completed_on"),
        *("issued_on", "expires_on", "state", "ended_at", "end_reason", "replaces"),
    }
)


def _certificate(
    address: str, further: dict[str, Callable[[Place], Any]] | None = None, **methods: Access
) -> Rule:
    """An address that names a certificate by its random number."""
    return Rule(address, methods, "certificate", "person", "public_id", further=further or {})


def _ends(body: dict[str, Any]) -> Access:
    """Whoever issues there, and nobody with a certificate of their own."""
    return Access(_SEES, may=there(*_ISSUERS), never=_SELF, body=lambda place: body)


def _by_name(place: Place) -> dict[str, Any]:
    """An award to one's report: whoever has the role sees at least those."""
    ours = place.town.houses["ours"]
    return {
        "email": place.town.targets["report"].person.email,
        "organisation": ours.organisation.pk,
        "award": ours.rows["own_award"].pk,
        **days(completed_on=TODAY),
    }


_KEEPS_KEYS = Access(there(_ADMINISTRATOR))
RULES: list[Rule] = [
    ones_own("courses:certificate_list", get=OWN),
    about_person(
        "courses:certificate_list_of_person",
        "person",
        get=Access(SEES_RECORD | {Tie.DELEGATE}),
    ),
    _certificate("courses:certificate_show", get=Access(_SEES)),
    _certificate("courses:certificate_timeline", get=Access(_SEES)),
    _certificate("courses:certificate_pdf", post=Access(_SEES)),
    _certificate("courses:certificate_file", {"kind": lambda place: "svg"}, get=Access(_SELF)),
    ones_own("courses:certificates_issued", get=Access(holding(*_ISSUERS), unseen=403)),
    ones_own(
        "courses:certificate_issue",
        get=Access(holding(*_ISSUERS), unseen=403),
        post=Access(holding(*_ISSUERS), unseen=403, body=_by_name),
    ),
    _certificate(
        "courses:certificate_revoke",
        get=_ends({}),
        post=_ends({"reason": "OTHER", "text": "It was another day"}),
    ),
    _certificate(
        "courses:certificate_reissue",
        get=_ends({}),
        post=_ends(
            {"person_name": "Another name", "reason": "Married", **days(completed_on=TODAY)}
        ),
    ),
    ones_own("courses:issuer_list", get=Access(holding(_ADMINISTRATOR), unseen=403)),
    Rule(
        "courses:key_end",
        {"get": _KEEPS_KEYS, "post": _KEEPS_KEYS},
        "signing_key",
        "organisation",
        further={"step": lambda place: "change"},
    ),
    ones_own("v1:award_list", get=Access(scope="awards:read", fields=page_of(_AWARD))),
]

_NOBODY = {"public_id": uuid.UUID(int=2**100)}
_SHUT = {"get": 404, "post": 405}
_PUBLISHED = "keys and lists are published for whoever checks a certificate"
DOORS: list[Door] = [
    Door("courses:issuer_did", _PUBLISHED, _SHUT, _SHUT, _NOBODY),
    Door("courses:issuer_jwks", _PUBLISHED, _SHUT, _SHUT, _NOBODY),
    Door("courses:status_list", _PUBLISHED, _SHUT, _SHUT, _NOBODY),
    Door(
        "courses:certificate_check",
        "opens for whoever has the link, which nobody can guess",
        _SHUT,
        _SHUT,
        {"token": "x" * 43},
    ),
    Door(
        "courses:credential_check",
        "judges what is sent to it, and tells of no row",
        {"get": 200, "post": 422},
        {"get": 200, "post": 422},
    ),
]
