"""``manage.py api_client``: a program's access to the API, its secrets and its end."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import ApiClient, Organisation
from accounts.scope import run_as
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client, narrow_client, stop_client
from common.errors import DomainError


class Command(BaseCommand):
    help = "Open, list, narrow or stop an API client of an organisation, and change its secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="Open a client; its secret is shown once.")
        create.add_argument("--name", required=True)
        create.add_argument("--organisation", required=True, help="ODS code")
        create.add_argument("--scopes", default=" ".join(SCOPES), help="Separated by spaces")
        add = actions.add_parser("add-secret", help="A second secret, shown once.")
        add.add_argument("client_id")
        add.add_argument("--until", type=date.fromisoformat, help="Last day, such as 2027-03-31")
        revoke = actions.add_parser("revoke-secret", help="End a secret and its tokens at once.")
        revoke.add_argument("client_id")
        revoke.add_argument("begins", help="How it begins, as list shows it")
        narrow = actions.add_parser("narrow", help="Take scopes away.")
        narrow.add_argument("client_id")
        narrow.add_argument("--scopes", required=True, help="The ones to keep")
        stop = actions.add_parser("stop", help="Stop a client at once.")
        stop.add_argument("client_id")
        actions.add_parser("list", help="Clients and whether they may call.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemJob("api_client", organisation_ids=None)
        try:
            with run_as(by):
                getattr(self, options["action"].replace("-", "_"))(by, options)
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
        self._show(secret)

    def _show(self, secret: str) -> None:
        self.stdout.write(f"Client secret: {secret}")
        self.stdout.write("Keep the secret now: it is stored as a hash and cannot be shown again.")

    def add_secret(self, by: SystemJob, options: dict[str, Any]) -> None:
        client = _client(options["client_id"])
        secret, text = add_secret(
            client=client, by=by, now=timezone.now(), expires_on=options["until"]
        )
        self._show(text)
        self.stdout.write(f"It opens until the end of {secret.last_day}.")

    def revoke_secret(self, by: SystemJob, options: dict[str, Any]) -> None:
        client = _client(options["client_id"])
        found = client.secrets.filter(prefix=options["begins"], revoked_at__isnull=True).first()
        if found is None:
            raise CommandError(f"{client.name} has no secret that begins {options['begins']}.")
        revoke_secret(secret=found, by=by, now=timezone.now())
        self.stdout.write(f"The secret {found} of {client.name} opens nothing any more.")

    def narrow(self, by: SystemJob, options: dict[str, Any]) -> None:
        client = _client(options["client_id"])
        scopes = options["scopes"].split()
        narrow_client(client=client, scopes=scopes, by=by, now=timezone.now())
        self.stdout.write(f"{client.name} keeps {' '.join(sorted(scopes))}.")

    def stop(self, by: SystemJob, options: dict[str, Any]) -> None:
        client = _client(options["client_id"])
        stop_client(client=client, by=by, now=timezone.now())
        self.stdout.write(f"{client.name} may no longer call the API.")

    def list(self, by: SystemJob, options: dict[str, Any]) -> None:
        now = timezone.now()
        clients = ApiClient.objects.select_related("organisation").prefetch_related("secrets")
        for client in clients.order_by("name", "pk"):
            state = "may call" if client.is_active else "stopped"
            self.stdout.write(f"{client.client_id}  {state}  {client.organisation}  {client.name}")
            for secret in client.secrets.all():
                if secret.is_live(at=now):
                    self.stdout.write(f"    {secret}  until {secret.last_day}")


def _client(client_id: str) -> ApiClient:
    client = ApiClient.objects.filter(client_id=client_id).first()
    if client is None:
        raise CommandError(f"There is no client {client_id}.")
    return client
