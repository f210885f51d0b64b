"""One edition as it is read, its place among the others, and the edition of another day."""

from datetime import date

import pytest
from django.urls import reverse

from pathways.selectors import framework_page
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import author_at, written
from tests.factories.pathways import (
    CompetencyFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    domain_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def reader(client, trust):
    person = employ(organisation=trust)
    client.force_login(person)
    return person


@pytest.fixture
def editions(trust):
    """One until the spring of 2025, a gap of a month, and one since, beside a draft."""
    framework = FrameworkFactory(owner=trust, title="How we lead here")
    first = FrameworkVersionFactory(
        framework=framework,
        label="2024",
        state="PUBLISHED",
        valid_from=date(2024, 4, 1),
        valid_to=date(2025, 3, 31),
    )
    second = FrameworkVersionFactory(
        framework=framework, label="2025", state="PUBLISHED", valid_from=date(2025, 5, 1)
    )
    FrameworkVersionFactory(
        framework=framework, label="2027", state="DRAFT", valid_from=date(2025, 6, 1)
    )
    return first, second


def at(version, day=None, **query):
    if day:
        query |= {"on_day": day.day, "on_month": day.month, "on_year": day.year}
    return reverse("pathways:framework_show", args=[version.pk], query=query)


def words_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("day", "place"),
    [(date(2024, 4, 1), 0), (date(2025, 3, 31), 0), (date(2025, 5, 1), 1), (date(2026, 11, 1), 1)],
)
def test_the_edition_of_a_day_is_shown_from_whichever_edition_one_asks(
    client, reader, editions, day, place
):
    right, other = editions[place], editions[1 - place]

    moved = client.get(at(other, day))
    page = words_of(client.get(at(right, day)))

    assert (moved.status_code, moved["Location"]) == (302, at(right, day))
    assert f"Edition {right.label} was in use on" in page


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2025, 4, 1), date(2025, 4, 30)])
def test_a_day_without_an_edition_is_told_and_the_page_stays(client, reader, editions, day):
    response = client.get(at(editions[1], day))

    page = words_of(response)
    assert response.status_code == 200
    assert "No edition of this framework was in use on" in page
    assert "What follows is edition 2025." in page
    is_before_all = "The first edition is in use from 1 April 2024." in page
    assert is_before_all is (day < date(2024, 4, 1))


def test_a_day_that_there_is_not_is_refused_with_what_was_typed(client, reader, editions):
    query = {"on_day": "31", "on_month": "2", "on_year": "2025"}

    response = client.get(reverse("pathways:framework_show", args=[editions[1].pk], query=query))

    page = words_of(response)
    assert response.status_code == 422
    assert "There is a problem" in page
    assert 'value="31"' in page
    assert "was in use on" not in page


def test_without_a_day_the_edition_asked_for_is_shown(client, reader, editions):
    page = words_of(client.get(at(editions[0], domain="1")))

    assert "Edition 2024" in page
    assert "in use from 1 April 2024 until 31 March 2025" in page
    assert "in use from 1 May 2025" in page
    assert "data-as-of" not in page


def test_drafts_and_editions_of_others_are_not_in_the_history(client, reader, editions):
    FrameworkVersionFactory(label="Theirs", framework__owner=OrganisationFactory())

    page = words_of(client.get(at(editions[1])))

    assert "2027" not in page
    assert "Theirs" not in page
    assert page.count("in use from") == 2


def test_who_writes_the_draft_is_still_led_to_what_was_in_use(client, trust, editions):
    client.force_login(author_at(trust))
    draft = editions[0].framework.versions.get(label="2027")

    moved = client.get(at(draft, date(2025, 7, 1)))

    assert moved["Location"] == at(editions[1], date(2025, 7, 1))


def test_a_draft_that_nothing_came_before_says_so(client, trust):
    client.force_login(author_at(trust))

    page = words_of(client.get(at(written(1, framework__owner=trust))))

    assert "This is a draft. It is not in use." in page
    assert "Meant to be in use from" in page
    assert "No edition has been published yet." in page
    assert "See it as of another day" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_history_costs_the_same_at_any_length(
    client, reader, trust, django_assert_num_queries, rows
):
    framework = FrameworkFactory(owner=trust)
    versions = [
        FrameworkVersionFactory(
            framework=framework, label=f"20{row}", valid_from=date(2020 + row, 4, 1)
        )
        for row in range(10, 10 + rows)
    ]
    domain_with(versions[0], "Plans ahead", "Listens")

    with django_assert_num_queries(15):
        response = client.get(at(versions[0]))

    assert words_of(response).count("in use from") == rows


def test_parts_stand_below_what_they_are_a_part_of(client, reader, editions):
    domain = domain_with(editions[1], "Plans ahead", "Listens")
    first = domain.competencies.order_by("position").first()
    CompetencyFactory(domain=domain, parent=first, title="Plans leave", position=9)

    page = words_of(client.get(at(editions[1])))

    order = [page.index(title) for title in ("Plans ahead", "Plans leave", "Listens")]
    assert order == sorted(order)
    assert page.count("app-part--1") == 1


def test_a_large_edition_is_read_one_domain_at_a_time(client, reader, editions, monkeypatch):
    monkeypatch.setattr(framework_page, "MOST_AT_ONCE", 2)
    one = domain_with(editions[1], "Plans ahead", "Listens")
    two = domain_with(editions[1], "Holds budgets")

    first = words_of(client.get(at(editions[1])))
    second = words_of(client.get(at(editions[1], domain=two.pk)))

    assert first.count("nhsuk-expander") == 2
    assert first.count("nhsuk-contents-list__link") == 1
    assert f"Show 1 competency of {two.title}" in first
    assert second.count("nhsuk-expander") == 1
    assert f"Show 2 competencies of {one.title}" in second
