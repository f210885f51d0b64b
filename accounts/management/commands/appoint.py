"""``manage.py appoint``: give somebody a role, adding them first if they are new."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Organisation, Person, Role
from accounts.models.dated import Days
from accounts.scope import run_as
from accounts.services.appointments import appoint
from common.dates import long_date
from common.errors import DomainError

APPOINTER = SystemJob("appoint", organisation_ids=None)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day. Write it as 2027-03-07.") from None


class Command(BaseCommand):
    help = (
        "Give a person a role for an organisation and those below it. A new person has no "
        "password: they set one by “Forgotten your password?” on the sign-in page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("organisation", help="ODS code")
        parser.add_argument("--from", dest="first", type=day, help="First day, as 2027-03-07")
        parser.add_argument("--until", dest="last", type=day, help="Last day, as 2027-09-30")
        parser.add_argument("--given-name", default="")
        parser.add_argument("--family-name", help="Needed for somebody new")

    @run_as(APPOINTER)
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(ods_code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"No organisation has the ODS code {options['organisation']}.")
        person = Person.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            person = self.add(options)
        days = Days(options["first"] or timezone.localdate(), options["last"])
        try:
            appoint(
                person=person,
                role=Role(options["role"]),
                organisation=organisation,
                by=APPOINTER,
                now=timezone.now(),
                days=days,
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        until = f" until {long_date(days.ends_on)}" if days.ends_on else ""
        self.stdout.write(
            f"{person} is {options['role']} for {organisation} "
            f"from {long_date(days.starts_on)}{until}."
        )

    def add(self, options: dict[str, Any]) -> Person:
        if not options["family_name"]:
            raise CommandError("Nobody has this e-mail address. Add --family-name to add them.")
        return Person.objects.create_user(
            options["email"],
            given_name=options["given_name"],
            family_name=options["family_name"],
        )
