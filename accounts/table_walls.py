"""Row-level security of people, posts, roles and the ledger; and our opinion on other apps'."""

from accounts import scope_middleware  # noqa: F401 - connects the scope to signing in
from accounts.walls import (
    AnyOf,
    Concerning,
    Declared,
    Open,
    Organisation,
    Own,
    Parent,
    Written,
    declare,
)

_PUBLIC = "Names and codes of organisations are public facts."
_SIGN_IN = "Read before anybody is known; holds no more than what opens a door."
_HASHES = "Hashes of events, which say nothing of what is in them."
_DJANGO = "Django's own: names of tables and of rights, and nothing of anybody."

_ABOUT_A_PERSON = AnyOf((Organisation(), Concerning()))

WALLS: Declared = {
    "accounts_organisation": Open(_PUBLIC),
    "accounts_organisationparent": Open(_PUBLIC),
    "accounts_organisationsuccession": Open(_PUBLIC),
    # A person belongs to no organisation by themselves: what ties them to one is walled, and so is
    # everything about them. Their own row is found by e-mail address before they are known.
    "accounts_person": Open("Found by e-mail address before anybody is known."),
    "accounts_unit": AnyOf(
        (
            Organisation(is_shared=True),
            Written("EXISTS (SELECT FROM accounts_post held WHERE held.unit_id = {table}.id)"),
        )
    ),
    "accounts_post": AnyOf(
        (
            Organisation(),
            Written(
                "EXISTS (SELECT FROM accounts_assignment held WHERE held.post_id = {table}.id)"
            ),
        )
    ),
    "accounts_assignment": _ABOUT_A_PERSON,
    "accounts_boardseat": _ABOUT_A_PERSON,
    "accounts_reportingline": AnyOf(
        (Concerning(), Own(("manager_id",)), Parent("assignment_id", "accounts_assignment"))
    ),
    # Whoever belongs below an organisation may learn whom to ask there.
    "accounts_rolegrant": AnyOf((Organisation(is_shared=True), Own(("person_id",)))),
    "accounts_delegation": AnyOf((Organisation(), Own(("manager_id", "delegate_id")))),
    "accounts_apiclient": Organisation(),
    "accounts_apiclientsecret": Parent("client_id", "accounts_apiclient"),
    "accounts_monitoringcode": Open("The national codes of the answers, nobody's answers."),
    "accounts_event": AnyOf(
        (
            Organisation(),
            Own(("by_person_id", "subject_id")),
            Written("EXISTS (SELECT FROM accounts_apiclient c WHERE c.id = {table}.by_client_id)"),
        )
    ),
    "accounts_eventtext": Parent("event_id", "accounts_event"),
    "accounts_ledgerlink": Open(_HASHES),
    "accounts_ledgerpending": Open(_HASHES),
    "accounts_ledgercheck": Open(_HASHES),
    "accounts_emergencyaccess": AnyOf((Organisation(), Own(("person_id", "subject_id")))),
    "accounts_organisationsignin": Open(_SIGN_IN),
    "accounts_staffidentity": Open(_SIGN_IN),
    "accounts_retentionrule": Organisation(or_national=True),
    "accounts_legalhold": AnyOf((Organisation(), Own(("set_by_id",)))),
    "accounts_retentionrun": Organisation(),
    "accounts_retentioncount": Parent("run_id", "accounts_retentionrun"),
    "mfa_authenticator": Open(_SIGN_IN),
    "usersessions_usersession": Open(_SIGN_IN),
    "account_emailaddress": Open(_SIGN_IN),
    "account_emailconfirmation": Open(_SIGN_IN),
    "allauth_idp_oidc_client": Open(_SIGN_IN),
    "allauth_idp_oidc_token": Open(_SIGN_IN),
    "django_session": Open(_SIGN_IN),
    "auth_permission": Open(_DJANGO),
    "auth_group": Open(_DJANGO),
    "auth_group_permissions": Open(_DJANGO),
    "django_content_type": Open(_DJANGO),
    "django_migrations": Open(_DJANGO),
}


def declare_own_walls() -> None:
    declare(WALLS)
