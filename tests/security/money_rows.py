"""A fund with something committed of it, in every town."""

from django.db.models import Model

from accounts.models import Organisation
from courses.models import Commitment, Offering, SeatAllotment, Statement, StatementLine
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import EnrolmentFactory, SessionFactory
from tests.factories.money import PRICE, FundFactory, MoneyRuleFactory


def money_rows(organisation: Organisation, offering: Offering, word: str) -> dict[str, Model]:
    """The rule asks for no fund, so that places of the town stay as they are."""
    rule = MoneyRuleFactory(organisation=organisation, kinds=[])
    fund = FundFactory(organisation=organisation, title=f"Fund {word}")
    fund.programmes.add(offering.programme)
    place = EnrolmentFactory(session=SessionFactory(offering=offering), price_pence=PRICE)
    Commitment.objects.create(
        fund=fund, enrolment=place, rule=rule, passed_over=[], pence=PRICE, reserved_at=NOW
    )
    SeatAllotment.objects.create(
        session=place.session, organisation=organisation, seats=2, releases_on=TODAY
    )
    statement = Statement.objects.create(
        host=organisation,
        payer=OrganisationFactory(),
        starts_on=TODAY,
        ends_on=TODAY,
        drafted_at=NOW,
    )
    StatementLine.objects.create(
        statement=statement,
        enrolment=place,
        reference=f"E{word}",
        programme="Leading a ward",
        session_on=TODAY,
        reason="USED",
        price_pence=PRICE,
        pence=PRICE,
    )
    return {"statement": statement, "fund": fund, "money_rule": rule}
