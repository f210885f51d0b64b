"""Emptying the database of a demonstration, so that the next one starts from number one."""

from django.apps import apps
from django.db import connection

APPS = (
    "accounts",
    "jobs",
    "notifications",
    "integrations",
    "pathways",
    "courses",
    "appraisals",
    "talent",
    "insights",
    "account",
    "allauth_idp_oidc",
    "sessions",
)


def empty_everything() -> None:
    """Remove every row of our apps, sign-ins and API clients included, and start counting anew.

    TRUNCATE is the one way past the triggers that keep the ledger and signed appraisals; only the
    owner of the tables may use it, and only the demonstration does.
    """
    models = [model for app in APPS for model in apps.get_app_config(app).get_models(True)]
    quoted = ", ".join(f'"{model._meta.db_table}"' for model in models)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY")
