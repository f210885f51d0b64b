"""Awards, and programmes of one organisation: who sees them, and what the database promises."""

import pytest
from django.db import IntegrityError, connection

from accounts.scope import opened
from courses.models import Award, OfferingAward, Programme, ProgrammeAward
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.clock import TODAY
from tests.factories.courses import (
    AwardFactory,
    OfferingFactory,
    OfferingShareFactory,
    ProgrammeFactory,
    brings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return OrganisationFactory(kind="ICB")


@pytest.fixture
def trust(board):
    return place_below(OrganisationFactory(), board)


@pytest.fixture
def reader(trust):
    return employ(organisation=trust)


def seen(model, actor):
    """What the edge lets ``actor`` see, which the wall has to let them see too."""
    rows = set(model.objects.visible_to(actor, on=TODAY))
    with opened(actor, on=TODAY):
        assert set(model.objects.visible_to(actor, on=TODAY)) == rows
    return rows


def test_everybody_sees_national_programmes_and_those_of_their_own_organisations(
    reader, trust, board
):
    national = ProgrammeFactory()
    own, above = ProgrammeFactory(owner=trust), ProgrammeFactory(owner=board)
    ProgrammeFactory(owner=trust, is_listed=False)
    ProgrammeFactory(owner=OrganisationFactory())

    assert seen(Programme, reader) == {national, own, above}


def test_a_programme_of_another_organisation_is_seen_once_it_is_offered(reader, trust):
    offering = OfferingFactory(programme__owner=OrganisationFactory())
    OfferingFactory(programme__owner=OrganisationFactory())

    assert seen(Programme, reader) == set()
    OfferingShareFactory(offering=offering, organisation=trust)

    assert seen(Programme, reader) == {offering.programme}


def test_a_lead_of_the_board_sees_the_programmes_of_the_trusts_below_it(trust, board):
    local = ProgrammeFactory(owner=trust)
    lead = grant(employ(organisation=OrganisationFactory()), "LEARNING_LEAD", board)

    assert seen(Programme, lead) == {local}


def test_awards_are_seen_with_what_brings_them(reader, trust):
    elsewhere = OrganisationFactory()
    national, own = AwardFactory(), AwardFactory(owner=trust)
    taught = brings(ProgrammeFactory(), owner=elsewhere)
    offering = OfferingFactory(host=trust)
    added = AwardFactory(owner=elsewhere)
    OfferingAward.objects.create(offering=offering, award=added)
    AwardFactory(owner=elsewhere)
    brings(ProgrammeFactory(owner=elsewhere), owner=elsewhere)

    assert seen(Award, reader) == {national, own, taught, added}


def test_the_wall_hides_a_programme_of_another_organisation_with_all_that_belongs_to_it(reader):
    theirs = ProgrammeFactory(owner=OrganisationFactory())
    brings(theirs)

    with opened(reader, on=TODAY):
        left = [Programme.objects.count(), ProgrammeAward.objects.count()]

    assert left == [0, 0]


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"title": ""}, "award_has_a_title"),
        ({"level": 0}, "award_level_from_1_to_8"),
        ({"level": 9}, "award_level_from_1_to_8"),
    ],
)
def test_the_database_refuses_an_award_that_says_nothing(fields, promise):
    with pytest.raises(IntegrityError, match=promise):
        AwardFactory(**fields)


def test_a_programme_brings_an_award_once():
    award = brings(ProgrammeFactory())
    link = award.programme_awards.get()

    with pytest.raises(IntegrityError, match="programme_award_once"):
        ProgrammeAward.objects.create(programme=link.programme, award=award, is_optional=True)


def test_the_words_of_a_programme_are_those_of_its_title_first():
    programme = ProgrammeFactory(title="Rostering", summary="Planning a ward", provider="Academy")

    with connection.cursor() as cursor:
        cursor.execute("SELECT words::text FROM courses_programme WHERE id = %s", [programme.pk])
        [(words,)] = cursor.fetchall()

    assert words == "'academi':5C 'plan':2B 'roster':1A 'ward':4B"
