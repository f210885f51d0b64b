"""A request to confirm a level, what is shown with it, and who may be asked, for one person."""

from django.db.models import Model

from accounts.models import Organisation, Person
from pathways.models import Competency
from tests.factories.pathways import AttainmentFactory, CompetencyFactory
from tests.factories.showing import (
    AssessorAppointmentFactory,
    EvidenceFactory,
    VerificationEvidenceFactory,
    asking,
)


def asked_rows(
    person: Person,
    organisation: Organisation,
    competency: Competency,
    *,
    assessor: Person,
    message: str,
    shown: str = "Rota audit",
    is_of_assessor: bool = False,
) -> dict[str, Model]:
    """A waiting request, of the assessor or of the line manager, and a level nobody confirmed.

    ``shown`` is the title of what is shown with it.
    """
    held = AssessorAppointmentFactory(
        assessor=assessor, subject=person, organisation=organisation, appointed_by=assessor
    )
    asked = {"assessor": assessor, "appointment": held} if is_of_assessor else {}
    request = asking(person, competency, message=message, organisation=organisation, **asked)
    evidence = EvidenceFactory(person=person, title=shown)
    # Of the same edition: one of its own would be newer, and what people are measured by.
    another = CompetencyFactory(domain=competency.domain)
    VerificationEvidenceFactory(item=request.items.get(), evidence=evidence)
    return {
        "verification": request,
        "appointment": held,
        "unconfirmed": AttainmentFactory(person=person, competency=another),
    }
