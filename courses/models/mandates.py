"""Programmes that an organisation makes mandatory, from a day to a day."""

from django.db import models

from accounts.models import Organisation
from accounts.models.dated import Dated, ends_after_start
from courses.models.catalogue import Programme
from courses.models.compliance_rules import TrainingRuleQuerySet, never_twice_or_none
from pathways.models import RoleProfile


class Mandate(Dated):
    """An organisation asks a programme of its people and of those below it.

    Of everybody, or of those who follow a role. Whoever it is asked of is entitled to a place.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role_profile = models.ForeignKey(
        RoleProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TrainingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            ends_after_start("mandate_ends_after_start"),
            never_twice_or_none(
                "mandate_one_at_a_time",
                "programme",
                "organisation",
                optional=("role_profile_id",),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} asks {self.programme_id}"
