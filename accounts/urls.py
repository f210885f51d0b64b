"""Addresses of the endpoints about people, and those of the sign-in library that are closed."""

from django.urls import URLPattern, URLResolver, path

from accounts import api
from accounts.views import (
    colleagues,
    emergency,
    equality,
    ledger,
    organisation_sign_in,
    programs,
    retention,
    roles,
    sign_in,
    stand_ins,
    tokens,
)

app_name = "accounts"

# An e-mail address is how HR systems and colleagues know somebody, so its owner cannot take
# another; programs sign in with client credentials, so nobody grants them anything in a browser.
# These stand before the library's own patterns, which need their names.
CLOSED = (
    "accounts/email/",
    "accounts/confirm-email/",
    "accounts/confirm-email/<path:key>",
    "accounts/password/set/",
    "accounts/login/code/confirm/",
    "identity/o/authorize",
    "identity/o/device",
    "identity/o/logout",
    "identity/o/api/device/code",
    "identity/o/api/userinfo",
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(route, sign_in.closed) for route in CLOSED),
    # The library's addresses, so that they are reversed by its names.
    path("identity/o/api/token", tokens.token),
    path("identity/o/api/revoke", tokens.revoke),
    path("accounts/second-step/set-up/", sign_in.second_step, name="second_step"),
    path("accounts/second-step/done/", sign_in.continue_after_codes, name="second_step_done"),
    path("programs/", programs.program_list, name="program_list"),
    path("programs/open/", programs.program_open, name="program_open"),
    path("programs/<int:pk>/", programs.program_show, name="program_show"),
    path("programs/<int:pk>/scopes/", programs.program_narrow, name="program_narrow"),
    path("programs/<int:pk>/stop/", programs.program_stop, name="program_stop"),
    path("programs/<int:pk>/secrets/add/", programs.secret_add, name="secret_add"),
    path("programs/secrets/<int:pk>/revoke/", programs.secret_revoke, name="secret_revoke"),
    path("sign-in/", organisation_sign_in.organisation_choose, name="organisation_choose"),
    path(
        "sign-in/<str:ods_code>/", organisation_sign_in.organisation_show, name="organisation_show"
    ),
    path(
        "sign-in/<str:ods_code>/go/", organisation_sign_in.organisation_go, name="organisation_go"
    ),
    path(
        "sign-in/<str:ods_code>/done/",
        organisation_sign_in.organisation_done,
        name="organisation_done",
    ),
    path("accounts/organisations/", organisation_sign_in.identity_list, name="identity_list"),
    path(
        "accounts/organisations/<str:ods_code>/link/",
        organisation_sign_in.identity_link,
        name="identity_link",
    ),
    path(
        "accounts/organisations/<int:pk>/unlink/",
        organisation_sign_in.identity_unlink,
        name="identity_unlink",
    ),
    path("accounts/sessions/", sign_in.session_list, name="session_list"),
    path("accounts/sessions/keep/", sign_in.session_keep, name="session_keep"),
    path("accounts/sessions/end-others/", sign_in.session_end_others, name="session_end_others"),
    path("accounts/sessions/<int:pk>/end/", sign_in.session_end, name="session_end"),
    path("colleagues/sign-in/", colleagues.colleague_find, name="colleague_find"),
    path("colleagues/<int:pk>/sign-in/", colleagues.colleague_show, name="colleague_show"),
    path("colleagues/<int:pk>/sign-in/stop/", colleagues.sign_in_stop, name="sign_in_stop"),
    path("colleagues/<int:pk>/sign-in/allow/", colleagues.sign_in_allow, name="sign_in_allow"),
    path(
        "colleagues/<int:pk>/second-step/reset/",
        colleagues.second_step_reset,
        name="second_step_reset",
    ),
    path("people/roles/", roles.role_list, name="role_list"),
    path("people/roles/give/", roles.role_find, name="role_find"),
    path("people/<int:pk>/roles/give/", roles.role_give, name="role_give"),
    path("people/roles/<int:pk>/end/", roles.role_end, name="role_end"),
    path("stand-ins/", stand_ins.stand_in_list, name="stand_in_list"),
    path("stand-ins/add/", stand_ins.stand_in_add, name="stand_in_add"),
    path("stand-ins/<int:pk>/end/", stand_ins.stand_in_end, name="stand_in_end"),
    path("retention/", retention.retention_list, name="retention_list"),
    path("retention/<int:pk>/", retention.retention_show, name="retention_show"),
    path("retention/<int:pk>/look/", retention.retention_look, name="retention_look"),
    path(
        "retention/<int:pk>/rules/<str:record_class>/",
        retention.retention_rule_change,
        name="retention_rule_change",
    ),
    path("retention/<int:pk>/holds/", retention.hold_set, name="hold_set"),
    path("retention/holds/<int:pk>/lift/", retention.hold_lift, name="hold_lift"),
    path("who-looked/", ledger.reading_list, name="reading_list"),
    path("ledger/", ledger.ledger_search, name="ledger_search"),
    path("emergency-access/", emergency.emergency_list, name="emergency_list"),
    path("emergency-access/open/", emergency.emergency_open, name="emergency_open"),
    path("emergency-access/<int:pk>/", emergency.emergency_show, name="emergency_show"),
    path("emergency-access/<int:pk>/end/", emergency.emergency_end, name="emergency_end"),
    path("emergency-access/<int:pk>/review/", emergency.emergency_review, name="emergency_review"),
]

urlpatterns += [
    path("equality/", equality.equality_show, name="equality_show"),
    path("equality/answers/", equality.equality_answer, name="equality_answer"),
    path("equality/delete/", equality.equality_delete, name="equality_delete"),
    path("equality/stop/", equality.equality_stop, name="equality_stop"),
    path("equality/resume/", equality.equality_resume, name="equality_resume"),
]

api_urlpatterns = [
    path("people/", api.PersonList.as_view(), name="people"),
    path("people/<int:pk>/", api.PersonDetail.as_view(), name="person"),
    path("assignments/", api.AssignmentList.as_view(), name="assignments"),
]
