"""Fifty people and ten places, with real threads; and what happens when each guard is taken away.

The last test is the negative control: without the lock and without the guards of the database the
same service oversells, so the first test can fail.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from courses.models import Enrolment, Session
from courses.services import enrolment as service
from courses.services import seats
from courses.services.enrolment import approve, enrol, withdraw
from courses.services.sessions import change_capacity
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import (
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)
from tests.factories.pathways import follow
from tests.roles import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, PLACES = 50, 10


def entitled_colleagues(session, count):
    first, *others = [colleague_of(session) for _ in range(count)]
    role = entitle(first, session.offering.programme)
    for person in others:
        follow(person, role)
    return [first, *others]


def at_once(act, things):
    """Let a thread for each of ``things`` do ``act`` to it, all starting together."""
    start = Barrier(len(things))

    def run(thing):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(things)) as pool:
        return list(pool.map(run, things))


def enrolled(session, person):
    """The state a person comes to, or the name of what the database refused."""
    try:
        return enrol(session=session, person=person, by=person, now=NOW).state
    except IntegrityError:
        return "refused by the database"


def test_fifty_at_once_for_ten_places_give_ten_places_and_forty_in_order():
    session = SessionFactory(capacity=PLACES)
    people = entitled_colleagues(session, PEOPLE)

    states = at_once(lambda person: enrolled(session, person), people)

    assert (states.count("CONFIRMED"), states.count("WAITING")) == (PLACES, PEOPLE - PLACES)
    seats_taken = Enrolment.objects.filter(seat__isnull=False).order_by("seat")
    assert list(seats_taken.values_list("seat", flat=True)) == list(range(1, PLACES + 1))
    waiting = Enrolment.objects.filter(state="WAITING")
    in_order = list(waiting.order_by("queued_at", "pk").values_list("pk", flat=True))
    assert in_order == sorted(in_order)
    assert waiting.values("queued_at").distinct().count() == PEOPLE - PLACES


def test_places_given_up_and_asked_for_at_once_are_neither_lost_nor_sold_twice():
    session = SessionFactory(capacity=PLACES)
    people = entitled_colleagues(session, 30)
    at_once(lambda person: enrolled(session, person), people[:20])
    leaving = list(Enrolment.objects.filter(state="CONFIRMED").select_related("person"))

    def leave_or_ask(thing):
        if isinstance(thing, Enrolment):
            return withdraw(enrolment=thing, by=thing.person, now=NOW).state
        return enrolled(session, thing)

    at_once(leave_or_ask, [*leaving, *people[20:]])

    rows = Enrolment.objects.values_list("state", flat=True)
    counts = {state: list(rows).count(state) for state in ("CONFIRMED", "WAITING", "WITHDRAWN")}
    assert counts == {"CONFIRMED": PLACES, "WAITING": 10, "WITHDRAWN": PLACES}


def test_approval_promotion_and_more_places_at_once_leave_no_place_empty_and_none_sold_twice():
    session = SessionFactory(capacity=5)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    manager = PersonFactory()
    asked = [
        EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))
        for _ in range(6)
    ]
    unapproved = EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))
    for number in range(4):
        queued(session, minutes=number)
    for number in range(1, 6):
        seated(session, number)

    def act(thing):
        if isinstance(thing, Enrolment):
            return approve(enrolment=thing, by=manager, now=NOW)
        return change_capacity(session=session, capacity=thing, by=lead, now=NOW)

    at_once(act, [*asked, 8])

    states = list(Enrolment.objects.values_list("state", flat=True))
    assert (states.count("CONFIRMED"), states.count("WAITING")) == (8, 7)
    unapproved.refresh_from_db()
    assert unapproved.state == "REQUESTED"


@pytest.fixture
def no_lock(monkeypatch):
    """Take the lock away, and let everybody count before anybody writes."""

    def remove(people):
        counted = Barrier(people)

        def read_without_lock(session_id):
            return Session.objects.select_related("offering__programme").get(pk=session_id)

        def count_then_wait(session):
            found = seats_counted(session)
            counted.wait(timeout=60)
            return found

        seats_counted = seats.free_seats
        monkeypatch.setattr(service, "lock_session", read_without_lock)
        monkeypatch.setattr(seats, "free_seats", count_then_wait)

    return remove


@contextmanager
def without_guards():
    """A copy of the table of enrolments without index, constraint or trigger, in a schema of its
    own, which every connection finds first."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA unguarded")
        cursor.execute(
            "CREATE TABLE unguarded.courses_enrolment"
            " (LIKE public.courses_enrolment INCLUDING DEFAULTS INCLUDING IDENTITY)"
        )
        role = connection.ops.quote_name(settings.APPLICATION_ROLE)
        cursor.execute(f"GRANT USAGE ON SCHEMA unguarded TO {role}")
        cursor.execute(f"GRANT ALL ON unguarded.courses_enrolment TO {role}")
    try:
        yield
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA unguarded CASCADE")


def test_without_the_lock_the_database_still_sells_no_place_twice(no_lock):
    session = SessionFactory(capacity=3)
    people = entitled_colleagues(session, 12)
    no_lock(len(people))

    states = at_once(lambda person: enrolled(session, person), people)

    assert states.count("CONFIRMED") == 1
    assert states.count("refused by the database") == 11


def test_negative_control_without_lock_and_guards_the_service_oversells(no_lock):
    # No hours: their ledger points to the guarded table, which holds none of these places.
    session = SessionFactory(capacity=3, offering__study_hours=0)
    people = entitled_colleagues(session, 12)
    no_lock(len(people))

    def enrolled_without_guards(person):
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO unguarded, public")
        return enrolled(session, person)

    with without_guards():
        states = at_once(enrolled_without_guards, people)

    assert states.count("CONFIRMED") == 12 > session.capacity
