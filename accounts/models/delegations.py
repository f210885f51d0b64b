"""Who stands in for a line manager, for whose team, from a day to a day."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.visibility import delegations_visible_to

if TYPE_CHECKING:
    from accounts.actors import Actor

DELEGATION_MONTHS = 12


class DelegationQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "DelegationQuerySet":
        """The line manager, whoever stands in, and the organisation's HR administrators."""
        return self.filter(delegations_visible_to(actor, on=on))


class Delegation(Dated):
    """``delegate`` stands in for ``manager`` with the team ``manager`` has in ``organisation``.

    It counts only on days on which the delegate has a post in that organisation.
    """

    manager = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standing_in")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Never without an end: whoever stands in for good is the line manager.
    ends_on = models.DateField(_("last day"))

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("delegation_ends_after_start"),
            never_twice("delegation_once_at_a_time", "manager", "delegate", "organisation"),
            models.CheckConstraint(
                name="delegation_not_to_oneself", condition=~Q(manager=F("delegate"))
            ),
            models.CheckConstraint(
                name="delegation_for_a_year_at_most",
                condition=Q(ends_on__lte=F("starts_on") + timedelta(days=366)),
            ),
        ]
        indexes = [
            models.Index(name="delegation_delegate", fields=["delegate", "starts_on"]),
            models.Index(name="delegation_manager", fields=["manager", "starts_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} stands in for {self.manager_id}"
