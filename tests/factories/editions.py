"""Editions that follow each other, and what became of competencies, as tests need them."""

from pathways.models import Competency, FrameworkVersion
from pathways.services.editions import draft_edition
from pathways.services.trees import write_tree
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.pathways import FrameworkFactory, FrameworkVersionFactory
from tests.factories.trees import small_tree


def author_of(framework):
    """Somebody who writes ``framework`` by their role where it belongs."""
    return grant(employ(organisation=framework.owner), "FRAMEWORK_AUTHOR", framework.owner)


def publish(version):
    """What publishing does to the edition itself."""
    FrameworkVersion.objects.filter(pk=version.pk).update(state="PUBLISHED", frozen_at=NOW)
    version.refresh_from_db()
    return version


def published_edition(tree=None, **fields):
    """An edition in use of a framework that an organisation owns."""
    framework = FrameworkFactory(owner=OrganisationFactory())
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
