"""Who did something to a framework: a person, or a program of the organisation that owns it.

Two columns, ``<name>`` and ``<name>_client``, of which one is filled.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ApiClient


def done_by_person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )


def done_by_client() -> Any:
    return models.ForeignKey(ApiClient, on_delete=models.PROTECT, null=True, related_name="+")


def done(name: str) -> Q:
    """One of the two did it."""
    person, client = f"{name}__isnull", f"{name}_client__isnull"
    return Q(**{person: False, client: True}) | Q(**{person: True, client: False})


def not_done(name: str) -> Q:
    return Q(**{f"{name}__isnull": True, f"{name}_client__isnull": True})


def doer_of(row: models.Model, name: str) -> str:
    """What whoever did it is called; which program it was is for its organisation to know."""
    doer = getattr(row, name) or getattr(row, f"{name}_client")
    return str(doer) if doer else _("A program")
