"""What people show and who confirms it, as tests need them."""

from datetime import timedelta

import factory

from pathways.models import (
    AssessorAppointment,
    ClaimedLevel,
    ClaimEvidence,
    Evidence,
    EvidenceUse,
    PriorLearningClaim,
    Qualification,
    VerificationEvidence,
    VerificationItem,
    VerificationRequest,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import AttainmentFactory, CompetencyFactory


class EvidenceFactory(factory.django.DjangoModelFactory):
    """A link, which needs no file; ``person`` is to be given."""

    class Meta:
        model = Evidence

    kind = "LINK"
    title = factory.Sequence(lambda n: f"Rota audit {n}")
    url = "https://intranet.example/rota"
    added_at = NOW


class EvidenceUseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EvidenceUse

    competency = factory.SubFactory(CompetencyFactory)


class AssessorAppointmentFactory(factory.django.DjangoModelFactory):
    """For a year; ``assessor`` and ``appointed_by`` are to be given."""

    class Meta:
        model = AssessorAppointment

    organisation = factory.SubFactory(OrganisationFactory)
    starts_on = TODAY
    ends_on = TODAY + timedelta(days=365)


class VerificationRequestFactory(factory.django.DjangoModelFactory):
    """To the line manager, unless an ``assessor`` is given; ``subject`` is to be given."""

    class Meta:
        model = VerificationRequest

    asked_at = NOW


class VerificationItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VerificationItem

    competency = factory.SubFactory(CompetencyFactory)
    rank = 2
    claimed = factory.LazyAttribute(
        lambda row: AttainmentFactory(
            person=row.request.subject, competency=row.competency, rank=row.rank
        )
    )


class VerificationEvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VerificationEvidence


class PriorLearningClaimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriorLearningClaim

    title = "Diploma in management"
    provider = "Riverbank College"
    finished_on = TODAY - timedelta(days=700)
    statement = "I planned and led a project of six people."
    submitted_at = NOW


class ClaimedLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClaimedLevel

    competency = factory.SubFactory(CompetencyFactory)
    rank = 2


class ClaimEvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClaimEvidence


class QualificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Qualification

    title = "Level 5 Diploma in Leadership and Management"
    awarding_body = "ILM"
    level = 5
    awarded_on = TODAY - timedelta(days=900)
    added_at = NOW


def asking(subject, *competencies, rank=2, **fields):
    """A waiting request of ``subject`` with a level of each competency (or one of its own)."""
    request = VerificationRequestFactory(subject=subject, **fields)
    for competency in competencies or (CompetencyFactory(),):
        VerificationItemFactory(request=request, competency=competency, rank=rank)
    return request


def asking_assessor(subject, assessor, *competencies, organisation, rank=2, **days):
    """The same of an assessor, under an appointment for ``subject`` by whoever that is."""
    held = AssessorAppointmentFactory(
        assessor=assessor,
        subject=subject,
        organisation=organisation,
        appointed_by=subject,
        **days,
    )
    fields = {"assessor": assessor, "appointment": held, "organisation": organisation}
    return asking(subject, *competencies, rank=rank, **fields)
