"""Addresses of assessing oneself question by question, and of having it confirmed."""

from django.urls import path

from pathways.api import confirming as api
from pathways.views import assessment, assessors, verification, verification_answers

api_urlpatterns = [
    path("confirmations/", api.ConfirmationList.as_view(), name="confirmation_list"),
    path("confirmations/counts/", api.ConfirmationCounts.as_view(), name="confirmation_counts"),
    path("assessors/", api.AssessorList.as_view(), name="assessor_list"),
]

urlpatterns = [
    path(
        "pathway/assess/question/<int:pk>/",
        assessment.assessment_question,
        name="assessment_question",
    ),
    path("pathway/assess/check/", assessment.assessment_check, name="assessment_check"),
    path(
        "pathway/confirmation/",
        verification.verification_list,
        name="verification_list",
    ),
    path("pathway/confirmation/ask/", verification.verification_ask, name="verification_ask"),
    path(
        "pathway/confirmation/waiting/",
        verification_answers.verification_waiting,
        name="verification_waiting",
    ),
    path(
        "pathway/confirmation/answered/",
        verification_answers.verification_answered,
        name="verification_answered",
    ),
    path(
        "pathway/confirmation/<int:pk>/",
        verification.verification_show,
        name="verification_show",
    ),
    path(
        "pathway/confirmation/<int:pk>/answer/",
        verification_answers.verification_answer,
        name="verification_answer",
    ),
    path(
        "pathway/confirmation/<int:pk>/withdraw/",
        verification.verification_withdraw,
        name="verification_withdraw",
    ),
    path("people/<int:pk>/sign-offs/", verification.sign_off_list, name="sign_off_list"),
    path("pathway/assessors/", assessors.assessor_list, name="assessor_list"),
    path("pathway/assessors/appoint/", assessors.assessor_appoint, name="assessor_appoint"),
    path("pathway/assessors/<int:pk>/end/", assessors.assessor_end, name="assessor_end"),
]
