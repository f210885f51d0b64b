"""What is not yours answers exactly as what is not there, at every address and for everybody."""

import pytest
from django.urls import reverse

from tests.api.samples import everything_kept
from tests.security.addresses import (
    OPEN_TO_ALL,
    SAMPLES,
    arguments_of_addresses,
    path_to,
    path_to_nothing,
)
from tests.security.callers import bytes_of, nobody, program, signed_in, told
from tests.security.houses import CANARY

pytestmark = pytest.mark.django_db

METHODS = ("get", "post")
REFUSED = {401, 404, 405}


@pytest.fixture(scope="module")
def outsiders(town):
    """Everybody whose business the other house's rows are not."""
    names = ("person", "manager", "learning", "hr", "talent")
    return [
        *(signed_in(f"{name} elsewhere", town.ours.people[name]) for name in names),
        signed_in("former line manager", town.theirs.people["former"]),
        program("HR system elsewhere", town.ours.client),
        nobody(),
    ]


@pytest.fixture(scope="module")
def as_built(town, outsiders):
    """Every row there is once all have signed in: what no refused request may change."""
    return everything_kept()


def test_every_address_that_names_a_row_has_a_sample():
    named = {name for name, arguments in arguments_of_addresses().items() if arguments}

    assert named == set(SAMPLES) | set(OPEN_TO_ALL)
    assert set(SAMPLES) & set(OPEN_TO_ALL) == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_who_may_is_let_in(town, name):
    """Without this the other tests could pass because nobody is ever let in."""
    sample, house = SAMPLES[name], town.theirs
    inside = program("client", house.client)
    if sample.reader != "client":
        inside = signed_in(sample.reader, house.people[sample.reader])
    body = sample.sent(house)

    response = inside.send("get" if body is None else "post", path_to(name, house), body)

    assert bytes_of(response) or response["Location"]
    assert response.status_code in {200, 201, 302}, response


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_not_yours_answers_as_what_is_not_there(town, outsiders, as_built, name):
    theirs, nothing = path_to(name, town.theirs), path_to_nothing(name, town.theirs)
    body = SAMPLES[name].sent(town.theirs)

    for outsider in outsiders:
        for method in METHODS:
            answer = told(outsider.send(method, theirs, body), theirs)
            expected = told(outsider.send(method, nothing, body), nothing)

            assert answer == expected, f"{outsider.name}, {method}"
            assert answer["status"] in REFUSED or "/accounts/login/" in answer["Location"]
    assert everything_kept() == as_built


@pytest.mark.parametrize("name", SAMPLES)
def test_unusual_ways_of_asking_tell_no_more(town, outsiders, as_built, name):
    theirs, nothing = path_to(name, town.theirs), path_to_nothing(name, town.theirs)
    ways = [
        ("head", {}),
        ("options", {}),
        ("put", {}),
        ("delete", {}),
        ("get", {"HX-Request": "true"}),
        ("post", {"HX-Request": "true"}),
        ("get", {"Accept": "application/json"}),
    ]

    for outsider in (outsiders[0], outsiders[-2]):
        for method, headers in ways:
            answer = told(outsider.send(method, theirs, **headers), theirs)
            expected = told(outsider.send(method, nothing, **headers), nothing)

            assert answer == expected, f"{outsider.name}, {method} {headers}"
            assert answer["status"] >= 300
    assert everything_kept() == as_built


@pytest.mark.parametrize(
    "name", [name for name, arguments in arguments_of_addresses().items() if not arguments]
)
def test_a_page_of_ones_own_holds_nothing_of_theirs(town, outsiders, name):
    for outsider in outsiders:
        response = outsider.send("get", reverse(name))

        assert CANARY.encode() not in bytes_of(response), outsider.name


def test_the_canary_sings_where_it_lives(town):
    """Each list shows the word to somebody of its own house, so that its absence says something."""
    house = town.theirs
    sings = {
        "notifications:home": "manager",
        "courses:approval_list": "manager",
        "courses:session_list": "learning",
        "appraisals:team_list": "manager",
        "appraisals:appraisal_list": "manager",
        "appraisals:status_list": "hr",
        "appraisals:cycle_list": "hr",
        "appraisals:plan_mine": "person",
        "jobs:document_list": "person",
        "pathways:role_list": "person",
        "pathways:gap_mine": "person",
        "talent:profile_list": "talent",
        "talent:pool_list": "person",
        "talent:overview": "person",
    }
    answers = {
        name: bytes_of(signed_in(reader, house.people[reader]).send("get", reverse(name)))
        for name, reader in sings.items()
    }
    inside = program("client", house.client)
    lists = ["people", "role_profile_list", "session_list", "appraisal-list", "plan-list"]
    answers |= {name: bytes_of(inside.send("get", reverse(f"v1:{name}"))) for name in lists}

    assert [name for name, content in answers.items() if CANARY.encode() not in content] == []
