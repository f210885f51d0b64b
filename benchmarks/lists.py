"""How many queries every list page asks with 10 rows and with 1,000: the same number, or it grows.

One person who line-manages, runs courses, administers appraisals and leads talent reads lists of an
organisation that is made for the occasion and taken back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Organisation, Person
from accounts.services.ledger import event_row
from appraisals.models import Appraisal, Cycle
from benchmarks.pages import api_caller, browser_of
from benchmarks.row import Row
from benchmarks.timing import checked
from common.dates import london_date
from courses.models import Programme
from pathways.models import RoleProfile
from talent.selectors.profiles import READ_PROFILE
from talent.services.projection import refresh_profiles
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.appraisals import AppraisalFormFactory, CycleFactory
from tests.factories.courses import EnrolmentFactory, OfferingFactory, SessionFactory
from tests.factories.notifications import KeptMailFactory, NoticeFactory
from tests.factories.pathways import FrameworkVersionFactory, RoleProfileFactory, follow
from tests.factories.plans import DevelopmentPlanFactory
from tests.factories.talent import NominationFactory, PoolFactory, TalentConsentFactory

FEW, MANY = 10, 1000
Get = Callable[[str], HttpResponse]


def run() -> list[Row]:
    few, many = _count(FEW), _count(MANY)
    return [
        Row(f"{path}", f"{many[path]} queries", f"{few[path]} queries", many[path] / few[path])
        for path in few
    ]


def _count(size: int) -> dict[str, int]:
    with transaction.atomic():
        place = Place(size)
        found = {name: _queries(get, path) for name, get, path in place.lists()}
        transaction.set_rollback(True)
    return found


def _queries(get: Get, path: str) -> int:
    checked(lambda: get(path))  # what is read once per process is read now
    with CaptureQueriesContext(
        connection,
    ) as asked:
        checked(lambda: get(path))
    return len(asked)


class Place:
    """An organisation in which everything there are lists of is there ``size`` times."""

    def __init__(self, size: int) -> None:
        self.now: datetime = timezone.now()
        self.today = london_date(self.now)
        self.organisation: Organisation = OrganisationFactory()
        self.reader: Person = employ(organisation=self.organisation)
        for role in ("LEARNING_LEAD", "HR_ADMINISTRATOR", "TALENT_LEAD"):
            grant(self.reader, role, self.organisation)
        form = AppraisalFormFactory()
        self.cycle: Cycle = self._cycle(form=form)
        self.pool = PoolFactory(organisation=self.organisation)
        self.role: RoleProfile = RoleProfileFactory()
        self.programme: Programme = OfferingFactory(host=self.organisation).programme
        reports = [self._report(form) for _ in range(size)]
        refresh_profiles(person_ids=[person.pk for person in reports], now=self.now)
        Event.objects.bulk_create(self._reading(person) for person in reports)

    def lists(self) -> list[tuple[str, Get, str]]:
        """Every list there is: its name, how it is read, its address."""
        client = browser_of(self.reader)
        ask = api_caller(self.organisation)
        pages = [
            "notifications:home",
            "notifications:notice_list",
            "notifications:mailbox_list",
            "pathways:role_list",
            "pathways:framework_list",
            "courses:programme_list",
            "courses:enrolment_list",
            "courses:approval_list",
            "courses:session_list",
            "appraisals:team_list",
            "appraisals:appraisal_list",
            "appraisals:status_list",
            "appraisals:cycle_list",
            "talent:profile_list",
            "talent:pool_list",
            "accounts:reading_list",
        ]
        endpoints = [
            "v1:people",
            "v1:assignments",
            "v1:framework_list",
            "v1:role_profile_list",
            "v1:course_list",
            "v1:session_list",
            "v1:enrolment_list",
            "v1:appraisal-list",
            "v1:plan-list",
        ]
        found: list[tuple[str, Get, str]] = [
            (reverse(name), client.get, reverse(name)) for name in pages
        ]
        found += [
            ("a pool", client.get, reverse("talent:pool_show", args=[self.pool.pk])),
            ("a cycle", client.get, reverse("appraisals:cycle_detail", args=[self.cycle.pk])),
            ("a programme", client.get, self._address("courses:programme_show", self.programme)),
        ]
        return [*found, *((reverse(name), ask, reverse(name)) for name in endpoints)]

    def _address(self, name: str, row: Programme) -> str:
        return reverse(name, args=[row.pk])

    def _cycle(self, **fields: object) -> Cycle:
        return CycleFactory(
            organisation=self.organisation,
            opens_on=self.today - timedelta(days=20),
            due_on=self.today + timedelta(days=20),
            closes_on=self.today + timedelta(days=60),
            opened_at=self.now,
            **fields,
        )

    def _report(self, form: object) -> Person:
        """Somebody the reader manages, with one of everything."""
        person = employ(organisation=self.organisation, manager=self.reader)
        follow(person, self.role)
        self._course(person)
        self._appraisal(person)
        self._cycle(form=form)
        DevelopmentPlanFactory(
            person=person,
            starts_on=self.today - timedelta(days=30),
            ends_on=self.today + timedelta(days=300),
        )
        TalentConsentFactory(
            person=person,
            starts_on=self.today - timedelta(days=30),
            ends_on=self.today + timedelta(days=180),
        )
        NominationFactory(pool=self.pool, person=person)
        PoolFactory(organisation=self.organisation, role_profile=self.role)
        NoticeFactory(
            recipient=self.reader,
            rule="courses.approval_asked",
            facts={
                "person": person.full_name,
                "programme": self.programme.title,
                "starts_at": self.now.isoformat(),
            },
        )
        KeptMailFactory()
        RoleProfileFactory(version=self.role.version)
        FrameworkVersionFactory(scale=self.role.version.scale)
        return person

    def _course(self, person: Person) -> None:
        starts_at = self.now + timedelta(days=30)
        of_a_new_programme = OfferingFactory(host=self.organisation)
        session = SessionFactory(offering=of_a_new_programme, starts_at=starts_at)
        SessionFactory(
            offering=self.programme.offerings.get(host=self.organisation), starts_at=starts_at
        )
        EnrolmentFactory(session=session, person=person, requested_at=self.now)
        EnrolmentFactory(session=session, person=self.reader, requested_at=self.now)

    def _appraisal(self, person: Person) -> None:
        Appraisal.objects.create(
            cycle=self.cycle,
            form=self.cycle.form,
            role_profile=self.role,
            subject=person,
            appraiser=self.reader,
            assignment=person.assignments.get(),
            due_on=self.cycle.due_on,
            opened_at=self.now,
        )

    def _reading(self, person: Person) -> Event:
        return event_row(
            by=person,
            now=self.now,
            verb=READ_PROFILE,
            about=self.reader,
            rule="benchmarks",
            organisation_id=self.organisation.pk,
            subject_id=self.reader.pk,
        )
