"""``manage.py sign_ledger_heads``: sign the heads of the ledger and keep them outside."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services.anchors import sign_heads


class Command(BaseCommand):
    help = str(gettext_lazy("Sign the heads of the ledger's chains and keep them outside."))

    def handle(self, *args: Any, **options: Any) -> None:
        signing = sign_heads(now=timezone.now())
        for chain, sequence in signing.lost:
            self.stderr.write(
                _("Chain %(chain)s, place %(sequence)s: what was signed before is not there now.")
                % {"chain": chain, "sequence": sequence}
            )
        if signing.lost:
            raise CommandError(_("The ledger was changed. Type `manage.py verify_ledger`."))
        chains = len(signing.heads)
        self.stdout.write(_("Signed the heads of %(chains)s chains.") % {"chains": chains})
