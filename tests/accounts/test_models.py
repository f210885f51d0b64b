import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.utils import InternalError

from accounts.actors import SystemJob
from accounts.models import Band, Event, OrganisationParent, Post, ReportingLine, RoleGrant
from accounts.services.ledger import record
from tests.factories.accounts import (
    AssignmentFactory,
    OrganisationFactory,
    PersonFactory,
    PostFactory,
    ReportingLineFactory,
    RoleGrantFactory,
    place_below,
)
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db


def test_bands_sort_in_their_order():
    bands = [band for band in Band.values if band != "VSM"]
    for band in random.sample(bands, len(bands)):
        PostFactory(band=band)
    PostFactory(band="VSM", pay_system="VSM")

    assert list(Post.objects.order_by("band_rank").values_list("band", flat=True)) == Band.values


@pytest.mark.parametrize(
    ("pay_system", "band"), [("AFC", "VSM"), ("AFC", ""), ("VSM", "9"), ("MEDICAL", "7")]
)
def test_a_band_goes_with_its_pay_system(pay_system, band):
    with pytest.raises(IntegrityError):
        PostFactory(pay_system=pay_system, band=band)


def test_two_people_never_share_an_address_whatever_its_case():
    PersonFactory(email="asha.patel@waymark.example")

    with pytest.raises(IntegrityError):
        PersonFactory(email="Asha.Patel@waymark.example")


def test_an_organisation_has_one_parent_at_a_time():
    trust, board = OrganisationFactory(), OrganisationFactory(kind="ICB")
    place_below(trust, board)

    with pytest.raises(IntegrityError):
        OrganisationParent.objects.create(
            organisation=trust, parent=OrganisationFactory(kind="ICB"), starts_on=TODAY
        )


def test_an_assignment_has_one_line_manager_at_a_time_and_a_supervisor_beside():
    assignment = AssignmentFactory()
    ReportingLineFactory(assignment=assignment)
    ReportingLineFactory(assignment=assignment, kind="SUPERVISOR")

    with pytest.raises(IntegrityError):
        ReportingLineFactory(assignment=assignment, starts_on=TODAY)


def test_a_manager_may_follow_another_on_the_next_day():
    assignment = AssignmentFactory()
    ReportingLineFactory(assignment=assignment, ends_on=TODAY)

    ReportingLineFactory(assignment=assignment, starts_on=TODAY + timedelta(days=1))

    assert ReportingLine.objects.count() == 2


def test_nobody_reports_to_themselves():
    assignment = AssignmentFactory()

    with pytest.raises(IntegrityError):
        ReportingLineFactory(assignment=assignment, manager=assignment.person)


def test_a_dated_fact_never_ends_before_it_starts():
    with pytest.raises(IntegrityError):
        RoleGrantFactory(starts_on=TODAY, ends_on=TODAY - timedelta(days=1))


def test_both_days_of_a_dated_fact_are_included():
    grant = RoleGrantFactory(starts_on=TODAY, ends_on=TODAY)

    assert RoleGrant.objects.on(TODAY).get() == grant
    assert not RoleGrant.objects.on(TODAY + timedelta(days=1)).exists()
    assert grant.is_in_force(on=TODAY)


def test_the_ledger_takes_rows_and_never_lets_them_go():
    event = record(
        by=SystemJob("tests", organisation_ids=None),
        now=NOW,
        verb="test",
        about=OrganisationFactory(),
        rule="tests",
    )

    for change in (
        lambda: Event.objects.filter(pk=event.pk).update(verb="other"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            change()
    assert Event.objects.get().verb == "test"


def test_an_event_has_exactly_one_actor():
    with pytest.raises(IntegrityError):
        Event.objects.create(happened_at=NOW, verb="x", about_type="x", rule="x")
