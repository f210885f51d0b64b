from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talent.services.projection import rebuild


class Command(BaseCommand):
    help = str(gettext_lazy("Read anew what the talent search knows of everybody who consented."))

    def handle(self, *args: Any, **options: Any) -> None:
        people = rebuild(now=timezone.now())
        self.stdout.write(_("Looked at %(people)s people.") % {"people": people})
