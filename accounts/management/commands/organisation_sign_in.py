"""``manage.py organisation_sign_in``: signing in with the accounts of an organisation."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Organisation, OrganisationSignIn, Person
from accounts.open_id import rewritten
from accounts.scope import run_as
from accounts.services.staff_identities import (
    Registration,
    link_identity,
    offer_sign_in,
    unlink_identity,
    withdraw_sign_in,
)
from common.errors import DomainError


class Command(BaseCommand):
    help = "Offer, list or withdraw signing in with an organisation's accounts; link people to one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        offer = actions.add_parser("offer", help="The client secret is asked for, or piped in.")
        offer.add_argument("organisation", help="ODS code")
        offer.add_argument("--issuer", required=True)
        offer.add_argument("--tenant", required=True, type=UUID)
        offer.add_argument("--client-id", required=True)
        offer.add_argument("--its-second-factor-counts", action="store_true")
        withdraw = actions.add_parser("withdraw", help="Nobody signs in this way any more.")
        withdraw.add_argument("organisation", help="ODS code")
        for action in ("link", "unlink"):
            change = actions.add_parser(action, help="A person and their account there.")
            change.add_argument("organisation", help="ODS code")
            change.add_argument("email", help="Who it is here")
        actions.choices["link"].add_argument("object", type=UUID, help="Object id in the tenant")
        actions.add_parser("list", help="Which organisations offer it.")
        actions.add_parser("rewrite-secrets", help="Under the newest secret key.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemJob("organisation_sign_in", organisation_ids=None)
        try:
            with run_as(by):
                getattr(self, options["action"].replace("-", "_"))(by, options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def offer(self, by: SystemJob, options: dict[str, Any]) -> None:
        organisation = _organisation(options["organisation"])
        registration = Registration(
            issuer=options["issuer"],
            tenant_id=options["tenant"],
            client_id=options["client_id"],
            secret=_secret(),
            its_second_factor_counts=options["its_second_factor_counts"],
        )
        offer_sign_in(
            organisation=organisation, registration=registration, by=by, now=timezone.now()
        )
        self.stdout.write(f"People of {organisation} sign in at /sign-in/{organisation.ods_code}/.")

    def withdraw(self, by: SystemJob, options: dict[str, Any]) -> None:
        offered = _offered(options["organisation"])
        withdraw_sign_in(offered=offered, by=by, now=timezone.now())
        self.stdout.write(f"Accounts at {offered.organisation} sign nobody in any more.")

    def link(self, by: SystemJob, options: dict[str, Any]) -> None:
        person = _person(options["email"])
        link_identity(
            person=person,
            offered=_offered(options["organisation"]),
            object_id=options["object"],
            by=by,
            now=timezone.now(),
        )
        self.stdout.write(f"{person} can sign in with that account.")

    def unlink(self, by: SystemJob, options: dict[str, Any]) -> None:
        person, code = _person(options["email"]), options["organisation"]
        identity = person.staff_identities.filter(organisation__ods_code=code).first()
        if identity is None:
            raise CommandError(f"{person} has no account at {code} linked.")
        unlink_identity(identity=identity, by=by, now=timezone.now())
        self.stdout.write(f"{person} cannot sign in with that account any more.")

    def list(self, by: SystemJob, options: dict[str, Any]) -> None:
        rows = OrganisationSignIn.objects.select_related("organisation")
        for row in rows.order_by("organisation__ods_code"):
            state = "offered" if row.is_active else "withdrawn"
            self.stdout.write(f"{row.organisation.ods_code}  {state}  {row.issuer}")

    def rewrite_secrets(self, by: SystemJob, options: dict[str, Any]) -> None:
        waiting = [row for row in OrganisationSignIn.objects.all() if rewritten(row)]
        OrganisationSignIn.objects.bulk_update(waiting, ["secret"])
        self.stdout.write(f"{len(waiting)} secrets are kept under the newest key.")


def _secret() -> str:
    return (getpass("Client secret: ") if sys.stdin.isatty() else sys.stdin.read()).strip()


def _organisation(ods_code: str) -> Organisation:
    organisation = Organisation.objects.filter(ods_code=ods_code).first()
    if organisation is None:
        raise CommandError(f"No organisation has the ODS code {ods_code}.")
    return organisation


def _offered(ods_code: str) -> OrganisationSignIn:
    found = OrganisationSignIn.objects.filter(organisation__ods_code=ods_code)
    offered = found.select_related("organisation").first()
    if offered is None:
        raise CommandError(f"{ods_code} offers no sign-in with its accounts.")
    return offered


def _person(email: str) -> Person:
    person: Person | None = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise CommandError(f"Nobody has the e-mail address {email}.")
    return person
