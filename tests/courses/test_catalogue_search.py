"""The search of the catalogue: filters, counts that leave out their own filter, and what fits."""

from datetime import date, timedelta

import pytest

from accounts.scope import opened
from courses.models import OfferingAward, Programme
from courses.selectors.accreditation import accreditations_of
from courses.selectors.catalogue import reader_of
from courses.selectors.search import FACETS, Filters, Marked, search_catalogue
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    AccreditationFactory,
    AwardFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
    outcome,
    seated,
)
from tests.factories.courses_catalogue import (
    OfferingAccreditationFactory,
    ProviderAccreditationFactory,
)
from tests.factories.pathways import competencies_of, follow, role_asking, show

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def reader(trust):
    return employ(organisation=trust)


def searched(person, *, words="", marked=None, with_places=False, **chosen):
    filters = Filters(words=words, with_places=with_places, chosen=chosen)
    return search_catalogue(
        actor=person, filters=filters, marked=marked or Marked(), on=TODAY, now=NOW
    )


def titles(found):
    rows = Programme.objects.in_bulk(found.ids)
    return [rows[key].title for key in found.ids]


def offered(trust, title, *, mode="IN_PERSON", **fields):
    return OfferingFactory(
        host=trust, programme__title=title, programme__mode=mode, programme__summary="", **fields
    )


def test_a_count_leaves_out_its_own_filter_and_heeds_the_others(reader, trust):
    offered(trust, "A", price_pence=0)
    offered(trust, "B", mode="ONLINE", price_pence=0)
    offered(trust, "C", mode="ONLINE", price_pence=60_000)

    found = searched(reader, mode=("ONLINE",), price=("FREE",))

    assert titles(found) == ["B"]
    assert found.facets["mode"] == {"IN_PERSON": 1, "ONLINE": 1}
    assert found.facets["price"] == {"FREE": 1, "UNDER_2000": 1}


def test_several_choices_of_a_filter_are_any_of_them(reader, trust):
    for title, mode in (("A", "IN_PERSON"), ("B", "ONLINE"), ("C", "BLENDED")):
        offered(trust, title, mode=mode)

    assert titles(searched(reader, mode=("ONLINE", "BLENDED"))) == ["B", "C"]


def test_one_way_to_take_it_has_to_pass_every_filter(reader, trust):
    dear = offered(trust, "A", route="National", price_pence=300_000)
    OfferingFactory(
        programme=dear.programme, host=trust, route="Local", languages=["cy"], price_pence=0
    )

    assert titles(searched(reader, language=("cy",), price=("FREE",))) == ["A"]
    assert titles(searched(reader, language=("en",), price=("FREE",))) == []
    assert searched(reader).facets["price"] == {"FREE": 1, "MORE": 1}


def test_a_programme_with_many_ways_counts_once(reader, trust):
    first = offered(trust, "A")
    OfferingFactory(programme=first.programme, host=trust, route="Another")

    found = searched(reader)

    assert found.ids == (first.programme_id,)
    assert found.facets["host"] == {str(trust.pk): 1}


@pytest.mark.parametrize(
    ("pence", "price"),
    [
        (0, "FREE"),
        (1, "UNDER_500"),
        (50_000, "UNDER_500"),
        (50_001, "UNDER_2000"),
        (200_000, "UNDER_2000"),
        (200_001, "MORE"),
    ],
)
def test_prices_fall_into_bands(reader, trust, pence, price):
    offered(trust, "A", price_pence=pence)

    assert searched(reader).facets["price"] == {price: 1}


def test_awards_of_the_programme_and_of_the_offering_are_found_by_kind_and_level(reader, trust):
    offering = offered(trust, "A")
    brings(offering.programme, kind="ACADEMIC", level=7)
    OfferingAward.objects.create(offering=offering, award=AwardFactory(kind="MEMBERSHIP", level=5))
    offered(trust, "B")

    found = searched(reader, kind=("MEMBERSHIP",))

    assert titles(found) == ["A"]
    assert found.facets["kind"] == {"ACADEMIC": 1, "MEMBERSHIP": 1}
    assert found.facets["level"] == {"5": 1, "7": 1}
    assert titles(searched(reader, level=("7",))) == ["A"]


def test_words_find_the_award_and_who_gives_it(reader, trust):
    brings(offered(trust, "A").programme, "Diploma in rostering", body__name="Institute of Health")
    offered(trust, "B")

    assert titles(searched(reader, words="rosters")) == ["A"]
    assert titles(searched(reader, words="institute of health")) == ["A"]


def test_accredited_means_until_the_offering_ends_as_the_pages_say(reader, trust):
    ends_on = date(2027, 6, 30)
    cases = {
        "Itself": lambda row: OfferingAccreditationFactory(offering=row, ends_on=ends_on),
        "Lapses": lambda row: OfferingAccreditationFactory(offering=row, ends_on=ends_on - A_DAY),
        "Lapsed": lambda row: OfferingAccreditationFactory(offering=row, ends_on=TODAY - A_DAY),
        "To come": lambda row: OfferingAccreditationFactory(offering=row, starts_on=TODAY + A_DAY),
        "Programme": lambda row: AccreditationFactory(programme=row.programme),
        "Taught": lambda row: ProviderAccreditationFactory(provider=row.provider),
        "Renewed": lambda row: (
            OfferingAccreditationFactory(offering=row, ends_on=TODAY),
            OfferingAccreditationFactory(offering=row, starts_on=TODAY + A_DAY),
        ),
        "Gap": lambda row: (
            OfferingAccreditationFactory(offering=row, ends_on=TODAY),
            OfferingAccreditationFactory(offering=row, starts_on=TODAY + 2 * A_DAY),
        ),
        "Nothing": lambda row: None,
    }
    rows = {}
    for title, accredit in cases.items():
        rows[title] = offered(trust, title, provider=OrganisationFactory(), ends_on=ends_on)
        accredit(rows[title])

    found = titles(searched(reader, accredited=("YES",)))

    said = accreditations_of(rows.values(), on=TODAY)
    assert found == ["Itself", "Programme", "Renewed", "Taught"]
    assert sorted(title for title, row in rows.items() if said[row.pk].throughout) == found


def test_with_places_finds_what_has_room_and_counts_only_that(reader, trust):
    full = SessionFactory(offering=offered(trust, "Full"), capacity=1)
    seated(full, 1)
    SessionFactory(offering=offered(trust, "Free", mode="ONLINE"))

    found = searched(reader, with_places=True)

    assert titles(found) == ["Free"]
    assert found.facets["mode"] == {"ONLINE": 1}


def test_what_is_over_or_closed_is_no_way_to_take_it(reader, trust):
    offered(trust, "A", ends_on=TODAY - A_DAY, price_pence=100)
    offered(trust, "B", is_open=False, price_pence=100)

    found = searched(reader)

    assert titles(found) == ["A", "B"]
    assert found.facets["host"] == {}


def test_what_others_offer_is_neither_found_nor_counted(reader, trust):
    national = OfferingFactory(provider=OrganisationFactory(), languages=["cy"]).programme
    OfferingFactory(programme__owner=OrganisationFactory())

    with opened(reader, on=TODAY):
        found = searched(reader)

    assert found.ids == (national.pk,)
    assert {name: found.facets[name] for name in ("host", "provider", "language")} == {
        "host": {},
        "provider": {},
        "language": {},
    }


def test_what_fits_a_gap_is_in_order_of_points_that_add_up(reader, trust):
    role = role_asking(4, 3)
    planning, leading = competencies_of(role)
    follow(reader, role)
    show(reader, {planning: 1, leading: 2})
    little, much, both = (ProgrammeFactory(title=title) for title in ("A", "B", "C"))
    outcome(little, planning, 2)
    outcome(much, planning, 4)
    outcome(both, planning, 3)
    outcome(both, leading, 3)

    known = reader_of(reader, on=TODAY)
    found = searched(reader, marked=known.marked)

    assert titles(found) == ["B", "C", "A"]
    assert known.marked.points == {little.pk: 10, much.pk: 35, both.pk: 35}
    reasons = [(one.title, one.held, one.brings, one.points) for one in known.closing[both.pk]]
    assert reasons == [(planning.title, 1, 3, 20), (leading.title, 2, 3, 15)]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_is_one_statement_beside_where_the_reader_stands(
    trust, django_assert_num_queries, rows
):
    for number in range(rows):
        offered(trust, f"Programme {number}")
    reader = employ(organisation=trust)
    reader = type(reader).objects.get(pk=reader.pk)

    with django_assert_num_queries(2):
        found = searched(reader)

    assert len(found.ids) == rows
    assert set(found.facets) == set(FACETS)


def test_who_belongs_to_no_organisation_still_reads_the_catalogue(trust):
    offered(trust, "A", price_pence=0)

    found = searched(PersonFactory())

    assert titles(found) == ["A"]
    assert found.facets["price"] == {}


@pytest.mark.parametrize("purpose", ["ENTITLED", "GAP"])
def test_a_purpose_that_nothing_serves_finds_nothing(reader, trust, purpose):
    offered(trust, "A")

    found = search_catalogue(
        actor=reader, filters=Filters(purpose=purpose), marked=Marked(), on=TODAY, now=NOW
    )

    assert found.ids == ()
