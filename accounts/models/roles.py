"""Roles people hold for an organisation and everything below it, from a day to a day."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import Dated, DatedQuerySet, ends_after_start, never_twice
from accounts.models.organisations import Organisation
from accounts.models.people import Person
from accounts.visibility import role_grants_visible_to

if TYPE_CHECKING:
    from accounts.actors import Actor


class Role(models.TextChoices):
    LEARNING_LEAD = "LEARNING_LEAD", _("Learning lead")
    PROGRAMME_LEAD = "PROGRAMME_LEAD", _("Programme lead")
    TALENT_LEAD = "TALENT_LEAD", _("Talent lead")
    HR_ADMINISTRATOR = "HR_ADMINISTRATOR", _("HR administrator")
    EQUALITY_ANALYST = "EQUALITY_ANALYST", _("Equality analyst")
    AUDITOR = "AUDITOR", _("Auditor or data protection officer")
    FRAMEWORK_AUTHOR = "FRAMEWORK_AUTHOR", _("Framework author")
    REVIEWER = "REVIEWER", _("Framework reviewer")
    ORGANISATION_ADMINISTRATOR = "ORGANISATION_ADMINISTRATOR", _("Organisation administrator")
    PLATFORM_OPERATOR = "PLATFORM_OPERATOR", _("Platform operator")


class RoleGrantQuerySet(DatedQuerySet):
    def visible_to(self, actor: "Actor", *, on: date) -> "RoleGrantQuerySet":
        """One's own, and those for organisations that one administers or audits."""
        return self.filter(role_grants_visible_to(actor, on=on))


class RoleGrant(Dated):
    """``person`` holds ``role`` for ``organisation`` and the organisations below it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="role_grants"
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("role_grant_ends_after_start"),
            never_twice("role_grant_once_at_a_time", "person", "organisation", "role"),
        ]
        indexes = [models.Index(name="role_grant_organisation", fields=["organisation", "role"])]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role} at {self.organisation_id}"
