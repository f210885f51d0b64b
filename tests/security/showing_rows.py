"""What somebody keeps and has shown: one piece with a claim, one to nobody, in every town."""

from django.core.files.base import ContentFile
from django.db.models import Model

from accounts.models import Organisation, Person
from pathways.models import RoleProfile
from tests.factories.files import pdf
from tests.factories.pathways import AttainmentFactory
from tests.factories.showing import (
    ClaimedLevelFactory,
    ClaimEvidenceFactory,
    EvidenceFactory,
    EvidenceUseFactory,
    PriorLearningClaimFactory,
)


def showing(
    person: Person,
    organisation: Organisation,
    role: RoleProfile,
    *,
    shown: str,
    kept: str,
    claimed: str,
) -> dict[str, Model]:
    """``shown``, ``kept`` and ``claimed`` are the titles of the three."""
    competency = role.requirements.order_by("pk")[0].competency
    evidence = file_evidence(person, title=shown)
    EvidenceUseFactory(evidence=evidence, competency=competency)
    claim = PriorLearningClaimFactory(person=person, organisation=organisation, title=claimed)
    ClaimEvidenceFactory(claim=claim, evidence=evidence)
    return {
        "competency": competency,
        "level": AttainmentFactory(person=person, competency=competency, rank=1, source="MANAGER"),
        "sent_level": AttainmentFactory(
            person=person, competency=competency, rank=1, source="IMPORTED"
        ),
        "evidence": evidence,
        "kept_evidence": file_evidence(person, title=kept),
        "claim": claim,
        "claimed_level": ClaimedLevelFactory(claim=claim, competency=competency, rank=2),
    }


def file_evidence(person: Person, *, title: str) -> Model:
    """A file, as the service keeps it."""
    return EvidenceFactory(
        person=person,
        kind="FILE",
        url="",
        title=title,
        file=ContentFile(pdf(), name="review.pdf"),
        file_name=f"{title}.pdf",
        content_type="application/pdf",
        size=len(pdf()),
    )
