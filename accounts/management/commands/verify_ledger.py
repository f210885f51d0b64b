"""``manage.py verify_ledger``: prove that nobody changed the ledger, or say where."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.services.verification import verify


class Command(BaseCommand):
    help = str(gettext_lazy("Verify the ledger: every event, link, text and signed head."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help=_("ODS code: only the chain of this one"))
        parser.add_argument(
            "--since-anchor",
            action="store_true",
            help=_("only the links since the head that was signed last"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify(
            now=timezone.now(),
            organisation_id=self.organisation_id(options["organisation"]),
            since_anchor=options["since_anchor"],
        )
        for fault in found.faults:
            self.stderr.write(str(fault))
        read = _("Read %(events)s events, %(links)s links and %(signings)s signed lines.")
        self.stdout.write(
            read % {"events": found.events, "links": found.links, "signings": found.signings}
        )
        if found.faults:
            raise CommandError(
                _("The ledger was changed: broken places found: %(count)s.")
                % {"count": len(found.faults)}
            )
        self.stdout.write(_("Nobody has changed the ledger."))

    def organisation_id(self, code: str | None) -> int | None:
        if code is None:
            return None
        organisation = Organisation.objects.filter(ods_code=code).first()
        if organisation is None:
            raise CommandError(_("No organisation has the ODS code %(code)s.") % {"code": code})
        return organisation.pk
