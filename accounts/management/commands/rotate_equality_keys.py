"""``manage.py rotate_equality_keys``: after a new key was put first in EQUALITY_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.services.equality_keys import BATCH, Rotated, rotate_keys
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Write equality data again under the first key of EQUALITY_KEYS. Pages go on meanwhile, "
        "and the command may be stopped and started again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="Rows in one transaction.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("Enter a batch of 1 row or more.")
        try:
            done = rotate_keys(
                by=SystemJob("rotate_equality_keys", organisation_ids=None),
                now=timezone.now(),
                batch=options["batch"],
                told=self._progress if options["verbosity"] > 1 else id,
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Records written again: {done.written}.")
        if done.unreadable:
            raise CommandError(
                f"Records that no key in EQUALITY_KEYS opens: {done.unreadable}. They are left as "
                "they were. Add the key they were written with, and start the command again."
            )
        self.stdout.write("Only the first key is in use. The others may be taken out.")

    def _progress(self, done: Rotated) -> None:
        self.stdout.write(f"{done.written} so far.")
