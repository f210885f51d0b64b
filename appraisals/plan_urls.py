"""Addresses of development plans, included by the app's own."""

from django.urls import path

from appraisals.api import plans as api
from appraisals.views import plans as views

plan_urlpatterns = [
    path("plan/", views.plan_mine, name="plan_mine"),
    path("plan/start/", views.plan_start, name="plan_start"),
    path("plans/<int:pk>/", views.plan_show, name="plan_show"),
    path("plans/<int:pk>/what-happened/", views.plan_timeline, name="plan_timeline"),
    path("plans/<int:pk>/pdf/", views.plan_pdf, name="plan_pdf"),
    path("plans/<int:pk>/actions/add/", views.action_add, name="plan_action_add"),
    path("plans/actions/<int:pk>/<slug:step>/", views.action_step, name="plan_action_step"),
    path("people/<int:pk>/plan/", views.plan_of_person, name="plan_of_person"),
]

plan_api_urlpatterns = [
    path("plans/", api.PlanList.as_view(), name="plan-list"),
    path("plans/<int:pk>/", api.PlanDetail.as_view(), name="plan-detail"),
]
