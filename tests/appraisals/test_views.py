from datetime import date

import pytest
from django.urls import reverse

from appraisals.models import Appraisal, Draft, Objective, Snapshot
from appraisals.services.workflow import sign
from tests.factories.accounts import ReportingLineFactory, employ
from tests.factories.appraisals import (
    CycleFactory,
    DraftFactory,
    ObjectiveFactory,
    appraise,
    hr_administrator,
    shared,
)
from tests.factories.clock import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def address(name, *args):
    return reverse(f"appraisals:{name}", args=args)


def read(client, person, url, status=200):
    client.force_login(person)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def send(client, person, url, data=None):
    client.force_login(person)
    return client.post(url, data or {})


def objective(**changes):
    return {
        "title": "Fewer falls on the ward",
        "measure": "Ten in a hundred fewer",
        "due_on_day": "30",
        "due_on_month": "6",
        "due_on_year": "2027",
        "version": "0",
        **changes,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_those_one_holds_in_the_same_queries(
    client, django_assert_num_queries, rows
):
    cycle = CycleFactory()
    manager = employ(organisation=cycle.organisation)
    for _ in range(rows):
        appraise(cycle=cycle, manager=manager)
    appraise()
    client.force_login(manager)

    with django_assert_num_queries(11):
        response = client.get(address("appraisal_list"))

    assert response.content.decode().count("data-appraisal") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_status_list_shows_how_far_everybody_is_in_the_same_queries(
    client, django_assert_num_queries, rows
):
    cycle = CycleFactory()
    for _ in range(rows):
        appraise(cycle=cycle)
    stranger = appraise()
    client.force_login(hr_administrator(cycle.organisation))

    with django_assert_num_queries(11):
        page = client.get(address("status_list")).content.decode()

    assert page.count("data-appraisal") == rows
    assert stranger.subject.full_name not in page


def test_the_status_list_filters_and_survives_nonsense(client):
    cycle = CycleFactory()
    appraise(cycle=cycle)
    shared(cycle=cycle)
    hr = hr_administrator(cycle.organisation)

    filtered = read(client, hr, address("status_list") + f"?cycle={cycle.pk}&state=SHARED")
    nonsense = read(client, hr, address("status_list") + "?cycle=abc&state=%00&page=xyz")

    assert filtered.count("data-appraisal") == 1
    assert nonsense.count("data-appraisal") == 2


def test_status_pages_hold_no_word_of_an_appraisal(client):
    appraisal = shared()
    Draft.objects.filter(appraisal=appraisal).update(answers={"went-well": "CANARY"})
    ObjectiveFactory(appraisal=appraisal, title="CANARY", measure="CANARY")
    organisation = appraisal.cycle.organisation
    hr = hr_administrator(organisation)

    status = read(client, hr, address("status_list"))
    refused = read(client, hr, address("appraisal_detail", appraisal.pk), status=403)
    cycle = read(client, hr, address("cycle_detail", appraisal.cycle_id))

    assert "CANARY" not in status + refused + cycle
    assert "between the person and the line manager" in refused.replace("\n", " ")


def test_an_appraisal_of_strangers_is_not_there(client):
    appraisal = appraise()
    stranger = employ()

    for name in ("appraisal_detail", "draft_write", "conversation_record", "objective_add"):
        read(client, stranger, address(name, appraisal.pk), status=404)
    assert send(client, stranger, address("appraisal_sign", appraisal.pk)).status_code == 404


def test_the_other_sides_draft_is_on_no_page_until_it_is_shared(client):
    appraisal = appraise()
    DraftFactory(appraisal=appraisal, side="MANAGER", answers={"went-well": "CANARY"})
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "Mine"})
    pages = [address("appraisal_detail", appraisal.pk), address("draft_write", appraisal.pk)]

    before = [read(client, appraisal.subject, page) for page in pages]
    Appraisal.objects.update(manager_shared_at=NOW)
    after = read(client, appraisal.subject, pages[0])

    assert ["CANARY" in page for page in before] == [False, False]
    assert "CANARY" in after


@pytest.mark.parametrize("state", ["drafting", "shared", "signed"])
def test_the_page_costs_the_same_whatever_was_written(client, django_assert_num_queries, state):
    appraisal = appraise() if state == "drafting" else shared()
    for _ in range(3 if state == "shared" else 0):
        ObjectiveFactory(appraisal=appraisal)
    if state == "signed":
        for party in (appraisal.subject, appraisal.appraiser):
            sign(appraisal=appraisal, by=party, now=NOW)
    client.force_login(appraisal.subject)

    with django_assert_num_queries({"drafting": 12, "shared": 12, "signed": 10}[state]):
        assert client.get(address("appraisal_detail", appraisal.pk)).status_code == 200


def test_sharing_from_the_page(client):
    appraisal = appraise()
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "The new rota"})

    response = send(client, appraisal.subject, address("appraisal_share", appraisal.pk))

    assert response.status_code == 302
    assert Appraisal.objects.get().subject_shared_at == NOW
    assert "The new rota" in read(
        client, appraisal.appraiser, address("appraisal_detail", appraisal.pk)
    )


def test_sharing_nothing_says_why(client):
    appraisal = appraise()

    response = send(client, appraisal.subject, address("appraisal_share", appraisal.pk))

    assert response.status_code == 409
    assert "There is nothing to share yet" in response.content.decode()


def test_sending_back_names_to_whom_it_goes(client):
    appraisal = shared()

    page = read(client, appraisal.subject, address("appraisal_detail", appraisal.pk))
    response = send(client, appraisal.subject, address("appraisal_send_back", appraisal.pk))

    assert f"Send back to {appraisal.appraiser.full_name}" in page
    assert response.status_code == 302
    assert Appraisal.objects.get().manager_shared_at is None


def seen_on(page):
    return page.split('name="seen" value="')[1].split('"')[0]


def test_signing_what_the_page_showed(client):
    appraisal = shared()
    for party in (appraisal.subject, appraisal.appraiser):
        page = read(client, party, address("appraisal_detail", appraisal.pk))
        send(client, party, address("appraisal_sign", appraisal.pk), {"seen": seen_on(page)})

    assert Appraisal.objects.get().state == "SIGNED"


@pytest.mark.parametrize("seen", [None, "", "0" * 64, "x" * 5000])
def test_signing_something_else_is_refused(client, seen):
    appraisal = shared()
    data = {} if seen is None else {"seen": seen}

    response = send(client, appraisal.subject, address("appraisal_sign", appraisal.pk), data)

    assert response.status_code == 409
    assert Appraisal.objects.get().subject_signed_at is None


def test_the_signed_page_shows_the_snapshot_and_not_the_live_rows(client):
    appraisal = shared()
    for party in (appraisal.subject, appraisal.appraiser):
        sign(appraisal=appraisal, by=party, now=NOW)
    subject = appraisal.subject
    subject.family_name = "Renamed"
    subject.save()

    page = read(client, subject, address("appraisal_detail", appraisal.pk))

    snapshot = Snapshot.objects.get()
    assert f"Signed by {snapshot.content['subject']['name']} on 20 November 2026" in page
    assert snapshot.content_hash in page
    assert "Send back" not in page


def test_an_objective_is_added_changed_and_removed(client):
    appraisal = shared()
    subject = appraisal.subject

    send(client, subject, address("objective_add", appraisal.pk), objective())
    row = Objective.objects.get()
    change = address("objective_change", appraisal.pk, row.pk)
    assert "Ten in a hundred fewer" in read(client, subject, change)
    send(client, subject, change, objective(title="No falls at all"))
    page = read(client, subject, address("appraisal_detail", appraisal.pk))
    send(client, subject, address("objective_remove", appraisal.pk, row.pk))

    assert "No falls at all" in page
    assert not Objective.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Enter the objective"),
        ({"measure": ""}, "Enter how you will know that it is met"),
        ({"due_on_day": ""}, "By when must include a day"),
        ({"due_on_year": "2020"}, "By when must be on or after 20 November 2026"),
        ({"title": "x\x00y"}, "Enter text without the hidden characters"),
        ({"measure": "x" * 501}, "Enter 500 characters or fewer"),
    ],
)
def test_a_wrong_objective_comes_back_with_everything_typed(client, changes, sentence):
    appraisal = shared()

    response = send(
        client,
        appraisal.subject,
        address("objective_add", appraisal.pk),
        objective(**{"title": "TYPED", **changes}),
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "TYPED" in page or "title" in changes
    assert not Objective.objects.exists()


def test_an_objective_changed_by_both_shows_both_wordings(client):
    appraisal = shared()
    row = ObjectiveFactory(appraisal=appraisal)
    url = address("objective_change", appraisal.pk, row.pk)
    send(client, appraisal.appraiser, url, objective(title="Theirs"))

    refused = send(client, appraisal.subject, url, objective(title="Mine"))
    again = send(client, appraisal.subject, url, objective(title="Mine", version="1"))

    page = " ".join(refused.content.decode().split())
    assert refused.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="version" value="1"' in page
    assert again.status_code == 302
    assert Objective.objects.get().title == "Mine"


def test_a_mistake_in_a_window_left_behind_does_not_bring_it_up_to_date(client):
    row = ObjectiveFactory(appraisal=shared(), version=3)
    url = address("objective_change", row.appraisal_id, row.pk)

    response = send(client, row.appraisal.subject, url, objective(title="", version="2"))

    assert response.status_code == 422
    assert 'name="version" value="2"' in " ".join(response.content.decode().split())


def test_an_objective_of_another_appraisal_is_not_there(client):
    appraisal, other = shared(), shared()
    row = ObjectiveFactory(appraisal=other)
    url = address("objective_change", appraisal.pk, row.pk)

    assert send(client, appraisal.subject, url, objective()).status_code == 404


def test_the_conversation_is_recorded(client):
    appraisal = appraise()
    days = {
        "met_on_day": "18",
        "met_on_month": "11",
        "met_on_year": "2026",
        "wellbeing_on_day": "19",
        "wellbeing_on_month": "11",
        "wellbeing_on_year": "2026",
    }

    response = send(client, appraisal.subject, address("conversation_record", appraisal.pk), days)

    kept = Appraisal.objects.get()
    assert response.status_code == 302
    assert (kept.met_on, kept.wellbeing_on) == (date(2026, 11, 18), date(2026, 11, 19))


def test_a_conversation_to_come_is_refused_beside_its_field(client):
    appraisal = appraise()
    days = {"met_on_day": "1", "met_on_month": "12", "met_on_year": "2026"}

    response = send(client, appraisal.subject, address("conversation_record", appraisal.pk), days)

    assert response.status_code == 422
    assert "Day of the conversation must be on or before 20 November 2026" in (
        response.content.decode()
    )


def test_the_new_line_manager_takes_over_from_the_page(client):
    appraisal = appraise()
    appraisal.assignment.reporting_lines.update(ends_on=date(2026, 11, 19))
    line = ReportingLineFactory(assignment=appraisal.assignment, starts_on=date(2026, 11, 20))
    url = address("appraisal_hand_over", appraisal.pk)

    page = read(client, line.manager, url)
    response = send(client, line.manager, url)

    assert appraisal.appraiser.full_name in page
    assert response.status_code == 302
    assert Appraisal.objects.get().appraiser == line.manager


def test_signed_out_readers_sign_in_first(client):
    appraisal = appraise()

    response = client.get(address("appraisal_detail", appraisal.pk))

    assert response.status_code == 302
    assert reverse("account_login") in response.url
