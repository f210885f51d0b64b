import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.selectors.relations import Relation
from common.errors import Conflict, Forbidden
from pathways.models import FrameworkVersion, Resource
from pathways.policies.signposts import may_keep_resources
from pathways.services.signposts import (
    ResourceContent,
    add_resource,
    change_resource,
    withdraw_resource,
)
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.clock import NOW
from tests.factories.pathways import competencies_of, role_asking
from tests.factories.signposts import ResourceFactory, ResourceLevelFactory, resource_for

LIST, ADD = "pathways:resource_list", "pathways:resource_add"
CHANGE, WITHDRAW = "pathways:resource_change", "pathways:resource_withdraw"


def text_of(response):
    return " ".join(response.content.decode().split())


def test_only_learning_leads_keep_resources():
    allowed = {relation for relation in Relation if may_keep_resources(frozenset({relation}))}

    assert allowed == {Relation.LEARNING_LEAD}
    assert not may_keep_resources(frozenset())


@pytest.fixture
def trust(db):
    return OrganisationFactory()


@pytest.fixture
def lead(client, trust):
    person = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    client.force_login(person)
    return person


@pytest.fixture
def skills():
    return competencies_of(role_asking(3, 3))


def content(ranks, **given):
    return ResourceContent(kind="VIDEO", title="Delegating", ranks=ranks, **given)


def test_a_lead_adds_changes_and_withdraws_and_the_ledger_tells(lead, trust, skills):
    first, second = skills
    resource = add_resource(owner=trust, content=content({first.pk: 2}), by=lead, now=NOW)
    change_resource(
        resource=resource, content=content({first.pk: 4, second.pk: 1}), by=lead, now=NOW
    )
    change_resource(resource=resource, content=content({second.pk: 1}), by=lead, now=NOW)
    withdraw_resource(resource=resource, by=lead, now=NOW)

    resource.refresh_from_db()
    assert (resource.owner, resource.is_in_use) == (trust, False)
    assert list(resource.levels.values_list("competency", "rank")) == [(second.pk, 1)]
    verbs = Event.objects.filter(about_type="pathways.resource", about_id=str(resource.pk))
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "add_resource",
        "change_resource",
        "change_resource",
        "withdraw_resource",
    ]


def test_a_change_leaves_levels_in_what_could_not_be_chosen(lead, trust, skills):
    first, second = skills
    (old,) = competencies_of(role_asking(3))
    FrameworkVersion.objects.filter(pk=old.version_id).update(
        state="RETIRED", retired_at=NOW, retire_reason="Replaced."
    )
    resource = resource_for(old, rank=2, owner=trust)
    ResourceLevelFactory(resource=resource, competency=first)

    change_resource(resource=resource, content=content({second.pk: 1}), by=lead, now=NOW)

    levels = resource.levels.order_by("pk").values_list("competency", "rank")
    assert list(levels) == [(old.pk, 2), (second.pk, 1)]


@pytest.mark.parametrize("role", [None, "HR_ADMINISTRATOR"])
def test_nobody_else_keeps_resources(trust, role):
    person = employ(organisation=trust)
    if role:
        grant(person, role, trust)
    resource = ResourceFactory(owner=trust)

    for act in (
        lambda: add_resource(owner=trust, content=content({}), by=person, now=NOW),
        lambda: change_resource(resource=resource, content=content({}), by=person, now=NOW),
        lambda: withdraw_resource(resource=resource, by=person, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_keep_resources"


def test_what_is_national_is_kept_by_nobody_here(lead):
    with pytest.raises(Forbidden):
        withdraw_resource(resource=ResourceFactory(owner=None), by=lead, now=NOW)


def test_a_level_off_the_scale_and_a_withdrawn_resource_are_refused(lead, trust, skills):
    gone = ResourceFactory(owner=trust, is_in_use=False)

    with pytest.raises(Conflict) as off_the_scale:
        add_resource(owner=trust, content=content({skills[0].pk: 5}), by=lead, now=NOW)
    with pytest.raises(Conflict) as changed:
        change_resource(resource=gone, content=content({}), by=lead, now=NOW)
    with pytest.raises(Conflict) as withdrawn:
        withdraw_resource(resource=gone, by=lead, now=NOW)

    assert off_the_scale.value.code == "level_not_on_scale"
    assert changed.value.code == withdrawn.value.code == "resource_withdrawn"
    assert not Resource.objects.filter(title="Delegating").exists()


# --- Pages


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_what_one_may_see(
    client, lead, trust, skills, django_assert_num_queries, rows
):
    for _row in range(rows):
        resource_for(skills[0], owner=trust)
    ResourceFactory(owner=OrganisationFactory(), title="Hidden")
    ResourceFactory(is_in_use=False, title="Hidden too")

    with django_assert_num_queries(11):
        page = text_of(client.get(reverse(LIST)))

    assert page.count("data-resource") == rows
    assert page.count("Change or withdraw") == rows
    assert "Hidden" not in page


def test_the_list_is_searched_by_words_and_kind(client, lead):
    ResourceFactory(title="Running a meeting", kind="VIDEO")
    ResourceFactory(title="Running a budget", kind="TOOL")

    both = text_of(client.get(reverse(LIST), {"words": "running"}))
    one = text_of(client.get(reverse(LIST), {"words": "running", "kind": "TOOL"}))
    none = text_of(client.get(reverse(LIST), {"words": "swimming"}))

    assert (both.count("data-resource"), one.count("data-resource")) == (2, 1)
    assert "There is no resource like this." in none


def typed(skills, trust, **given):
    return {
        "owner": trust.pk,
        "title": "Delegating well",
        "kind": "READING",
        "competencies": [skill.pk for skill in skills],
        "rank": "3",
        **given,
    }


def test_a_lead_adds_and_changes_on_the_page(client, lead, trust, skills):
    added = client.post(reverse(ADD), typed(skills, trust, minutes="20"), follow=True)
    resource = Resource.objects.get(title="Delegating well")
    form = text_of(client.get(reverse(CHANGE, args=[resource.pk])))
    first, second = skills
    changed = client.post(
        reverse(CHANGE, args=[resource.pk]),
        typed(
            [],
            trust,
            title="Delegating better",
            **{f"level_{first.pk}": "3", f"level_{second.pk}": ""},
        ),
        follow=True,
    )
    withdrawn = client.post(reverse(WITHDRAW, args=[resource.pk]), follow=True)

    assert "The resource is there for everybody." in text_of(added)
    assert "Delegating well" in form
    assert "Delegating better" in text_of(changed)
    assert list(resource.levels.values_list("competency", "rank")) == [(first.pk, 3)]
    assert "The resource has been withdrawn." in text_of(withdrawn)
    assert "data-resource" not in text_of(withdrawn)


def changed_to(client, resource, trust, **given):
    address = reverse(CHANGE, args=[resource.pk])
    return client.post(address, typed([], trust) | {"rank": ""} | given, follow=True)


def test_a_change_of_the_title_leaves_each_level_as_it_is(client, lead, trust, skills):
    first, second = skills
    resource = resource_for(first, rank=1, owner=trust)
    ResourceLevelFactory(resource=resource, competency=second, rank=4)
    shown = client.get(reverse(CHANGE, args=[resource.pk])).context["form"]
    levels = {name: field.initial for name, field in shown.fields.items() if "level_" in name}

    changed_to(client, resource, trust, title="Delegating better", **levels)

    resource.refresh_from_db()
    assert resource.title == "Delegating better"
    assert dict(resource.levels.values_list("competency", "rank")) == {first.pk: 1, second.pk: 4}


def test_what_is_added_begins_at_the_level_that_is_typed(client, lead, trust, skills):
    first, second = skills
    resource = resource_for(first, rank=4, owner=trust)
    given = {f"level_{first.pk}": "4", "competencies": [second.pk]}

    without = changed_to(client, resource, trust, **given)
    changed_to(client, resource, trust, **given | {"rank": "2"})

    assert without.status_code == 422
    assert "Enter up to which level it helps with what you add" in text_of(without)
    assert dict(resource.levels.values_list("competency", "rank")) == {first.pk: 4, second.pk: 2}


def test_a_resource_that_would_help_with_nothing_is_not_kept_so(client, lead, trust, skills):
    resource = resource_for(skills[0], rank=4, owner=trust)

    answer = changed_to(client, resource, trust, **{f"level_{skills[0].pk}": ""})

    assert answer.status_code == 422
    assert "Select what it helps with" in text_of(answer)
    assert resource.levels.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": ""}, "Enter title"),
        ({"url": "javascript:alert(1)"}, "Enter an address that begins with https://"),
        ({"rank": "9"}, "Enter a number that is 7 or less"),
        ({"rank": "7"}, "This level is not on the scale of every competency you selected."),
        ({"minutes": "some"}, "Enter a whole number, like 15"),
        ({"competencies": []}, "Select what it helps with"),
    ],
)
def test_bad_input_is_explained_with_what_was_typed(client, lead, trust, skills, given, sentence):
    response = client.post(reverse(ADD), typed(skills, trust, about="My own words", **given))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "My own words" in text_of(response)
    assert not Resource.objects.exists()


def test_who_keeps_no_resources_is_refused_and_others_are_not_there(client, trust, lead):
    ours = ResourceFactory(owner=trust)
    theirs = ResourceFactory(owner=OrganisationFactory())
    national = ResourceFactory(owner=None)

    assert client.get(reverse(CHANGE, args=[theirs.pk])).status_code == 404
    assert client.post(reverse(CHANGE, args=[national.pk])).status_code == 403
    assert client.post(reverse(WITHDRAW, args=[national.pk])).status_code == 403
    client.force_login(employ(organisation=trust))
    assert client.get(reverse(ADD)).status_code == 403
    assert client.get(reverse(CHANGE, args=[ours.pk])).status_code == 403
    assert client.post(reverse(WITHDRAW, args=[ours.pk])).status_code == 403


def test_a_lead_of_the_system_keeps_those_of_the_trusts_below(client, trust):
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)
    client.force_login(grant(employ(organisation=board), "LEARNING_LEAD", board))
    resource = ResourceFactory(owner=trust)

    response = client.post(reverse(WITHDRAW, args=[resource.pk]), follow=True)

    assert "The resource has been withdrawn." in text_of(response)
