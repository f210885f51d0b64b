"""Editions as trees, and what ties competencies together, as tests need them."""

import factory

from pathways.models import Association, AssociationKind
from pathways.selectors.trees import Node, Tree
from tests.factories.pathways import CompetencyFactory


class AssociationFactory(factory.django.DjangoModelFactory):
    """In the edition of ``origin``, unless a ``version`` is given."""

    class Meta:
        model = Association

    version = factory.LazyAttribute(lambda row: row.origin.domain.version)
    kind = AssociationKind.PART
    origin = factory.SubFactory(CompetencyFactory)
    destination = factory.SubFactory(CompetencyFactory)
    origin_identifier = factory.LazyAttribute(lambda row: row.origin.identifier)
    destination_identifier = factory.LazyAttribute(lambda row: row.destination.identifier)


def node(kind, key, parent, *, code="", title=None, text="", at=1, rank=None, scale="", **more):
    """A node that came from elsewhere: it has no lineage yet."""
    return Node(
        kind=kind,
        key=key,
        parent=parent,
        code=code,
        title=(f"Title of {code}" if code else "") if title is None else title,
        text=text,
        position=at,
        level_rank=rank,
        scale_code=scale,
        **more,
    )


def small_tree():
    """Two domains; a competency with two described levels and a part, and two plain ones."""
    return Tree(
        (
            node("DOMAIN", "a", "", code="a", at=1, text="What a leader does."),
            node("COMPETENCY", "a.1", "a", code="a.1", at=1, text="Plans the work."),
            node("DESCRIPTOR", "a.1:1", "a.1", text="Plans a week.", rank=1),
            node("INDICATOR", "a.1:1:1", "a.1:1", text="The rota is out.", at=1),
            node("INDICATOR", "a.1:1:2", "a.1:1", text="Leave is agreed.", at=2),
            node("DESCRIPTOR", "a.1:2", "a.1", text="Plans a year.", rank=2),
            node("COMPETENCY", "a.1.1", "a.1", code="a.1.1", at=1),
            node("COMPETENCY", "a.2", "a", code="a.2", at=2),
            node("DOMAIN", "b", "", code="b", at=2),
            node("COMPETENCY", "b.1", "b", code="b.1", at=1),
        )
    )


def big_tree(*, competencies, per_domain=25):
    """Domains with many competencies, each with one described level that has an indicator."""
    nodes = []
    for number in range(competencies):
        domain = f"d{number // per_domain}"
        if number % per_domain == 0:
            nodes.append(node("DOMAIN", domain, "", code=domain, at=number // per_domain + 1))
        code = f"{domain}.{number}"
        nodes += [
            node("COMPETENCY", code, domain, code=code, at=number + 1, text="What it is."),
            node("DESCRIPTOR", f"{code}:1", code, text=f"Does {number} sometimes.", rank=1),
            node("INDICATOR", f"{code}:1:1", f"{code}:1", text=f"One sees {number}."),
        ]
    return Tree(tuple(nodes))
