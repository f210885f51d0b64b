"""Addresses of the evidence bank, of prior learning and of what was shown."""

from django.urls import path

from pathways.api import attainments as attainment_api
from pathways.api import showing as showing_api
from pathways.views import attainments, evidence, prior_learning

api_urlpatterns = [
    path("attainments/", attainment_api.AttainmentList.as_view(), name="attainment_list"),
    path(
        "attainments/<int:pk>/close/",
        attainment_api.AttainmentEnd.as_view(),
        name="attainment_close",
    ),
    path("qualifications/", showing_api.QualificationList.as_view(), name="qualification_list"),
    path("evidence/", showing_api.EvidenceList.as_view(), name="evidence_list"),
    path("prior-learning/", showing_api.ClaimList.as_view(), name="claim_list"),
]

urlpatterns = [
    path("pathway/shown/", attainments.attainment_list, name="attainment_mine"),
    path(
        "pathway/shown/<int:competency_pk>/",
        attainments.attainment_history,
        name="attainment_history_mine",
    ),
    path("people/<int:pk>/shown/", attainments.attainment_list, name="attainment_list"),
    path(
        "people/<int:pk>/shown/<int:competency_pk>/",
        attainments.attainment_history,
        name="attainment_history",
    ),
    path("pathway/levels/<int:pk>/close/", attainments.attainment_close, name="attainment_close"),
    path("pathway/evidence/", evidence.evidence_list, name="evidence_list"),
    path(
        "pathway/evidence/add/file/",
        evidence.evidence_add,
        {"kind": "FILE"},
        name="evidence_add_file",
    ),
    path(
        "pathway/evidence/add/link/",
        evidence.evidence_add,
        {"kind": "LINK"},
        name="evidence_add_link",
    ),
    path(
        "pathway/evidence/add/reflection/",
        evidence.evidence_add,
        {"kind": "REFLECTION"},
        name="evidence_add_reflection",
    ),
    path("pathway/evidence/<uuid:public_id>/", evidence.evidence_show, name="evidence_show"),
    path(
        "pathway/evidence/<uuid:public_id>/file/",
        evidence.evidence_download,
        name="evidence_download",
    ),
    path(
        "pathway/evidence/<uuid:public_id>/change/",
        evidence.evidence_change,
        name="evidence_change",
    ),
    path(
        "pathway/evidence/<uuid:public_id>/remove/",
        evidence.evidence_remove,
        name="evidence_remove",
    ),
    path("pathway/claims/", prior_learning.claim_list, name="claim_list"),
    path("pathway/claims/submit/", prior_learning.claim_submit, name="claim_submit"),
    path("pathway/claims/<int:pk>/", prior_learning.claim_show, name="claim_show"),
    path("pathway/claims/<int:pk>/decide/", prior_learning.claim_decide, name="claim_decide"),
    path("pathway/claims/<int:pk>/withdraw/", prior_learning.claim_withdraw, name="claim_withdraw"),
]
