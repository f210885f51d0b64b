from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.actors import SystemJob
from accounts.models import Event
from common.errors import Conflict, Forbidden
from pathways.models import Attainment, AttainmentSource
from pathways.services.attainments import assess_oneself, record_attainments
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import CompetencyFactory, competencies_of, role_asking

JOB = SystemJob("close_sessions", organisation_ids=None)


def from_course(person, ranks, by=JOB, key="enrolment:1", **how):
    return record_attainments(
        person=person,
        ranks=ranks,
        source=how.pop("source", AttainmentSource.COURSE),
        source_key=key,
        attained_on=how.pop("attained_on", date(2026, 11, 2)),
        by=by,
        now=NOW,
    )


@pytest.mark.django_db
def test_record_attainments_writes_rows_and_one_event():
    trust = OrganisationFactory()
    person = employ(organisation=trust)
    first, second = competencies_of(role_asking(3, 3))

    rows = from_course(person, {first.pk: 3, second.pk: None})

    assert [(row.competency_id, row.rank, row.attained_on) for row in rows] == [
        (first.pk, 3, date(2026, 11, 2)),
        (second.pk, None, date(2026, 11, 2)),
    ]
    event = Event.objects.get()
    assert (event.verb, event.by_job, event.subject, event.organisation) == (
        "record_attainments",
        "close_sessions",
        person,
        trust,
    )
    assert event.facts["levels"] == {str(first.pk): 3, str(second.pk): None}


@pytest.mark.django_db
def test_record_attainments_again_adds_nothing_and_returns_the_same():
    person = employ()
    first, second = competencies_of(role_asking(3, 3))
    rows = from_course(person, {first.pk: 3})

    again = from_course(person, {first.pk: 4})
    more = from_course(person, {first.pk: 4, second.pk: 2})

    assert again == rows
    assert [(row.competency_id, row.rank) for row in more] == [(first.pk, 3), (second.pk, 2)]
    assert Attainment.objects.count() == 2
    assert Event.objects.count() == 2


@pytest.mark.django_db
def test_record_attainments_under_another_key_adds():
    person, skill = employ(), CompetencyFactory()
    from_course(person, {skill.pk: 2}, key="enrolment:1")

    from_course(person, {skill.pk: 2}, key="enrolment:2")

    assert Attainment.objects.count() == 2


@pytest.mark.django_db
def test_record_attainments_of_nothing_records_nothing():
    assert from_course(employ(), {}) == []
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_record_attainments_needs_a_key():
    with pytest.raises(ValueError, match="without a key"):
        from_course(employ(), {}, key="")


@pytest.mark.django_db
@pytest.mark.parametrize("rank", [0, 5, 7])
def test_record_attainments_refuses_a_level_that_is_not_on_the_scale(rank):
    skill = CompetencyFactory()

    with pytest.raises(Conflict) as refusal:
        from_course(employ(), {skill.pk: rank})

    assert refusal.value.code == "level_not_on_scale"
    assert not Attainment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("rank", [1, None])
def test_record_attainments_refuses_a_competency_that_is_not_there(rank):
    with pytest.raises(Conflict) as refusal:
        from_course(employ(), {404_404: rank})

    assert refusal.value.code == "level_not_on_scale"


@pytest.mark.django_db
def test_levels_from_evidence_are_for_the_line_manager_or_learning_lead_not_for_oneself():
    trust, skill = OrganisationFactory(), CompetencyFactory()
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)
    lead = grant(employ(organisation=trust), "LEARNING_LEAD", trust)
    elsewhere = grant(employ(), "LEARNING_LEAD", OrganisationFactory())

    for by in (manager, lead):
        rows = from_course(
            person, {skill.pk: 2}, by=by, key=f"evidence:{by.pk}", source=AttainmentSource.EVIDENCE
        )
        assert rows[0].recorded_by == by
    for by in (person, elsewhere):
        with pytest.raises(Forbidden) as refusal:
            from_course(
                person, {skill.pk: 2}, by=by, key="evidence:9", source=AttainmentSource.EVIDENCE
            )
        assert refusal.value.code == "may_not_record_attainments"


@pytest.mark.django_db(transaction=True)
def test_record_attainments_at_the_same_moment_writes_once():
    person, skill = employ(), CompetencyFactory()

    def attempt(_number):
        try:
            return from_course(person, {skill.pk: 3})[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        found = list(pool.map(attempt, range(6)))

    assert len(set(found)) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_assess_oneself_writes_what_one_says_of_today():
    person = employ()
    first, second = competencies_of(role_asking(3, 3))

    rows = assess_oneself(person=person, ranks={first.pk: 2, second.pk: None}, by=person, now=NOW)

    assert {(row.competency_id, row.rank, row.source, row.attained_on) for row in rows} == {
        (first.pk, 2, "SELF", TODAY),
        (second.pk, None, "SELF", TODAY),
    }
    assert Event.objects.get().verb == "assess_oneself"


@pytest.mark.django_db
def test_assess_oneself_twice_with_the_same_answers_leaves_one_of_each():
    person = employ()
    first, second = competencies_of(role_asking(3, 3))
    assess_oneself(person=person, ranks={first.pk: 2, second.pk: None}, by=person, now=NOW)

    again = assess_oneself(person=person, ranks={first.pk: 2, second.pk: None}, by=person, now=NOW)
    changed = assess_oneself(
        person=person, ranks={first.pk: 3, second.pk: None}, by=person, now=NOW
    )

    assert again == []
    assert [(row.competency_id, row.rank) for row in changed] == [(first.pk, 3)]
    assert Event.objects.count() == 2


@pytest.mark.django_db
def test_assess_oneself_on_another_day_keeps_the_same_answer_as_a_new_one():
    person, skill = employ(), CompetencyFactory()
    assess_oneself(person=person, ranks={skill.pk: 2}, by=person, now=NOW - timedelta(days=1))

    assess_oneself(person=person, ranks={skill.pk: 2}, by=person, now=NOW)

    assert Attainment.objects.count() == 2


@pytest.mark.django_db
def test_nobody_answers_for_somebody_else():
    trust, skill = OrganisationFactory(), CompetencyFactory()
    manager = employ(organisation=trust)
    person = employ(organisation=trust, manager=manager)

    for by in (manager, grant(employ(organisation=trust), "LEARNING_LEAD", trust), JOB):
        with pytest.raises(Forbidden) as refusal:
            assess_oneself(person=person, ranks={skill.pk: 4}, by=by, now=NOW)
        assert refusal.value.code == "may_not_assess"
    assert not Attainment.objects.exists()


@pytest.mark.django_db
def test_assess_oneself_counts_the_day_in_london():
    person, skill = employ(), CompetencyFactory()
    just_after_midnight_in_london = NOW.replace(month=7, hour=23, minute=30)

    rows = assess_oneself(
        person=person, ranks={skill.pk: 2}, by=person, now=just_after_midnight_in_london
    )

    assert rows[0].attained_on == date(2026, 7, 21)
