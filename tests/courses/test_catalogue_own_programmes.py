"""Programmes that an organisation writes itself."""

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Programme
from courses.policies.offerings import may_write_programme
from courses.services.own_programmes import (
    ProgrammeWords,
    change_programme,
    put_programme_back,
    take_programme_out,
    write_programme,
)
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import ProgrammeFactory
from tests.factories.courses_catalogue import lead_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The session of the sign-in and the person it names come before whatever a page reads; and a
# savepoint around the request, two statements that open its scope, and the end of both.
SIGN_IN = 7
WORDS = ProgrammeWords(title="Leading at night", summary="For wards", cost_pence=0)
LIST = "/courses/own/"


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
    return ProgrammeFactory(owner=trust, cost_pence=120_050)


def page_of(programme):
    return reverse("courses:own_programme_show", args=[programme.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def finds(person):
    return set(Programme.objects.visible_to(person, on=TODAY))


def test_a_lead_writes_a_programme_that_people_of_the_organisation_find(lead, trust):
    below = employ(organisation=place_below(OrganisationFactory(), trust))
    outside = employ(organisation=OrganisationFactory())

    with opened(lead, on=TODAY):
        programme = write_programme(owner=trust, code=" night-1 ", words=WORDS, by=lead, now=NOW)

    programme.refresh_from_db()
    assert (programme.code, programme.title, programme.owner) == ("NIGHT-1", WORDS.title, trust)
    assert (programme.cost_pence, programme.is_listed, programme.is_verified) == (0, True, False)
    assert (finds(below), finds(outside)) == ({programme}, set())
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.about_id) == (
        "write_programme",
        trust,
        programme.pk,
    )


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "TALENT_LEAD", "FRAMEWORK_AUTHOR"])
def test_nobody_else_writes_it(programme, trust, role):
    acts = (
        lambda by: write_programme(owner=trust, code="X", words=WORDS, by=by, now=NOW),
        lambda by: change_programme(programme=programme, wanted=WORDS, by=by, now=NOW),
        lambda by: take_programme_out(programme=programme, by=by, now=NOW),
        lambda by: put_programme_back(programme=programme, by=by, now=NOW),
    )

    for by in (lead_at(trust, role), lead_at(OrganisationFactory())):
        for act in acts:
            with pytest.raises(Forbidden) as refusal:
                act(by)
            assert refusal.value.code == "may_not_write_programme"
    assert list(Programme.objects.values_list("title", "is_listed")) == [(programme.title, True)]


def test_the_words_of_a_national_programme_are_not_theirs_to_change(client, lead):
    national = ProgrammeFactory()

    with pytest.raises(Forbidden):
        change_programme(programme=national, wanted=WORDS, by=lead, now=NOW)

    assert client.get(page_of(national)).status_code == 404
    national.refresh_from_db()
    assert national.title != WORDS.title


def test_leads_of_the_owner_alone_write_programmes():
    assert may_write_programme({"LEARNING_LEAD"}, is_national=False)
    assert may_write_programme({"PROGRAMME_LEAD"}, is_national=False)
    assert not may_write_programme({"LEARNING_LEAD"}, is_national=True)
    assert not may_write_programme({"HR_ADMINISTRATOR", "API_CLIENT"}, is_national=False)


def test_a_code_is_used_once_and_a_title_is_needed(lead, trust, programme):
    with pytest.raises(Conflict) as taken:
        write_programme(owner=trust, code=programme.code.lower(), words=WORDS, by=lead, now=NOW)
    with pytest.raises(Conflict) as untitled:
        change_programme(programme=programme, wanted=ProgrammeWords(title=" "), by=lead, now=NOW)

    assert (taken.value.code, untitled.value.code) == ("code_taken", "title_missing")
    assert Programme.objects.count() == 1


def test_a_programme_is_found_until_it_is_taken_out(lead, trust, programme):
    person = employ(organisation=trust)

    take_programme_out(programme=programme, by=lead, now=NOW)
    while_out = finds(person)
    with pytest.raises(Conflict) as twice:
        take_programme_out(programme=programme, by=lead, now=NOW)
    put_programme_back(programme=programme, by=lead, now=NOW)

    assert (while_out, finds(person), twice.value.code) == (set(), {programme}, "stale_state")


@pytest.mark.parametrize("rows", [1, 3])
def test_own_programmes_take_the_same_queries_for_any_number(
    client, lead, trust, django_assert_num_queries, rows
):
    for number in range(rows):
        ProgrammeFactory(owner=trust, title=f"Own {number}", is_listed=number != 1)
    ProgrammeFactory(owner=OrganisationFactory(), title="Own elsewhere")
    ProgrammeFactory(title="Own national")

    with django_assert_num_queries(SIGN_IN + 4):  # standing, organisations, count, rows
        page = text_of(client.get(LIST))

    assert page.count(">Own ") == rows


def test_a_programme_is_written_and_changed_by_form(client, lead, trust):
    sent = {"owner": trust.pk, "code": "NIGHT", "title": "Leading at night", "mode": "ONLINE"}

    made = client.post(LIST, sent)
    programme = Programme.objects.get()
    changed = client.post(
        page_of(programme),
        {"title": "Nights", "about": "Wards", "mode": "BLENDED", "cost_pence": "£1,200.50"},
    )
    client.post(page_of(programme), {"step": "TAKE_OUT"})
    out = text_of(client.get(page_of(programme)))

    programme.refresh_from_db()
    assert made["Location"] == changed["Location"] == page_of(programme)
    assert (programme.code, programme.title, programme.cost_pence) == ("NIGHT", "Nights", 120_050)
    assert (programme.mode, programme.is_listed) == ("BLENDED", False)
    assert programme.summary == "Wards"
    assert "out of the catalogue: nobody finds it" in out
    assert 'value="1,200.50"' in out


def test_what_was_typed_stays_beside_the_mistake(client, lead, trust, programme):
    sent = {"owner": trust.pk, "code": programme.code, "title": "Nights", "mode": "ONLINE"}

    twice = client.post(LIST, sent)
    dear = client.post(
        page_of(programme), {"title": "Nights", "mode": "ONLINE", "cost_pence": "1,000,000.01"}
    )
    untitled = client.post(page_of(programme), {"mode": "ONLINE", "title": ""})

    assert "Another programme has this code" in text_of(twice)
    assert 'value="Nights"' in text_of(twice)
    assert "Enter a cost of £1,000,000 or less" in text_of(dear)
    assert "Enter a title" in text_of(untitled)
    assert [twice.status_code, dear.status_code, untitled.status_code] == [422, 422, 422]
    assert Programme.objects.get().title == programme.title


def test_pages_of_own_programmes_are_refused_to_others(client, trust, programme):
    client.force_login(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust))
    listed = client.get(LIST).status_code
    shown = client.get(page_of(programme)).status_code
    client.force_login(lead_at(OrganisationFactory()))
    changed = client.post(page_of(programme), {"step": "TAKE_OUT"}).status_code

    assert (listed, shown, changed) == (403, 404, 404)
    programme.refresh_from_db()
    assert programme.is_listed
