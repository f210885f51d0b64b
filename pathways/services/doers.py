"""Naming who does something in the row itself: a person, or a program of the owner."""

from django.db.models import Model

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import ApiClient, Person


def doer(name: str, by: Actor) -> dict[str, Person | ApiClient | None]:
    """What the two columns of ``name`` hold (``pathways.models.doers``)."""
    if isinstance(by, ApiClientPrincipal):
        return {name: None, f"{name}_client": by.client}
    if isinstance(by, Person):
        return {name: by, f"{name}_client": None}
    raise TypeError("Jobs of the system write no framework.")


def put_doer(row: Model, name: str, by: Actor) -> list[str]:
    """Write ``by`` into the two columns; return their names, to be saved."""
    columns = doer(name, by)
    for column, value in columns.items():
        setattr(row, column, value)
    return list(columns)
