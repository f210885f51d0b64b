"""Addresses of appraisals, cycles, the team and development plans."""

from django.urls import path

from appraisals.api.appraisals import AppraisalList
from appraisals.plan_urls import plan_api_urlpatterns, plan_urlpatterns
from appraisals.views import appraisals, cycles, drafts, team

app_name = "appraisals"

urlpatterns = [
    path("team/", team.team_list, name="team_list"),
    path("appraisals/", appraisals.appraisal_list, name="appraisal_list"),
    path("appraisals/status/", cycles.status_list, name="status_list"),
    path("appraisals/cycles/", cycles.cycle_list, name="cycle_list"),
    path("appraisals/cycles/plan/", cycles.cycle_plan, name="cycle_plan"),
    path("appraisals/cycles/<int:pk>/", cycles.cycle_detail, name="cycle_detail"),
    path("appraisals/cycles/<int:pk>/open/", cycles.cycle_open, name="cycle_open"),
    path("appraisals/<int:pk>/", appraisals.appraisal_detail, name="appraisal_detail"),
    path(
        "appraisals/<int:pk>/what-happened/",
        appraisals.appraisal_timeline,
        name="appraisal_timeline",
    ),
    path("appraisals/<int:pk>/write/", drafts.draft_write, name="draft_write"),
    path("appraisals/<int:pk>/share/", appraisals.appraisal_share, name="appraisal_share"),
    path(
        "appraisals/<int:pk>/send-back/",
        appraisals.appraisal_send_back,
        name="appraisal_send_back",
    ),
    path("appraisals/<int:pk>/sign/", appraisals.appraisal_sign, name="appraisal_sign"),
    path(
        "appraisals/<int:pk>/hand-over/",
        appraisals.appraisal_hand_over,
        name="appraisal_hand_over",
    ),
    path(
        "appraisals/<int:pk>/conversation/",
        appraisals.conversation_record,
        name="conversation_record",
    ),
    path("appraisals/<int:pk>/objectives/add/", appraisals.objective_add, name="objective_add"),
    path(
        "appraisals/<int:pk>/objectives/<int:objective_pk>/",
        appraisals.objective_change,
        name="objective_change",
    ),
    path(
        "appraisals/<int:pk>/objectives/<int:objective_pk>/remove/",
        appraisals.objective_remove,
        name="objective_remove",
    ),
    *plan_urlpatterns,
]

api_urlpatterns = [
    path("appraisals/", AppraisalList.as_view(), name="appraisal-list"),
    *plan_api_urlpatterns,
]
