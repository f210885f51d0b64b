"""Reading a package and telling it again, without the database between."""

from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from pathways.models import Association, AssociationGroup, Framework, FrameworkVersion, Scale
from pathways.selectors.case.arrivals import arrival_of, circle_of
from pathways.selectors.case.documents import facts_of
from pathways.selectors.case.editions import Edition
from pathways.selectors.case.incoming import read_package
from pathways.selectors.case.packages import package_from
from pathways.selectors.tree_checks import problems_of
from tests.pathways import case_schemas as schemas
from tests.pathways.case_packages import as_file, item, name, normal, package, packages, tie


def told_again(said):
    """What an edition made of ``said`` says."""
    incoming = read_package(as_file(said))
    assert incoming.mistakes == []
    assert circle_of(incoming.package) == ""
    arrival = arrival_of(incoming.package, scales={}, own_scale="FREQUENCY")
    assert problems_of(arrival.tree, ranks={"": frozenset()}) == []
    version = FrameworkVersion(
        identifier=UUID(name(0)),
        framework=Framework(title="Leading well"),
        label="2026",
        valid_from=date(2026, 4, 1),
        scale=Scale(code="FREQUENCY"),
    )
    version.case = {**arrival.case, "given": facts_of(version)}
    edition = Edition(
        version=version,
        tree=arrival.tree,
        scales={},
        groups=tuple(
            AssociationGroup(
                identifier=UUID(one["identifier"]), title=one["title"], case={"grouping": one}
            )
            for one in arrival.groups
        ),
        associations=tuple(
            Association(identifier=UUID(one["identifier"]), case={"association": one})
            for one in arrival.ties
        ),
    )
    return package_from(edition)


@given(said=packages())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_package_is_told_as_it_was(said):
    told = told_again(said)

    assert normal(told) == normal(said)
    assert schemas.mistakes(schemas.PACKAGE, told) == []


def test_five_thousand_items_are_told_as_they_were():
    count = 5_000
    items = [
        item(name(at), f"Does thing {at}", humanCodingScheme=str(at)) for at in range(1, count + 1)
    ]
    ties = [
        tie(name(10_000 + at), "isChildOf", name(at), name((at - 1) // 10), sequenceNumber=at)
        for at in range(1, count + 1)
    ]
    said = package(*items, ties=ties)

    assert normal(told_again(said)) == normal(said)
