"""Addresses of funds, of seats of organisations, and of statements."""

from django.urls import path

from courses.api import funds as api
from courses.api import statements as statements_api
from courses.views import allotments, funds, statements

urlpatterns = [
    path("courses/funds/", funds.fund_list, name="fund_list"),
    path("courses/funds/new/", funds.fund_add, name="fund_add"),
    path("courses/funds/rules/", funds.money_rules, name="money_rules"),
    path("courses/funds/<int:pk>/", funds.fund_show, name="fund_show"),
    path("courses/statements/", statements.statement_list, name="statement_list"),
    path("courses/statements/<int:pk>/", statements.statement_show, name="statement_show"),
    path("courses/statements/<int:pk>/pdf/", statements.statement_pdf, name="statement_pdf"),
    path("courses/sessions/<int:pk>/seats/", allotments.session_seats, name="session_seats"),
]

api_urlpatterns = [
    path("funds/", api.FundList.as_view(), name="fund_list"),
    path("statements/", statements_api.StatementList.as_view(), name="statement_list"),
    path(
        "statements/<int:pk>/lines/",
        statements_api.StatementLines.as_view(),
        name="statement_lines",
    ),
]
