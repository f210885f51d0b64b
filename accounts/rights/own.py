"""What the tables of this floor, and of the libraries for signing in, hold of a person."""

from datetime import date

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, BoardSeat
from accounts.rights.accountability import declare_accountability
from accounts.rights.classes import SIGN_IN, STAFF_RECORD
from accounts.rights.registry import (
    Clear,
    Delete,
    Expiry,
    Holding,
    Keep,
    Link,
    Withheld,
    holds_nobody,
    register,
    register_expiry,
)

ERASED_NAME = "Erased person"
ERASED_DOMAIN = "erased.invalid"


def declare_own() -> None:
    _people()
    _employment()
    declare_accountability()
    _signing_in()
    holds_nobody(
        "accounts",
        ("Organisation", "OrganisationParent", "OrganisationSuccession", "Unit", "Post"),
        because="Organisations and posts exist whoever holds them.",
    )
    holds_nobody(
        "accounts",
        ("ApiClient", "ApiClientSecret"),
        because="A program acts for an organisation, never a person.",
    )
    holds_nobody("accounts", ("MonitoringCode",), because="Codes to answer with, not answers.")
    holds_nobody("contenttypes", ("ContentType",), because="Names of tables.")
    holds_nobody(
        "auth",
        ("Permission", "Group", "Group_permissions"),
        because="Access follows dated roles; these tables of Django are empty.",
    )


def _people() -> None:
    register(
        Holding(
            "accounts.Person",
            title=_("You"),
            record_class=STAFF_RECORD,
            key="person",
            links=(
                Link(
                    "pk",
                    shown=(
                        "given_name",
                        "family_name",
                        "email",
                        "is_active",
                        "joined_at",
                        "last_login",
                    ),
                    withheld={"password": Withheld.SECURITY},
                    on_erasure=Clear(
                        {
                            "given_name": "",
                            "family_name": ERASED_NAME,
                            "email": lambda person: f"erased-{person.pk}@{ERASED_DOMAIN}",
                            "password": lambda person: make_password(None),
                            "is_active": False,
                            "last_login": None,
                        },
                        because=_("The ledger and the records of others point to this row."),
                    ),
                ),
            ),
        )
    )

    register_expiry(
        Expiry(
            "accounts.people_who_left",
            title=_("People who left"),
            model_label="accounts.Person",
            record_class=STAFF_RECORD,
            due=_left,
            person="pk",
        )
    )


def _left(before: date) -> Q:
    """Nobody in post since: an erasure, decided for each of them, is what follows a review."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gt=before)
    posts = Assignment.objects.filter(still).values("person_id")
    seats = BoardSeat.objects.filter(still).values("person_id")
    return ~Q(pk__in=posts) & ~Q(pk__in=seats) & ~Q(email__endswith=f"@{ERASED_DOMAIN}")


def _employment() -> None:
    days = ("starts_on", "ends_on")
    post = ("post__title", "post__band", "organisation__name", "wte", "employee_number")
    register(
        Holding(
            "accounts.Assignment",
            title=_("Posts"),
            record_class=STAFF_RECORD,
            links=(Link("person", shown=(*post, *days), on_erasure=Delete()),),
        )
    )
    register(
        Holding(
            "accounts.ReportingLine",
            title=_("Line managers and supervisors"),
            record_class=STAFF_RECORD,
            links=(
                Link(
                    "person",
                    shown=("kind", "assignment__post__title", "manager", *days),
                    on_erasure=Delete(),
                ),
                Link(
                    "manager",
                    is_about=False,
                    shown=("kind", *days),
                    on_erasure=Keep(_("It is part of the employment of whom they managed.")),
                ),
            ),
        )
    )
    register(
        Holding(
            "accounts.Delegation",
            title=_("Standing in for somebody"),
            record_class=STAFF_RECORD,
            links=(
                Link(
                    "manager",
                    shown=("delegate", "organisation__name", *days),
                    on_erasure=Delete(),
                ),
                Link(
                    "delegate",
                    shown=("manager", "organisation__name", *days),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    for label, title, what in (
        ("accounts.BoardSeat", _("Seats on boards"), "kind"),
        ("accounts.RoleGrant", _("Roles"), "role"),
    ):
        shown = (what, "organisation__name", *days)
        link = Link("person", shown=shown, on_erasure=Delete())
        register(Holding(label, title=title, record_class=STAFF_RECORD, links=(link,)))


def _signing_in() -> None:
    register(
        Holding(
            "account.EmailAddress",
            title=_("E-mail addresses for signing in"),
            links=(Link("user", shown=("email", "verified", "primary"), on_erasure=Delete()),),
            record_class=SIGN_IN,
        )
    )
    register(
        Holding(
            "account.EmailConfirmation",
            title=_("Confirmations of e-mail addresses"),
            links=(
                Link(
                    "email_address__user",
                    shown=("created", "sent"),
                    withheld={"key": Withheld.SECURITY},
                    on_erasure=Delete(),
                ),
            ),
            record_class=SIGN_IN,
        )
    )
    register(
        Holding(
            "sessions.Session",
            title=_("Browsers that are signed in"),
            links=(),
            record_class=SIGN_IN,
        )
    )
    programs = _("A program goes on to act for its organisation.")
    register(
        Holding(
            "allauth_idp_oidc.Client",
            title=_("Programs you opened"),
            links=(
                Link(
                    "owner",
                    is_about=False,
                    shown=("name", "created_at"),
                    on_erasure=Clear({"owner": None}, because=programs),
                ),
            ),
            record_class=SIGN_IN,
        )
    )
    secret = dict.fromkeys(("hash", "data", "client"), Withheld.SECURITY)
    register(
        Holding(
            "allauth_idp_oidc.Token",
            title=_("Keys of programs that act for you"),
            links=(
                Link(
                    "user",
                    shown=("type", "scopes", "created_at", "expires_at"),
                    withheld=secret,
                    on_erasure=Delete(),
                ),
            ),
            record_class=SIGN_IN,
        )
    )
    _staff_identities()
    _second_steps()


def _staff_identities() -> None:
    link = Link(
        "person",
        shown=("organisation__name", "tenant_id", "object_id", "linked_at"),
        on_erasure=Delete(),
    )
    register(
        Holding(
            "accounts.StaffIdentity",
            title=_("Accounts you sign in with"),
            links=(link,),
            record_class=SIGN_IN,
        )
    )
    holds_nobody(
        "accounts", ("OrganisationSignIn",), because="How an organisation's people sign in."
    )


def _second_steps() -> None:
    """Tables of the sign-in library that are there when its parts are installed."""
    for label, title, shown, secret in (
        ("mfa.Authenticator", _("Second steps"), ("type", "created_at", "last_used_at"), ("data",)),
        (
            "usersessions.UserSession",
            _("Where you are signed in"),
            ("created_at", "last_seen_at", "ip", "user_agent"),
            ("session_key", "data"),
        ),
        (
            "socialaccount.SocialAccount",
            _("Accounts you sign in with"),
            ("provider", "uid", "last_login", "date_joined", "extra_data"),
            (),
        ),
    ):
        if apps.is_installed(f"allauth.{label.partition('.')[0]}"):
            withheld = dict.fromkeys(secret, Withheld.SECURITY)
            link = Link("user", shown=shown, withheld=withheld, on_erasure=Delete())
            register(Holding(label, title=title, links=(link,), record_class=SIGN_IN))
    if apps.is_installed("allauth.socialaccount"):
        holds_nobody("socialaccount", ("SocialApp",), because="Settings of an identity provider.")
        keys = dict.fromkeys(("token", "token_secret", "app"), Withheld.SECURITY)
        link = Link("account__user", shown=("expires_at",), withheld=keys, on_erasure=Delete())
        title = _("Keys of accounts you sign in with")
        register(
            Holding("socialaccount.SocialToken", title=title, links=(link,), record_class=SIGN_IN)
        )
