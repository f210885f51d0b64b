"""The places of competencies in a draft: each before its parts, in few statements at any size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways.models import Competency, Domain
from pathways.selectors.frameworks import framework_tree
from pathways.services.items import CompetencyText, write_competency
from pathways.services.moving import move_competency, move_competency_to, move_domain
from pathways.services.taking_out import parts_below
from tests.factories.authoring import DraftFactory, author_at, written
from tests.factories.clock import NOW
from tests.factories.pathways import DomainFactory

pytestmark = pytest.mark.django_db


def codes(version, domain="A"):
    """As whoever sorts by position alone reads them."""
    [found] = [one for one in framework_tree(version=version) if one.code == domain]
    return [row.code for row in found.competencies.all()]


def competency(version, code):
    return Competency.objects.get(version=version, code=code)


def saved_by(author, version):
    version.refresh_from_db()
    return {"revision": version.revision, "by": author, "now": NOW}


def add(version, author, code, *, below=None):
    parent = competency(version, below) if below else None
    return write_competency(
        domain=version.domains.get(code="A"),
        competency=None,
        parent=parent,
        text=CompetencyText(code, f"Title {code}"),
        **saved_by(author, version),
    )


def test_a_new_part_stands_behind_the_parts_of_its_parent_and_not_behind_the_domain():
    draft = written(3)
    author = author_at(draft.framework.owner)

    first = add(draft, author, "A.1.1", below="A.1")
    add(draft, author, "A.1.1.1", below="A.1.1")
    second = add(draft, author, "A.1.2", below="A.1")

    assert codes(draft) == ["A.1", "A.1.1", "A.1.1.1", "A.1.2", "A.2", "A.3"]
    assert (first.position, second.position) == (2, 4)
    assert add(draft, author, "A.4").position == 7


def test_words_that_change_leave_a_part_where_it_is():
    draft = written(2)
    author = author_at(draft.framework.owner)
    part = add(draft, author, "A.1.1", below="A.1")

    write_competency(
        domain=part.domain,
        competency=part,
        text=CompetencyText("A.1.1", "Plans nights"),
        **saved_by(author, draft),
    )

    assert codes(draft) == ["A.1", "A.1.1", "A.2"]


def large(competencies):
    """A domain with a branch of half of its competencies, each part below the one before it for
    the first hundred, and a domain beside it."""
    version = DraftFactory()
    home = DomainFactory(version=version, code="A", position=1)
    Domain.objects.bulk_create(
        Domain(version=version, code=f"Z{n}", title=f"Z{n}", position=n + 2)
        for n in range(competencies)
    )
    rows = Competency.objects.bulk_create(
        Competency(domain=home, version=version, code=f"A.{n}", title=f"A.{n}", position=n)
        for n in range(1, competencies + 1)
    )
    half = rows[: competencies // 2]
    for n, row in enumerate(half[1:], start=1):
        row.parent = half[n - 1] if n < 100 else half[0]
    Competency.objects.bulk_update(half[1:], ["parent"], batch_size=500)
    return version, author_at(version.framework.owner)


def moves(version, author):
    """Everything that gives many rows a new place, with what each statement does it for."""
    top = competency(version, "A.1")
    last = Competency.objects.filter(version=version, domain__code="A").order_by("-position")[0]
    elsewhere = version.domains.get(code="Z0")
    yield lambda: move_competency(competency=last, before=top.pk, **saved_by(author, version))
    yield lambda: move_competency_to(
        competency=top, domain=top.domain, parent=last, **saved_by(author, version)
    )
    yield lambda: move_competency_to(
        competency=last, domain=elsewhere, parent=None, **saved_by(author, version)
    )
    yield lambda: move_domain(domain=version.domains.get(code="A"), **saved_by(author, version))


@pytest.mark.parametrize("size", [10, 1_000])
def test_moving_takes_as_many_statements_at_any_size(size):
    version, author = large(size)

    counted = []
    for move in moves(version, author):
        with CaptureQueriesContext(connection) as statements:
            move()
        counted.append(len(statements))

    assert counted == [10, 12, 11, 10]
    branch = Competency.objects.filter(version=version, domain__code="Z0")
    assert branch.count() == size // 2 + 1
    assert version.domains.order_by("-position")[0].code == "A"
    assert [row.position for row in branch.order_by("position")] == list(range(1, size // 2 + 2))


def test_what_is_below_is_found_in_a_circle_too():
    assert parts_below(1, {1: 3, 2: 1, 3: 2, 4: 2, 5: None}) == [2, 3, 4]
