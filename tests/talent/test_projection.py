from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Event as Signal
from time import sleep

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.services.ledger import event_row
from pathways.services.carrying_over import CARRIER
from talent.models import SearchCursor, SearchGap, TalentConsent, TalentProfile
from talent.services import projection
from talent.services.consent import withdraw_consent
from talent.services.projection import rebuild, refresh_from_ledger, refresh_profiles
from talent.tasks import refresh_search
from tests.factories.accounts import (
    BoardSeatFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    place_below,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    AttainmentFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)
from tests.factories.talent import (
    ReadinessJudgementFactory,
    TalentConsentFactory,
    found_person,
    profile_of,
)

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def record(person, *, about=None):
    row = event_row(
        by=person, now=NOW, verb="change", about=about or person, rule="test", subject_id=person.pk
    )
    row.save()
    return row


@pytest.mark.django_db
def test_a_profile_says_who_where_and_how_far():
    region = OrganisationFactory(kind="REGION")
    icb = place_below(OrganisationFactory(kind="ICB"), region)
    trust = place_below(OrganisationFactory(), icb)
    role, dream = role_asking(3, 2), role_asking(4)
    person = follow(employ(organisation=trust, title="Ward manager", band="7"), role)
    first, second = competencies_of(role)
    show(person, {first: 3, second: 1})
    AspirationFactory(person=person, role_profile=dream)
    ReadinessJudgementFactory(person=person, organisation=trust, readiness="READY_NOW")
    TalentConsentFactory(person=person, scope="REGION")

    refresh_profiles(person_ids=[person.pk], now=NOW)

    profile = profile_of(person)
    assert (profile.name, profile.post_title, profile.band) == (
        person.full_name,
        "Ward manager",
        "7",
    )
    assert (profile.organisation, profile.role_profile, profile.aspires_to) == (trust, role, dream)
    assert profile.readiness == "READY_NOW"
    assert profile.band_rank == 7
    assert profile.levels == sorted(
        [first.pk * 8 + 1, first.pk * 8 + 2, first.pk * 8 + 3, second.pk * 8 + 1]
    )
    assert set(profile.seen_from) == {trust.pk, icb.pk, region.pk}
    assert (profile.scope, profile.refreshed_at) == ("REGION", NOW)


@pytest.mark.django_db
def test_words_are_of_the_person_and_of_what_they_do_well_enough_for_their_role():
    organisation = OrganisationFactory(name="Saltmarsh Trust")
    role = role_asking(3, 3, title="Theatre coordinator")
    strong, weak = competencies_of(role)
    type(strong).objects.filter(pk=strong.pk).update(title="Budget craft")
    type(weak).objects.filter(pk=weak.pk).update(title="Workforce planning")
    person = PersonFactory(given_name="Siobhán", family_name="Will")
    follow(employ(person=person, organisation=organisation, title="Nurse"), role)
    show(person, {strong: 3, weak: 2})
    TalentConsentFactory(person=person)

    refresh_profiles(person_ids=[person.pk], now=NOW)

    words = profile_of(person).words
    for lexeme in ("siobhan", "will", "nurs", "saltmarsh", "theatr", "budget", "craft"):
        assert f"'{lexeme}'" in words
    assert "'workforc'" not in words


@pytest.mark.django_db
def test_the_latest_level_counts_and_no_chance_to_show_changes_nothing():
    role = role_asking(3)
    [competency] = competencies_of(role)
    person = employ()
    show(person, {competency: 3}, on=YESTERDAY - timedelta(days=1))
    show(person, {competency: 2}, on=YESTERDAY)
    show(person, {competency: None}, on=TODAY)
    show(person, {competency: 4}, on=TOMORROW)
    TalentConsentFactory(person=person)

    refresh_profiles(person_ids=[person.pk], now=NOW)

    assert profile_of(person).levels == [competency.pk * 8 + 1, competency.pk * 8 + 2]


@pytest.mark.django_db
@pytest.mark.parametrize(("rule", "rank"), [("LATEST", 1), ("CONFIRMED", 2), ("HIGHEST", 3)])
def test_which_level_counts_is_the_rule_of_the_framework(rule, rank):
    role = role_asking(3, version__framework__counting_rule=rule)
    [competency] = competencies_of(role)
    person = employ()
    for days, level, source in ((3, 3, "SELF"), (2, 2, "ASSESSOR"), (1, 1, "SELF")):
        AttainmentFactory(
            person=person,
            competency=competency,
            rank=level,
            source=source,
            attained_on=TODAY - timedelta(days=days),
        )
    TalentConsentFactory(person=person)

    refresh_profiles(person_ids=[person.pk], now=NOW)

    assert profile_of(person).levels == [competency.pk * 8 + step for step in range(1, rank + 1)]


@pytest.mark.django_db
def test_a_level_that_ran_out_is_gone_the_day_after_without_an_event():
    role = role_asking(3)
    [competency] = competencies_of(role)
    person = employ()
    AttainmentFactory(person=person, competency=competency, rank=3, valid_to=TODAY)
    TalentConsentFactory(person=person)
    rebuild(now=NOW)
    assert len(profile_of(person).levels) == 3

    refresh_from_ledger(now=NOW + timedelta(days=1))

    assert profile_of(person).levels == []


@pytest.mark.django_db
def test_a_board_member_without_a_post_can_be_found():
    seat = BoardSeatFactory()
    TalentConsentFactory(person=seat.person)

    refresh_profiles(person_ids=[seat.person.pk], now=NOW)

    profile = profile_of(seat.person)
    assert (profile.organisation, profile.post_title, profile.band) == (seat.organisation, "", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lose",
    [
        lambda person: TalentConsent.objects.filter(person=person).update(ends_on=YESTERDAY),
        lambda person: TalentConsent.objects.filter(person=person).update(withdrawn_at=NOW),
        lambda person: TalentConsent.objects.filter(person=person).delete(),
        lambda person: person.assignments.update(ends_on=YESTERDAY),
        lambda person: type(person).objects.filter(pk=person.pk).update(is_active=False),
    ],
    ids=["consent ended", "consent withdrawn", "no consent", "leaver", "inactive"],
)
def test_who_may_not_be_found_any_more_is_removed(lose):
    person, other = (found_person(organisation=OrganisationFactory()) for _each in range(2))
    lose(person)

    refresh_profiles(person_ids=[person.pk], now=NOW)

    assert [row.person for row in TalentProfile.objects.all()] == [other]


@pytest.mark.django_db
def test_a_post_that_ends_before_the_consent_ends_the_finding():
    person = employ(ends_on=TOMORROW)
    TalentConsentFactory(person=person)

    refresh_profiles(person_ids=[person.pk], now=NOW)

    profile = profile_of(person)
    assert (profile.found_until, profile.consented_until) == (
        TOMORROW,
        TODAY + timedelta(days=180),
    )


@pytest.mark.django_db
def test_what_says_the_same_is_not_written_again():
    person = found_person(organisation=OrganisationFactory())

    assert refresh_profiles(person_ids=[person.pk], now=NOW + timedelta(hours=1)) == 0
    assert profile_of(person).refreshed_at == NOW


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 5])
def test_the_number_of_statements_does_not_grow_with_the_people(people, django_assert_num_queries):
    organisation = OrganisationFactory()
    ids = [employ(organisation=organisation).pk for _each in range(people)]
    for pk in ids:
        TalentConsentFactory(person_id=pk, person=None)

    with django_assert_num_queries(7):  # three statements and a savepoint
        refresh_profiles(person_ids=ids, now=NOW)

    assert TalentProfile.objects.count() == people


@pytest.mark.django_db
def test_equality_data_is_never_touched():
    organisation = OrganisationFactory()
    found_person(organisation=organisation)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        rebuild(now=NOW)

    assert captured.captured_queries
    assert not [query for query in captured.captured_queries if "equality" in query["sql"].lower()]


@pytest.mark.django_db
def test_the_ledger_says_whose_profile_to_refresh():
    rebuild(now=NOW)
    person, unrelated = employ(title="Before"), employ()
    for somebody in (person, unrelated):
        TalentConsentFactory(person=somebody)
    record(person)

    looked_at = refresh_from_ledger(now=NOW)

    assert looked_at == 1
    assert [row.person for row in TalentProfile.objects.all()] == [person]
    assert refresh_from_ledger(now=NOW) == 0


@pytest.mark.django_db
def test_events_about_a_post_a_role_or_an_organisation_refresh_whom_they_concern():
    role = role_asking(2)
    person = found_person(organisation=OrganisationFactory())
    follow(person, role)
    refresh_profiles(person_ids=[person.pk], now=NOW)
    rebuild(now=NOW)
    assignment, author = person.assignments.get(), PersonFactory()

    for about in (assignment.post, assignment.organisation, role):
        record(author, about=about)
        assert refresh_from_ledger(now=NOW) == 1


@pytest.mark.django_db
def test_levels_carried_over_to_an_edition_refresh_those_who_have_them():
    role = role_asking(2)
    [competency] = competencies_of(role)
    person, unrelated = (
        found_person(organisation=OrganisationFactory()),
        found_person(organisation=OrganisationFactory()),
    )
    rebuild(now=NOW)
    show(person, {competency: 2})
    show(unrelated, {competencies_of(role_asking(2))[0]: 2})
    event_row(by=CARRIER, now=NOW, verb="carry_over", about=role.version, rule="test").save()

    assert refresh_from_ledger(now=NOW) == 1

    assert profile_of(person).levels == [competency.pk * 8 + 1, competency.pk * 8 + 2]
    assert profile_of(unrelated).levels == []


@pytest.mark.django_db
def test_a_long_ledger_is_read_in_batches_to_its_end(monkeypatch):
    monkeypatch.setattr(projection, "EVENTS_AT_ONCE", 2)
    rebuild(now=NOW)
    people = [employ() for _each in range(5)]
    for person in people:
        TalentConsentFactory(person=person)
        last = record(person)

    assert refresh_from_ledger(now=NOW) == 5
    assert TalentProfile.objects.count() == 5
    assert SearchCursor.objects.get().event_id == last.pk


@pytest.mark.django_db
def test_what_begins_or_ends_with_the_day_is_noticed_without_an_event():
    leaves = employ(ends_on=TODAY)
    begins, dreams = employ(), employ()
    TalentConsentFactory(person=leaves)
    TalentConsentFactory(person=begins, starts_on=TOMORROW, ends_on=TOMORROW)
    TalentConsentFactory(person=dreams)
    dream = AspirationFactory(person=dreams, starts_on=TOMORROW).role_profile
    rebuild(now=NOW)
    assert {row.person for row in TalentProfile.objects.all()} == {leaves, dreams}

    refresh_from_ledger(now=NOW + timedelta(days=1))

    assert {row.person for row in TalentProfile.objects.all()} == {begins, dreams}
    assert profile_of(dreams).aspires_to == dream


@pytest.mark.django_db
def test_the_first_refresh_reads_everybody_and_drops_strangers():
    person = employ()
    TalentConsentFactory(person=person)
    gone = found_person(organisation=OrganisationFactory())
    TalentConsent.objects.filter(person=gone).update(withdrawn_at=NOW)

    refresh_search()

    assert [row.person for row in TalentProfile.objects.all()] == [person]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_after_a_later_one_is_not_lost():
    slow, quick = employ(), employ()
    record(quick)
    rebuild(now=NOW)
    for person in (slow, quick):
        TalentConsentFactory(person=person)
    taken, overtaken = Signal(), Signal()

    def commit_late():
        try:
            with transaction.atomic():
                record(slow)
                taken.set()
                overtaken.wait(timeout=10)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        late = pool.submit(commit_late)
        assert taken.wait(timeout=10)
        record(quick)
        refresh_from_ledger(now=NOW)
        in_between = set(TalentProfile.objects.values_list("person_id", flat=True))
        overtaken.set()
        late.result(timeout=10)
    refresh_from_ledger(now=NOW)

    assert in_between == {quick.pk}
    assert set(TalentProfile.objects.values_list("person_id", flat=True)) == {quick.pk, slow.pk}
    assert not SearchGap.objects.exists()


@pytest.mark.django_db
def test_a_number_that_never_comes_is_given_up_after_an_hour():
    person = employ()
    record(person)
    rebuild(now=NOW)
    with transaction.atomic():
        record(person)
        transaction.set_rollback(True)
    record(person)

    refresh_from_ledger(now=NOW)
    noticed = SearchGap.objects.count()
    refresh_from_ledger(now=NOW + timedelta(minutes=61))

    assert noticed == 1
    assert not SearchGap.objects.exists()


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        for _attempt in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
            sleep(0.02)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_refresh_under_way_cannot_bring_back_who_withdraws_meanwhile():
    person = employ()
    TalentConsentFactory(person=person)
    has_written, may_commit = Signal(), Signal()

    def refresh_slowly():
        try:
            with transaction.atomic():
                refresh_profiles(person_ids=[person.pk], now=NOW)
                has_written.set()
                may_commit.wait(timeout=10)
        finally:
            connection.close()

    def take_back():
        try:
            withdraw_consent(person=person, by=person, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        refreshing = pool.submit(refresh_slowly)
        assert has_written.wait(timeout=10)
        withdrawing = pool.submit(take_back)
        waited = somebody_waits_for_a_lock()
        may_commit.set()
        refreshing.result(timeout=10)
        withdrawing.result(timeout=10)

    assert waited
    assert not TalentProfile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_leave_one_of_them_idle():
    rebuild(now=NOW)
    holding, done = Signal(), Signal()

    def hold_the_cursor():
        try:
            with transaction.atomic():
                SearchCursor.objects.select_for_update().get()
                holding.set()
                done.wait(timeout=10)
        finally:
            connection.close()

    person = employ()
    TalentConsentFactory(person=person)
    record(person)
    with ThreadPoolExecutor(max_workers=1) as pool:
        held = pool.submit(hold_the_cursor)
        assert holding.wait(timeout=10)
        looked_at = refresh_from_ledger(now=NOW)
        done.set()
        held.result(timeout=10)

    assert looked_at == 0
    assert refresh_from_ledger(now=NOW) == 1


@pytest.mark.django_db
def test_an_operator_can_have_everything_read_anew():
    person = found_person(organisation=OrganisationFactory())
    TalentProfile.objects.update(name="Somebody else")
    said = StringIO()

    call_command("rebuild_talent_search", stdout=said)

    assert profile_of(person).name == person.full_name
    assert said.getvalue() == "Looked at 1 people.\n"
