"""Subjects of mandatory training, rules, and what people were trained in, as tests need them."""

from datetime import date

import factory

from accounts.models import Organisation, Person
from common.dates import add_months
from courses.models import (
    RefreshPeriod,
    RenewalRule,
    Subject,
    SubjectExemption,
    SubjectLevel,
    SubjectRecord,
    SubjectRequirement,
    SubjectTaught,
)
from tests.factories.accounts import (
    LONG_AGO,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY


class SubjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subject

    code = factory.Sequence(lambda n: f"SUBJECT_{n}")
    title = factory.Sequence(lambda n: f"Fire safety {n}")
    subject_set = "CSTF"


class SubjectLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SubjectLevel

    subject = factory.SubFactory(SubjectFactory)
    rank = 1


class RefreshPeriodFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RefreshPeriod

    subject = factory.SubFactory(SubjectFactory)
    months = 24
    starts_on = LONG_AGO


class RenewalRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RenewalRule

    starts_on = LONG_AGO


class SubjectRequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SubjectRequirement

    organisation = factory.SubFactory(OrganisationFactory)
    level = factory.SubFactory(SubjectLevelFactory)
    starts_on = LONG_AGO


class SubjectExemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SubjectExemption

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    subject = factory.SubFactory(SubjectFactory)
    reason = "AWAY"
    granted_by = factory.SubFactory(PersonFactory)
    granted_at = NOW
    starts_on = LONG_AGO
    ends_on = date(2027, 3, 31)


def subject_of(title: str, *labels: str, months: int | None = 24, **fields: object) -> Subject:
    """A national subject with a level for each of ``labels``, or one without a label."""
    subject = SubjectFactory(title=title, **fields)
    for rank, label in enumerate(labels or ("",), start=1):
        SubjectLevelFactory(subject=subject, rank=rank, label=label)
    RefreshPeriodFactory(subject=subject, months=months)
    return subject


def level_of(subject: Subject, rank: int = 1) -> SubjectLevel:
    return subject.levels.get(rank=rank)


def ask(organisation: Organisation, subject: Subject, *, rank: int = 1, **whom: object) -> None:
    """``organisation`` asks a level of ``subject`` of everybody, or of ``whom``."""
    SubjectRequirementFactory(organisation=organisation, level=level_of(subject, rank), **whom)


def teach(subject: Subject, *, rank: int = 1, **what: object) -> SubjectTaught:
    """A programme or an offering teaches a level of ``subject``."""
    return SubjectTaught.objects.create(level=level_of(subject, rank), **what)


def trained(
    person: Person,
    subject: Subject,
    *,
    rank: int = 1,
    on: date = TODAY,
    months: int | None = 24,
    **fields: object,
) -> SubjectRecord:
    """``person`` was trained on ``on``, and it counts for ``months``."""
    number = SubjectRecord.objects.count()
    return SubjectRecord.objects.create(
        **{
            "person": person,
            "level": level_of(subject, rank),
            "completed_on": on,
            "counts_from": on,
            "counts_months": months,
            "expires_on": None if months is None else add_months(on, months),
            "source": "IMPORT",
            "source_key": f"test:{number}",
            "recorded_at": NOW,
            **fields,
        }
    )


def with_role(role: str, organisation: Organisation) -> Person:
    """Somebody employed by ``organisation`` who holds a role for it."""
    return grant(employ(organisation=organisation), role, organisation)


def training_asked_of(person: Person, organisation: Organisation) -> SubjectLevel:
    """A subject of ``organisation`` that it asks for and in which ``person`` was trained."""
    subject = SubjectFactory(owner=organisation, vpd="457", subject_set="LOCAL")
    level = SubjectLevelFactory(subject=subject)
    SubjectRequirementFactory(organisation=organisation, level=level)
    trained(person, subject)
    return level
