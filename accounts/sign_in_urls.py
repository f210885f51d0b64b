"""Addresses of signing in under the library's own names: those of its pages that we offer.

What is not listed is not there: no page of the library comes in by an upgrade.
"""

from allauth.mfa.base import views as steps
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, reverse_lazy

from accounts.views import sign_in

_INDEX = reverse_lazy("mfa_index")

_second_step = [
    path("", steps.index, name="mfa_index"),
    path("code/", sign_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("again/", sign_in.SecondStepAgain.as_view(), name="mfa_reauthenticate"),
    path("app/add/", sign_in.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", sign_in.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "recovery-codes/download/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("passkeys/add/", sign_in.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "passkeys/<int:pk>/remove/",
        sign_in.RemovePasskey.as_view(success_url=_INDEX),
        name="mfa_remove_webauthn",
    ),
    path(
        "passkeys/<int:pk>/rename/",
        passkeys.EditWebAuthnView.as_view(success_url=_INDEX),
        name="mfa_edit_webauthn",
    ),
]

urlpatterns = [
    path("accounts/login/", sign_in.SignIn.as_view(), name="account_login"),
    path("accounts/second-step/", include(_second_step)),
]
