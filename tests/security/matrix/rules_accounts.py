"""People, their posts, and the doors of sign-in and of programs."""

from dataclasses import replace
from datetime import date
from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import (
    OWN,
    Access,
    Door,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.ties import SEES_RECORD, Tie, covering, holding, there

_PERSON = frozenset({"id", "given_name", "family_name", "email", "is_active"})
_ASSIGNMENT = frozenset(
    {
        "id",
        "person_id",
        "employee_number",
        "wte",
        "starts_on",
        "ends_on",
        "organisation_code",
        "organisation_name",
        "post_title",
        "unit_name",
        "pay_system",
        "band",
        "staff_group",
        "is_management",
        "line_manager_id",
        "supervisor_id",
    }
)
_SELF = frozenset({Tie.SELF})
# Who stands in sees who is in the team.
_SEES_PERSON = SEES_RECORD | {Tie.DELEGATE}
_RUN_SIGN_IN = (Role.HR_ADMINISTRATOR, Role.ORGANISATION_ADMINISTRATOR)
_ADMINISTRATOR = Role.ORGANISATION_ADMINISTRATOR
_BREAK_GLASS = (*_RUN_SIGN_IN, Role.AUDITOR, Role.PLATFORM_OPERATOR)
PAGE = frozenset({"next", "results"})


def page_of(fields: frozenset[str]) -> frozenset[str]:
    """The fields of a list: those of the page, and those of each row in it."""
    return PAGE | {f"results.{name}" for name in fields}


def days(**given: date) -> dict[str, str]:
    """Days as forms send them, in three fields each."""
    parts = ("day", "month", "year")
    return {
        f"{name}_{part}": str(getattr(day, part)) for name, day in given.items() for part in parts
    }


_DAYS = days(starts_on=TODAY, ends_on=date(2027, 5, 1))


def _role(place: Place) -> dict[str, Any]:
    return {"role": "AUDITOR", "organisation": place.house.organisation.pk, **_DAYS}


def _stand_in(place: Place) -> dict[str, Any]:
    """Of one's own team, or as HR of the team of somebody else."""
    manager = "" if Tie.LEADS in place.ties else place.town.targets["boss"].person.email
    return {"manager": manager, "delegate": place.town.targets["colleague"].person.email, **_DAYS}


def _emergency(place: Place) -> dict[str, Any]:
    return {"email": place.target.person.email, "reason": "An investigation that cannot wait."}


def _giving() -> Access:
    """Whom one administers and sees; nobody gives themselves a role, so they are not there."""
    return Access(
        _SEES_PERSON,
        may=covering(_ADMINISTRATOR),
        body=_role,
        but={("organisation_administrator", "actor"): 404},
    )


def _ending_role() -> Access:
    seen = there(_ADMINISTRATOR, Role.AUDITOR)
    return Access(seen | _SELF, may=there(_ADMINISTRATOR), never=_SELF)


_NAMES_STAND_IN = frozenset({Tie.LEADS}) | holding(Role.HR_ADMINISTRATOR)
_HR_THERE = there(Role.HR_ADMINISTRATOR)
_ENDS_STAND_IN = Access(_SELF | _HR_THERE | there(Role.AUDITOR), may=_SELF | _HR_THERE)
# Who was told of it, and who reviews it: the auditors there, but never about themselves.
_KNOWS = _SELF | there(Role.AUDITOR)
_REVIEWS = Access(
    _KNOWS,
    may=there(Role.AUDITOR),
    never=_SELF,
    body=lambda place: {"verdict": "JUSTIFIED", "note": "There was no other way."},
)


def _looks_after(address: str, method: str, as_things_are: int | None = None) -> Rule:
    """How a colleague signs in: whose role covers everywhere the person belongs; never oneself."""
    access = Access(
        _SEES_PERSON,
        may=covering(*_RUN_SIGN_IN, Role.PLATFORM_OPERATOR),
        never=_SELF,
        as_things_are=as_things_are,
    )
    return about_person(address, "person", **{method: access})


RULES: list[Rule] = [
    ones_own("v1:people", get=Access(scope="people:read", fields=page_of(_PERSON))),
    about_person(
        "v1:person",
        "person",
        get=Access(_SEES_PERSON | {Tie.CLIENT}, scope="people:read", fields=_PERSON),
    ),
    ones_own("v1:assignments", get=Access(scope="people:read", fields=page_of(_ASSIGNMENT))),
    ones_own("accounts:second_step", get=OWN),
    ones_own("accounts:second_step_done", get=OWN),
    ones_own("accounts:session_list", get=OWN),
    ones_own("accounts:session_keep", get=OWN),
    ones_own("accounts:session_end_others", post=OWN),
    about_person("accounts:session_end", "sign_in", post=Access(_SELF)),
    ones_own(
        "accounts:colleague_find",
        get=Access(holding(*_RUN_SIGN_IN), unseen=403),
        post=Access(
            holding(*_RUN_SIGN_IN),
            unseen=403,
            body=lambda place: {"email": place.town.targets["colleague"].person.email},
        ),
    ),
    _looks_after("accounts:colleague_show", "get"),
    _looks_after("accounts:sign_in_stop", "post"),
    _looks_after("accounts:sign_in_allow", "post", as_things_are=409),
    _looks_after("accounts:second_step_reset", "post", as_things_are=409),
    ones_own("accounts:role_list", get=OWN),
    ones_own("accounts:role_find", get=Access(holding(_ADMINISTRATOR), unseen=403)),
    about_person(
        "accounts:role_give",
        "person",
        get=_giving(),
        post=_giving(),
    ),
    about_person("accounts:role_end", "grant", get=_ending_role(), post=_ending_role()),
    ones_own("accounts:stand_in_list", get=OWN),
    ones_own(
        "accounts:stand_in_add",
        get=Access(_NAMES_STAND_IN, unseen=403),
        post=Access(_NAMES_STAND_IN, unseen=403, body=_stand_in),
    ),
    about_person("accounts:stand_in_end", "delegation", get=_ENDS_STAND_IN, post=_ENDS_STAND_IN),
    ones_own("accounts:reading_list", get=OWN),
    ones_own("accounts:ledger_search", get=Access(holding(Role.AUDITOR), unseen=403)),
    ones_own("accounts:emergency_list", get=OWN),
    ones_own("accounts:equality_show", get=OWN),
    ones_own("accounts:equality_answer", get=OWN, post=OWN),
    ones_own("accounts:equality_delete", post=Access(as_things_are=409)),
    ones_own("accounts:equality_stop", get=OWN, post=OWN),
    ones_own("accounts:equality_resume", post=Access(as_things_are=409)),
    Rule(
        "accounts:emergency_open",
        {
            "get": Access(holding(*_BREAK_GLASS), unseen=403),
            "post": Access(
                holding(*_BREAK_GLASS),
                may=covering(*_BREAK_GLASS),
                never=_SELF,
                unseen=403,
                refused=422,
                body=_emergency,
            ),
        },
        of="person",
    ),
    about_person("accounts:emergency_show", "emergency", get=Access(_KNOWS)),
    about_person("accounts:emergency_end", "emergency", post=Access(_KNOWS, may=frozenset())),
    about_person("accounts:emergency_review", "emergency", post=_REVIEWS),
]

_RUN_PROGRAMS = (_ADMINISTRATOR, Role.PLATFORM_OPERATOR)
_PROGRAMS = Access(there(*_RUN_PROGRAMS))


def _program(place: Place) -> dict[str, Any]:
    body = {"name": "A new program", "scopes": ["people:read"]}
    return {**body, "organisation": place.house.organisation.pk}


RULES += [
    ones_own("accounts:program_list", get=Access(holding(*_RUN_PROGRAMS), unseen=403)),
    ones_own(
        "accounts:program_open",
        get=Access(holding(*_RUN_PROGRAMS), unseen=403),
        post=Access(holding(*_RUN_PROGRAMS), unseen=403, body=_program),
    ),
    about_organisation("accounts:program_show", "program", get=_PROGRAMS),
    about_organisation(
        "accounts:program_narrow",
        "program",
        get=_PROGRAMS,
        post=replace(_PROGRAMS, body=lambda place: {"scopes": ["people:read"]}),
    ),
    about_organisation("accounts:program_stop", "program", get=_PROGRAMS, post=_PROGRAMS),
    about_organisation("accounts:secret_add", "program", post=_PROGRAMS),
    about_organisation("accounts:secret_revoke", "program_secret", get=_PROGRAMS, post=_PROGRAMS),
    ones_own("accounts:identity_list", get=OWN),
    about_person("accounts:identity_unlink", "identity", post=Access(_SELF)),
]

# A form that is empty says what is missing.
_FORM = {"get": 200, "post": 422}
_HOME = {"get": 302, "post": 302}
_SIGN_IN = {"get": 302, "post": 302}
_SHUT = {"get": 404, "post": 404}
_READ = {"get": 200, "post": 405}
_ONLY_POST = {"get": 405, "post": 400}
# The password is asked for again first.
_AGAIN = {"get": 302, "post": 302}
_SAYS_SO = {"get": 200, "post": 200}
_NO_SUCH = {"get": 405, "post": 404}
_UNUSED = "the library offers it and we do not: nothing is there"
_DEMONSTRATION = "the demonstration's door, where it exists at all"
_PROGRAM = "a program's secret opens it"
_STEP = "one's own second step"
_WHERE_ONE_WORKS = "where one may sign in is told to whoever wants to"
_NOT_OFFERED = {"get": 404, "post": 405}
_CODE = {"ods_code": "RX0"}

DOORS: list[Door] = [
    Door("account_login", "signing in", _FORM, _HOME),
    Door(
        "account_logout",
        "signing out asks nobody who they are",
        _SIGN_IN,
        {"get": 200, "post": 302},
    ),
    Door("account_inactive", "says that an account is stopped", _READ, _READ),
    Door("account_signup", "nobody opens an account here", _SAYS_SO, _HOME),
    Door("account_reauthenticate", "asks for one's own password again", _SIGN_IN, _FORM),
    Door("account_email", _UNUSED, _SHUT, _SHUT),
    Door("account_email_verification_sent", _UNUSED, _SHUT, _SHUT),
    Door("account_change_password", "one's own password", _SIGN_IN, _FORM),
    Door("account_set_password", _UNUSED, _SHUT, _SHUT),
    Door("account_reset_password", "a link goes to the address of an account", _FORM, _FORM),
    Door("account_confirm_login_code", _UNUSED, _SHUT, _SHUT),
    Door("account_confirm_email", _UNUSED, _SHUT, _SHUT, {"key": "a-key"}),
    Door(
        "account_reset_password_from_key",
        "opened by the link that was sent",
        _FORM,
        _FORM,
        {"uidb36": "1", "key": "a-key"},
    ),
    Door("account_reset_password_from_key_done", "a sentence", _READ, _READ),
    Door("account_reset_password_done", "a sentence", _READ, _READ),
    Door("accounts:organisation_choose", _WHERE_ONE_WORKS, _READ, _READ),
    Door("accounts:organisation_show", _WHERE_ONE_WORKS, _NOT_OFFERED, _NOT_OFFERED, _CODE),
    Door("accounts:organisation_go", _WHERE_ONE_WORKS, _NOT_OFFERED, _NOT_OFFERED, _CODE),
    Door("accounts:organisation_done", _WHERE_ONE_WORKS, _NOT_OFFERED, _NOT_OFFERED, _CODE),
    Door("accounts:identity_link", "one's own organisation", _SIGN_IN, _NOT_OFFERED, _CODE),
    Door("mfa_index", _STEP, _SIGN_IN, _READ),
    Door("mfa_authenticate", "the second step of signing in", _SIGN_IN, _HOME),
    Door("mfa_reauthenticate", _STEP, _SIGN_IN, _AGAIN),
    Door("mfa_activate_totp", _STEP, _SIGN_IN, _AGAIN),
    Door("mfa_deactivate_totp", _STEP, _SIGN_IN, _SHUT),
    Door("mfa_view_recovery_codes", _STEP, _SIGN_IN, {"get": 404, "post": 405}),
    Door("mfa_generate_recovery_codes", _STEP, _SIGN_IN, _AGAIN),
    Door("mfa_download_recovery_codes", _STEP, _SIGN_IN, _SHUT),
    Door("mfa_add_webauthn", _STEP, _SIGN_IN, _AGAIN),
    Door("mfa_reauthenticate_webauthn", _STEP, _SIGN_IN, _AGAIN),
    Door("mfa_login_webauthn", "signing in with a passkey", _SIGN_IN, _HOME),
    Door("mfa_remove_webauthn", _STEP, _SIGN_IN, _AGAIN, {"pk": 1}),
    Door("mfa_edit_webauthn", _STEP, _SIGN_IN, _AGAIN, {"pk": 1}),
    Door("idp:oidc:configuration", "what programs may ask, public by its standard", _READ, _READ),
    Door("idp:oidc:jwks", "public keys", _READ, _READ),
    Door("idp:oidc:authorization", _UNUSED, _SHUT, _SHUT),
    Door("idp:oidc:device_authorization", _UNUSED, _SHUT, _SHUT),
    Door("idp:oidc:logout", _UNUSED, _SHUT, _SHUT),
    Door("idp:oidc:token", _PROGRAM, _ONLY_POST, _ONLY_POST),
    Door("idp:oidc:revoke", _PROGRAM, _ONLY_POST, _ONLY_POST),
    Door("idp:oidc:device_code", _UNUSED, _SHUT, _SHUT),
    Door("idp:oidc:userinfo", _UNUSED, _SHUT, _SHUT),
    Door("api-schema", "the description of the API", _READ, _READ),
    Door("api-docs", "the description of the API as a page", _READ, _READ),
    Door("demo:persona_list", _DEMONSTRATION, _READ, _READ),
    Door("demo:persona_sign_in", _DEMONSTRATION, _NO_SUCH, _NO_SUCH, {"slug": "nobody"}),
]
