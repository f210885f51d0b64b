import pytest
from django.urls import reverse

from accounts.models import LegalHold, RetentionRule, RetentionRun
from config.reference.retention import load_retention_rules
from jobs.models import Job
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db

CHANGED = {
    "keep_months": "24",
    "action": "DESTROY",
    "source": "Board paper 12",
    "is_confirmed": "on",
    "reason": "The board decided so.",
}


@pytest.fixture
def organisation():
    load_retention_rules()
    return OrganisationFactory()


@pytest.fixture
def officer(client, organisation):
    person = grant(employ(organisation=organisation), "AUDITOR", organisation)
    client.force_login(person)
    return person


def address(name, *arguments):
    return reverse(f"accounts:{name}", args=arguments)


def test_the_list_shows_what_one_audits(client, organisation, officer):
    OrganisationFactory()

    page = client.get(address("retention_list")).content.decode()

    assert page.count("data-place") == 1
    assert organisation.name in page


def test_the_page_shows_every_rule_and_what_was_not_checked(client, organisation, officer):
    page = client.get(address("retention_show", organisation.pk)).content.decode()

    assert page.count("data-rule") == 8
    assert page.count("Not checked") == 8
    assert "Nobody has counted yet what is due." in page


@pytest.mark.parametrize("holds", [1, 3])
def test_the_page_costs_the_same_however_many_holds(
    client, organisation, officer, holds, django_assert_num_queries
):
    for _ in range(holds):
        person = employ(organisation=organisation)
        LegalHold.objects.create(
            organisation=organisation, person=person, reason="Case", set_at=NOW, set_by=officer
        )
    LegalHold.objects.create(organisation=OrganisationFactory(), reason="Elsewhere", set_at=NOW)
    client.get(address("retention_show", organisation.pk))

    with django_assert_num_queries(12):
        page = client.get(address("retention_show", organisation.pk)).content.decode()

    assert page.count("data-hold") == holds
    assert "Elsewhere" not in page


def test_an_officer_changes_a_rule(client, organisation, officer):
    answer = client.post(address("retention_rule_change", organisation.pk, "TALENT"), CHANGED)

    assert answer.status_code == 302
    rule = RetentionRule.objects.get(organisation=organisation)
    assert (rule.record_class, rule.keep_months, rule.is_confirmed) == ("TALENT", 24, True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"keep_months": "some"}, "Enter a whole number, like 15"),
        ({"keep_months": "0"}, "Enter a number that is 1 or more"),
        ({"action": "BURN"}, "Select an answer from the list"),
        ({"source": ""}, "Enter where the time comes from"),
        ({"reason": ""}, "Enter why you change it"),
        ({"is_automatic": "on", "is_confirmed": ""}, "Check the time against its source"),
        ({"is_automatic": "on", "keep_months": ""}, "Enter after how many months it is done"),
    ],
)
def test_a_wrong_rule_is_said_to_be_wrong_and_changes_nothing(
    client, organisation, officer, given, sentence
):
    sent = {name: value for name, value in {**CHANGED, **given}.items() if value != ""}

    answer = client.post(address("retention_rule_change", organisation.pk, "TALENT"), sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not RetentionRule.objects.filter(organisation=organisation).exists()


def test_there_is_no_page_for_a_class_that_does_not_exist(client, organisation, officer):
    assert client.get(address("retention_rule_change", organisation.pk, "X")).status_code == 404


def test_an_officer_sets_and_lifts_a_hold(client, organisation, officer):
    person = employ(organisation=organisation)

    client.post(address("hold_set", organisation.pk), {"email": person.email, "reason": "Tribunal"})
    hold = LegalHold.objects.get()
    page = client.get(address("retention_show", organisation.pk)).content.decode()
    client.post(address("hold_lift", hold.pk))

    assert (hold.person, hold.set_by) == (person, officer)
    assert person.full_name in page
    hold.refresh_from_db()
    assert hold.lifted_by == officer


@pytest.mark.parametrize("who", ["unknown", "elsewhere"])
def test_who_is_not_known_here_and_who_is_elsewhere_read_the_same(
    client, organisation, officer, who
):
    email = employ().email if who == "elsewhere" else "nobody@waymark.example"

    answer = client.post(address("hold_set", organisation.pk), {"email": email, "reason": "Case"})

    assert answer.status_code == 422
    sentence = "Nobody with this e-mail address works or worked in your organisation"
    assert sentence in answer.content.decode()
    assert LegalHold.objects.count() == 0


def test_a_hold_that_is_there_already_is_said_so(client, organisation, officer):
    for _ in range(2):
        answer = client.post(address("hold_set", organisation.pk), {"reason": "Case"})

    assert answer.status_code == 422
    assert "There is a hold already." in answer.content.decode()
    assert LegalHold.objects.count() == 1


def test_an_officer_counts_what_is_due(client, organisation, officer):
    answer = client.post(address("retention_look", organisation.pk), follow=True)

    assert "Nothing has been kept for too long." in answer.content.decode()
    assert RetentionRun.objects.get().is_dry


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", None])
def test_nobody_else_finds_the_pages(client, organisation, role):
    hold = LegalHold.objects.create(organisation=organisation, reason="Case", set_at=NOW)
    other = employ(organisation=organisation)
    if role:
        grant(other, role, organisation)
    client.force_login(other)

    pages = [
        client.get(address("retention_list")),
        client.get(address("retention_show", organisation.pk)),
        client.post(address("retention_look", organisation.pk)),
        client.post(address("retention_rule_change", organisation.pk, "TALENT"), CHANGED),
        client.post(address("hold_set", organisation.pk), {"reason": "Case"}),
        client.post(address("hold_lift", hold.pk)),
        client.post(reverse("jobs:information_ask_for"), {"email": other.email}),
    ]

    assert [page.status_code for page in pages] == [404] * 7
    hold.refresh_from_db()
    assert hold.lifted_at is None
    assert Job.objects.count() == 0


def test_the_officer_of_another_organisation_finds_nothing(client, organisation):
    hold = LegalHold.objects.create(organisation=organisation, reason="Case", set_at=NOW)
    other = OrganisationFactory()
    client.force_login(grant(employ(organisation=other), "AUDITOR", other))

    assert client.get(address("retention_show", organisation.pk)).status_code == 404
    assert client.post(address("hold_lift", hold.pk)).status_code == 404


def test_an_officer_asks_for_a_copy_for_somebody_who_gets_it(client, organisation, officer):
    person = employ(organisation=organisation)

    answer = client.post(
        reverse("jobs:information_ask_for"), {"email": person.email.upper()}, follow=True
    )

    assert "The person is told when it is ready." in answer.content.decode()
    assert Job.objects.get().owner == person


def test_an_officer_cannot_ask_for_somebody_from_elsewhere(client, organisation, officer):
    answer = client.post(reverse("jobs:information_ask_for"), {"email": employ().email})

    assert answer.status_code == 422
    assert Job.objects.count() == 0


def test_the_menu_names_the_pages_for_officers_alone(client, organisation, officer):
    entry = f'href="{address("retention_list")}"'

    for_officer = client.get("/documents/").content.decode()
    client.force_login(PersonFactory())
    for_others = client.get("/documents/").content.decode()

    assert entry in for_officer
    assert entry not in for_others
