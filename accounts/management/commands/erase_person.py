"""``manage.py erase_person``: erase one person, or say what erasing them would do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from accounts.services.erasure import Erasure, erase_person, look_at_erasure
from common.errors import DomainError

ERASER = SystemJob("erase_person", organisation_ids=None)


class Command(BaseCommand):
    help = "Say what erasing a person would do. With --apply, --by and --reason: do it, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="Only look; what happens anyway")
        which.add_argument("--apply", action="store_true", help="Erase; nothing brings it back")
        parser.add_argument(
            "--by", help="E-mail address of the data protection officer who decides"
        )
        parser.add_argument("--reason", default="", help="Why; the ledger keeps it")

    @run_as(ERASER)
    def handle(self, *args: Any, **options: Any) -> None:
        person, now = self.person(options["email"]), timezone.now()
        try:
            if options["apply"]:
                if not options["by"]:
                    raise CommandError("Name who decides: --by E-MAIL.")
                officer = self.person(options["by"])
                erasure = erase_person(person=person, by=officer, reason=options["reason"], now=now)
            else:
                erasure = look_at_erasure(person=person, by=ERASER, now=now)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.tell(erasure)
        self.stdout.write("Erased." if options["apply"] else "Nothing was changed.")

    def person(self, email: str) -> Person:
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        return person

    def tell(self, erasure: Erasure) -> None:
        for heading, lines in (
            ("Removed", erasure.deleted),
            ("Emptied", erasure.cleared),
            ("Left", erasure.kept),
        ):
            for line in lines:
                because = f" ({line.because})" if line.because else ""
                self.stdout.write(f"{heading}: {line.what}, {line.rows}{because}")
        for hold in erasure.holds:
            self.stdout.write(f"Held since {hold.set_at:%d %B %Y}: {hold.reason}")
