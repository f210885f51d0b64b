from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.scope import opened
from talent.models import TalentProfile
from talent.selectors import match
from talent.selectors.match import target_of
from talent.selectors.search import PAGE_SIZE, Filters, search, through_the_view
from talent.services.projection import refresh_profiles
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)
from tests.factories.talent import ReadinessJudgementFactory, found_person, profile_of

pytestmark = pytest.mark.django_db


def names(lead, page=1, **filters):
    result = search(actor=lead, on=TODAY, filters=Filters(**filters), page=page)
    return [found.name for found in result.found]


def named(given, family, trust, **post):
    person = PersonFactory(given_name=given, family_name=family)
    return found_person(organisation=trust, person=person, **post)


def test_words_find_names_posts_and_organisations_whatever_accents_and_endings(trust, lead):
    named("Siobhán", "Byrne", trust, title="Theatre manager")
    named("Will", "Adeyemi", trust, title="Director of nursing")

    assert names(lead, words="siobhan") == ["Siobhán Byrne"]
    assert names(lead, words="WILL") == ["Will Adeyemi"]
    assert names(lead, words="theatres") == ["Siobhán Byrne"]
    assert names(lead, words="nursing director") == ["Will Adeyemi"]
    assert names(lead, words='"director of nursing"') == ["Will Adeyemi"]
    assert names(lead, words="theatre or nursing") == ["Siobhán Byrne", "Will Adeyemi"]
    assert names(lead, words="-nursing manager") == ["Siobhán Byrne"]
    assert names(lead, words="riverbank") == ["Siobhán Byrne", "Will Adeyemi"]
    assert names(lead, words="&|!(") == []


def test_nobody_but_talent_leads_within_reach_finds_anybody(trust, lead):
    icb = OrganisationFactory(kind="ICB")
    place_below(trust, icb)
    named("Ana", "Silva", trust)
    of_icb = grant(PersonFactory(), "TALENT_LEAD", icb)
    elsewhere = grant(PersonFactory(), "TALENT_LEAD", OrganisationFactory())
    learning = grant(PersonFactory(), "LEARNING_LEAD", trust)

    assert names(lead) == ["Ana Silva"]
    assert names(of_icb) == names(elsewhere) == names(learning) == []


def test_a_consent_that_ended_yesterday_is_over_even_if_nothing_was_refreshed(trust, lead):
    person = named("Ana", "Silva", trust)
    TalentProfile.objects.filter(person=person).update(found_until=TODAY - timedelta(days=1))

    assert names(lead) == []


def test_bands_are_a_range_in_their_order_and_not_in_the_alphabet(trust, lead):
    for band in ("4", "8a", "9"):
        named("Band", band, trust, band=band)
    named("Very", "Senior", trust, band="VSM", pay_system="VSM")
    named("No", "Band", trust, band="", pay_system="MEDICAL")

    assert names(lead, lowest_band=8) == ["Band 8a", "Band 9", "Very Senior"]
    assert names(lead, highest_band=8) == ["Band 4", "Band 8a"]
    assert names(lead, lowest_band=8, highest_band=12) == ["Band 8a", "Band 9"]


def test_filters_of_one_kind_widen_and_of_different_kinds_narrow(trust, lead):
    role, other = role_asking(2), role_asking(2)
    ana, ben = named("Ana", "Silva", trust), named("Ben", "Okoro", trust)
    follow(ana, role)
    follow(ben, other)
    ReadinessJudgementFactory(person=ana, organisation=trust, readiness="READY_NOW")
    refresh_profiles(person_ids=[ana.pk, ben.pk], now=NOW)

    assert names(lead, roles=(role.pk, other.pk)) == ["Ana Silva", "Ben Okoro"]
    assert names(lead, roles=(role.pk,)) == ["Ana Silva"]
    assert names(lead, readiness=("READY_NOW", "NONE")) == ["Ana Silva", "Ben Okoro"]
    assert names(lead, readiness=("NONE",)) == ["Ben Okoro"]
    assert names(lead, roles=(other.pk,), readiness=("READY_NOW",)) == []


def test_counts_leave_out_their_own_filter_and_keep_the_others():
    icb = OrganisationFactory(kind="ICB")
    first, second = (place_below(OrganisationFactory(), icb) for _each in range(2))
    lead = grant(PersonFactory(), "TALENT_LEAD", icb)
    for organisation, band in [(first, "7"), (first, "8a"), (second, "8a"), (second, "8b")]:
        found_person(organisation=organisation, scope="SYSTEM", band=band)
    found_person(organisation=OrganisationFactory(), scope="REGION")

    filters = Filters(organisations=(first.pk,), lowest_band=8, highest_band=8)
    result = search(actor=lead, on=TODAY, filters=filters)

    assert result.total == 1
    assert result.facets["organisation"] == {first.pk: 1, second.pk: 1}
    assert result.facets["band"] == {7: 1, 8: 1, 9: 0}
    assert result.facets["readiness"] == {"": 1}
    assert result.facets["role"] == {None: 1}


def test_the_parts_of_a_match_add_up_and_say_why(trust, lead):
    role = role_asking(3, 2, title="Service manager", band="8a")
    first, second = competencies_of(role)
    person = named("Ana", "Silva", trust, band="7")
    show(person, {first: 2, second: 4})
    AspirationFactory(person=person, role_profile=role)
    ReadinessJudgementFactory(person=person, organisation=trust, readiness="READY_SOON")
    refresh_profiles(person_ids=[person.pk], now=NOW)

    result = search(actor=lead, on=TODAY, filters=Filters(target=target_of(role)))

    [found] = result.found
    assert [(part.points, part.of) for part in found.match.parts] == [
        (48, 60),  # 4 of 5 levels: two of three in the first, both in the second
        (14, 20),
        (10, 10),
        (10, 10),  # one band below
    ]
    assert found.match.total == 48 + 14 + 10 + 10
    assert found.match.of == match.TOTAL == 100
    assert [part.because for part in found.match.parts] == [
        "4 of the 5 levels the role asks for",
        "Ready soon",
        "Works towards this role",
        "Band 7; the role is usually Band 8a",
    ]


@pytest.mark.parametrize(
    ("band", "points"), [("8a", 10), ("8b", 10), ("7", 10), ("6", 5), ("8c", 5), ("5", 0), ("9", 0)]
)
def test_a_near_band_gives_points(trust, lead, band, points):
    role = role_asking(2, band="8a")
    named("Ana", "Silva", trust, band=band)

    [found] = search(actor=lead, on=TODAY, filters=Filters(target=target_of(role))).found

    assert found.match.parts[3].points == points


@pytest.mark.parametrize(("role_band", "own_band"), [("", "8a"), ("8a", "")])
def test_a_missing_band_is_near_to_nothing(trust, lead, role_band, own_band):
    role = role_asking(2, band=role_band)
    named("Ana", "Silva", trust, band=own_band, pay_system="AFC" if own_band else "MEDICAL")

    [found] = search(actor=lead, on=TODAY, filters=Filters(target=target_of(role))).found

    assert found.match.parts[3].points == 0


def test_points_of_levels_are_rounded_and_never_beyond_the_weight(trust, lead):
    role = role_asking(1, 1, 1, per_domain=3)
    first, second, third = competencies_of(role)
    for number, levels in enumerate(
        [{first: 1}, {first: 4, second: 4}, {first: 4, second: 4, third: 4}]
    ):
        person = named("Person", str(number), trust)
        show(person, levels)
        refresh_profiles(person_ids=[person.pk], now=NOW)

    filters = Filters(target=target_of(role), by_name=True)
    points = [
        found.match.parts[0].points for found in search(actor=lead, on=TODAY, filters=filters).found
    ]

    assert points == [20, 40, 60]


def test_a_role_that_asks_for_nothing_gives_no_points_for_levels(trust, lead):
    role = role_asking()
    named("Ana", "Silva", trust)

    [found] = search(actor=lead, on=TODAY, filters=Filters(target=target_of(role))).found

    assert found.match.parts[0].points == 0


def test_the_best_match_comes_first_unless_names_are_asked_for(trust, lead):
    role = role_asking(3)
    [competency] = competencies_of(role)
    for given, level in [("Ana", 1), ("Ben", 3), ("Cem", 2)]:
        person = named(given, "Silva", trust)
        show(person, {competency: level})
        refresh_profiles(person_ids=[person.pk], now=NOW)
    target = target_of(role)

    assert names(lead, target=target) == ["Ben Silva", "Cem Silva", "Ana Silva"]
    assert names(lead, target=target, by_name=True) == ["Ana Silva", "Ben Silva", "Cem Silva"]
    assert names(lead) == ["Ana Silva", "Ben Silva", "Cem Silva"]


def test_pages_hold_twenty_and_the_last_one_answers_for_those_beyond(trust, lead):
    for number in range(PAGE_SIZE + 1):
        named("Person", f"{number:02}", trust)

    first, second, beyond = (names(lead, page=page) for page in (1, 2, 99))

    assert first == [f"Person {number:02}" for number in range(PAGE_SIZE)]
    assert second == beyond == ["Person 20"]


@pytest.mark.parametrize("people", [1, 3])
def test_one_statement_finds_counts_and_explains(trust, lead, people, django_assert_num_queries):
    target = target_of(role_asking(2))
    for number in range(people):
        named("Person", str(number), trust)
    search(actor=lead, on=TODAY, filters=Filters())  # reads where the lead stands

    with django_assert_num_queries(1):
        result = search(actor=lead, on=TODAY, filters=Filters(words="person", target=target))

    assert (result.total, len(result.found)) == (people, people)


def test_no_search_touches_equality_data_or_has_it_to_touch(trust, lead):
    named("Ana", "Silva", trust)
    role = role_asking(2)

    with CaptureQueriesContext(connection) as captured:
        search(actor=lead, on=TODAY, filters=Filters(words="ana", target=target_of(role)))

    statements = " ".join(query["sql"].lower() for query in captured.captured_queries)
    assert "talent_talentprofile" in statements
    for word in ("equality", "ethnic", "gender", "disab", "birth", "absence"):
        assert word not in statements
    columns = {field.column for field in TalentProfile._meta.get_fields()}
    assert not columns & {"age", "birth_year", "sex", "gender_code", "ethnic_code"}


def test_words_and_scope_are_one_probe_of_one_index(trust, lead):
    named("Ana", "Silva", trust)
    rows = TalentProfile.objects.visible_to(lead, on=TODAY).extra(
        where=["words @@ websearch_to_tsquery('waymark_people', 'ana')"]
    )

    statement, params = through_the_view(rows)

    with opened(lead, on=TODAY), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Bitmap Index Scan on talent_profile_found_by" in plan
    assert plan.count("Index Scan") == 1
    assert "words @@" in plan.split("Index Cond:")[1]
    assert "seen_from &&" in plan.split("Index Cond:")[1]


def test_who_is_found_is_shown_as_kept(trust, lead):
    role = role_asking(2)
    person = named("Ana", "Silva", trust, title="Matron", band="8a")
    follow(person, role)
    refresh_profiles(person_ids=[person.pk], now=NOW)

    [found] = search(actor=lead, on=TODAY, filters=Filters()).found

    assert found.person_id == person.pk
    assert (found.post_title, found.band) == ("Matron", "8a")
    assert (found.organisation_id, found.role_profile_id) == (trust.pk, role.pk)
    assert found.consented_until == profile_of(person).consented_until
    assert found.match is None
