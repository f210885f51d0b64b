"""Telling somebody that a colleague would like to swap places with them."""

from datetime import datetime

from django.urls import reverse

from courses.models import SwapRequest
from courses.services.notices import facts_of
from notifications.services.notices import notify


def tell_partner(swap: SwapRequest, *, now: datetime) -> None:
    """Tell whoever is asked, at once: the answer is worth something for a while only."""
    notify(
        recipient=swap.partner,
        rule="courses.swap_asked",
        subject_key=f"swap:{swap.pk}",
        url=reverse("courses:swap_answer", args=[swap.pk]),
        now=now,
        facts={
            **facts_of(swap.session),
            "person": swap.asker.full_name,
            "instead_of": swap.other_session.starts_at.isoformat(),
            "until": swap.ends_at.isoformat(),
        },
        is_urgent=True,
    )
