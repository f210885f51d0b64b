"""``manage.py invite_to_framework``: let somebody write or review a framework.

Authors invite each other on the page of their framework. Nobody is there to invite the first author
of a national one, which no organisation owns: whoever runs the system does it with this.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.management.commands.appoint import day
from accounts.models import Person
from accounts.models.dated import Days
from accounts.scope import run_as
from common.dates import long_date
from common.errors import DomainError
from pathways.models import Framework, Part
from pathways.services.collaborating import invite_collaborator

INVITER = SystemJob("invite_to_framework", organisation_ids=None)


class Command(BaseCommand):
    help = "Let a person write or review a framework, such as a national one. They are told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("part", choices=Part.values)
        parser.add_argument("framework", help="Code of the framework")
        parser.add_argument("--from", dest="first", type=day, help="First day, as 2027-03-07")
        parser.add_argument("--until", dest="last", type=day, help="Last day, as 2027-09-30")

    @run_as(INVITER)
    def handle(self, *args: Any, **options: Any) -> None:
        framework = Framework.objects.filter(code__iexact=options["framework"]).first()
        if framework is None:
            raise CommandError(f"No framework has the code {options['framework']}.")
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody who can sign in has the address {options['email']}.")
        try:
            row = invite_collaborator(
                framework=framework,
                person=person,
                part=Part(options["part"]),
                days=Days(options["first"] or timezone.localdate(), options["last"]),
                by=INVITER,
                now=timezone.now(),
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        part = row.get_part_display().lower()
        since = long_date(row.starts_on)
        self.stdout.write(f"{person.full_name} is {part} of {framework.title} from {since}.")
