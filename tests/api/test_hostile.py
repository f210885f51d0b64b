"""Whatever comes in, at every endpoint: a problem is said, nothing breaks and nothing changes."""

import json

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from accounts.authentication import SCOPES
from tests.api.attacks import (
    CURSORS,
    PAGE_SIZES,
    PARAMETERS,
    WRONG_TYPES,
    WRONG_TYPES_FOR_FORMS,
    with_value,
    wrong_bodies,
    wrong_forms,
)
from tests.api.endpoints import METHODS, operations
from tests.api.sample import JSON
from tests.api.samples import NOWHERE, SAMPLES, everything_kept, house, sample_of
from tests.api_client import hr_system

OPERATIONS = operations()
READING = [operation for operation in OPERATIONS if not operation.writes]
WRITING = [operation for operation in OPERATIONS if operation.writes]
ABOUT_ONE = [operation for operation in OPERATIONS if operation.is_about_one]
# A scale belongs to nobody and names nothing.
NAMES_NOTHING = {"post scale_list"}
NAMING_ROWS = [
    operation
    for operation in WRITING
    if not operation.is_about_one and str(operation) not in NAMES_NOTHING
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_documents():
    """Instead of a folder for each test: the documents of the houses outlive one."""


@pytest.fixture(scope="module")
def houses(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two, built once for the module and taken back at its end, as each test takes back its own."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), media, transaction.atomic():
        yield house(), house()
        transaction.set_rollback(True)


@pytest.fixture
def ours(houses):
    return houses[0]


@pytest.fixture
def theirs(houses):
    return houses[1]


@pytest.fixture(scope="module")
def system(houses):
    return hr_system(houses[0].organisation)


def call(operation, path, system, *, body=b"", content_type=JSON, query=None):
    headers = {"Authorization": f"Bearer {system.token}"} if system else {}
    if operation.writes:
        path = f"{path}?{query}" if query else path
        return Client().generic(
            operation.method, path, body, content_type=content_type, headers=headers
        )
    return Client().get(path, query, headers=headers)


def good(sample):
    return {"body": sample.sent, "content_type": sample.content_type}


def assert_problem(answer, statuses, what):
    said = (answer.status_code, answer["Content-Type"])
    assert said in {(status, "application/problem+json") for status in statuses}, (
        f"{what}: {said} {answer.content[:300]!r}"
    )
    problem = json.loads(answer.content)
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["title"]


def test_there_is_a_sample_for_every_endpoint_and_for_nothing_else():
    assert set(SAMPLES) == {str(operation) for operation in OPERATIONS}


def test_samples_send_every_field_there_is(ours, theirs):
    document = SchemaGenerator().get_schema(request=None, public=True)

    for operation in WRITING:
        described = document["paths"][operation.path.replace("{}", "{id}")][operation.method]
        fields = set()
        if "requestBody" in described:
            kind = "multipart/form-data" if sample_of(operation, ours, theirs).is_form else JSON
            name = described["requestBody"]["content"][kind]["schema"]["$ref"]
            fields = set(document["components"]["schemas"][name.split("/")[-1]]["properties"])
        assert set(sample_of(operation, ours, theirs).body or {}) == fields, str(operation)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_good_request_is_answered(operation, ours, theirs, system):
    """Otherwise the refusals below would prove nothing."""
    sample = sample_of(operation, ours, theirs)

    answer = call(operation, operation.at(sample.ours), system, **good(sample))

    assert answer.status_code in {200, 201}, answer.content
    assert answer["Content-Type"] == sample.answers


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_unknown_parameters_are_refused(operation, ours, theirs, system):
    sample = sample_of(operation, ours, theirs)
    path = operation.at(sample.ours)
    before = everything_kept()

    for query in ("page=abc", "unknown=1", "page=%00", "%00=1", "cursor=abc", "page_size=abc"):
        given = query if operation.writes else dict([query.split("=")])
        answer = call(operation, path, system, **good(sample), query=given)
        assert_problem(answer, {400}, query)

    assert everything_kept() == before


@pytest.mark.parametrize("operation", [one for one in READING if one.is_list], ids=str)
def test_cursors_and_page_sizes_of_nobody_are_refused(operation, ours, theirs, system):
    path = operation.at(sample_of(operation, ours, theirs).ours)

    for name, values in {"cursor": CURSORS, "page_size": PAGE_SIZES}.items():
        for value in values:
            answer = call(operation, path, system, query={name: value})
            assert_problem(answer, {400}, f"{name}={value!r:.60}")


@pytest.mark.parametrize(
    "operation", [one for one in READING if one.view.query_serializer], ids=str
)
def test_no_value_of_a_parameter_breaks_anything(operation, ours, theirs, system):
    path = operation.at(sample_of(operation, ours, theirs).ours)

    for name in operation.view.query_serializer().fields:
        for value in PARAMETERS:
            answer = call(operation, path, system, query={name: value})
            if answer.status_code != 200:
                assert_problem(answer, {400}, f"{name}={value!r:.60}")
        for value in ("\x00", "a\x00", ["1", "2"]):
            answer = call(operation, path, system, query={name: value})
            assert_problem(answer, {400}, f"{name}={value!r}")
            assert {error["field"] for error in answer.json()["errors"]} == {name}


@pytest.mark.parametrize("operation", ABOUT_ONE, ids=str)
def test_not_yours_and_not_there_are_answered_with_the_same_bytes(operation, ours, theirs, system):
    sample = sample_of(operation, ours, theirs)
    before = everything_kept()

    answers = [
        call(operation, operation.at(pk), system)
        for pk in (sample.hidden, NOWHERE, 0, 2**63 - 1, 2**63, 10**30, 10**300)
    ]

    for answer in answers:
        assert_problem(answer, {404}, str(operation))
    assert len({answer.content for answer in answers}) == 1
    assert everything_kept() == before


@pytest.mark.parametrize("operation", NAMING_ROWS, ids=str)
def test_not_yours_and_not_there_are_the_same_in_a_body_too(operation, ours, theirs, system):
    sample = sample_of(operation, ours, theirs)
    before = everything_kept()

    assert sample.names
    for name, hidden in sample.names.items():
        answers = [
            call(operation, operation.at(), system, body=json.dumps(body).encode())
            for body in (with_value(sample.body, name, pk) for pk in (hidden, NOWHERE, 2**63 - 1))
        ]
        for answer in answers:
            assert_problem(answer, {400}, name)
        assert len({answer.content for answer in answers}) == 1
        assert [error["field"] for error in answers[0].json()["errors"]] == [name]

    assert everything_kept() == before


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_no_body_breaks_anything_or_changes_anything(operation, ours, theirs, system):
    sample = sample_of(operation, ours, theirs)
    path = operation.at(sample.ours)
    before = everything_kept()

    bodies = list(wrong_forms() if sample.is_form else wrong_bodies(sample.body or {}))
    if sample.body:
        bodies.append(("nothing", b""))
    for what, body in bodies:
        answer = call(operation, path, system, body=body, content_type=sample.content_type)
        assert_problem(answer, {400}, what)

    assert everything_kept() == before


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_anything_but_json_is_refused(operation, ours, theirs, system):
    sample = sample_of(operation, ours, theirs)
    path, body = operation.at(sample.ours), sample.sent or b'{"unknown": 1}'
    before = everything_kept()

    for content_type in WRONG_TYPES_FOR_FORMS if sample.is_form else WRONG_TYPES:
        answer = call(operation, path, system, body=body, content_type=content_type)
        assert_problem(answer, {415}, content_type)

    assert everything_kept() == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_without_a_token_nobody_is_let_in(operation, ours, theirs):
    sample = sample_of(operation, ours, theirs)
    path, content_type = operation.at(sample.ours), sample.content_type
    before = everything_kept()

    for authorization in (None, "Bearer", "Bearer x", "Bearer \x7f", "Basic eDp5", "x" * 5_000):
        headers = {"Authorization": authorization} if authorization else {}
        answer = Client().generic(
            operation.method, path, sample.sent, content_type=content_type, headers=headers
        )
        assert_problem(answer, {401}, str(authorization))
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'

    assert everything_kept() == before


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_token_without_the_scope_is_refused(operation, ours, theirs):
    sample = sample_of(operation, ours, theirs)
    others = [scope for scope in SCOPES if scope != operation.scope]
    system = hr_system(ours.organisation, scopes=others)
    before = everything_kept()

    answer = call(operation, operation.at(sample.ours), system, **good(sample))

    assert_problem(answer, {403}, str(operation))
    assert answer.json()["code"] == "scope_missing"
    assert operation.scope in answer.json()["detail"]
    assert everything_kept() == before


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
def test_a_method_that_is_not_there_is_refused(path, ours, system):
    taken = {operation.method for operation in OPERATIONS if operation.path == path}

    for method in set(METHODS) - taken:
        answer = Client().generic(
            method.upper(),
            path.replace("{}", "1"),
            b"{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {system.token}"},
        )
        assert_problem(answer, {405}, method)
        assert {known.strip().lower() for known in answer["Allow"].split(",")} >= taken


@pytest.mark.parametrize("tail", ["nothing/", "people/abc/", "people/1/more/", "people/-1/", "%00"])
def test_an_address_that_is_not_there_is_a_problem_too(system, tail):
    answer = system.get(f"/api/v1/{tail}")

    assert_problem(answer, {404}, tail)


def test_the_token_of_a_client_that_was_stopped_opens_nothing(ours, system):
    system.api_client.is_active = False
    system.api_client.save()

    answer = system.get(reverse("v1:people"))

    assert_problem(answer, {401}, "stopped")
