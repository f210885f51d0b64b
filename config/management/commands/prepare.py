from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from config.assets import collect_when_changed
from config.demo.client import kept
from config.demo.sign_ins import write_sign_ins


class Command(BaseCommand):
    help = "Brings the database and the assets up to this version; fills an empty demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        self._call("load_reference")
        if settings.DEMO and not get_user_model().objects.exists():
            self._call("seed_demo", "--people", str(settings.DEMO_PEOPLE), "--seed", "42")
        # Written at every start: the address may have changed since the demonstration was made.
        if settings.DEMO and (client := kept()):
            write_sign_ins(client)
        if collect_when_changed():
            self.stdout.write("Assets collected.")

    def _call(self, name: str, *arguments: str) -> None:
        if name in get_commands():
            call_command(name, *arguments, stdout=self.stdout)
