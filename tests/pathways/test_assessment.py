"""The self-assessment one question a page: order, saving at once, scales, notes and checking."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from pathways.models import Attainment, Evidence
from pathways.selectors.assessment import assessment_of, questions_of
from pathways.selectors.evidence import competencies_to_show
from pathways.selectors.frameworks import version_to_assess
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import CollaboratorFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    FrameworkVersionFactory,
    LevelDescriptorFactory,
    ScaleFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def role():
    return role_asking(3, 3, 3)


@pytest.fixture
def reader(client, role):
    person = follow(employ(), role)
    client.force_login(person)
    return person


def text_of(response):
    return " ".join(response.content.decode().split())


def page(name, *args):
    return reverse(f"pathways:{name}", args=args)


def test_whoever_reviews_a_framework_of_another_trust_is_not_measured_by_it():
    person = employ()
    own = person.assignments.get().organisation
    national = FrameworkVersionFactory(valid_from=date(2025, 1, 1))
    theirs = FrameworkVersionFactory(
        framework__owner=OrganisationFactory(), valid_from=date(2026, 6, 1)
    )
    CollaboratorFactory(framework=theirs.framework, person=person, part="REVIEWER")
    CompetencyFactory(domain__version=theirs)
    asked = CompetencyFactory(domain__version=national)

    assert version_to_assess(person=person, on=TODAY) == national
    assert list(competencies_to_show(person=person, on=TODAY)) == [asked]
    ours = FrameworkVersionFactory(framework__owner=own, valid_from=date(2025, 6, 1))
    assert version_to_assess(person=person, on=TODAY) == ours


def test_each_question_says_where_it_stands_and_leads_to_the_next(client, reader, role):
    first, second, third = competencies_of(role)

    opening = text_of(client.get(page("assessment_question", first.pk)))
    middle = text_of(client.get(page("assessment_question", second.pk)))
    last = text_of(client.get(page("assessment_question", third.pk)))

    assert "Question 1 of 3" in opening
    assert page("assessment_show") in opening
    assert "Question 2 of 3" in middle
    assert page("assessment_question", first.pk) in middle
    assert f'<a href="{page("assessment_question", third.pk)}">Skip' in middle
    assert f'<a href="{page("assessment_check")}">Skip' in last


def test_an_answer_is_saved_at_once_and_goes_on(client, reader, role):
    first, second, _third = competencies_of(role)

    response = client.post(page("assessment_question", first.pk), {"level": "3"})

    assert response["Location"] == page("assessment_question", second.pk)
    row = Attainment.objects.get()
    assert (row.person, row.competency, row.rank, row.source) == (reader, first, 3, "SELF")
    assert "checked" in text_of(client.get(page("assessment_question", first.pk)))


def test_saving_for_later_comes_back_to_the_first_open_question(client, reader, role):
    first, second, _third = competencies_of(role)

    response = client.post(
        page("assessment_question", first.pk), {"level": "none", "later": "yes"}, follow=True
    )

    assert response.redirect_chain[0][0] == page("assessment_show")
    told = text_of(response)
    assert "Your answers are saved." in told
    assert "1 of 3 answered" in told
    assert page("assessment_question", second.pk) in told
    assert Attainment.objects.get().rank is None


def test_whoever_answers_again_after_a_year_comes_back_to_where_they_were(client, reader, role):
    first, second, third = competencies_of(role)
    show(reader, dict.fromkeys((first, second, third), 2), on=TODAY - timedelta(days=365))

    def leads_to():
        return assessment_of(person=reader, on=TODAY).first_open

    assert leads_to() == first
    client.post(page("assessment_question", first.pk), {"level": "2", "later": "yes"})
    assert leads_to() == second
    for answered in (second, third):
        client.post(page("assessment_question", answered.pk), {"level": "3"})
    assert leads_to() == first


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"note": "Led it twice."}, "Select a level, or skip this question"),
        ({"level": "9", "note": "Led it twice."}, "Select an answer from the list"),
        ({"level": "2", "note": "word " * 251}, "250 words or fewer"),
    ],
)
def test_a_wrong_answer_says_what_to_do_and_saves_nothing(client, reader, role, sent, sentence):
    first = competencies_of(role)[0]

    response = client.post(page("assessment_question", first.pk), sent)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert sent["note"].strip() in text_of(response)
    assert not Attainment.objects.exists()
    assert not Evidence.objects.exists()


def test_a_note_is_kept_as_evidence_for_the_competency(client, reader, role):
    first = competencies_of(role)[0]

    client.post(page("assessment_question", first.pk), {"level": "2", "note": "Led it twice."})

    piece = Evidence.objects.get()
    assert (piece.person, piece.kind, piece.text) == (reader, "REFLECTION", "Led it twice.")
    assert [use.competency for use in piece.uses.all()] == [first]
    assert piece.title in text_of(client.get(page("assessment_question", first.pk)))


def test_what_only_groups_others_is_not_asked_and_its_parts_name_it(client, reader, role):
    first = competencies_of(role)[0]
    group = CompetencyFactory(
        domain=first.domain, position=90, title="Leading change", is_assessable=False
    )
    inner = CompetencyFactory(domain=first.domain, position=91, parent=group)

    assert client.get(page("assessment_question", group.pk)).status_code == 404
    told = text_of(client.get(page("assessment_question", inner.pk)))
    assert "Question 3 of 4" in told
    assert "Leading change" in told


def test_a_competency_is_measured_on_its_own_scale(client, reader, role):
    first = competencies_of(role)[0]
    yes_no = ScaleFactory(levels=["Not yet", "Yes"])
    yes_no.levels.filter(rank=None).delete()
    own = CompetencyFactory(domain=first.domain, position=90, scale=yes_no)
    LevelDescriptorFactory(
        competency=own, level=yes_no.levels.get(rank=2), text="Holds the certificate."
    )

    told = text_of(client.get(page("assessment_question", own.pk)))
    section = text_of(client.get(page("assessment_answer", first.domain_id)))
    refused = client.post(page("assessment_question", own.pk), {"level": "3"})
    client.post(page("assessment_question", own.pk), {"level": "2"})

    assert told.count('type="radio"') == 2
    assert "Holds the certificate." in told
    assert "No chance to demonstrate" not in told
    assert section.count("Not yet") == 1
    assert refused.status_code == 422
    assert Attainment.objects.get().rank == 2
    assert "Yes, 20 November 2026" in text_of(client.get(page("assessment_check")))


def test_no_chance_is_offered_where_the_scale_has_it(reader, role):
    version = role.version
    part = assessment_of(person=reader, on=TODAY).parts[0]

    questions = questions_of(part=part, version=version)

    assert [[level.rank for level in one.levels] for one in questions] == [[1, 2, 3, 4, None]] * 2


def test_check_answers_shows_each_in_words_with_a_way_to_change_it(client, reader, role):
    first, second, third = competencies_of(role)
    show(reader, {first: 3, second: None})

    told = text_of(client.get(page("assessment_check")))

    assert "2 of 3 answered" in told
    assert "Frequently, 20 November 2026" in told
    assert "No chance to demonstrate, 20 November 2026" in told
    assert told.count("No answer yet") == 1
    assert page("assessment_question", third.pk) in told


@pytest.mark.parametrize("rows", [1, 3])
def test_check_answers_costs_the_same_at_any_length(client, rows, django_assert_num_queries):
    role = role_asking(*[2] * rows)
    client.force_login(follow(employ(), role))

    with django_assert_num_queries(CHECK):
        told = text_of(client.get(page("assessment_check")))

    assert told.count("data-answer") == rows


def test_the_question_of_another_framework_is_not_there(client, reader):
    other = competencies_of(role_asking(2))[0]

    assert client.get(page("assessment_question", other.pk)).status_code == 404


CHECK = 14
