import pytest

from accounts.models import Organisation
from tests.factories.accounts import OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.urls")]
LIST = "/api/sample/organisations/"


def walk(client, address):
    """Return the pages of a list, by following next until it is null."""
    pages = []
    while address:
        body = client.get(address).json()
        pages.append([row["name"] for row in body["results"]])
        address = body["next"]
    return pages


@pytest.fixture
def organisations(db):
    names = ["Ash", "Ash", "Birch", "Cedar", "Doris"]
    return [
        OrganisationFactory(name=name, kind="ICB" if name == "Birch" else "TRUST") for name in names
    ]


@pytest.mark.parametrize("path", [LIST, "/api/sample/values/"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 200])
def test_pages_hold_every_row_once_in_order(client, organisations, path, size):
    pages = walk(client, f"{path}?page_size={size}")

    assert [name for page in pages for name in page] == ["Birch", "Doris", "Cedar", "Ash", "Ash"]
    assert all(len(page) == size for page in pages[:-1])


def test_a_page_is_one_query_without_a_count(client, django_assert_num_queries):
    OrganisationFactory.create_batch(3)

    with django_assert_num_queries(6):
        body = client.get(f"{LIST}?page_size=2").json()
    with django_assert_num_queries(6):
        client.get(body["next"])


def test_a_row_added_before_the_cursor_shifts_nothing(client, organisations):
    first = client.get(f"{LIST}?page_size=2").json()
    OrganisationFactory(name="Aspen", kind="ICB")

    second = client.get(first["next"]).json()

    assert [row["name"] for row in second["results"]] == ["Cedar", "Ash"]


def test_the_filter_stays_in_the_address_of_the_next_page(client, organisations):
    pages = walk(client, f"{LIST}?kind=TRUST&page_size=3")

    assert pages == [["Doris", "Cedar", "Ash"], ["Ash"]]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page=abc", "page", "unknown_parameter"),
        ("page_size=abc", "page_size", "page_size"),
        ("page_size=0", "page_size", "page_size"),
        ("page_size=201", "page_size", "page_size"),
        ("page_size=-1", "page_size", "page_size"),
        ("page_size=%D9%A3", "page_size", "page_size"),
        ("page_size=1&page_size=2", "page_size", "repeated_parameter"),
        ("cursor=abc", "cursor", "cursor"),
        ("cursor=%00", "cursor", "cursor"),
        ("kind=SHOP", "kind", "invalid_choice"),
        ("kind=%00", "kind", "invalid_choice"),
    ],
)
def test_a_wrong_parameter_is_named(client, query, field, code):
    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)


def test_a_cursor_of_another_list_is_refused(client, organisations):
    first = client.get(f"{LIST}?page_size=1").json()
    cursor = first["next"].partition("cursor=")[2]
    tampered = client.get(f"{LIST}?cursor={cursor[:-2]}xx")

    assert tampered.status_code == 400
    assert Organisation.objects.count() == 5
