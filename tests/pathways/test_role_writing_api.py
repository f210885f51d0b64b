"""Role profiles and steps written by programs: from a draft to a role in use and its successor."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from pathways.models import PathwayStep, PostRole, RequirementGroup, RoleCondition, RoleProfile
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.pathways import (
    FrameworkVersionFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
)
from tests.factories.roles import condition_in, draft_asking, group_of

pytestmark = pytest.mark.django_db
LIST, WRITTEN, SHOW = "v1:role_profile_list", "v1:written_role_list", "v1:written_role_show"


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def draft(trust):
    return draft_asking(3, 2, owner=trust)


def new(trust, **fields):
    return {
        "code": "matron",
        "title": "Matron",
        "stage": 4,
        "organisation_id": trust.pk,
        "framework": FrameworkVersionFactory().pk,
        **fields,
    }


def sent(system, name, row, body=None):
    return system.post(reverse(f"v1:{name}", args=[row.pk]), {} if body is None else body)


def mistakes(answer):
    assert answer.status_code == 400, answer.content
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_a_program_drafts_a_role_of_its_organisation_that_nobody_else_sees_yet(system, trust):
    body = new(trust, summary="Leads the wards.", band="8a", top_band="8b", staff_groups=["08"])

    answer = system.post(reverse(LIST), body)

    role = RoleProfile.objects.get(code="matron")
    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, reverse(SHOW, args=[role.pk]))
    assert (told["id"], told["is_published"], told["requirements"]) == (role.pk, False, [])
    assert (role.owner, role.band, role.top_band, role.staff_groups) == (trust, "8a", "8b", ["08"])
    event = Event.objects.get(verb="draft_role")
    assert (event.by_client, event.organisation) == (system.api_client, trust)
    assert system.get(reverse("v1:role_profile_show", args=[role.pk])).status_code == 404
    assert [row["id"] for row in system.get(reverse(WRITTEN)).json()["results"]] == [role.pk]


def test_another_draft_of_the_same_code_is_refused(system, trust):
    system.post(reverse(LIST), new(trust))

    assert refusal(system.post(reverse(LIST), new(trust))) == (409, "code_taken")


def test_an_edition_that_is_not_in_use_is_refused(system, trust):
    begun = FrameworkVersionFactory(state="DRAFT", framework__owner=trust)

    answer = system.post(reverse(LIST), new(trust, framework=begun.pk))

    assert refusal(answer) == (409, "edition_not_in_use")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"stage": 13}, [("stage", "max_value")]),
        ({"code": ""}, [("code", "blank")]),
        ({"band": "8z"}, [("band", "invalid_choice")]),
        ({"top_band": "8b"}, [("band", "band_missing")]),
        ({"band": "8b", "top_band": "7"}, [("top_band", "bands_not_in_order")]),
        ({"staff_groups": ["99"]}, [("staff_groups.0", "invalid_choice")]),
        ({"is_family": "yes"}, [("is_family", "invalid")]),
    ],
)
def test_what_is_wrong_with_a_draft_is_named_and_nothing_is_written(system, trust, fields, found):
    assert mistakes(system.post(reverse(LIST), new(trust, **fields))) == found
    assert not RoleProfile.objects.exists()


def test_a_program_writes_for_its_own_organisation_alone(trust):
    board = OrganisationFactory()
    place_below(trust, board)
    above = hr_system(board)
    role = draft_asking(2, owner=trust)

    drafted = above.post(reverse(LIST), new(trust))
    published = sent(above, "role_publish", role)

    assert mistakes(drafted) == [("organisation_id", "unknown_organisation")]
    assert published.status_code == 404


@pytest.mark.parametrize("tail", ["levels", "conditions", "publish", "discard", "steps", "succeed"])
def test_roles_of_another_organisation_and_national_ones_are_not_there_to_be_written(system, tail):
    theirs = draft_asking(2, owner=OrganisationFactory())
    national = draft_asking(2)

    answers = [
        system.post(f"/api/v1/role-profiles/written/{pk}/{tail}/", {})
        for pk in (theirs.pk, national.pk, 2**62)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_the_scope_is_needed_and_reading_opens_no_draft(trust, draft):
    reading = hr_system(trust, scopes=["frameworks:read", "frameworks:write"])

    answers = [
        reading.post(reverse(LIST), new(trust)),
        reading.get(reverse(WRITTEN)),
        sent(reading, "role_publish", draft),
    ]

    assert [refusal(answer) for answer in answers] == [(403, "scope_missing")] * 3


def test_an_author_writes_here_too_and_nobody_else_does(client, trust, draft):
    client.force_login(employ(organisation=trust))
    refused = client.post(reverse(LIST), new(trust), content_type="application/json")
    hidden = client.get(reverse(SHOW, args=[draft.pk]))
    client.force_login(grant(employ(organisation=trust), "FRAMEWORK_AUTHOR", trust))
    drafted = client.post(reverse(LIST), new(trust), content_type="application/json")

    assert (refusal(refused), hidden.status_code) == ((403, "may_not_write_role"), 404)
    assert drafted.status_code == 201


def test_particulars_change_one_by_one(system, draft):
    path = reverse(SHOW, args=[draft.pk])

    answer = system.patch(path, {"title": "Head of nursing"})
    nothing = system.patch(path, {})
    wrong = system.patch(path, {"top_band": "7"})

    assert answer.json()["title"] == "Head of nursing"
    assert answer.json()["summary"] == draft.summary
    assert [error["code"] for error in nothing.json()["errors"]] == ["nothing_sent"]
    assert mistakes(wrong) == [("top_band", "bands_not_in_order")]
    assert Event.objects.get(verb="describe_role").facts["changed"] == ["title"]


def test_levels_are_asked_for_and_taken_away_all_or_none(system, draft):
    first, second = competencies_of(draft)
    wanted = [
        {"competency_id": first.pk, "rank": 4, "is_essential": True},
        {"competency_id": second.pk, "rank": None},
    ]
    off_scale = [wanted[0], {"competency_id": second.pk, "rank": 7}]

    refused = sent(system, "role_levels", draft, {"levels": off_scale})
    answer = sent(system, "role_levels", draft, {"levels": wanted})

    assert refusal(refused) == (409, "level_not_on_scale")
    told = [
        (row["competency"], row["rank"], row["is_essential"])
        for row in answer.json()["requirements"]
    ]
    assert told == [(first.pk, 4, True)]
    assert Event.objects.filter(verb="ask_for_levels").count() == 1


def test_a_competency_named_twice_and_one_of_another_edition_are_refused(system, draft):
    first, *_others = competencies_of(draft)
    (elsewhere,) = competencies_of(role_asking(2))
    row = {"competency_id": first.pk, "rank": 2}

    twice = sent(system, "role_levels", draft, {"levels": [row, row]})
    foreign = sent(
        system, "role_levels", draft, {"levels": [{"competency_id": elsewhere.pk, "rank": 2}]}
    )

    assert mistakes(twice) == [("levels", "repeated")]
    assert refusal(foreign) == (409, "not_of_this_edition")


DEGREE = {"kind": "QUALIFICATION", "title": "A degree", "level": 6}
YEARS = {"kind": "EXPERIENCE", "title": "Leading a shift", "months": 24, "in_management": True}
EITHER = {
    "operator": "ANY",
    "conditions": [DEGREE],
    "groups": [{"operator": "ALL", "background": "CLINICAL", "conditions": [YEARS]}],
}


def test_conditions_are_said_as_a_tree_in_place_of_what_was_there(system, draft):
    condition_in(group_of(draft), title="What was asked before")

    answer = sent(system, "role_conditions", draft, {"groups": [EITHER]})
    again = sent(system, "role_conditions", draft, {"groups": [EITHER]})

    (outer,) = answer.json()["conditions"]
    assert (outer["operator"], outer["conditions"][0]["title"]) == ("ANY", "A degree")
    assert outer["groups"][0]["background"] == "CLINICAL"
    assert outer["groups"][0]["conditions"][0]["months"] == 24
    assert again.json() == answer.json()
    assert Event.objects.filter(verb="say_conditions").count() == 1
    assert (RequirementGroup.objects.count(), RoleCondition.objects.count()) == (2, 2)


def test_nothing_more_is_asked_for_where_no_groups_are_said(system, draft):
    condition_in(group_of(draft))

    answer = sent(system, "role_conditions", draft, {"groups": []})

    assert answer.json()["conditions"] == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({**DEGREE, "level": 9}, [("groups.0.conditions.0.level", "max_value")]),
        ({**DEGREE, "months": 3}, [("groups.0.conditions.0.months", "of_another_kind")]),
        ({**YEARS, "months": None}, [("groups.0.conditions.0.months", "months_missing")]),
        ({**YEARS, "level": 5}, [("groups.0.conditions.0.level", "of_another_kind")]),
        ({**DEGREE, "title": " "}, [("groups.0.conditions.0.title", "blank")]),
    ],
)
def test_what_is_wrong_with_a_condition_is_named_where_it_stands(system, draft, condition, found):
    group = {"operator": "ALL", "conditions": [condition]}

    assert mistakes(sent(system, "role_conditions", draft, {"groups": [group]})) == found
    assert not RequirementGroup.objects.exists()


def test_groups_lie_three_deep_and_no_deeper(system, draft):
    one = {"operator": "ALL", "conditions": [DEGREE]}
    three = {"operator": "ANY", "groups": [{"operator": "ALL", "groups": [one]}]}
    four = {"operator": "ANY", "groups": [three]}

    deep = sent(system, "role_conditions", draft, {"groups": [three]})
    deeper = sent(system, "role_conditions", draft, {"groups": [four]})

    assert deep.status_code == 200
    assert mistakes(deeper) == [("groups.0.groups.0.groups.0.groups", "unknown_field")]


def test_levels_are_taken_from_a_family(system, trust):
    family = draft_asking(2, owner=trust, is_family=True)
    draft = RoleProfileFactory(owner=trust, version=family.version, is_published=False)
    other = draft_asking(2, owner=trust, is_family=True)

    taken = sent(system, "role_family", draft, {"family": family.pk}).json()
    unknown = sent(system, "role_family", draft, {"family": other.pk})
    left = sent(system, "role_family", draft, {"family": None}).json()

    assert (taken["family_profile"], taken["requirements"][0]["from_family"]["rank"]) == (
        family.pk,
        2,
    )
    assert mistakes(unknown) == [("family", "unknown_family")]
    assert (left["family_profile"], left["requirements"][0]["from_family"]) == (None, None)


def test_a_role_is_brought_into_use_and_what_it_asks_for_then_stays(system, draft):
    empty = RoleProfileFactory(owner=draft.owner, is_published=False)

    nothing = sent(system, "role_publish", empty)
    published = sent(system, "role_publish", draft)
    again = sent(system, "role_publish", draft)
    row = {"competency_id": competencies_of(draft)[0].pk, "rank": 1}
    changed = sent(system, "role_levels", draft, {"levels": [row]})

    assert refusal(nothing) == (409, "role_asks_for_nothing")
    assert published.json()["is_published"]
    assert published.json()["in_use_from"] == timezone.localdate().isoformat()
    assert refusal(again) == refusal(changed) == (409, "role_in_use")
    assert system.get(reverse("v1:role_profile_show", args=[draft.pk])).status_code == 200


def test_a_successor_takes_the_place_of_a_role_and_posts_follow_it(system, trust):
    role = role_asking(2, owner=trust)
    person = follow(employ(organisation=trust), role)

    answer = sent(system, "role_succeed", role, {"framework": role.version_id})
    after = RoleProfile.objects.get(replaces=role)
    twice = sent(system, "role_succeed", role, {"framework": role.version_id})
    published = sent(system, "role_publish", after)

    assert (answer.status_code, answer.json()["replaces"]) == (201, role.pk)
    assert answer["Location"] == reverse(SHOW, args=[after.pk])
    assert refusal(twice) == (409, "successor_is_there")
    assert published.status_code == 200
    assert PostRole.objects.get(post__assignments__person=person).role_profile == after
    role.refresh_from_db()
    assert role.withdrawn_on == timezone.localdate()


def test_a_role_that_people_follow_is_withdrawn_for_another_of_its_owner(system, trust):
    role, other = role_asking(2, owner=trust), RoleProfileFactory(owner=trust)
    follow(employ(organisation=trust), role)
    theirs = RoleProfileFactory(owner=OrganisationFactory())

    without = sent(system, "role_withdraw", role, {"replacement": None})
    hidden = sent(system, "role_withdraw", role, {"replacement": theirs.pk})
    done = sent(system, "role_withdraw", role, {"replacement": other.pk})

    assert refusal(without) == (409, "role_is_followed")
    assert mistakes(hidden) == [("replacement", "unknown_role")]
    assert done.json()["withdrawn_on"] == timezone.localdate().isoformat()
    assert PostRole.objects.get().role_profile == other


def test_only_a_draft_is_thrown_away(system, trust, draft):
    used = role_asking(2, owner=trust)

    refused = sent(system, "role_discard", used)
    done = sent(system, "role_discard", draft)

    assert refusal(refused) == (409, "role_in_use")
    assert done.json()["id"] == draft.pk
    assert not RoleProfile.objects.filter(pk=draft.pk).exists()


def test_a_step_is_added_changed_and_taken_away(system, trust):
    role, after = role_asking(2, owner=trust), RoleProfileFactory()
    body = {"to_role": after.pk, "kind": "PROMOTION", "usual_months": 24}

    added = sent(system, "step_add", role, body)
    twice = sent(system, "step_add", role, body)
    step = PathwayStep.objects.get()
    path = reverse("v1:pathway_step_show", args=[step.pk])
    changed = system.patch(path, {"kind": "SECONDMENT", "usual_months": None})
    read = system.get(path)
    gone = sent(system, "step_remove", step)

    assert (added.status_code, added.json()["to_role"]) == (201, after.pk)
    assert refusal(twice) == (409, "step_is_there")
    assert changed.json() == read.json() == gone.json()
    assert (read.json()["kind"], read.json()["usual_months"]) == ("SECONDMENT", None)
    assert not PathwayStep.objects.exists()


def test_a_step_to_a_role_that_is_not_seen_or_to_itself_is_refused(system, trust):
    role = role_asking(2, owner=trust)
    theirs = RoleProfileFactory(owner=OrganisationFactory())
    body = {"kind": "PROMOTION", "usual_months": None}

    hidden = sent(system, "step_add", role, {**body, "to_role": theirs.pk})
    itself = sent(system, "step_add", role, {**body, "to_role": role.pk})

    assert mistakes(hidden) == [("to_role", "unknown_role")]
    assert refusal(itself) == (409, "step_leads_nowhere")


def test_a_national_step_is_read_and_not_changed_here(system):
    step = PathwayStepFactory()
    path = reverse("v1:pathway_step_show", args=[step.pk])

    assert system.get(path).status_code == 200
    assert system.patch(path, {"kind": "SIDEWAYS"}).status_code == 404
    assert sent(system, "step_remove", step).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_what_one_writes_is_listed_at_a_constant_number_of_queries(
    system, trust, django_assert_num_queries, rows
):
    mine = [draft_asking(2, owner=trust) for _ in range(rows)]
    draft_asking(2, owner=OrganisationFactory())
    draft_asking(2)

    with django_assert_num_queries(12):
        answer = system.get(reverse(WRITTEN))

    assert [row["id"] for row in answer.json()["results"]] == [role.pk for role in mine]
