"""What an organisation has in the catalogue: what its programmes bring and what accredits them."""

from datetime import date
from typing import Any

from accounts.models import Person
from courses.models import Mandate, Offering, OfferingAward, Prerequisite
from tests.factories.courses import AwardFactory, ProgrammeFactory, brings
from tests.factories.courses_catalogue import (
    OfferingAccreditationFactory,
    ProviderAccreditationFactory,
    RenewalFactory,
)


def catalogue_rows(offering: Offering, *, lead: Person, word: str) -> dict[str, Any]:
    """Rows of the host of ``offering``, by the names that the samples use."""
    host = offering.host
    OfferingAward.objects.create(offering=offering, award=AwardFactory())
    ProviderAccreditationFactory(provider=host)
    ending = OfferingAccreditationFactory(offering=offering, ends_on=date(2027, 2, 28))
    renewal = RenewalFactory(accreditation=ending, worked_on_by=lead)
    own = ProgrammeFactory(owner=host, title=f"Programme {word}")
    award = brings(own, owner=host)
    Prerequisite.objects.create(programme=own, needs=offering.programme)
    Mandate.objects.create(programme=own, organisation=host, starts_on=date(2026, 4, 1))
    return {"own_programme": own, "award": award, "accreditation": ending, "renewal": renewal}
