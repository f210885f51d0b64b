"""The sign-in forms of allauth in our words: what to enter, not that something is invalid."""

import re
import struct
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base import forms as steps
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import EmergencyVerdict, Person
from accounts.models.emergency import SHORTEST_REASON
from accounts.one_time import spend_code
from accounts.selectors.emergency import person_answered_for
from common import forms as nhs


def _reword(
    form: forms.BaseForm, name: str, *, label: Any, missing: Any, hint: Any = "", width: int = 20
) -> None:
    field: Any = form.fields[name]
    field.label, field.help_text, field.width = label, hint, width
    field.error_messages["required"] = missing


def _reword_email(form: forms.BaseForm, name: str) -> None:
    _reword(form, name, label=_("Email address"), missing=_("Enter your email address"))
    form.fields[name].error_messages["invalid"] = _(
        "Enter an email address in the correct format, like name@example.nhs.uk"
    )
    # The field checks with a validator whose code is "invalid", so one sentence serves both.
    form.fields[name].widget.attrs["spellcheck"] = "false"


def _reword_new_password(form: forms.BaseForm) -> None:
    _reword(
        form,
        "password1",
        label=_("New password"),
        missing=_("Enter a new password"),
        hint=_("Use 12 characters or more, and not a common word. Three words in a row work well."),
    )
    _reword(
        form,
        "password2",
        label=_("New password again"),
        missing=_("Enter the new password again"),
    )


class SignInForm(allauth.LoginForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword_email(self, "login")
        _reword(self, "password", label=_("Password"), missing=_("Enter your password"))


class AskForResetForm(allauth.ResetPasswordForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword_email(self, "email")


class ResetPasswordForm(allauth.ResetPasswordKeyForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword_new_password(self)


class ChangePasswordForm(allauth.ChangePasswordForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, "oldpassword", label=_("Current password"), missing=_("Enter your password"))
        _reword_new_password(self)


class ConfirmPasswordForm(allauth.ReauthenticateForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, "password", label=_("Password"), missing=_("Enter your password"))


class EmergencyForm(nhs.NHSForm):
    """Whose record, why, and, for auditors, why the person is not told."""

    email = nhs.EmailField(
        label=_("Email address of the person whose record you must read"),
        missing=_("Enter the email address of the person"),
        label_size="s",
    )
    reason = nhs.TextField(
        label=_("Why must you read it now?"),
        missing=_("Enter why you must read the record now"),
        hint=_("The reviewers read this, and so does the person unless the law forbids it."),
        max_length=1000,
        label_size="s",
    )
    withheld_because = nhs.TextField(
        label=_("Why must the person not be told?"),
        missing=_("Enter why the person must not be told"),
        hint=_(
            "For auditors and data protection officers only. Leave this empty unless telling the "
            "person would break the law; say which one."
        ),
        max_length=1000,
        label_size="s",
        required=False,
    )

    def __init__(self, *args: Any, by: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.on = by, on

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.subject = person_answered_for(self.by, email=email, on=self.on)
        if self.subject is None:
            raise nhs.ValidationError(
                _("Nobody with this email address belongs to an organisation you answer for"),
                code="nobody",
            )
        return email

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason.strip()) < SHORTEST_REASON:
            raise nhs.ValidationError(
                _("Enter at least %(count)d characters") % {"count": SHORTEST_REASON},
                code="too_short",
            )
        return reason

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.pop("email", None):
            cleaned["subject"] = self.subject
        return cleaned


class EmergencyReviewForm(nhs.NHSForm):
    verdict = nhs.ChoiceField(
        label=_("Was it justified?"),
        missing=_("Select whether it was justified"),
        choices=EmergencyVerdict.choices,
        label_size="s",
    )
    note = nhs.TextField(
        label=_("What did you find?"),
        missing=_("Enter what you found"),
        max_length=1000,
        label_size="s",
    )


_CODE = re.compile(r"[0-9]{6}|[0-9]{8}")
_WIDEST_CODE = 40
_UNREADABLE = _("Use your passkey again: what your browser sent could not be read.")


class CodeField(forms.CharField):
    """A code as it is typed or read out: spaces, dashes and wide digits are no mistake."""

    default_error_messages = {
        "required": _("Enter the code that your app shows, or a recovery code"),
        "digits": _("Enter 6 numbers from your app, or a recovery code of 8 numbers"),
    }
    width = 10

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            **options,
        )
        self.validators = []

    def to_python(self, value: Any) -> str:
        typed = (super().to_python(value) or "")[: _WIDEST_CODE + 1]
        code = re.sub(r"[\s.\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", typed))
        if code and not _CODE.fullmatch(code):
            raise forms.ValidationError(self.error_messages["digits"], code="digits")
        return code


class _WithCode(forms.Form):
    """Asks for a code of the app or a recovery code; each counts once."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(
            label=_("Code"),
            help_text=_("The 6 numbers your authenticator app shows now, or a recovery code."),
        )

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc] # of the library's form beside us
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined] # the same
        if not spend_code(authenticator, code):
            raise forms.ValidationError(
                _("This code was used before. Wait until your app shows the next one."),
                code="code_used",
            )
        return code


class CodeForm(_WithCode, steps.AuthenticateForm):
    """The second step at signing in."""


class CodeAgainForm(_WithCode, steps.ReauthenticateForm):
    """The second step once more, before a sensitive act."""


class FirstCodeForm(totp.ActivateTOTPForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(
            label=_("Code"),
            help_text=_("The 6 numbers your authenticator app shows now."),
            error_messages={
                "required": _("Enter the code that your app shows"),
                "digits": _("Enter the 6 numbers that your app shows"),
            },
        )


class RemoveAppForm(totp.DeactivateTOTPForm):
    use_required_attribute = False


def _reword_passkey(form: forms.BaseForm) -> None:
    field = form.fields["credential"]
    field.error_messages |= {
        "required": _("Use your passkey again, or enter a code: your browser sent nothing."),
        "invalid": _UNREADABLE,
    }


@contextmanager
def _understood() -> Iterator[None]:
    """What a browser sends for a passkey is nested, and the library takes it to be well formed."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error):
        raise forms.ValidationError(_UNREADABLE, code="unreadable") from None


def _passkey_name(*, is_required: bool) -> forms.CharField:
    name: Any = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again, such as “Phone” or “Key on my badge”."),
        required=is_required,
        max_length=60,
        error_messages={
            "required": _("Enter a name for the passkey"),
            "max_length": _("Enter a name of 60 characters or fewer"),
        },
    )
    name.width = 20
    return name


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        with _understood():
            cleaned: dict[str, Any] = super().clean()
        return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword_passkey(self)
        self.fields["name"] = _passkey_name(is_required=False)
        self.initial["name"] = ""
        passwordless: Any = self.fields["passwordless"]
        passwordless.label = _("Sign in with this passkey alone")
        passwordless.help_text = _(
            "Without a password. Your device will ask for your fingerprint, face or PIN."
        )


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _passkey_name(is_required=True)


class _WithPasskey(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword_passkey(self)

    def clean_credential(self) -> Authenticator:
        with _understood():
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc] # of the library's form beside us
        return authenticator


class PasskeyForm(_WithPasskey, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class PasskeyAgainForm(_WithPasskey, webauthn.ReauthenticateWebAuthnForm):
    """A passkey once more, before a sensitive act."""


class PasskeySignInForm(_WithPasskey, webauthn.LoginWebAuthnForm):
    """A passkey instead of the password and the second step."""


class FindColleagueForm(nhs.NHSForm):
    email = nhs.EmailField(label=_("Their email address"))
