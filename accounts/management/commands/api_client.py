"""``manage.py api_client``: open or stop a program's access to the API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import ApiClient, Organisation
from accounts.services.clients import create_client, stop_client
from common.errors import DomainError


class Command(BaseCommand):
    help = "Open (create), list or stop an API client of an organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="Open a client; its secret is shown once.")
        create.add_argument("--name", required=True)
        create.add_argument("--organisation", required=True, help="ODS code")
        create.add_argument("--scopes", default=" ".join(SCOPES), help="Separated by spaces")
        stop = actions.add_parser("stop", help="Stop a client at once.")
        stop.add_argument("client_id")
        actions.add_parser("list", help="Clients and whether they may call.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemJob("api_client", organisation_ids=None)
        try:
            getattr(self, options["action"])(by, options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def create(self, by: SystemJob, options: dict[str, Any]) -> None:
        organisation = Organisation.objects.filter(ods_code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"No organisation has the ODS code {options['organisation']}.")
        client, secret = create_client(
            name=options["name"],
            organisation=organisation,
            scopes=options["scopes"].split(),
            by=by,
            now=timezone.now(),
        )
        self.stdout.write(f"Client id:     {client.client_id}")
        self.stdout.write(f"Client secret: {secret}")
        self.stdout.write("Keep the secret now: it is stored as a hash and cannot be shown again.")

    def stop(self, by: SystemJob, options: dict[str, Any]) -> None:
        client = ApiClient.objects.filter(client_id=options["client_id"]).first()
        if client is None:
            raise CommandError(f"There is no client {options['client_id']}.")
        stop_client(client=client, by=by, now=timezone.now())
        self.stdout.write(f"{client.name} may no longer call the API.")

    def list(self, by: SystemJob, options: dict[str, Any]) -> None:
        for client in ApiClient.objects.select_related("organisation").order_by("name", "pk"):
            state = "may call" if client.is_active else "stopped"
            self.stdout.write(f"{client.client_id}  {state}  {client.organisation}  {client.name}")
