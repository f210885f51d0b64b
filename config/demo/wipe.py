"""Emptying the database of a demonstration, so that the next one starts from number one."""

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model

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
    "mfa",
    "usersessions",
    "sessions",
)


def our_models() -> list[type[Model]]:
    """Every table that a demonstration may write to."""
    return [model for app in APPS for model in apps.get_app_config(app).get_models(True)]


def empty_everything() -> None:
    """Remove every row of our apps, sign-ins and API clients included, and start counting anew.

    TRUNCATE is the one way past the triggers that keep the ledger and signed appraisals; only the
    owner of the tables may use it, and only the demonstration does. The ledger wants to be told so.
    """
    quoted = ", ".join(f'"{model._meta.db_table}"' for model in our_models())  # noqa: SLF001
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL waymark.emptying TO 'on'")
        cursor.execute(f"TRUNCATE {quoted}, equality.record RESTART IDENTITY")
