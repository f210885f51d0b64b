"""Answering one question of the self-assessment, with a note that is kept as evidence."""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from pathways.models import Attainment, Competency
from pathways.services.attainments import assess_oneself
from pathways.services.evidence import Words, add_reflection


@transaction.atomic
def answer_question(
    *, competency: Competency, rank: int | None, note: str, by: Person, now: datetime
) -> list[Attainment]:
    """Save what ``by`` says of themselves in ``competency`` at once, and keep ``note`` as a
    reflection for it in their evidence; return the answer if it is new.

    Refuses as ``assess_oneself`` does.
    """
    new = assess_oneself(person=by, ranks={competency.pk: rank}, by=by, now=now)
    if note:
        words = Words(title=competency.title, text=note, competency_ids=[competency.pk])
        add_reflection(person=by, words=words, by=by, now=now)
    return new
