"""How allauth behaves here: people come from the HR system or a command, never by signing up."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import second_factor
from accounts.encryption import KeyRing
from accounts.models import Person
from common.http.redirects import is_page_of_ours

log = structlog.get_logger(__name__)

# allauth encrypts before there is a row; that a seed is its owner's follows from the row it is in.
BOUND_TO = "seed"

# What a mail about a change of one's account says; the library names the change.
CHANGES: Mapping[str, str | Promise] = {
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _(
        "New recovery codes were made for your account. The old ones no longer work."
    ),
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_set": _("A password was chosen for your account."),
    "account/email/password_reset": _("The password of your account was changed."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask your HR team if it should be open."),
        "email_password_mismatch": _(
            "The email address or the password is not right. Check both and enter them again."
        ),
        "enter_current_password": _("Enter the password you use now"),
        "incorrect_password": _("This is not your password. Enter it again."),
        "incorrect_code": _("This passkey could not be checked. Use it again, or enter a code."),
        "too_many_login_attempts": _("There were too many tries. Wait 5 minutes, then try again."),
        "rate_limited": _("There were too many tries. Wait 5 minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        return is_page_of_ours(context.request, url)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second step proves with that who they are: a password is not enough."""
        known: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [method for method in known if method["id"] != "reauthenticate"]
        return stronger or known

    def get_login_stages(self) -> list[str]:
        """An organisation's own second step stands in for ours where it is agreed that it does."""
        stages: list[str] = super().get_login_stages()
        if getattr(context.request, "second_step_passed_there", False):
            stages.remove("allauth.mfa.stages.AuthenticateStage")
        return stages

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just typed the password to sign in need not type it again for a first step."""
        request = context.request
        if second_factor.has_second_step(request.user):
            moment = timezone.now()  # noqa: TID251 (allauth passes no time)
            return not second_factor.has_fresh_second_factor(request, now=moment)
        if app == "allauth.mfa":
            return not second_factor.gave_password_just_now(request)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """One mail for every change, to the address the organisation knows somebody by."""
        told = {**(context or {}), "change": CHANGES[template_prefix], "timestamp": timezone.now()}  # noqa: TID251 (allauth passes no time)
        try:
            self.send_mail("account/email/account_changed", user.email, told)
        except OSError as away:
            # The change is made; a mail server that is away does not undo it.
            log.warning("mail_about_account_not_sent", person=user.pk, error=type(away).__name__)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for every way to write an address that the database finds the same under."""
        return "sign-in:" + written_alike(str(credentials.get("email", "")))


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right, or was used before. Enter the code your app shows now."
        ),
        "cannot_delete_authenticator": _(
            "You can see other people's records, so you need a second step. Add another one "
            "before you remove this one."
        ),
        "cannot_generate_recovery_codes": _(
            "Set up an authenticator app or a passkey first. Recovery codes stand in for those."
        ),
    }

    def get_totp_issuer(self) -> str:
        return "Waymark"

    def _get_site_name(self) -> str:
        return "Waymark"

    def encrypt(self, text: str) -> str:
        return seeds_ring().encrypt(text, bound_to=BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds_ring().decrypt(encrypted_text, bound_to=BOUND_TO)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second step stays while its owner needs one."""
        others = Authenticator.objects.filter(
            user=authenticator.user_id, type__in=second_factor.STEPS
        ).exclude(pk=authenticator.pk)
        person = Person.objects.get(pk=authenticator.user_id)
        today = timezone.localdate()  # noqa: TID251 (allauth passes no day)
        return others.exists() or not second_factor.needs_second_factor(person, on=today)


def seeds_ring() -> KeyRing:
    """The keys under which the seeds of one-time and recovery codes are kept."""
    return KeyRing(
        [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], purpose="second step of sign-in"
    )


def written_alike(address: str) -> str:
    """``address`` without what case, width and accents make different.

    Upper case first: the database compares so, and some letters have only one of the two.
    """
    plain = unicodedata.normalize("NFKD", address.strip().upper().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
