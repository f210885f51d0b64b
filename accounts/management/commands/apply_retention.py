"""``manage.py apply_retention``: say what has been kept for long enough, or let it go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation, Person, RetentionRun
from accounts.rights import EXPIRIES
from accounts.scope import run_as
from accounts.selectors.retention import audited_by
from accounts.services.letting_go import let_go, look

KEEPER = SystemJob("apply_retention", organisation_ids=None)


class Command(BaseCommand):
    help = "Count what has been kept for long enough. With --apply and --by: let it go, for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="Only look; what happens anyway")
        which.add_argument("--apply", action="store_true", help="Let go; nothing brings it back")
        parser.add_argument("--by", help="E-mail address of the officer who decides")
        parser.add_argument("--organisation", help="ODS code; without it, all that --by audits")

    def handle(self, *args: Any, **options: Any) -> None:
        by: Actor = KEEPER
        if options["by"]:
            by = self.officer(options["by"])
        elif options["apply"]:
            raise CommandError("Name who decides: --by E-MAIL.")
        act = let_go if options["apply"] else look
        now = timezone.now()
        for organisation in self.organisations(by, options["organisation"]):
            self.tell(act(organisation=organisation, by=by, now=now), organisation)

    def officer(self, email: str) -> Person:
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        return person

    @run_as(KEEPER)
    def organisations(self, by: Actor, code: str | None) -> list[Organisation]:
        audited = audited_by(by, on=timezone.localdate())
        found = list(audited.filter(ods_code=code) if code else audited)
        if not found:
            raise CommandError(
                "There is no organisation here whose data protection officer decides this."
            )
        return found

    @run_as(KEEPER)
    def tell(self, run: RetentionRun, organisation: Organisation) -> None:
        for count in run.counts.order_by("pk"):
            if count.due:
                did = f", {count.done} dealt with" if not run.is_dry else ""
                self.stdout.write(
                    f"{organisation.name}: {EXPIRIES[count.expiry].title} before {count.before}: "
                    f"{count.due} due, {count.held} held{did} ({count.get_action_display()})"
                )
        self.stdout.write(
            f"{organisation.name}: "
            + ("nothing was changed." if run.is_dry else "what was due has gone.")
        )
