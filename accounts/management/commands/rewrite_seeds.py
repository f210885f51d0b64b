"""``manage.py rewrite_seeds``: after another SECRET_KEY, so that the former one can be left out."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.services.seeds import rewrite_seeds


class Command(BaseCommand):
    help = (
        "Write the seeds of one-time and recovery codes again under the newest secret key. "
        "Afterwards no seed needs a key of SECRET_KEY_FALLBACKS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = rewrite_seeds(now=timezone.now())
        self.stdout.write(f"{changed} seeds were written again under the newest key.")
