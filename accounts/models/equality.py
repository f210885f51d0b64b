"""Equality monitoring, apart from everything else.

Nothing that decides about one person may read this table; only aggregates leave it (Data
Protection Act 2018, Schedule 1, paragraph 8).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person


class EqualityRecord(models.Model):
    """What one person chose to tell for monitoring, each code with the system it is from."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    ethnic_code_system = models.CharField(max_length=30, default="ETHNIC CATEGORY")
    ethnic_code = models.CharField(_("ethnic category"), max_length=3, blank=True)
    disability_code = models.CharField(_("disability"), max_length=2, blank=True)
    gender_code = models.CharField(_("gender identity"), max_length=2, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    opted_out_on = models.DateField(_("asked us to stop on"), null=True, blank=True)

    class Meta:
        db_table = "equality_record"

    def __str__(self) -> str:
        return f"Equality record {self.pk}"
