from datetime import date

import pytest

from notifications.registry import NEED_SOURCES
from pathways.needs import assessment_needed
from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AttainmentFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return follow(employ(), role_asking(3, title="Matron"))


def test_the_home_page_asks_this():
    assert NEED_SOURCES["pathways.assessment"] is assessment_needed


def test_somebody_who_never_assessed_themselves_is_asked_to(person, django_assert_num_queries):
    with django_assert_num_queries(3):
        (need,) = assessment_needed(person, TODAY)

    assert (need.title, need.url, need.due_on) == (
        "Say where you are against Matron",
        "/pathway/assess/",
        None,
    )
    assert need.hint == "You have not assessed yourself yet."


@pytest.mark.parametrize(
    ("last", "hints"),
    [
        (date(2025, 11, 20), ["You last did so on 20 November 2025."]),
        (date(2025, 11, 21), []),
        (date(2026, 11, 20), []),
    ],
)
def test_a_view_of_oneself_lasts_a_year(person, last, hints):
    skill = competencies_of(role_asking(3))[0]
    show(person, {skill: 2}, on=date(2025, 1, 1))
    show(person, {skill: 2}, on=last)

    assert [need.hint for need in assessment_needed(person, TODAY)] == hints


def test_what_others_said_and_what_others_did_does_not_count(person):
    AttainmentFactory(person=person, source="COURSE")
    AttainmentFactory(person=PersonFactory())

    assert len(list(assessment_needed(person, TODAY))) == 1


def test_somebody_without_a_role_is_not_asked():
    RoleProfileFactory()

    assert list(assessment_needed(employ(), TODAY)) == []
