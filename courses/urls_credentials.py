"""Addresses of certificates, of what issuers publish, and of checking either."""

from django.urls import path

from courses.api import certificates as api
from courses.views import certificates, issuers, issuing, verifying

urlpatterns = [
    path("issuers/<uuid:public_id>/did.json", issuers.issuer_did, name="issuer_did"),
    path("issuers/<uuid:public_id>/jwks.json", issuers.issuer_keys_published, name="issuer_jwks"),
    path("issuers/status/<uuid:public_id>/", issuers.status_list, name="status_list"),
    path("certificates/check/", verifying.credential_check, name="credential_check"),
    path("certificates/<str:token>/", verifying.certificate_check, name="certificate_check"),
    path("courses/certificates/", certificates.certificate_list, name="certificate_list"),
    path(
        "courses/certificates/people/<int:pk>/",
        certificates.certificate_list_of_person,
        name="certificate_list_of_person",
    ),
    path("courses/certificates/issued/", issuing.certificates_issued, name="certificates_issued"),
    path("courses/certificates/issue/", issuing.certificate_issue, name="certificate_issue"),
    path("courses/certificates/keys/", issuing.issuer_list, name="issuer_list"),
    path("courses/certificates/keys/<int:pk>/<str:step>/", issuing.key_end, name="key_end"),
    path(
        "courses/certificates/<uuid:public_id>/",
        certificates.certificate_show,
        name="certificate_show",
    ),
    path(
        "courses/certificates/<uuid:public_id>/what-happened/",
        certificates.certificate_timeline,
        name="certificate_timeline",
    ),
    path(
        "courses/certificates/<uuid:public_id>/pdf/",
        certificates.certificate_pdf,
        name="certificate_pdf",
    ),
    path(
        "courses/certificates/<uuid:public_id>/revoke/",
        issuing.certificate_revoke,
        name="certificate_revoke",
    ),
    path(
        "courses/certificates/<uuid:public_id>/reissue/",
        issuing.certificate_reissue,
        name="certificate_reissue",
    ),
    path(
        "courses/certificates/<uuid:public_id>/file/<str:kind>/",
        certificates.certificate_file,
        name="certificate_file",
    ),
]
api_urlpatterns = [
    path("awards/", api.AwardList.as_view(), name="award_list"),
]
