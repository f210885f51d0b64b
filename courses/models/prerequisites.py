"""What somebody must have before they ask for a place on a programme."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Programme
from pathways.models import Competency

_PROGRAMME = Q(needs__isnull=False, competency__isnull=True, rank__isnull=True)
_LEVEL = Q(needs__isnull=True, competency__isnull=False, rank__isnull=False)


class Prerequisite(models.Model):
    """Another programme completed, or a level of a competency, that a programme builds on.

    Whoever asks for a place has all of those of the programme. What was granted before it was
    written down stays granted.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="prerequisites")
    needs = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, related_name="+")
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rank = models.PositiveSmallIntegerField(_("level needed"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="prerequisite_is_a_programme_or_a_level", condition=_PROGRAMME | _LEVEL
            ),
            models.CheckConstraint(
                name="prerequisite_rank_from_1_to_7",
                condition=Q(rank__isnull=True) | Q(rank__range=(1, 7)),
            ),
            models.CheckConstraint(
                name="prerequisite_is_another_programme",
                condition=Q(needs__isnull=True) | ~Q(needs=F("programme")),
            ),
            models.UniqueConstraint(
                name="prerequisite_programme_once", fields=["programme", "needs"]
            ),
            models.UniqueConstraint(
                name="prerequisite_competency_once", fields=["programme", "competency"]
            ),
        ]
        triggers = [
            # Whoever writes one waits for whoever writes another, so that two halves of a circle
            # are never written at the same time.
            pgtrigger.Trigger(
                name="prerequisite_never_in_a_circle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__needs__isnull=False),
                func="""
                    PERFORM pg_advisory_xact_lock('courses_prerequisite'::regclass::bigint);
                    IF EXISTS (
                        WITH RECURSIVE before(id) AS (
                            SELECT NEW.needs_id
                            UNION
                            SELECT link.needs_id FROM courses_prerequisite link
                              JOIN before ON before.id = link.programme_id
                             WHERE link.needs_id IS NOT NULL
                        )
                        SELECT FROM before WHERE id = NEW.programme_id
                    ) THEN
                        RAISE EXCEPTION 'A programme cannot come before itself.'
                              USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} needs {self.needs_id or self.competency_id}"
