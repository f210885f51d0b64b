import json

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.urls")]
NOTE = "/api/sample/note/"


def post(client, body):
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post(NOTE, data, content_type="application/json")


def test_a_good_body_comes_back_typed(client):
    response = post(client, {"title": "Ward", "lines": [{"words": "a [{", "count": 2}]})

    assert response.status_code == 201
    assert response.json() == {"title": "Ward", "lines": [{"words": "a [{", "count": 2}]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 200_000, "too_deep"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b'{"title": "' + b"x" * 10_000_000 + b'"}', "body_too_large"),
        (b'{"title": "a", "title": "b"}', "duplicate_name"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_name"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "duplicate_name"),
        (b'{"title": ', "not_json"),
        (b"nothing", "not_json"),
        (b'{"count": NaN}', "not_json"),
        (b'{"count": -Infinity}', "not_json"),
        (b'{"count": 1e999}', "number_too_large"),
        (b'{"count": ' + b"9" * 5_000 + b"}", "number_too_long"),
        (b'{"title": "\xff\xfe"}', "not_utf8"),
        (b'{"title": "\xed\xa0\x80"}', "not_utf8"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem_and_never_a_fault(client, body, code):
    response = post(client, body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"])
def test_text_that_cannot_be_kept_names_its_field(client, text):
    response = post(client, f'{{"title": "ok", "lines": [{{"words": "{text}", "count": 1}}]}}')

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("lines.0.words", "unstorable")


@pytest.mark.parametrize("text", [r"\u202a", r"\u0007", r" \u2066 \u0001 "])
def test_text_of_which_nothing_is_left_is_blank(client, text):
    response = post(client, f'{{"title": "ok", "heading": "{text}"}}')

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("heading", "blank")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_that_no_page_takes_is_refused(client, day):
    response = post(client, {"title": "ok", "on": day})

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["field"], error["code"]) == ("on", "wrong_year")


def test_a_day_of_the_years_is_taken(client):
    assert post(client, {"title": "ok", "on": "1900-01-01"}).status_code == 201
    assert post(client, {"title": "ok", "on": "2199-12-31"}).status_code == 201


def test_every_wrong_field_is_named_at_once(client):
    response = post(client, {"lines": [{"words": "x" * 21, "count": -1}, {}], "colour": "red"})

    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (400, 400, "validation")
    assert {(error["field"], error["code"]) for error in body["errors"]} == {
        ("title", "required"),
        ("lines.0.words", "max_length"),
        ("lines.0.count", "min_value"),
        ("lines.1.words", "required"),
        ("lines.1.count", "required"),
        ("colour", "unknown_field"),
    }


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null"])
def test_a_body_that_is_not_an_object_is_a_mistake_of_the_whole(client, body):
    response = post(client, body)

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["field"] == ""


def test_other_media_types_and_methods_are_problems_too(client):
    form = client.post(NOTE, {"title": "x"})
    deleted = client.delete(NOTE)

    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")
    assert (deleted.status_code, deleted.json()["code"]) == (405, "method_not_allowed")
    assert deleted["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "precondition_required"),
        ({"if-match": '"2"'}, 412, "precondition_failed"),
        ({"if-match": '"3"'}, 200, None),
        ({"if-match": '"1", "3"'}, 200, None),
        ({"if-match": "*"}, 200, None),
    ],
)
def test_a_change_names_the_version_it_was_made_to(client, headers, status, code):
    body = json.dumps({"title": "New"})
    response = client.put(NOTE, body, content_type="application/json", headers=headers)

    assert response.status_code == status
    assert response.json().get("code") == code
    if status == 412:
        assert response.json()["current"] == {"title": "Old"}


def test_a_version_that_is_known_is_not_sent_again(client):
    first = client.get(NOTE)
    again = client.get(NOTE, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, first["ETag"], first.json()) == (200, '"3"', {"title": "Old"})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("headers", "status"), [({}, 409), ({"if-match": '"3"'}, 412)])
def test_stale_is_409_or_412_for_a_caller_that_named_its_version(client, headers, status):
    response = client.patch(NOTE, "{}", content_type="application/json", headers=headers)

    assert response.status_code == status
    assert response.json()["current"] == {"Objective": "Ben's <b>text</b>"}
