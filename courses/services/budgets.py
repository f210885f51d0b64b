"""Whether a place could be paid for, and what is said where it could not."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from common.dates import long_date
from common.errors import Conflict
from common.text import pounds
from courses.models import Enrolment, Fund, WhenShort
from courses.selectors.funding import Choice, Purse, Wish, wish_of

# Funds, and the rules by which others charge, are out of the sight of who asks for a place.
FUNDING = SystemJob("courses.funding", organisation_ids=None)


class NoBudget(Conflict):
    """No fund that could pay has enough left.

    ``holder`` answers for the first fund that could pay and somebody answers for, and is the one to
    ask; ``fund`` is that fund, or without a holder the first of their own organisation that is not
    the allowance of one person.
    """

    def __init__(self, wish: Wish, choice: Choice, *, purse: Purse) -> None:
        shared = [fund for fund in choice.short if not fund.person_id]
        self.wish = wish
        held = next((fund for fund in choice.short if fund.is_held), None)  # type: ignore[attr-defined]
        own = [fund for fund in shared if fund.organisation_id == wish.organisation_id]
        self.fund = held or next(iter(own), None)
        self.holder: Person | None = held.holder if held else None
        sentences = [
            _("There is no money for this place, which costs %(price)s. Nothing was changed.")
            % {"price": pounds(wish.pence)},
            *(_short(fund, left=purse.left(fund)) for fund in shared),
            self._ask(found=bool(choice.short)),
        ]
        super().__init__(" ".join(sentences), code="no_budget")

    def _ask(self, *, found: bool) -> str:
        """Whom to ask: whoever holds the first fund that could pay, else the learning lead."""
        if self.holder:
            return _("Ask %(holder)s, who holds this budget.") % {"holder": self.holder.full_name}
        if found:
            return _("Ask the learning lead of your organisation.")
        return _("No fund pays for it on %(day)s. Ask the learning lead of your organisation.") % {
            "day": long_date(self.wish.on)
        }


class Budget:
    """What could be paid for ``enrolments`` before any of them is written.

    The funds are locked, so what is found to be payable in order is payable when it is granted
    in the same transaction and order. What a place that somebody moves from holds is not counted:
    whoever asks has released it.
    """

    def __init__(self, enrolments: Sequence[Enrolment], *, on: date) -> None:
        wishes = [wish_of(row, session=row.session) for row in enrolments if row.price_pence]
        self._purse: Purse | None = None
        if wishes:
            with lifted(FUNDING):
                self._purse = Purse(wishes, funds=locked_funds(on=on))

    def refusal(self, enrolment: Enrolment) -> NoBudget | None:
        """Why there is no money for ``enrolment``; None where there is, which is then used up."""
        if self._purse is None or not enrolment.price_pence:
            return None
        wish = wish_of(enrolment, session=enrolment.session)
        return refusal_of(wish, self._purse.choose(wish), purse=self._purse)


def locked_funds(*, on: date) -> QuerySet[Fund]:
    """Whoever else commits money of one of these funds waits, so no pound is promised twice."""
    return Fund.objects.select_for_update(of=("self",)).with_holder(on=on)


def refusal_of(wish: Wish, choice: Choice | None, *, purse: Purse) -> NoBudget | None:
    """What the rule of the organisation says to a wish for which no fund has enough left."""
    if choice and choice.fund is None and choice.rule.when_short == WhenShort.REFUSE:
        return NoBudget(wish, choice, purse=purse)
    return None


def _short(fund: Fund, *, left: int) -> str:
    return _("%(fund)s has %(left)s left.") % {"fund": fund.title, "left": pounds(left)}
