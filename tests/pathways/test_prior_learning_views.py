import pytest
from django.urls import reverse
from django.utils import timezone

from pathways.models import Attainment, PriorLearningClaim
from pathways.selectors.evidence import competencies_to_show
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import follow, role_asking
from tests.factories.showing import (
    ClaimedLevelFactory,
    ClaimEvidenceFactory,
    EvidenceFactory,
    PriorLearningClaimFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return employ()


@pytest.fixture
def person(manager):
    return follow(employ(organisation=OrganisationFactory(), manager=manager), role_asking(3, 3))


def skills_of(person):
    return list(competencies_to_show(person=person, on=TODAY))


def typed(person, *ranks, **fields):
    levels = zip(skills_of(person), ranks, strict=False)
    return {
        "title": "Diploma",
        "provider": "Riverbank College",
        "statement": "I led six people.",
        "finished_on_day": "7",
        "finished_on_month": "3",
        "finished_on_year": "2024",
        "to": "manager",
        **{f"level_{skill.pk}": str(rank) for skill, rank in levels},
        **fields,
    }


def waiting(person):
    claim = PriorLearningClaimFactory(
        person=person, organisation=person.assignments.get().organisation, title="Diploma"
    )
    skill = skills_of(person)[0]
    return claim, ClaimedLevelFactory(claim=claim, competency=skill, rank=3)


def test_a_claim_is_submitted_with_evidence_and_read_again(client, person):
    evidence = EvidenceFactory(person=person, title="Certificate")
    client.force_login(person)

    response = client.post(
        reverse("pathways:claim_submit"), typed(person, 3, evidence=[evidence.pk])
    )

    claim = PriorLearningClaim.objects.get()
    assert response.url == reverse("pathways:claim_show", args=[claim.pk])
    html = client.get(response.url).content.decode()
    assert "Claimed: Frequently" in html
    assert "Certificate" in html
    assert "Take the claim back" in html


def test_a_wrong_claim_keeps_what_was_typed(client, person):
    client.force_login(person)

    nothing = client.post(reverse("pathways:claim_submit"), typed(person))
    later = client.post(reverse("pathways:claim_submit"), typed(person, 3, finished_on_year="2090"))

    assert (nothing.status_code, later.status_code) == (422, 422)
    assert "Select at least one level that you claim." in nothing.content.decode()
    assert "must be on or before" in later.content.decode()
    assert "I led six people." in nothing.content.decode()
    assert "Riverbank College" in later.content.decode()
    assert not PriorLearningClaim.objects.exists()


def test_the_line_manager_decides_level_by_level_on_a_page(client, person, manager):
    claim, level = waiting(person)
    client.force_login(manager)
    page = reverse("pathways:claim_decide", args=[claim.pk])

    without = client.post(page, {f"accept_{level.pk}": "2"})
    empty = client.post(page, {})
    done = client.post(
        page, {f"accept_{level.pk}": "2", f"reason_{level.pk}": "Two years without it"}
    )

    assert (without.status_code, empty.status_code) == (422, 422)
    assert "Enter why you decide so" in without.content.decode()
    assert done.url == reverse("pathways:claim_list")
    assert Attainment.objects.get().rank == 2
    html = client.get(reverse("pathways:claim_show", args=[claim.pk])).content.decode()
    assert "Accepted: Occasionally" in html
    assert "Two years without it" in html


def test_the_second_click_is_told_that_it_is_decided(client, person, manager):
    claim, level = waiting(person)
    client.force_login(manager)
    page = reverse("pathways:claim_decide", args=[claim.pk])
    body = {f"accept_{level.pk}": "3"}

    first, second = client.post(page, body), client.post(page, body)

    assert (first.status_code, second.status_code) == (302, 409)
    assert Attainment.objects.count() == 1


def test_a_claim_is_taken_back_once(client, person):
    claim, _level = waiting(person)
    client.force_login(person)
    page = reverse("pathways:claim_withdraw", args=[claim.pk])

    assert (client.get(page).status_code, client.post(page).status_code) == (405, 302)
    assert client.post(page).status_code == 409
    claim.refresh_from_db()
    assert claim.state == "WITHDRAWN"


def test_a_stranger_sees_nothing_and_the_person_decides_nothing(client, person):
    claim, level = waiting(person)
    show, decide = (
        reverse(f"pathways:claim_{name}", args=[claim.pk]) for name in ("show", "decide")
    )

    client.force_login(person)
    own = client.post(decide, {f"accept_{level.pk}": "3"}).status_code
    client.force_login(employ())
    others = [client.get(show).status_code, client.post(decide).status_code]

    assert (own, others) == (403, [404, 404])
    assert not Attainment.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_fixed_number_of_statements(
    client, person, manager, django_assert_num_queries, rows
):
    for _ in range(rows):
        waiting(person)
        ClaimEvidenceFactory(
            claim=waiting(manager_of := follow(employ(manager=manager), role_asking(2)))[0],
            evidence=EvidenceFactory(person=manager_of),
        )
    waiting(follow(employ(manager=employ()), role_asking(2)))
    PriorLearningClaimFactory(person=manager, submitted_at=timezone.now())
    client.force_login(manager)
    client.get(reverse("pathways:claim_list"))

    with django_assert_num_queries(11):
        html = client.get(reverse("pathways:claim_list")).content.decode()

    assert (html.count("data-waiting"), html.count("data-claim")) == (2 * rows, 1)
