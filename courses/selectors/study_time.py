"""How much protected time stands where: promised, planned, had, owed and let go."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.visibility import STANDS_IN, record_visible_to
from courses.models import Account, Enrolment, StudyTimeMove

# What every pocket holds: what went in less what went out. ``{where}`` narrows the moves.
POCKETS = """
SELECT enrolment_id, account, day, sum(minutes)
  FROM (SELECT enrolment_id, target AS account, target_on AS day, minutes
          FROM courses_studytimemove WHERE {where}
        UNION ALL
        SELECT enrolment_id, source, source_on, -minutes::bigint
          FROM courses_studytimemove WHERE {where}) both_ends
 GROUP BY 1, 2, 3 HAVING sum(minutes) <> 0
 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Pocket:
    """What stands on an account on a day (or on none), in minutes."""

    account: Account
    on: date | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Balances:
    """Everything promised with a place, in minutes, and where it stands now."""

    pockets: tuple[Pocket, ...] = ()

    def on_account(self, account: Account) -> int:
        return sum(pocket.minutes for pocket in self.pockets if pocket.account == account)

    @property
    def promised(self) -> int:
        return -self.on_account(Account.PLEDGE)

    @property
    def planned(self) -> int:
        return self.on_account(Account.PLANNED)

    @property
    def delivered(self) -> int:
        return self.on_account(Account.DELIVERED)

    @property
    def owed(self) -> int:
        return self.on_account(Account.OWED)

    @property
    def released(self) -> int:
        return self.on_account(Account.RELEASED)

    @property
    def is_balanced(self) -> bool:
        """Nothing lost and nothing made up: what was promised stands somewhere, nowhere below
        nought."""
        others = [p.minutes for p in self.pockets if p.account != Account.PLEDGE]
        return sum(others) == self.promised and all(minutes > 0 for minutes in others)

    @property
    def unplanned(self) -> int:
        """To be studied on days the person has yet to choose."""
        return self.held(Account.PLANNED, None)

    def held(self, account: Account, on: date | None) -> int:
        """What one pocket holds."""
        found = (p.minutes for p in self.pockets if (p.account, p.on) == (account, on))
        return next(found, 0)

    def days(self, account: Account) -> tuple[Pocket, ...]:
        """The pockets of ``account`` that stand on a day, the first day first."""
        return tuple(p for p in self.pockets if p.account == account and p.on)

    def coming(self, *, on: date) -> tuple[Pocket, ...]:
        """Planned for days after ``on``."""
        return tuple(p for p in self.days(Account.PLANNED) if p.on and p.on > on)

    def unanswered(self, *, on: date) -> tuple[Pocket, ...]:
        """Planned for ``on`` or before, and nobody has said what became of it."""
        return tuple(p for p in self.days(Account.PLANNED) if p.on and p.on <= on)


NO_TIME = Balances()


def study_time_balances(enrolment_ids: Collection[int]) -> dict[int, Balances]:
    """Enrolment -> what stands where, for those with any time; one statement at any size."""
    if not enrolment_ids:
        return {}
    return balances_where("enrolment_id = ANY(%(enrolments)s)", enrolments=list(enrolment_ids))


def balances_where(where: str, **parameters: Any) -> dict[int, Balances]:
    """As ``study_time_balances``, for the moves that meet a condition of this floor."""
    with connection.cursor() as cursor:
        cursor.execute(POCKETS.format(where=where), parameters)
        rows = cursor.fetchall()
    found: dict[int, list[Pocket]] = defaultdict(list)
    for enrolment_id, account, day, minutes in rows:
        found[enrolment_id].append(Pocket(Account(account), day, int(minutes)))
    return {key: Balances(tuple(pockets)) for key, pockets in found.items()}


def balances_of(enrolment_id: int) -> Balances:
    return study_time_balances([enrolment_id]).get(enrolment_id, NO_TIME)


def enrolments_with_time(actor: Actor, *, on: date) -> QuerySet[Enrolment]:
    """Places with protected time of everybody whose time ``actor`` sees: not of those who only
    come to a session that the actor runs."""
    seen = record_visible_to(
        actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
    )
    rows = Enrolment.objects.visible_to(actor, on=on).filter(seen)
    return (
        rows.filter(pk__in=StudyTimeMove.objects.values("enrolment_id"))
        .select_related("person", "organisation", "session__offering__programme")
        .order_by("-session__starts_at", "-pk")
    )


def added_up(many: Iterable[Balances]) -> Balances:
    """Several places together: the pockets of all, those of one account and day as one."""
    total: dict[tuple[Account, date | None], int] = defaultdict(int)
    for one in many:
        for pocket in one.pockets:
            total[pocket.account, pocket.on] += pocket.minutes
    ordered = sorted(total, key=lambda key: (key[0], key[1] or date.max))
    return Balances(tuple(Pocket(*key, total[key]) for key in ordered))


def moves_of(enrolment: Enrolment, *, actor: Actor, on: date) -> Sequence[StudyTimeMove]:
    """What has become of the time of one place, the latest first."""
    rows = StudyTimeMove.objects.visible_to(actor, on=on).filter(enrolment=enrolment)
    return list(rows.select_related("moved_by", "moved_by_client").order_by("-moved_at", "-pk"))


def per_enrolment(
    enrolments: Iterable[Enrolment], balances: Mapping[int, Balances]
) -> list[tuple[Enrolment, Balances]]:
    return [(enrolment, balances.get(enrolment.pk, NO_TIME)) for enrolment in enrolments]
