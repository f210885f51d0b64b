from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from config.roles import as_owner, grant_to_application


class Command(migrate.Command):
    """Django's own, as the role that owns the tables and with sight of all rows; afterwards the
    application's role is given what it needs."""

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        with as_owner(using):
            # Forced row-level security holds for the owner too, and a migration may move rows.
            with connections[using].cursor() as cursor:
                cursor.execute("SET waymark.everywhere TO 'on'")
            super().handle(*args, **options)
            grant_to_application(using)
