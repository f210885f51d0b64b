"""``manage.py appoint``: give somebody a role, adding them first if they are new."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Organisation, Person, Role
from accounts.scope import run_as
from accounts.services.appointments import appoint
from common.errors import DomainError

APPOINTER = SystemJob("appoint", organisation_ids=None)


class Command(BaseCommand):
    help = (
        "Give a person a role for an organisation and those below it. A new person has no "
        "password: they set one by “Forgotten your password?” on the sign-in page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("organisation", help="ODS code")
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
        try:
            appoint(
                person=person,
                role=Role(options["role"]),
                organisation=organisation,
                by=APPOINTER,
                now=timezone.now(),
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{person} is {options['role']} for {organisation} from today.")

    def add(self, options: dict[str, Any]) -> Person:
        if not options["family_name"]:
            raise CommandError("Nobody has this e-mail address. Add --family-name to add them.")
        return Person.objects.create_user(
            options["email"],
            given_name=options["given_name"],
            family_name=options["family_name"],
        )
