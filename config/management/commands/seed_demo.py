import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Person
from accounts.scope import run_as
from accounts.services.anchors import set_aside
from config.demo.client import keep
from config.demo.fill import fill
from config.demo.people import FEWEST_PEOPLE
from config.demo.sign_ins import write_sign_ins
from config.demo.wipe import empty_everything
from config.demo.world import SEEDER, World


class Command(BaseCommand):
    help = "Fills an empty database with invented people in real organisations, and their year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=42, help="The same seed, the same people.")
        parser.add_argument("--people", type=int, default=settings.DEMO_PEOPLE)
        parser.add_argument("--wipe", action="store_true", help="Remove everything first.")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_what_is_unsafe(options)
        if options["wipe"]:
            empty_everything()
            set_aside(now=timezone.now())
        call_command("load_reference", stdout=self.stdout)
        started = time.monotonic()
        with run_as(SEEDER):
            world = World(seed=options["seed"], people=options["people"], now=timezone.now())
            client = fill(world, say=self.stdout.write)
        keep(client)
        self.stdout.write(write_sign_ins(client))
        self.stdout.write(f"Made in {time.monotonic() - started:.0f} seconds.")

    def _refuse_what_is_unsafe(self, options: dict[str, Any]) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demonstration, so no invented people are added. "
                "Set DEMO=1 and EMBEDDED=1 to make one."
            )
        if options["people"] < FEWEST_PEOPLE:
            raise CommandError(f"Enter {FEWEST_PEOPLE} people or more: eight bodies need a staff.")
        if Person.objects.exists() and not options["wipe"]:
            raise CommandError(
                "There are people in this database. Add --wipe to remove everything in it first."
            )
