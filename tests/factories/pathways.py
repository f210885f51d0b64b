"""Frameworks, role profiles and what people have reached, as tests need them."""

from collections.abc import Mapping
from datetime import date, datetime, time

import factory
from django.db.models import Max

from accounts.models import Person
from common.dates import LONDON
from pathways.models import (
    Aspiration,
    Attainment,
    AttainmentSource,
    Competency,
    Domain,
    Framework,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    PathwayStep,
    PostRole,
    Requirement,
    RoleProfile,
    Scale,
    VersionState,
)
from tests.factories.clock import TODAY

LEVELS = ("Rarely or never", "Occasionally", "Frequently", "Almost always")
NO_CHANCE = "No chance to demonstrate"


class ScaleFactory(factory.django.DjangoModelFactory):
    """A scale of four levels and one that says "not applicable"."""

    class Meta:
        model = Scale
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"FREQUENCY{n}")
    title = "How often"

    @factory.post_generation
    def levels(self, create, extracted, **kwargs):
        for rank, label in enumerate(extracted or LEVELS, start=1):
            Level.objects.create(scale=self, rank=rank, label=label)
        Level.objects.create(scale=self, rank=None, label=NO_CHANCE)


class FrameworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Framework

    code = factory.Sequence(lambda n: f"FW{n}")
    title = factory.Sequence(lambda n: f"Good management {n}")
    publisher = "Waymark"


class FrameworkVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FrameworkVersion

    framework = factory.SubFactory(FrameworkFactory)
    label = "2026"
    scale = factory.SubFactory(ScaleFactory)
    state = VersionState.PUBLISHED
    valid_from = date(2026, 4, 1)


class DomainFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Domain

    version = factory.SubFactory(FrameworkVersionFactory)
    code = factory.Sequence(lambda n: f"D{n}")
    title = factory.Sequence(lambda n: f"Leading in way {n}")
    position = factory.Sequence(lambda n: n % 30_000)


class CompetencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Competency

    domain = factory.SubFactory(DomainFactory)
    code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Plans the work of a team {n}")
    position = factory.Sequence(lambda n: n % 30_000)


class LevelDescriptorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LevelDescriptor

    competency = factory.SubFactory(CompetencyFactory)
    level = factory.LazyAttribute(
        lambda row: row.competency.domain.version.scale.levels.order_by("rank").first()
    )
    text = "Plans a week ahead with the team."


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator

    descriptor = factory.SubFactory(LevelDescriptorFactory)
    text = "The rota is published six weeks ahead."
    position = 1


class RoleProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleProfile

    code = factory.Sequence(lambda n: f"ROLE{n}")
    title = factory.Sequence(lambda n: f"Service manager {n}")
    summary = "Runs one service from day to day."
    family = "Operations"
    version = factory.SubFactory(FrameworkVersionFactory)
    band = "8a"
    stage = 4


class RequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requirement

    role_profile = factory.SubFactory(RoleProfileFactory)
    competency = factory.LazyAttribute(
        lambda row: CompetencyFactory(domain__version=row.role_profile.version)
    )
    rank = 3


class PostRoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PostRole

    role_profile = factory.SubFactory(RoleProfileFactory)


class PathwayStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PathwayStep

    from_role = factory.SubFactory(RoleProfileFactory)
    to_role = factory.SubFactory(RoleProfileFactory)
    usual_months = 24


class AspirationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Aspiration

    role_profile = factory.SubFactory(RoleProfileFactory)
    starts_on = date(2026, 9, 1)


class AttainmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attainment

    competency = factory.SubFactory(CompetencyFactory)
    rank = 2
    attained_on = TODAY
    source = AttainmentSource.SELF
    recorded_at = factory.LazyAttribute(
        lambda row: datetime.combine(row.attained_on, time(9), tzinfo=LONDON)
    )


def domain_with(version: FrameworkVersion, *titles: str) -> Domain:
    """A new domain at the end of ``version`` with a competency for each title, in order."""
    last = version.domains.aggregate(last=Max("position"))["last"] or 0
    domain = DomainFactory(version=version, position=last + 1)
    for position, title in enumerate(titles, start=1):
        CompetencyFactory(domain=domain, title=title, position=position)
    return domain


def role_asking(*ranks: int, per_domain: int = 2, **fields: object) -> RoleProfile:
    """A role that asks for ``ranks`` in new competencies, ``per_domain`` to a domain."""
    role = RoleProfileFactory(**fields)
    for start in range(0, len(ranks), per_domain):
        asked = ranks[start : start + per_domain]
        domain = domain_with(role.version, *(f"Skill {start + n}" for n in range(len(asked))))
        for rank, competency in zip(asked, domain.competencies.order_by("position"), strict=True):
            RequirementFactory(role_profile=role, competency=competency, rank=rank)
    return role


def competencies_of(role: RoleProfile) -> list[Competency]:
    """What ``role`` asks for, in the order of the framework."""
    return list(
        Competency.objects.filter(requirements__role_profile=role).order_by(
            "domain__position", "position"
        )
    )


def follow(person: Person, role: RoleProfile) -> Person:
    """Make the posts of ``person`` follow ``role``; returns the person."""
    for assignment in person.assignments.all():
        PostRoleFactory(post=assignment.post, role_profile=role)
    return person


def show(person: Person, ranks: Mapping[Competency, int | None], *, on: date = TODAY) -> None:
    """Let ``person`` have said ``ranks`` of themselves."""
    for competency, rank in ranks.items():
        AttainmentFactory(person=person, competency=competency, rank=rank, attained_on=on)
