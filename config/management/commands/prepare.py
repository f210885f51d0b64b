from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.urls import reverse

from config.assets import collect_when_changed
from config.demo.personas import PERSONAS


class Command(BaseCommand):
    help = "Brings the database and the assets up to this version; fills an empty demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        self._call("load_reference")
        if settings.DEMO and not get_user_model().objects.exists():
            self._call("seed_demo", "--people", str(settings.DEMO_PEOPLE), "--seed", "42")
        if settings.DEMO:
            _write_sign_ins()
        if collect_when_changed():
            self.stdout.write("Assets collected.")

    def _call(self, name: str, *arguments: str) -> None:
        if name in get_commands():
            call_command(name, *arguments, stdout=self.stdout)


def _write_sign_ins() -> None:
    """Leave the demonstration's people where the supervisor, which has no Django, can read them."""
    widest = max(len(persona.email) for persona in PERSONAS)
    lines = [f"  {persona.email:<{widest}}  {persona.title}" for persona in PERSONAS]
    address = settings.SITE_URL + reverse(settings.LOGIN_URL)
    about = f"Sign in with one click, as one of these people, at {address}"
    (settings.DATA_DIR / "sign_ins.txt").write_text("\n".join([about, *lines, ""]))
