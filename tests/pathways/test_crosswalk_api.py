"""What became of competencies, said and confirmed by a program; the edition of a day."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Event
from pathways.models import Crosswalk, Framework, FrameworkVersion
from pathways.services.editions import draft_edition
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import written
from tests.factories.clock import NOW
from tests.factories.editions import author_of, competency, publish, published_edition
from tests.factories.pathways import CompetencyFactory, DomainFactory, ScaleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


@pytest.fixture
def edition(trust):
    """A.1 and A.2 in use."""
    return publish(written(2, framework__owner=trust, valid_from=date(2025, 4, 1)))


@pytest.fixture
def draft(edition):
    """The next edition: A.1 goes on, A.2 is gone, and N.1 and N.2 are new."""
    following = draft_edition(
        framework=edition.framework,
        based_on=edition,
        label="2028",
        by=author_of(edition.framework),
        now=NOW,
    )
    competency(following, "A.2").delete()
    home = DomainFactory(version=following, code="N", position=2)
    for number in (1, 2):
        CompetencyFactory(domain=home, code=f"N.{number}", position=number)
    return following


def at(name, row):
    return reverse(f"v1:{name}", args=[row.pk])


def problem(answer):
    return answer.status_code, answer.json()["code"]


def fate_of(system, draft, code):
    fates = system.get(at("crosswalk_fates", draft)).json()["results"]
    return next(fate for fate in fates if fate["code"] == code)


def said(draft, edition, kind="REPLACED", heirs=("N.1",), **more):
    return {
        "before_id": competency(edition, "A.2").pk,
        "after_ids": [competency(draft, code).pk for code in heirs],
        "kind": kind,
        "reason": "It says more.",
        **more,
    }


def test_what_became_of_something_is_said_confirmed_and_counted(system, edition, draft):
    before = system.get(at("crosswalk_progress", draft)).json()

    answer = system.post(at("crosswalk_fates", draft), said(draft, edition))

    fate = answer.json()
    rule = fate["rules"][0]
    assert (before["unsaid"], before["stayed"], before["confirmed"]) == (1, 1, 0)
    assert (answer.status_code, fate["code"], fate["goes_on_as"]) == (200, "A.2", None)
    assert (rule["after_code"], rule["kind"], rule["confirmed_at"]) == ("N.1", "REPLACED", None)
    assert fate == fate_of(system, draft, "A.2")
    assert fate_of(system, draft, "A.1")["goes_on_as"] == competency(draft, "A.1").pk

    levels = [{"rank": 1, "becomes": 1}, {"rank": 2, "becomes": 1}]
    confirmed = system.post(
        reverse("v1:crosswalk_confirm", args=[rule["id"]]),
        {"revision": rule["revision"], "levels": levels},
    ).json()
    stayed = system.post(at("crosswalk_stayed", draft), {}).json()

    assert (confirmed["levels"], confirmed["revision"]) == (levels, rule["revision"] + 1)
    assert stayed == {"confirmed": 1}
    assert system.get(at("crosswalk_progress", draft)).json() == {
        "competencies": 2,
        "unsaid": 0,
        "stayed": 0,
        "unconfirmed": 0,
        "confirmed": 2,
        "carried": 0,
    }
    assert set(Crosswalk.objects.values_list("confirmed_by", "confirmed_by_client")) == {
        (None, system.api_client.pk)
    }
    events = Event.objects.filter(verb__in=["say_what_became_of", "confirm_crosswalk"])
    assert {event.by_client for event in events} == {system.api_client}


def test_something_else_is_said_by_whoever_has_seen_what_was_said(system, edition, draft):
    first = system.post(at("crosswalk_fates", draft), said(draft, edition)).json()

    blind = system.post(at("crosswalk_fates", draft), said(draft, edition, heirs=["N.2"]))
    split = system.post(
        at("crosswalk_fates", draft),
        said(draft, edition, "SPLIT", ["N.1", "N.2"], seen=first["seen"]),
    ).json()

    assert problem(blind) == (409, "rules_moved_on")
    assert {rule["after_code"] for rule in split["rules"]} == {"N.1", "N.2"}
    assert split["seen"] != first["seen"]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"kind": "SPLIT"}, (409, "wrong_number")),
        ({"after_ids": []}, (400, "validation")),
        ({"kind": "RETIRED"}, (400, "validation")),
        ({"kind": "SAME"}, (400, "validation")),
        ({"reason": ""}, (400, "validation")),
        ({"before_id": 2**40}, (400, "validation")),
        ({"after_ids": [2**40]}, (400, "validation")),
    ],
)
def test_what_does_not_fit_is_refused(system, edition, draft, changes, answer):
    sent = {**said(draft, edition), **changes}

    assert problem(system.post(at("crosswalk_fates", draft), sent)) == answer
    assert Crosswalk.objects.count() == 0


def test_a_stale_confirmation_and_one_by_half_are_refused(system, edition, draft):
    rule = system.post(at("crosswalk_fates", draft), said(draft, edition)).json()["rules"][0]
    address = reverse("v1:crosswalk_confirm", args=[rule["id"]])
    twice = [{"rank": 1, "becomes": 1}, {"rank": 1, "becomes": 2}]

    stale = system.post(address, {"revision": rule["revision"] + 4})
    repeated = system.post(address, {"revision": rule["revision"], "levels": twice})
    off = [{"rank": 7, "becomes": 1}]
    off_scale = system.post(address, {"revision": rule["revision"], "levels": off})

    assert problem(stale) == (409, "rules_moved_on")
    assert [error["field"] for error in repeated.json()["errors"]] == ["levels"]
    assert problem(off_scale) == (409, "level_not_on_scale")


def test_two_scales_need_to_be_told_which_level_stands_for_which(system, edition, draft):
    heir = competency(draft, "N.1")
    heir.scale = ScaleFactory()
    heir.save()
    rule = system.post(at("crosswalk_fates", draft), said(draft, edition)).json()["rules"][0]

    answer = system.post(
        reverse("v1:crosswalk_confirm", args=[rule["id"]]), {"revision": rule["revision"]}
    )

    assert problem(answer) == (409, "levels_needed")


def test_a_competency_of_another_framework_stands_for_one_of_this(system, draft, trust):
    national = published_edition()
    Framework.objects.filter(pk=national.framework_id).update(owner=None)
    hidden = published_edition()
    before = national.domains.order_by("position")[0].competencies.order_by("position")[0]
    sent = {"before_id": before.pk, "after_id": competency(draft, "N.1").pk}

    answer = system.post(at("crosswalk_equivalents", draft), sent)
    again = system.post(at("crosswalk_equivalents", draft), sent)
    unseen = hidden.domains.order_by("position")[0].competencies.order_by("position")[0]
    secret = system.post(at("crosswalk_equivalents", draft), {**sent, "before_id": unseen.pk})

    assert (answer.status_code, answer.json()["kind"]) == (201, "EQUIVALENT")
    assert problem(again) == (409, "crosswalk_there")
    assert [error["field"] for error in secret.json()["errors"]] == ["before_id"]


def test_what_others_own_is_read_and_not_written(edition, draft):
    publish(draft)
    Framework.objects.filter(pk=edition.framework_id).update(owner=None)
    rule = Crosswalk.objects.create(
        before=competency(edition, "A.2"),
        after=competency(draft, "N.1"),
        kind="REPLACED",
        reason="It says more.",
    )
    program = hr_system(OrganisationFactory())

    answers = [
        program.post(at("crosswalk_fates", draft), said(draft, edition)),
        program.post(at("crosswalk_stayed", draft), {}),
        program.post(at("crosswalk_confirm", rule), {"revision": 0}),
        program.post(
            at("crosswalk_equivalents", draft),
            {"before_id": rule.before_id, "after_id": rule.after_id},
        ),
    ]

    assert program.get(at("crosswalk_fates", draft)).status_code == 200
    assert {problem(answer) for answer in answers} == {(403, "may_not_write_framework")}


def test_the_edition_of_another_organisation_is_not_there(draft):
    program = hr_system(OrganisationFactory())
    names = ("crosswalk_fates", "crosswalk_progress")

    answers = [program.get(at(name, draft)) for name in names]
    answers += [program.post(at(f"crosswalk_{name}", draft), {}) for name in ("stayed", "fates")]

    assert {answer.status_code for answer in answers} == {404}


def test_the_edition_of_a_day_is_shown_from_whichever_one_asks(system, edition):
    FrameworkVersion.objects.filter(pk=edition.pk).update(valid_to=date(2026, 3, 31))
    newer = publish(
        written(1, framework=edition.framework, label="2026", valid_from=date(2026, 4, 1))
    )

    shown = {
        day: system.get(at("framework_show", newer), {"on": day})
        for day in ("2025-12-31", "2026-03-31", "2026-04-01", "2024-01-01")
    }

    assert [shown[day].json()["id"] for day in ("2025-12-31", "2026-03-31", "2026-04-01")] == [
        edition.pk,
        edition.pk,
        newer.pk,
    ]
    assert shown["2024-01-01"].status_code == 404
    assert system.get(at("framework_show", newer), {"on": "soon"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_fates_take_as_many_statements_at_any_number(
    system, trust, rows, django_assert_num_queries
):
    edition = publish(written(rows, framework__owner=trust))
    draft = draft_edition(
        framework=edition.framework,
        based_on=edition,
        label="2028",
        by=author_of(edition.framework),
        now=NOW,
    )
    system.post(at("crosswalk_stayed", draft), {})
    published_edition()

    with django_assert_num_queries(15):
        answer = system.get(at("crosswalk_fates", draft))

    fates = answer.json()["results"]
    assert [len(fate["rules"]) for fate in fates] == [1] * rows
