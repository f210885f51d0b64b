"""Telling people that there is no money for a place, and whoever can do something about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Person, Role, RoleGrant
from accounts.scope import lifted
from common.dates import london_date
from courses.models import Commitment, Enrolment, Fund, Session
from courses.selectors.deciders import learning_leads_for
from courses.services.budgets import FUNDING, NoBudget
from courses.services.notices import facts_of
from notifications.services.notices import notify


def tell_no_money_instead(
    ended: Enrolment, *, session: Session, refusal: NoBudget, now: datetime
) -> None:
    """Somebody lost a place through no fault of theirs, and ``session`` had room for them, but no
    fund pays for it: tell them whom to ask, and whoever that is."""
    _tell_person(ended, rule="courses.no_money_instead", session=session, refusal=refusal, now=now)
    _tell_keepers(ended, session=session, refusal=refusal, now=now)


def tell_no_money_for_request(
    enrolment: Enrolment, *, deciders: Iterable[Person], refusal: NoBudget, now: datetime
) -> None:
    """Silence would have granted a request that cannot be paid for: tell the person, whoever can
    still answer, and whoever answers for the money."""
    session = enrolment.session
    _tell_person(
        enrolment, rule="courses.no_money_for_request", session=session, refusal=refusal, now=now
    )
    for decider in deciders:
        notify(
            recipient=decider,
            rule="courses.no_money_to_decide",
            subject_key=f"enrolment:{enrolment.pk}",
            url=reverse("courses:approval_decide", args=[enrolment.pk]),
            now=now,
            facts={**facts_of(session), "person": enrolment.person.full_name},
        )
    _tell_keepers(enrolment, session=session, refusal=refusal, now=now)


def tell_money_is_owed(row: Commitment, *, left: int, now: datetime) -> None:
    """A fund owes more than it has left: tell whoever holds it, else the learning leads of its
    organisation, so that its budget is raised. Called where all funds are in sight."""
    fund, on = row.fund, london_date(now)
    leads = RoleGrant.objects.on(on).filter(
        role=Role.LEARNING_LEAD, organisation_id=fund.organisation_id
    )
    keepers = Person.objects.filter(pk__in=leads.values("person"))
    if Fund.objects.with_holder(on=on).filter(pk=fund.pk, is_held=True).exists():
        keepers = Person.objects.filter(pk=fund.holder_id)
    for keeper in keepers.order_by("pk"):
        notify(
            recipient=keeper,
            rule="courses.money_owed",
            subject_key=f"commitment:{row.pk}:{on.isoformat()}",
            url=reverse("courses:fund_show", args=[fund.pk]),
            now=now,
            facts={"fund": fund.title, "owed": row.owed_pence, "left": left},
        )


def _tell_person(
    enrolment: Enrolment, *, rule: str, session: Session, refusal: NoBudget, now: datetime
) -> None:
    holder = refusal.holder
    notify(
        recipient=enrolment.person,
        rule=rule,
        subject_key=f"enrolment:{enrolment.pk}:{session.pk}",
        url=reverse("courses:session_show", args=[session.pk]),
        now=now,
        facts={**facts_of(session), "holder": holder.full_name if holder else ""},
    )


def _tell_keepers(
    enrolment: Enrolment, *, session: Session, refusal: NoBudget, now: datetime
) -> None:
    """Whoever holds the budget, else the learning leads of the organisation the person goes for."""
    facts: dict[str, Any] = {
        **facts_of(session),
        "person": enrolment.person.full_name,
        "pence": refusal.wish.pence,
    }
    fund = refusal.fund
    # Who runs a session sees neither the leads nor the funds of other organisations.
    with lifted(FUNDING):
        keepers = (
            [refusal.holder]
            if refusal.holder
            else learning_leads_for(
                enrolment.person, organisation_id=enrolment.organisation_id, on=london_date(now)
            )
        )
    for keeper in keepers:
        notify(
            recipient=keeper,
            rule="courses.money_missing",
            subject_key=f"enrolment:{enrolment.pk}:{session.pk}",
            url=reverse("courses:fund_show", args=[fund.pk])
            if fund
            else reverse("courses:fund_list"),
            now=now,
            facts=facts,
        )
