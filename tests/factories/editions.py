"""Editions that follow each other, and what became of competencies, as tests need them."""

from datetime import date

from pathways.models import Competency, Crosswalk, CrosswalkLevel, FrameworkVersion
from pathways.services.editions import draft_edition
from pathways.services.trees import write_tree
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.pathways import (
    CompetencyFactory,
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
)
from tests.factories.trees import small_tree


def author_of(framework):
    """Somebody who writes ``framework`` by their role where it belongs."""
    return grant(employ(organisation=framework.owner), "FRAMEWORK_AUTHOR", framework.owner)


def publish(version):
    """What publishing does to the edition itself."""
    FrameworkVersion.objects.filter(pk=version.pk).update(state="PUBLISHED", frozen_at=NOW)
    version.refresh_from_db()
    return version


def published_edition(tree=None, *, counting_rule="LATEST", **fields):
    """An edition in use of a framework that an organisation owns."""
    framework = FrameworkFactory(owner=OrganisationFactory(), counting_rule=counting_rule)
    version = FrameworkVersionFactory(framework=framework, state="DRAFT", **fields)
    write_tree(version=version, tree=tree or small_tree(), revision=0, now=NOW)
    return publish(version)


def next_edition(version, label="2027"):
    """The draft that follows ``version``, and its author."""
    author = author_of(version.framework)
    draft = draft_edition(
        framework=version.framework, based_on=version, label=label, by=author, now=NOW
    )
    return draft, author


def competency(version, code):
    return Competency.objects.get(version=version, code=code)


def edition_rows(version):
    """An edition beside ``version`` that is based on it, and the rule that leads into it."""
    # In use before that one, so that it is nobody's newest.
    beside = FrameworkVersionFactory(
        framework=version.framework,
        scale=version.scale,
        label="Beside",
        valid_from=date(2025, 4, 1),
        based_on=version,
    )
    heir = CompetencyFactory(domain=DomainFactory(version=beside), code="heir")
    before = Competency.objects.filter(version=version).order_by("pk")[0]
    rule = Crosswalk.objects.create(
        before=before, after=heir, kind="REPLACED", reason="It says more."
    )
    CrosswalkLevel.objects.create(crosswalk=rule, rank=1, becomes=1)
    return {"edition": beside, "rule": rule}
