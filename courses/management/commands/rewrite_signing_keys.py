"""``manage.py rewrite_signing_keys``: after another SECRET_KEY, before the former is left out."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from courses.services.rewriting_keys import rewrite_signing_keys


class Command(BaseCommand):
    help = (
        "Encrypt the keys that certificates are signed with again under the newest secret key. "
        "Afterwards none needs a key of SECRET_KEY_FALLBACKS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = rewrite_signing_keys(now=timezone.now())
        self.stdout.write(f"{changed} signing keys were encrypted again under the newest key.")
