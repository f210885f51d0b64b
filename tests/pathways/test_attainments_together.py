"""Recording what many people have reached at once."""

from datetime import date

import pytest

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.selectors.relations import main_organisation_id, main_organisation_ids
from common.errors import Conflict, Forbidden
from pathways.models import Attainment, AttainmentSource
from pathways.services.attainments import Reached, record_attainments_together
from tests.factories.accounts import BoardSeatFactory, OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, role_asking

pytestmark = pytest.mark.django_db

JOB = SystemJob("close_sessions", organisation_ids=None)


def recorded(*reached, source=AttainmentSource.COURSE):
    return record_attainments_together(
        reached, source=source, attained_on=date(2026, 11, 2), by=JOB, now=NOW
    )


def said():
    rows = Attainment.objects.order_by("person", "competency", "source_key")
    return list(rows.values_list("person", "competency", "rank", "source_key"))


def test_each_has_rows_and_an_event_where_they_belong():
    trust, other = OrganisationFactory(), OrganisationFactory()
    one, two = employ(organisation=trust), employ(organisation=other)
    first, second = competencies_of(role_asking(3, 3))

    rows = recorded(
        Reached(one, {first.pk: 3, second.pk: 2}, "enrolment:1"),
        Reached(two, {first.pk: 1}, "enrolment:2"),
        Reached(PersonFactory(), {}, "enrolment:3"),
    )

    assert len(rows) == 3
    assert said() == [
        (one.pk, first.pk, 3, "enrolment:1"),
        (one.pk, second.pk, 2, "enrolment:1"),
        (two.pk, first.pk, 1, "enrolment:2"),
    ]
    events = Event.objects.filter(verb="record_attainments").order_by("subject")
    assert list(events.values_list("subject", "organisation", "rule")) == [
        (one.pk, trust.pk, "may_record_attainments"),
        (two.pk, other.pk, "may_record_attainments"),
    ]


def test_what_was_told_before_adds_nothing_and_the_rest_goes_on():
    one, two = employ(), employ()
    first, second = competencies_of(role_asking(3, 3))
    recorded(Reached(one, {first.pk: 3}, "enrolment:1"))

    again = recorded(
        Reached(one, {first.pk: 4, second.pk: 2}, "enrolment:1"),
        Reached(one, {first.pk: 4}, "enrolment:9"),
        Reached(two, {first.pk: 1}, "enrolment:1"),
    )

    assert len(again) == 3
    assert said() == [
        (one.pk, first.pk, 3, "enrolment:1"),
        (one.pk, first.pk, 4, "enrolment:9"),
        (one.pk, second.pk, 2, "enrolment:1"),
        (two.pk, first.pk, 1, "enrolment:1"),
    ]


def test_a_level_off_the_scale_is_refused_and_nobody_has_anything():
    one, two = employ(), employ()
    [first] = competencies_of(role_asking(3))

    with pytest.raises(Conflict) as refusal:
        recorded(Reached(one, {first.pk: 3}, "a"), Reached(two, {first.pk: 99}, "b"))

    assert refusal.value.code == "level_not_on_scale"
    assert said() == []


@pytest.mark.parametrize("source", ["SELF", "EVIDENCE", "IMPORTED"])
def test_what_rests_on_who_says_it_is_not_recorded_for_many(source):
    [first] = competencies_of(role_asking(3))

    with pytest.raises(Forbidden):
        recorded(Reached(employ(), {first.pk: 3}, "a"), source=source)

    assert said() == []


def test_many_belong_where_each_of_them_belongs(django_assert_num_queries):
    people = [employ(), PersonFactory(), BoardSeatFactory().person]
    people.append(employ(person=BoardSeatFactory().person))
    apart = {person.pk: main_organisation_id(person, on=TODAY) for person in people}

    with django_assert_num_queries(2):
        together = main_organisation_ids([person.pk for person in people], on=TODAY)

    assert together == {key: value for key, value in apart.items() if value}
    assert len(together) == 3
