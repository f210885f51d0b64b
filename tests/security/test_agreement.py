"""``visible_to``, the relations and the policies say the same of random people on random days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import accounts.models.people
import accounts.selectors.relations
import accounts.standing
import accounts.visibility
from accounts.models import Assignment, Person
from accounts.selectors.relations import relations_to, roles_at
from appraisals.models import Appraisal, DevelopmentPlan
from appraisals.policies.appraisals import may_hand_over
from appraisals.policies.plans import may_add_action, may_start_plan
from courses.models import Approval, Enrolment
from courses.policies.approvals import may_decide
from courses.policies.places import may_withdraw
from pathways.models import Attainment
from pathways.policies.attainments import may_assess, may_choose_role, may_record_attainments
from talent.models import Nomination
from talent.policies import may_read_reasons
from talent.selectors.pools import is_on_panel
from tests.factories.accounts import OrganisationFactory, PersonFactory, PostFactory
from tests.factories.appraisals import CycleFactory, standard_form
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory
from tests.factories.pathways import AttainmentFactory, CompetencyFactory
from tests.factories.plans import DevelopmentPlanFactory
from tests.factories.talent import PoolFactory
from tests.security.histories import DAYS, PEOPLE, PLACES, History, day, histories, lay_down
from tests.security.oracle import MANAGES, STANDS_IN, Oracle

pytestmark = pytest.mark.django_db
# Jobs double when an organisation is merged into another.
MOST_JOBS = 20


@dataclass(frozen=True)
class World:
    """What stays while histories come and go: a row of everything for everybody everywhere."""

    people: list[Person]
    places: list[Any]
    posts: list[Any]
    cycles: list[Any]
    pools: list[Any]
    enrolments: dict[tuple[int, int], Enrolment]
    attainments: list[Attainment]
    plans: list[DevelopmentPlan]

    def host(self, person: int, place: int) -> int:
        return (person + place) % PLACES


@pytest.fixture
def world() -> World:
    people, places = PersonFactory.create_batch(PEOPLE), OrganisationFactory.create_batch(PLACES)
    sessions = [SessionFactory(offering=OfferingFactory(host=place)) for place in places]
    form, competency = standard_form(), CompetencyFactory()
    pairs = [(person, place) for person in range(PEOPLE) for place in range(PLACES)]
    return World(
        people=people,
        places=places,
        posts=[PostFactory(organisation=places[0]) for _ in range(MOST_JOBS)],
        cycles=[CycleFactory(organisation=place, form=form) for place in places],
        pools=[PoolFactory(organisation=place) for place in places],
        enrolments={
            (person, place): EnrolmentFactory(
                person=people[person],
                organisation=places[place],
                session=sessions[(person + place) % PLACES],
            )
            for person, place in pairs
        },
        attainments=[AttainmentFactory(person=one, competency=competency) for one in people],
        plans=[DevelopmentPlanFactory(person=one) for one in people],
    )


def in_histories(world: World, check: Callable[..., Any], *, examples: int) -> None:
    """Run ``check(history, on)`` in ``examples`` random histories, each taken back afterwards."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=histories(), on=st.integers(0, DAYS - 1))
    def run(history: History, on: int) -> None:
        with transaction.atomic():
            lay_down(history, world)
            found = list(check(world, history, on))
            transaction.set_rollback(True)
        assert found == []

    run()


def pks(rows: Any) -> set[Any]:
    return set(rows.values_list("pk", flat=True))


def everybody(world: World, history: History) -> Iterator[tuple[int, Person]]:
    """Each person as their next request loads them."""
    for number, known in enumerate(world.people):
        yield number, Person.objects.get(pk=known.pk)


def disagreements_about_people(world: World, history: History, on: int) -> Iterator[str]:
    oracle, today = Oracle(history, on), day(on)
    for number, actor in everybody(world, history):
        seen = pks(Person.objects.visible_to(actor, on=today))
        for other, person in enumerate(world.people):
            expected = oracle.relations(number, other)
            found = {str(one) for one in relations_to(actor, person, on=today)}
            if found != expected:
                yield f"{number} to {other}: {found ^ expected}"
            if (person.pk in seen) != oracle.sees_person(number, other, ties=STANDS_IN):
                yield f"{number} sees {other}: {person.pk in seen}"
        for place, organisation in enumerate(world.places):
            roles = {str(one) for one in roles_at(actor, organisation.pk, on=today)} - {"COLLEAGUE"}
            if roles != oracle.roles_at(number, place):
                yield f"{number} at {place}: {roles}"


def disagreements_about_records(world: World, history: History, on: int) -> Iterator[str]:
    oracle = Oracle(history, on)
    kept = Kept.of(world, history)
    for number, actor in everybody(world, history):
        if not actor.is_active:
            continue
        expected = kept.seen_by(number, oracle, world)
        for model, rows in expected.items():
            seen = pks(model.objects.visible_to(actor, on=day(on)))
            wrong = {pk for pk, is_seen in rows.items() if (pk in seen) != is_seen}
            if wrong:
                yield f"{number} and {model.__name__} {sorted(wrong)}"


@dataclass(frozen=True)
class Kept:
    """The rows that came with a history, each by its number there."""

    history: History
    jobs: list[int]
    appraisals: list[int]
    nominations: list[int]

    @classmethod
    def of(cls, world: World, history: History) -> "Kept":
        jobs = {row.post_id: row.pk for row in Assignment.objects.all()}
        ordered = [jobs[world.posts[number].pk] for number in range(len(history.jobs))]
        written = {row.assignment_id: row.pk for row in Appraisal.objects.all()}
        put = {(row.person_id, row.pool_id): row.pk for row in Nomination.objects.all()}
        keys = [
            (world.people[row.person].pk, world.pools[row.pool].pk) for row in history.nominations
        ]
        return cls(history, ordered, [written[pk] for pk in ordered], [put[key] for key in keys])

    def seen_by(self, actor: int, oracle: Oracle, world: World) -> dict[Any, dict[int, bool]]:
        """For every row of every kind, whether ``actor`` should see it."""
        posts = list(enumerate(self.history.jobs))
        return {
            Enrolment: {
                row.pk: oracle.sees_enrolment(actor, person, place, world.host(person, place))
                for (person, place), row in world.enrolments.items()
            },
            Attainment: {
                row.pk: oracle.sees_person(actor, person, ties=STANDS_IN)
                for person, row in enumerate(world.attainments)
            },
            DevelopmentPlan: {
                row.pk: oracle.sees_person(actor, person, ties=MANAGES)
                for person, row in enumerate(world.plans)
            },
            Assignment: {
                self.jobs[at]: oracle.sees_record(actor, job.person, job.place, ties=STANDS_IN)
                for at, job in posts
            },
            Appraisal: {
                self.appraisals[at]: oracle.sees_appraisal(actor, at) for at, _job in posts
            },
            Nomination: {
                self.nominations[at]: oracle.sees_nomination(actor, row)
                for at, row in enumerate(self.history.nominations)
            },
        }


def acts_on_what_is_not_seen(world: World, history: History, on: int) -> Iterator[str]:
    """Every act that a policy allows is on a row that the actor sees."""
    oracle, today = Oracle(history, on), day(on)
    appraisals = list(Appraisal.objects.select_related("cycle", "subject"))
    nominations = list(Nomination.objects.select_related("person", "pool"))
    for number, actor in everybody(world, history):
        relations = [relations_to(actor, person, on=today) for person in world.people]
        by_pk = {person.pk: found for person, found in zip(world.people, relations, strict=True)}
        acts: dict[Any, set[int]] = {
            Enrolment: {
                row.pk
                for (person, place), row in world.enrolments.items()
                if may_withdraw(relations[person], enrolment=row)
                or may_decide(
                    relations[person],
                    roles_at(actor, world.places[place].pk, on=today),
                    enrolment=row,
                    stage=Approval(),
                    has_line_manager=bool(oracle.managers_of(person)),
                )
            },
            Attainment: {
                row.pk
                for row, found in zip(world.attainments, relations, strict=True)
                if may_record_attainments(found, source="EVIDENCE")
                or may_record_attainments(found, source="SELF")
                or may_assess(found)
                or may_choose_role(found)
            },
            DevelopmentPlan: {
                row.pk
                for row, found in zip(world.plans, relations, strict=True)
                if may_add_action(found) or may_start_plan(found)
            },
            Appraisal: {
                row.pk
                for row in appraisals
                if may_hand_over(
                    actor,
                    appraisal=row,
                    to=actor,
                    relations=by_pk[row.subject_id],
                    roles=roles_at(actor, row.cycle.organisation_id, on=today),
                )
            },
            Nomination: {
                row.pk
                for row in nominations
                if may_read_reasons(
                    by_pk[row.person_id],
                    frozenset(),
                    is_on_panel=is_on_panel(actor, row.pool, on=today),
                )
                and row.state == "PROPOSED"
            },
        }
        for model, allowed in acts.items():
            if unseen := allowed - pks(model.objects.visible_to(actor, on=today)):
                yield f"{number} may act on {model.__name__} {sorted(unseen)} unseen"


def disagreements(world: World, history: History, on: int) -> Iterator[str]:
    yield from disagreements_about_people(world, history, on)
    yield from disagreements_about_records(world, history, on)
    yield from acts_on_what_is_not_seen(world, history, on)


def test_everything_agrees_in_random_histories(world):
    in_histories(world, disagreements, examples=50)


def test_everything_agrees_where_all_are_many(world, monkeypatch):
    """What travels with a standing and what is asked for within a statement are the same."""
    monkeypatch.setattr(accounts.standing, "FEW_PEOPLE", 0)
    monkeypatch.setattr(accounts.standing, "FEW_ORGANISATIONS", 0)

    in_histories(world, disagreements, examples=20)


def sql(module: Any, name: str, text: str, weaker: str = "true") -> Callable[[Any], None]:
    """A way to weaken the statement ``name`` of ``module``."""

    def weaken(monkeypatch: Any) -> None:
        whole = getattr(module, name)
        assert text in whole
        monkeypatch.setattr(module, name, whole.replace(text, weaker))

    return weaken


def a_talent_lead_sees_people(monkeypatch: Any) -> None:
    wider = (*accounts.visibility.SEES_PEOPLE, "TALENT_LEAD")
    monkeypatch.setattr(accounts.visibility, "SEES_PEOPLE", wider)


def a_stand_in_sees_what_managers_see(monkeypatch: Any) -> None:
    for condition in ("people_visible_to", "record_visible_to"):
        defaults = getattr(accounts.visibility, condition).__kwdefaults__
        monkeypatch.setitem(defaults, "ties", accounts.visibility.STANDS_IN)


_STANDING = (accounts.standing, "_PERSON_STANDING")
_TIES = (accounts.selectors.relations, "_TIES")
WEAKNESSES = {
    "a talent lead sees people": a_talent_lead_sees_people,
    "a stand-in sees what managers see": a_stand_in_sees_what_managers_see,
    "a role that is over still covers": sql(*_STANDING, "held.ends_on >= %(on)s"),
    "a supervisor's people are reports": sql(*_STANDING, "line.kind = 'LINE_MANAGER'"),
    "a role follows the tree of another day": sql(*_STANDING, "link.starts_on <= %(on)s"),
    "a delegation outlives the post": sql(
        *_STANDING, "post.organisation_id = handed.organisation_id"
    ),
    "a line manager to be is one already": sql(*_TIES, "line.starts_on <= %(on)s"),
    "whoever shares a supervisor is a peer": sql(*_TIES, "lines.kind = 'LINE_MANAGER'"),
    "a line manager is also a former one": sql(*_TIES, "past.ends_on < %(on)s"),
}


@pytest.mark.parametrize("weakness", WEAKNESSES)
def test_a_weakened_condition_is_found(world, weakness, monkeypatch):
    WEAKNESSES[weakness](monkeypatch)

    def found_first(*arguments: Any) -> Iterator[str]:
        yield from disagreements_about_people(*arguments)
        yield from disagreements_about_records(*arguments)

    with pytest.raises(AssertionError):
        in_histories(world, found_first, examples=150)
