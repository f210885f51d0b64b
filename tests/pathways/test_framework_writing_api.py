"""Drafts written by a program of the organisation that owns them."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Event
from pathways.models import Competency, Framework, FrameworkVersion, Scale
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import DraftFactory, written
from tests.factories.editions import published_edition
from tests.factories.pathways import (
    FrameworkFactory,
    LevelDescriptorFactory,
    RequirementFactory,
    ScaleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def draft(trust):
    """Domains A and B; A.1, A.2, A.3 and B.1."""
    return written(3, 1, framework__owner=trust)


def at(name, row=None):
    return reverse(f"v1:{name}", args=[row.pk] if row else [])


def part(draft, code):
    return Competency.objects.get(version=draft, code=code)


def codes(draft):
    rows = Competency.objects.filter(version=draft)
    return list(rows.order_by("domain__position", "position").values_list("code", flat=True))


def problem(answer):
    return answer.status_code, answer.json()["code"]


def new_framework(trust, **fields):
    return {
        "organisation_id": trust.pk,
        "code": "OURS",
        "title": "Leading  here",
        "scale_id": ScaleFactory().pk,
        "edition": "2027",
        "valid_from": "2027-04-01",
        **fields,
    }


def test_a_framework_is_started_with_an_empty_draft(trust, system):
    answer = system.post(at("authoring_list"), new_framework(trust, nation="Wales"))

    told = answer.json()
    assert answer.status_code == 201
    assert (told["code"], told["title"], told["nation"]) == ("OURS", "Leading here", "Wales")
    assert (told["state"], told["revision"], told["organisation_id"]) == ("DRAFT", 0, trust.pk)
    assert [hurdle["code"] for hurdle in told["hurdles"]] == [
        "nothing_to_publish",
        "not_signed_off",
    ]
    assert answer["Location"] == reverse("v1:authoring_show", args=[told["id"]])
    framework = Framework.objects.get(pk=told["framework_id"])
    assert (framework.owner, framework.counting_rule) == (trust, "LATEST")
    event = Event.objects.get(verb="start_framework")
    assert (event.by_client, event.rule) == (system.api_client, "may_start_framework")


def test_a_code_is_taken_once_in_the_whole_service(trust, system):
    FrameworkFactory(code="OURS", owner=OrganisationFactory())

    answer = system.post(at("authoring_list"), new_framework(trust))

    assert problem(answer) == (409, "framework_code_taken")
    assert Framework.objects.filter(owner=trust).count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("organisation_id", 2**40), ("scale_id", 2**40), ("nation", "France"), ("edition", " ")],
)
def test_each_wrong_field_is_named_with_a_sentence(trust, system, field, value):
    answer = system.post(at("authoring_list"), new_framework(trust, **{field: value}))

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Framework.objects.count() == 0


def test_a_draft_is_described_and_what_is_left_out_stays(draft, system):
    answer = system.patch(
        at("authoring_show", draft), {"revision": 0, "change_summary": "It is shorter."}
    )

    told = answer.json()
    assert (told["change_summary"], told["edition"], told["revision"]) == (
        "It is shorter.",
        "2027",
        1,
    )
    draft.refresh_from_db()
    assert (draft.change_summary, draft.valid_from) == ("It is shorter.", date(2027, 4, 1))


def test_a_framework_is_described_anew_and_nobody_is_overwritten(draft, system):
    sent = {"framework_revision": 0, "title": "Leading well", "licence": "OGL"}

    answer = system.post(at("authoring_about", draft), sent)
    stale = system.post(at("authoring_about", draft), {**sent, "title": "Leading better"})
    again = system.post(at("authoring_about", draft), sent)

    told = answer.json()
    assert (told["title"], told["licence"], told["framework_revision"]) == (
        "Leading well",
        "OGL",
        1,
    )
    assert problem(stale) == (409, "framework_moved_on")
    # Saying the same again changes nothing.
    assert again.json() == told
    assert Event.objects.filter(verb="describe_framework").count() == 1


def test_the_next_edition_says_what_the_published_one_says(system, trust):
    version = published_edition()
    Framework.objects.filter(pk=version.framework_id).update(owner=trust)

    answer = system.post(at("authoring_next", version), {"edition": "2028"})
    again = system.post(at("authoring_next", version), {"edition": "2029"})

    told = answer.json()
    assert (answer.status_code, told["based_on"], told["state"]) == (201, version.pk, "DRAFT")
    assert codes(FrameworkVersion.objects.get(pk=told["id"])) == codes(version)
    assert problem(again) == (409, "edition_being_written")


def test_domains_are_added_changed_and_moved(draft, system):
    added = system.post(
        at("domain_list", draft), {"revision": 0, "code": "C", "title": "Money"}
    ).json()
    domain = draft.domains.get(code="C")
    changed = system.patch(
        at("domain_show", domain), {"revision": 1, "summary": "What it costs."}
    ).json()
    moved = system.post(
        at("domain_move", domain), {"revision": 2, "before_id": draft.domains.get(code="A").pk}
    ).json()

    assert (added["id"], added["revision"]) == (domain.pk, 1)
    assert (changed["title"], changed["summary"]) == ("Money", "What it costs.")
    assert (moved["position"], moved["revision"]) == (1, 3)
    listed = system.get(at("domain_list", draft)).json()["results"]
    assert [row["code"] for row in listed] == ["C", "A", "B"]


def test_competencies_are_added_changed_moved_and_taken_out(draft, system):
    home = draft.domains.get(code="B")
    added = system.post(
        at("domain_competencies", home), {"revision": 0, "code": "B.2", "title": "Delegates"}
    )
    row = part(draft, "B.2")
    below = system.post(
        at("domain_competencies", home),
        {"revision": 1, "code": "B.2.1", "title": "Says when", "parent_id": row.pk},
    )
    changed = system.patch(
        at("competency_show", row), {"revision": 2, "title": "Hands over", "is_assessable": False}
    )
    moved = system.post(at("competency_move", row), {"revision": 3, "step": "up"})
    to_a = system.post(
        at("competency_move_to", row),
        {"revision": 4, "domain_id": draft.domains.get(code="A").pk},
    )

    assert (added.status_code, added["Location"]) == (201, at("competency_show", row))
    assert below.json()["parent"] == row.pk
    assert (changed.json()["title"], changed.json()["is_assessable"]) == ("Hands over", False)
    assert moved.json()["position"] == 1
    assert (to_a.json()["revision"], codes(draft)) == (
        5,
        ["A.1", "A.2", "A.3", "B.2", "B.2.1", "B.1"],
    )

    removed = system.post(at("competency_remove", row), {"revision": 5})

    assert removed.json() == {"framework": draft.pk, "revision": 6}
    assert codes(draft) == ["A.1", "A.2", "A.3", "B.1"]
    gone = system.post(at("domain_remove", home), {"revision": 6})
    assert (gone.json()["revision"], codes(draft)) == (7, ["A.1", "A.2", "A.3"])


def test_levels_are_described_and_a_description_is_taken_away(draft, system):
    row = part(draft, "A.1")
    low, high = draft.scale.levels.filter(rank__isnull=False).order_by("rank")[:2]
    told = [
        {"level_id": low.pk, "text": "Asks first.", "indicators": ["Asks", "Asks", "Waits"]},
        {"level_id": high.pk, "text": "Decides.", "indicators": []},
    ]

    first = system.post(at("competency_levels", row), {"revision": 0, "levels": told}).json()
    emptied = [{"level_id": high.pk, "text": "", "indicators": []}]
    second = system.post(at("competency_levels", row), {"revision": 1, "levels": emptied}).json()

    assert [(level["text"], level["indicators"]) for level in first["levels"]] == [
        ("Asks first.", ["Asks", "Waits"]),
        ("Decides.", []),
    ]
    assert [level["text"] for level in second["levels"]] == ["Asks first."]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ([{"level_id": 2**40, "text": "Asks.", "indicators": []}], (409, "level_not_on_scale")),
        ([{"level_id": 1, "text": "A", "indicators": []}] * 2, (400, "validation")),
        ([{"level_id": 1, "text": "A"}], (400, "validation")),
    ],
)
def test_levels_off_the_scale_named_twice_or_told_by_half_are_refused(draft, system, sent, answer):
    address = at("competency_levels", part(draft, "A.1"))

    assert problem(system.post(address, {"revision": 0, "levels": sent})) == answer


def test_what_is_alike_is_told_and_kept(draft, system):
    home = draft.domains.get(code="B")
    title = part(draft, "A.1").title

    told = system.post(
        at("domain_competencies", home), {"revision": 0, "code": "B.9", "title": title}
    ).json()

    assert told["title"] == title
    assert part(draft, "A.1").pk in {row["id"] for row in told["alike"]}


def changes(draft):
    domain, row = draft.domains.get(code="A"), part(draft, "A.2")
    level = draft.scale.levels.order_by("rank")[0]
    return [
        ("patch", at("authoring_show", draft), {"edition": "Later"}),
        ("post", at("domain_list", draft), {"code": "C", "title": "Money"}),
        ("patch", at("domain_show", domain), {"title": "Money"}),
        ("post", at("domain_move", domain), {"step": "down"}),
        ("post", at("domain_remove", domain), {}),
        ("post", at("domain_competencies", domain), {"code": "A.9", "title": "Sums up"}),
        ("patch", at("competency_show", row), {"title": "Sums up"}),
        (
            "post",
            at("competency_levels", row),
            {"levels": [{"level_id": level.pk, "text": "A", "indicators": []}]},
        ),
        ("post", at("competency_move", row), {"step": "up"}),
        ("post", at("competency_move_to", row), {"domain_id": draft.domains.get(code="B").pk}),
        ("post", at("competency_remove", row), {}),
    ]


def all_answers(system, draft, *, revision=0):
    return [
        getattr(system, method)(address, {"revision": revision, **body})
        for method, address, body in changes(draft)
    ]


def test_nobody_overtakes_somebody_else(draft, system):
    FrameworkVersion.objects.filter(pk=draft.pk).update(revision=7)
    before = codes(draft)

    answers = all_answers(system, draft, revision=6)

    assert {problem(answer) for answer in answers} == {(409, "draft_moved_on")}
    assert codes(draft) == before


@pytest.mark.parametrize("state", ["IN_REVIEW", "PUBLISHED"])
def test_only_a_draft_changes(draft, system, state):
    FrameworkVersion.objects.filter(pk=draft.pk).update(state=state)
    before = codes(draft)

    answers = all_answers(system, draft)

    assert {problem(answer) for answer in answers} == {(409, "draft_closed")}
    assert codes(draft) == before


def test_drafts_of_other_organisations_and_national_ones_are_not_there(system):
    for owner in (OrganisationFactory(), None):
        draft = written(3, 1, framework__owner=owner)

        answers = [*all_answers(system, draft), system.get(at("authoring_show", draft))]
        answers += [system.get(at(f"{kind}_list", draft)) for kind in ("domain", "competency")]

        assert {answer.status_code for answer in answers} == {404}
        assert codes(draft) == ["A.1", "A.2", "A.3", "B.1"]


def test_a_place_in_another_draft_is_no_place(draft, system, trust):
    elsewhere = written(1, framework__owner=trust)
    row = part(draft, "A.1")
    sent = [
        ("competency_move_to", row, {"domain_id": elsewhere.domains.get().pk}, "domain_id"),
        ("competency_move", row, {"before_id": part(elsewhere, "A.1").pk}, "before_id"),
        ("competency_move", row, {"before_id": part(draft, "A.2").pk, "step": "up"}, "before_id"),
        (
            "competency_move_to",
            row,
            {"domain_id": row.domain_id, "parent_id": part(draft, "B.1").pk},
            "parent_id",
        ),
        (
            "domain_competencies",
            row.domain,
            {"code": "Z", "title": "Z", "parent_id": part(elsewhere, "A.1").pk},
            "parent_id",
        ),
    ]

    for name, about, body, field in sent:
        answer = system.post(at(name, about), {"revision": 0, **body})
        assert answer.status_code == 400, name
        assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_what_is_above_cannot_go_below_itself_and_what_is_asked_for_stays(draft, system):
    row, below = part(draft, "A.1"), part(draft, "A.2")
    Competency.objects.filter(pk=below.pk).update(parent=row)
    RequirementFactory(competency=part(draft, "A.3"))

    cycle = system.post(
        at("competency_move_to", row),
        {"revision": 0, "domain_id": row.domain_id, "parent_id": below.pk},
    )
    asked_for = system.post(at("competency_remove", part(draft, "A.3")), {"revision": 0})
    taken = system.patch(at("competency_show", row), {"revision": 0, "code": "a.3"})

    assert problem(cycle) == (409, "cycle")
    assert problem(asked_for) == (409, "competency_in_use")
    assert problem(taken) == (409, "code_taken")


def test_a_scale_is_made_and_listed(system):
    body = {
        "code": "SURE",
        "title": "How sure",
        "levels": [{"label": "Little"}, {"label": "Much", "meaning": "Alone"}],
        "not_applicable": "No chance",
    }

    answer = system.post(at("scale_list"), body)
    again = system.post(at("scale_list"), body)

    assert answer.status_code == 201
    assert [(level["label"], level["rank"]) for level in answer.json()["levels"]] == [
        ("Little", 1),
        ("Much", 2),
        ("No chance", None),
    ]
    assert problem(again) == (409, "scale_code_taken")
    assert Scale.objects.filter(code="SURE").count() == 1
    event = Event.objects.get(verb="make_scale")
    assert event.by_client == system.api_client


def test_reading_alone_writes_nothing(draft, trust):
    reader = hr_system(trust, scopes=["frameworks:read"])

    answers = all_answers(reader, draft)
    answers.append(reader.post(at("authoring_list"), new_framework(trust)))
    answers.append(reader.post(at("scale_list"), {}))

    assert {problem(answer) for answer in answers} == {(403, "scope_missing")}
    assert reader.get(at("authoring_list")).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_statements_at_any_length(
    trust, system, rows, django_assert_num_queries
):
    drafts = [written(rows, *[0] * (rows - 1), framework__owner=trust) for _ in range(rows)]
    DraftFactory()
    for row in Competency.objects.filter(version=drafts[0]):
        LevelDescriptorFactory(competency=row, level=drafts[0].scale.levels.order_by("rank")[0])

    with django_assert_num_queries(12):
        editions = system.get(at("authoring_list"))
    with django_assert_num_queries(13):
        domains = system.get(at("domain_list", drafts[0]))
    with django_assert_num_queries(15):
        competencies = system.get(at("competency_list", drafts[0]))

    assert {row["id"] for row in editions.json()["results"]} == {draft.pk for draft in drafts}
    assert len(domains.json()["results"]) == rows
    assert [len(row["levels"]) for row in competencies.json()["results"]] == [1] * rows
