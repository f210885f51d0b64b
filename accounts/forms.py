"""The sign-in forms of allauth in our words: what to enter, not that something is invalid."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _


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
