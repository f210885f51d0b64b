"""Fields, hidden or not, and parameters that name a row of another house, or what is not asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Event
from appraisals.models import DevelopmentPlan
from courses.models import Enrolment
from tests.api.samples import everything_kept
from tests.security.addresses import SAMPLES, path_to
from tests.security.callers import bytes_of, program, signed_in, told
from tests.security.houses import CANARY, House

pytestmark = pytest.mark.django_db

NOBODY_HAS = 2**62


def _days(**days: date) -> dict[str, str]:
    return {
        f"{name}_{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }


_ROUND = _days(opens_on=date(2026, 12, 1), due_on=date(2027, 1, 29), closes_on=date(2027, 3, 31))
_SESSION = {
    **_days(starts_on=date(2027, 2, 3), closes_on=date(2027, 1, 20)),
    "start_time": "9am",
    "end_time": "4pm",
    "place": "Room 1",
    "capacity": "10",
}
_ACTION = {"kind": "COURSE", "title": "", **_days(due_on=date(2027, 6, 30))}


@dataclass(frozen=True)
class Named:
    """``reader`` of our house sends ``body`` to an address of its own; ``field`` names a row.

    ``of`` gives what the field holds to name the row of a house, ``absent`` what names none.
    """

    address: str
    reader: str
    field: str
    of: Callable[[House], Any]
    body: Callable[[House], Mapping[str, Any]] = lambda house: {}
    absent: Any = NOBODY_HAS


def _row(name: str) -> Callable[[House], Any]:
    return lambda house: house.rows[name].pk


FIELDS = [
    Named("courses:session_open", "learning", "offering", _row("offering"), lambda h: _SESSION),
    Named(
        "courses:session_attendance",
        "learning",
        "only",
        _row("place_begun"),
    ),
    Named(
        "courses:session_complete",
        "learning",
        "completed-people",
        lambda h: [_row("attended")(h)],
        absent=[NOBODY_HAS],
    ),
    Named(
        "appraisals:cycle_plan",
        "hr",
        "organisation",
        lambda h: h.organisation.pk,
        lambda h: {"form": h.rows["cycle"].form_id, "title": "A round", **_ROUND},
    ),
    Named(
        "appraisals:plan_action_add", "person", "programme", _row("programme"), lambda h: _ACTION
    ),
    Named(
        "appraisals:plan_action_add",
        "person",
        "competency",
        lambda h: h.rows["role"].requirements.order_by("pk")[0].competency_id,
        lambda h: {**_ACTION, "kind": "SUPPORT", "title": "A mentor"},
    ),
    Named(
        "talent:nomination_add",
        "person",
        "email",
        lambda h: h.people["person"].email,
        lambda h: {"who": "other", "reason": "Led two services"},
        "nobody@waymark.example",
    ),
    Named(
        "v1:enrolment_list",
        "client",
        "person_id",
        _row("person"),
        lambda h: {"session_id": h.rows["session"].pk},
    ),
    Named(
        "v1:enrolment_list",
        "client",
        "session_id",
        _row("session"),
        lambda h: {"person_id": h.people["colleague"].pk},
    ),
]

PARAMETERS = [
    Named("courses:programme_list", "person", "host", lambda house: house.organisation.pk),
    Named("appraisals:status_list", "hr", "cycle", _row("cycle")),
    Named("appraisals:plan_action_add", "person", "programme", _row("programme")),
    Named("talent:profile_list", "talent", "organisation", lambda house: house.organisation.pk),
    Named("talent:profile_list", "talent", "role", _row("role")),
    Named("talent:profile_list", "talent", "match", _row("role")),
    Named("talent:profile_list", "talent", "words", lambda house: CANARY, absent="Thistlewood"),
    Named("talent:profile_show", "talent", "role", _row("role")),
    Named(
        "v1:people",
        "client",
        "email",
        lambda h: h.people["person"].email,
        absent="nobody@waymark.example",
    ),
    Named("v1:assignments", "client", "person_id", _row("person")),
    Named("v1:role_profile_list", "client", "words", lambda house: CANARY, absent="Thistlewood"),
    Named(
        "v1:session_list", "client", "course_id", lambda house: house.rows["offering"].programme_id
    ),
    Named("v1:enrolment_list", "client", "person_id", _row("person")),
    Named("v1:enrolment_list", "client", "session_id", _row("session")),
    Named("v1:appraisal-list", "client", "cycle", _row("cycle")),
    Named("v1:plan-list", "client", "person_id", _row("person")),
]


def _name(named: Named) -> str:
    return f"{named.address} {named.field}"


def _caller(named: Named, house: House):
    if named.reader == "client":
        return program("client", house.client)
    return signed_in(named.reader, house.people[named.reader])


def _path(named: Named, house: House) -> str:
    return path_to(named.address, house) if named.address in SAMPLES else reverse(named.address)


def _said(value: Any) -> bytes:
    """A value as a page or an endpoint would repeat it to whoever sent it."""
    return str(value[0] if isinstance(value, list) else value).encode()


def _answer(response, path: str, *values: Any) -> dict[str, Any]:
    """What is told, with each of ``values`` in one word: the number of a row can be a day as well,
    and is taken out of every answer that is compared alike."""
    answer = told(response, path)
    content = answer["content"]
    for said in sorted(map(_said, values), key=len, reverse=True):
        content = content.replace(said, b"VALUE")
    return {**answer, "content": content}


@pytest.mark.parametrize("named", FIELDS, ids=_name)
def test_a_field_that_names_their_row_names_nothing(town, named):
    caller, path = _caller(named, town.ours), _path(named, town.ours)
    body, theirs = named.body(town.ours), named.of(town.theirs)
    both = (theirs, named.absent)
    before = everything_kept()

    answer = caller.send("post", path, {**body, named.field: theirs})
    expected = caller.send("post", path, {**body, named.field: named.absent})

    assert answer.status_code in {400, 422}
    assert _answer(answer, path, *both) == _answer(expected, path, *both)
    assert CANARY.encode() not in bytes_of(answer)
    assert without_sessions(everything_kept()) == without_sessions(before)


# Their programme is not in the catalogue, so there is none of ours like it to name.
OWN = [named for named in FIELDS if named.field != "programme"]


@pytest.mark.parametrize("named", OWN, ids=_name)
def test_the_same_field_names_a_row_of_ones_own(town, named):
    """Without this a body that is wrong in another way would pass the test before."""
    caller, path = _caller(named, town.ours), _path(named, town.ours)

    answer = caller.send("post", path, {**named.body(town.ours), named.field: named.of(town.ours)})

    assert answer.status_code in {201, 302} or b"already" in bytes_of(answer)


@pytest.mark.parametrize("named", PARAMETERS, ids=_name)
def test_a_parameter_that_names_their_row_finds_nothing(town, named):
    caller, path = _caller(named, town.ours), _path(named, town.ours)
    theirs = named.of(town.theirs)
    both = (theirs, named.absent)

    answer = caller.send("get", path, {named.field: theirs})
    expected = caller.send("get", path, {named.field: named.absent})

    assert _answer(answer, path, *both) == _answer(expected, path, *both)


def without_sessions(kept: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {label: rows for label, rows in kept.items() if label != "sessions.Session"}


def test_a_form_cannot_enrol_decide_or_seat_somebody(town):
    house = town.theirs
    colleague, victim = house.people["hr"], house.people["manager"]
    sent = {
        "reason": "To lead",
        "person": victim.pk,
        "person_id": victim.pk,
        "basis": "ENTITLEMENT",
        "state": "CONFIRMED",
        "seat": "1",
        "decided_by": colleague.pk,
    }

    signed_in("hr", colleague).send("post", path_to("courses:session_enrol", house), sent)

    made = Enrolment.objects.latest("pk")
    assert (made.person, made.state, made.basis) == (colleague, "REQUESTED", "APPROVAL")
    assert (made.seat, made.decided_by, made.organisation) == (None, None, house.organisation)


def test_an_endpoint_refuses_what_it_does_not_ask_for(town):
    house = town.theirs
    body = {
        "person_id": house.people["hr"].pk,
        "session_id": house.rows["session"].pk,
        "state": "CONFIRMED",
        "organisation_id": town.ours.organisation.pk,
    }

    response = program("client", house.client).send("post", reverse("v1:enrolment_list"), body)

    errors = json.loads(bytes_of(response))["errors"]
    assert response.status_code == 400
    assert {error["field"] for error in errors} == {"state", "organisation_id"}


def test_a_draft_is_written_for_ones_own_side_whatever_the_form_says(town):
    house = town.theirs
    drafting = house.rows["drafting"]
    sent = {
        "answer-went-well": "My own words",
        "answer-support": "A question to the line manager",
        "side": "MANAGER",
        "version": "1",
        "state": "SIGNED",
    }

    signed_in("person", house.people["person"]).send(
        "post", path_to("appraisals:draft_write", house), sent
    )

    drafting.refresh_from_db()
    answers = dict(drafting.drafts.values_list("side", "answers"))
    assert answers == {"SUBJECT": {"went-well": "My own words"}, "MANAGER": {"went-well": CANARY}}
    assert drafting.state == "DRAFTING"


def test_consent_is_ones_own_whatever_the_form_says(town):
    person, other = town.theirs.people["colleague"], town.theirs.people["manager"]
    sent = {"scope": "ORGANISATION", "person": other.pk, **_days(until=date(2027, 5, 1))}

    response = signed_in("colleague", person).send("post", reverse("talent:consent_edit"), sent)

    given = Event.objects.get(verb="give_talent_consent", by_person=person)
    assert response.status_code == 302
    assert given.subject == person


def test_an_objective_is_changed_below_its_own_appraisal_only(town):
    """Ours opens the page; theirs, named behind it, is not there."""
    ours, theirs = town.ours, town.theirs
    person = signed_in("person", ours.people["person"])
    body = SAMPLES["appraisals:objective_change"].sent(ours)
    statuses = set()

    for name in ("objective_change", "objective_remove"):
        keys = {"pk": ours.rows["agreed"].pk, "objective_pk": theirs.rows["objective"].pk}
        statuses.add(
            person.send("post", reverse(f"appraisals:{name}", kwargs=keys), body).status_code
        )

    assert statuses == {404}
    theirs.rows["objective"].refresh_from_db()
    assert theirs.rows["objective"].title == CANARY


def test_sending_twice_does_it_once(town):
    """A form sent again, by a second press or from a history, does not do the thing again."""
    house = town.theirs
    twice = [
        ("courses:session_enrol", "hr"),
        ("courses:approval_decide", "manager"),
        ("courses:session_cancel", "learning"),
        ("appraisals:appraisal_share", "person"),
        ("appraisals:plan_action_step", "person"),
        ("talent:nomination_decide", "talent"),
    ]

    for name, reader in twice:
        caller, path = signed_in(reader, house.people[reader]), path_to(name, house)
        body, counts = SAMPLES[name].sent(house), [Event.objects.count()]

        for _time in range(2):
            caller.send("post", path, body)
            counts.append(Event.objects.count())

        assert counts[0] < counts[1] == counts[2], name


def test_who_reads_a_plan_without_being_a_party_finds_no_objective(town):
    """Agreed objectives are in the plan's time, but what an appraisal says stays with the two."""
    house = town.theirs
    house.rows["agreed"].objectives.update(state="AGREED", title="Privately agreed")
    plan = DevelopmentPlan.objects.get(pk=house.rows["plan"].pk)
    address = reverse("appraisals:plan_show", args=[plan.pk])

    seen = {
        reader: b"Privately agreed" in bytes_of(signed_in(reader, who).send("get", address))
        for reader, who in house.people.items()
        if reader in {"person", "manager", "hr", "learning"}
    }
    inside = program("client", house.client).send("get", reverse("v1:plan-detail", args=[plan.pk]))

    assert seen == {"person": True, "manager": True, "hr": False, "learning": False}
    assert b"Privately agreed" not in bytes_of(inside)
