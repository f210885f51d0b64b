"""Who writes frameworks, and drafts, as tests need them."""

from datetime import date
from typing import Any

import factory

from accounts.models import Organisation, Person
from pathways.models import Collaborator, Comment, Competency, FrameworkVersion, Review
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
)


class DraftFactory(FrameworkVersionFactory):
    """A draft of a trust's own framework."""

    framework = factory.SubFactory(FrameworkFactory, owner=factory.SubFactory(OrganisationFactory))
    state = "DRAFT"
    label = "2027"
    valid_from = date(2027, 4, 1)


class CollaboratorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Collaborator

    framework = factory.SubFactory(FrameworkFactory)
    person = factory.SubFactory(PersonFactory)
    part = "AUTHOR"
    starts_on = TODAY


class ReviewFactory(factory.django.DjangoModelFactory):
    """``version`` is to be given."""

    class Meta:
        model = Review

    reviewer = factory.SubFactory(PersonFactory)
    asked_by = factory.SubFactory(PersonFactory)
    asked_at = NOW
    revision = factory.LazyAttribute(lambda row: row.version.revision)


class CommentFactory(factory.django.DjangoModelFactory):
    """``version`` is to be given."""

    class Meta:
        model = Comment

    author = factory.SubFactory(PersonFactory)
    text = "Is this one thing or two?"
    written_at = NOW


def author_at(organisation: Organisation) -> Person:
    return grant(employ(organisation=organisation), "FRAMEWORK_AUTHOR", organisation)


def reviewer_at(organisation: Organisation) -> Person:
    return grant(employ(organisation=organisation), "REVIEWER", organisation)


def written(*counts: int, **fields: Any) -> FrameworkVersion:
    """A draft with a domain for each of ``counts``, with so many competencies: A, A.1, A.2, …"""
    version = DraftFactory(**fields)
    for place, count in enumerate(counts, start=1):
        letter = chr(ord("A") + place - 1)
        domain = DomainFactory(
            version=version, code=letter, title=f"Domain {letter}", position=place
        )
        for number in range(1, count + 1):
            CompetencyFactory(
                domain=domain,
                code=f"{letter}.{number}",
                title=f"{_TITLES[number - 1]} in {letter}",
                position=number,
            )
    return version


def _signed_off(owner: Organisation) -> FrameworkVersion:
    draft = written(1, framework__owner=owner, state="IN_REVIEW")
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW)
    return draft


_TITLES = ("Plans rotas", "Holds budgets", "Listens", "Coaches", "Reports harm", "Hires fairly")


def authoring_rows(owner: Organisation, *, word: str) -> dict[str, Any]:
    """A draft of ``owner`` with what its authors and reviewers have of it, for the tests of who
    may see and do what."""
    draft = written(2, framework__owner=owner, framework__title=f"Framework {word}")
    domain = draft.domains.get()
    first, second = domain.competencies.order_by("position")
    ReviewFactory(version=draft, outcome="WITHDRAWN", decided_at=NOW)
    return {
        "writing": draft,
        "writing_domain": domain,
        "writing_competency": second,
        "collaborator": CollaboratorFactory(framework=draft.framework, part="REVIEWER"),
        "comment": CommentFactory(version=draft, competency=first, text=f"Comment {word}"),
        "in_review": (waiting := written(1, framework__owner=owner, state="IN_REVIEW")),
        "review": ReviewFactory(version=waiting, message=f"Message {word}"),
        "signed_off": _signed_off(owner),
        # In use before any other, so that it is nobody's newest.
        "spare_edition": (
            spare := written(
                1, framework__owner=owner, state="PUBLISHED", valid_from=date(2024, 4, 1)
            )
        ),
        "spare_competency": Competency.objects.get(version=spare),
    }
