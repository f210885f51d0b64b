"""What completing a programme of one's own brings: levels and awards."""

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Outcome, ProgrammeAward
from courses.services.brings import (
    AwardBrought,
    LevelBrought,
    bring_award,
    bring_award_no_more,
    bring_level,
    bring_level_no_more,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    AwardFactory,
    ProgrammeFactory,
    brings,
    outcome,
)
from tests.factories.courses_catalogue import lead_at
from tests.factories.pathways import CompetencyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(client, trust):
    person = lead_at(trust)
    client.force_login(person)
    return person


@pytest.fixture
def programme(trust):
    return ProgrammeFactory(owner=trust)


@pytest.fixture
def competency():
    return CompetencyFactory(title="Plans the work")


def test_a_lead_says_what_level_it_brings_and_changes_it(lead, trust, programme, competency):
    with opened(lead, on=TODAY):
        for rank in (2, 3):
            wanted = LevelBrought(competency, rank)
            row = bring_level(programme=programme, wanted=wanted, by=lead, now=NOW)

    assert list(Outcome.objects.values_list("programme", "competency", "rank")) == [
        (programme.pk, competency.pk, 3)
    ]
    with opened(lead, on=TODAY):
        bring_level_no_more(row=row, by=lead, now=NOW)
    assert not Outcome.objects.exists()
    verbs = Event.objects.order_by("pk").values_list("verb", "organisation", "about_id")
    assert list(verbs) == [
        (verb, trust.pk, programme.pk)
        for verb in ("bring_level", "bring_level", "bring_level_no_more")
    ]


def test_a_lead_says_what_award_it_brings(lead, programme):
    award = AwardFactory()
    wanted = AwardBrought(award, is_optional=True)

    with opened(lead, on=TODAY):
        row = bring_award(programme=programme, wanted=wanted, by=lead, now=NOW)

    assert (row.award, row.is_optional) == (award, True)
    with opened(lead, on=TODAY):
        bring_award_no_more(row=row, by=lead, now=NOW)
    assert not ProgrammeAward.objects.exists()


def test_nobody_else_says_it(programme, competency):
    level = outcome(programme, competency, 1)
    brings(programme)
    link = ProgrammeAward.objects.get()
    wanted = AwardBrought(AwardFactory())
    acts = (
        lambda by: bring_level(
            programme=programme, wanted=LevelBrought(competency, 2), by=by, now=NOW
        ),
        lambda by: bring_level_no_more(row=level, by=by, now=NOW),
        lambda by: bring_award(programme=programme, wanted=wanted, by=by, now=NOW),
        lambda by: bring_award_no_more(row=link, by=by, now=NOW),
    )

    for by in (lead_at(programme.owner, "HR_ADMINISTRATOR"), lead_at(OrganisationFactory())):
        for act in acts:
            with pytest.raises(Forbidden):
                act(by)
    assert Outcome.objects.get().rank == 1
    assert ProgrammeAward.objects.get() == link


def test_what_does_not_fit_is_refused(lead, programme, competency):
    hidden = AwardFactory(owner=OrganisationFactory())
    known = brings(programme)

    for award, code in ((hidden, "no_such_award"), (known, "brought_already")):
        with pytest.raises(Conflict) as refusal, opened(lead, on=TODAY):
            bring_award(programme=programme, wanted=AwardBrought(award), by=lead, now=NOW)
        assert refusal.value.code == code
    with pytest.raises(Conflict) as off_scale, opened(lead, on=TODAY):
        bring_level(programme=programme, wanted=LevelBrought(competency, 5), by=lead, now=NOW)
    assert off_scale.value.message.startswith("Enter one of its levels: 1 (Rarely or never), 2")
    assert not Outcome.objects.exists()


def test_it_is_written_by_form(client, lead, programme, competency):
    award = AwardFactory(title="Diploma in nights")
    page = reverse("courses:own_programme_show", args=[programme.pk])

    client.post(
        page, {"step": "BRING_LEVEL", "brings-competency": competency.pk, "brings-rank": "2"}
    )
    client.post(page, {"step": "BRING_AWARD", "award-award": award.pk})
    shown = text_of(client.get(page))
    for step, row in (
        ("BRING_LEVEL_NO_MORE", Outcome.objects.get()),
        ("BRING_AWARD_NO_MORE", ProgrammeAward.objects.get()),
    ):
        client.post(page, {"step": step, "row": row.pk})

    assert "Plans the work, at the level “Occasionally”" in shown
    assert shown.count("Diploma in nights") > 1
    assert not Outcome.objects.exists()
    assert not ProgrammeAward.objects.exists()


def test_what_another_programme_brings_is_not_there_to_take_away(
    client, lead, programme, competency
):
    elsewhere = outcome(ProgrammeFactory(), competency, 2)
    page = reverse("courses:own_programme_show", args=[programme.pk])

    sent = client.post(page, {"step": "BRING_LEVEL_NO_MORE", "row": elsewhere.pk})
    off = client.post(
        page, {"step": "BRING_LEVEL", "brings-competency": competency.pk, "brings-rank": "6"}
    )

    assert (sent.status_code, off.status_code) == (404, 422)
    assert "Enter one of its levels" in text_of(off)
    assert list(Outcome.objects.all()) == [elsewhere]


def text_of(response):
    return " ".join(response.content.decode().split())
