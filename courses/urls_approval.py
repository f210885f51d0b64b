"""Addresses of approval: requests to decide, contests, and the rules and figures of them."""

from django.urls import path

from courses.views import approval_figures, approvals, contests

urlpatterns = [
    path("courses/requests/", approvals.approval_list, name="approval_list"),
    path("courses/requests/<int:pk>/", approvals.approval_decide, name="approval_decide"),
    path("courses/requests/rule/", approvals.approval_rule, name="approval_rule"),
    path(
        "courses/requests/figures/",
        approval_figures.approval_figures_show,
        name="approval_figures",
    ),
    path("courses/mine/<int:pk>/contest/", contests.contest_make, name="contest_make"),
    path("courses/contests/<int:pk>/", contests.contest_answer, name="contest_answer"),
]
