from datetime import timedelta

import pytest

from common.dates import london_midnight
from courses.models import Programme, RoleProgramme, Session
from courses.selectors.catalogue import (
    Reader,
    catalogue_rows,
    hosts_seen_by,
    reader_of,
)
from courses.selectors.deciders import requests_to_decide
from courses.selectors.enrolments import enrolments_of
from courses.selectors.entitlements import AskedFor, is_entitled
from courses.selectors.programmes import programme_page
from courses.selectors.recommendations import recommended_programmes
from courses.selectors.search import Filters, search_catalogue
from courses.selectors.sessions import next_sessions
from pathways.selectors.gap import gap_analysis
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    outcome,
    queued,
    seated,
)
from tests.factories.pathways import (
    CompetencyFactory,
    ScaleFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def reader(trust):
    return employ(organisation=trust)


def found(person, **filters):
    result = search_catalogue(
        actor=person,
        filters=Filters(**filters),
        marked=reader_of(person, on=TODAY).marked,
        on=TODAY,
        now=NOW,
    )
    titles = Programme.objects.in_bulk(result.ids)
    return [titles[key].title for key in result.ids], result.is_similar


@pytest.fixture
def three_programmes():
    ProgrammeFactory(title="Rosalind Franklin programme", summary="For leaders of departments.")
    ProgrammeFactory(title="Leading departments", summary="Finance and staffing.", mode="ONLINE")
    ProgrammeFactory(title="Mary Seacole programme", audience="A first leadership role")


def test_without_words_what_the_reader_needs_comes_first(trust, three_programmes):
    role = role_asking(3)
    person = follow(employ(organisation=trust), role)
    (competency,) = competencies_of(role)
    show(person, {competency: 2})
    _first, closing, asked_for = Programme.objects.order_by("title")
    outcome(closing, competency, 3)
    RoleProgramme.objects.create(role_profile=role, programme=asked_for)

    titles, _is_similar = found(person)

    assert titles == [asked_for.title, closing.title, "Leading departments"]


def test_without_words_the_catalogue_is_in_order_of_title(reader, three_programmes):
    assert found(reader) == (
        ["Leading departments", "Mary Seacole programme", "Rosalind Franklin programme"],
        False,
    )


def test_words_find_their_forms_and_a_title_counts_more_than_a_summary(reader, three_programmes):
    assert found(reader, words="department") == (
        ["Leading departments", "Rosalind Franklin programme"],
        False,
    )


def test_a_slip_finds_titles_alike_but_only_when_nothing_has_the_words(reader, three_programmes):
    assert found(reader, words="roslind franklyn") == (["Rosalind Franklin programme"], True)
    assert found(reader, words="mary") == (["Mary Seacole programme"], False)
    assert found(reader, words="astronomy") == ([], True)


@pytest.mark.parametrize("words", ["'", '"open', "a & b | !", "\\", "%", "-"])
def test_no_words_break_the_search(reader, three_programmes, words):
    assert found(reader, words=words)[0] == []


def test_the_way_it_is_taught_narrows(reader, three_programmes):
    assert found(reader, chosen={"mode": ("ONLINE",)})[0] == ["Leading departments"]


def test_unlisted_programmes_are_never_found(reader):
    ProgrammeFactory(title="Withdrawn", is_listed=False)

    assert found(reader, words="withdrawn") == ([], True)


def test_the_host_narrows_to_what_it_offers_the_reader(trust, reader):
    OfferingFactory(host=trust, programme__title="Ours")
    OfferingFactory(host=OrganisationFactory(), programme__title="Theirs")

    assert found(reader, chosen={"host": (str(trust.pk),)})[0] == ["Ours"]
    assert hosts_seen_by(reader, on=TODAY) == {trust.pk: trust.name}


def test_with_places_leaves_out_full_closed_and_other_peoples_sessions(trust, reader):
    def session(title, **fields):
        return SessionFactory(
            offering__host=trust, offering__programme__title=title, capacity=1, **fields
        )

    session("Free")
    seated(session("Full"), 1)
    queued(session("Somebody waits"))
    session("Closed", closes_at=NOW)
    session("Cancelled", state="CANCELLED")
    SessionFactory(offering__programme__title="Elsewhere")

    assert found(reader, with_places=True)[0] == ["Free"]


def test_for_me_finds_what_the_pathway_asks_and_what_closes_a_gap(reader):
    asked, closing, too_low, unshown = (
        ProgrammeFactory(title=title) for title in ("Asked", "Closing", "Too low", "Unshown")
    )
    role = role_asking(3, 3)
    below, never_shown = competencies_of(role)
    follow(reader, role)
    RoleProgramme.objects.create(role_profile=role, programme=asked)
    show(reader, {below: 2})
    outcome(closing, below, 3)
    outcome(too_low, below, 2)
    outcome(unshown, never_shown, 3)

    assert found(reader, purpose="ENTITLED")[0] == ["Asked"]
    assert found(reader, purpose="GAP")[0] == ["Closing"]


def test_a_page_of_the_catalogue_marks_rows_and_names_the_next_session(trust, reader):
    session = SessionFactory(offering__host=trust)
    SessionFactory(offering=session.offering, starts_at=STARTS + timedelta(days=1))
    SessionFactory(offering=session.offering, starts_at=STARTS - timedelta(days=1), state="CLOSED")
    programme = session.offering.programme

    marked = Reader(AskedFor(by_pathway=frozenset({programme.pk})))
    row, other = catalogue_rows(
        [programme.pk, ProgrammeFactory().pk], actor=reader, reader=marked, on=TODAY, now=NOW
    )

    assert (row.is_entitled, row.nearer, row.next_session) == (True, (), session)
    assert row.next_session.places_left == 10
    assert (other.is_entitled, other.next_session) == (False, None)


def test_next_sessions_are_one_statement_whatever_their_number(
    trust, reader, django_assert_num_queries
):
    sessions = [SessionFactory(offering__host=trust) for _ in range(3)]
    reader = type(reader).objects.get(pk=reader.pk)

    with django_assert_num_queries(2):  # where the reader stands, and the sessions
        found = next_sessions(
            [session.offering.programme_id for session in sessions],
            actor=reader,
            on=TODAY,
            now=NOW,
        )

    assert set(found.values()) == set(sessions)


def test_entitlement_follows_the_role_of_the_day():
    programme = ProgrammeFactory()
    person = employ(ends_on=TODAY)
    entitle(person, programme)

    def entitled(on):
        return is_entitled(person_id=person.pk, programme_id=programme.pk, on=on)

    assert entitled(TODAY)
    assert not entitled(TODAY + timedelta(days=1))
    assert not is_entitled(person_id=employ().pk, programme_id=programme.pk, on=TODAY)


def test_a_programme_page_shows_what_holds_on_the_day(trust, reader):
    session = SessionFactory(offering__host=trust)
    programme = session.offering.programme
    current = AccreditationFactory(programme=programme, ends_on=TODAY)
    AccreditationFactory(
        programme=programme, body__name="Expired", ends_on=TODAY - timedelta(days=1)
    )
    skill = competencies_of(role_asking(2))[0]
    outcome(programme, skill, 2)
    OfferingFactory(programme=programme)
    SessionFactory(offering=session.offering, starts_at=NOW - timedelta(days=1))
    mine = EnrolmentFactory(session=session, person=reader)

    page = programme_page(programme, person=reader, on=TODAY, now=NOW)

    assert page.accreditations == (current,)
    assert [(row.competency, row.label) for row in page.outcomes] == [(skill, "Occasionally")]
    assert [row.offering for row in page.offerings] == [session.offering]
    assert [(row.session, row.enrolment) for row in page.offerings[0].sessions] == [(session, mine)]


def test_an_outcome_is_worded_by_the_scale_of_its_competency(reader):
    programme = OfferingFactory().programme
    skill = CompetencyFactory(scale=ScaleFactory(levels=("Novice", "Expert")))
    outcome(programme, skill, 2)

    page = programme_page(programme, person=reader, on=TODAY, now=NOW)

    assert [row.label for row in page.outcomes] == ["Expert"]


@pytest.fixture
def gap_of_reader(reader):
    """A role of three skills: one below its level, one met, one never shown."""
    role = role_asking(3, 2, 2)
    follow(reader, role)
    below, met, unshown = competencies_of(role)
    show(reader, {below: 1, met: 2})
    return role, below, met, unshown


def recommend(person, role, **options):
    gap = gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)
    return recommended_programmes(gap=gap, actor=person, on=TODAY, **options)


def test_courses_pitched_at_the_level_come_first_and_those_far_above_it_not_at_all(reader):
    role = role_asking(2)
    (below,) = competencies_of(role)
    show(reader, {below: 1})
    far_above, above, level = (
        ProgrammeFactory(title=title) for title in ("A far above", "B above", "C at the level")
    )
    for programme, rank in ((far_above, 4), (above, 3), (level, 2)):
        outcome(programme, below, rank)

    found = recommend(reader, role)

    assert [row.programme for row in found] == [level, above]


def test_recommendations_close_the_gap_best_first(trust, reader, gap_of_reader):
    role, below, met, unshown = gap_of_reader
    session = SessionFactory(offering__host=trust, offering__programme__title="B both")
    both = session.offering.programme
    gap_only, unseen, entitled = (
        ProgrammeFactory(title=title) for title in ("A gap", "A unseen", "Z entitled")
    )
    nothing_new = ProgrammeFactory(title="A met")
    for programme in (both, gap_only):
        outcome(programme, below, 3)
    for programme in (both, unseen, entitled):
        outcome(programme, unshown, 1)
    outcome(nothing_new, met, 2)
    RoleProgramme.objects.create(role_profile=role, programme=entitled)

    found = recommend(reader, role)

    assert [row.programme for row in found] == [entitled, both, gap_only, unseen]
    assert [row.is_entitled for row in found] == [True, False, False, False]
    assert {row.competency_id for row in found[1].closes} == {below.pk, unshown.pk}
    assert [row.next_session for row in found] == [None, session, None, None]


def test_recommendations_leave_out_what_is_not_listed_and_stop_at_the_limit(reader, gap_of_reader):
    role, below, _met, _unshown = gap_of_reader
    for number in range(4):
        outcome(ProgrammeFactory(title=f"Course {number}"), below, 3)
    outcome(ProgrammeFactory(title="A hidden one", is_listed=False), below, 3)

    found = recommend(reader, role, limit=2)

    assert [row.programme.title for row in found] == ["Course 0", "Course 1"]


@pytest.mark.parametrize("programmes", [1, 6])
def test_recommendations_take_the_same_statements_for_any_number(
    reader, gap_of_reader, programmes, django_assert_num_queries
):
    role, below, _met, _unshown = gap_of_reader
    for _ in range(programmes):
        outcome(ProgrammeFactory(), below, 3)
    gap = gap_analysis(person_id=reader.pk, role_profile=role, on=TODAY)
    reader = type(reader).objects.get(pk=reader.pk)

    # Outcomes, the role held, what it asks for, where the reader stands, next sessions.
    with django_assert_num_queries(5):
        found = recommended_programmes(gap=gap, actor=reader, on=TODAY)

    assert len(found) == programmes


def test_a_managers_view_of_a_report_marks_what_the_report_is_entitled_to(reader, gap_of_reader):
    role, below, _met, _unshown = gap_of_reader
    programme = ProgrammeFactory()
    outcome(programme, below, 3)
    RoleProgramme.objects.create(role_profile=role, programme=programme)
    gap = gap_analysis(person_id=reader.pk, role_profile=role, on=TODAY)

    by_manager = recommended_programmes(gap=gap, actor=employ(), person=reader, on=TODAY)

    assert [row.is_entitled for row in by_manager] == [True]


def test_requests_go_to_the_line_manager_or_the_learning_lead_never_to_both():
    session = SessionFactory()
    manager = PersonFactory()
    lead = grant(colleague_of(session, manager=manager), "LEARNING_LEAD", host_of(session))
    managed = EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))
    alone = EnrolmentFactory(session=session, person=colleague_of(session))
    own = EnrolmentFactory(session=session, person=lead)
    EnrolmentFactory(session=session, person=employ())
    seated(session, 1, person=colleague_of(session, manager=manager))

    assert list(requests_to_decide(manager, on=TODAY)) == [managed, own]
    assert list(requests_to_decide(lead, on=TODAY)) == [alone]
    assert list(requests_to_decide(managed.person, on=TODAY)) == []


def test_who_leads_nobody_is_not_asked_for_in_the_enrolments(django_assert_num_queries):
    person = colleague_of(SessionFactory())

    with django_assert_num_queries(1):  # where the person stands
        found = list(requests_to_decide(person, on=TODAY))

    assert found == []


def test_ones_own_enrolments_say_the_place_in_the_queue():
    session = SessionFactory()
    queued(session, minutes=1)
    mine = queued(session, minutes=2)
    queued(session, minutes=3)
    other = EnrolmentFactory(
        person=mine.person, session=SessionFactory(starts_at=london_midnight(TODAY))
    )

    rows = enrolments_of(mine.person, on=TODAY)

    assert [(row.pk, row.place_in_queue) for row in rows] == [(mine.pk, 2), (other.pk, 0)]


def test_a_session_with_room_is_one_that_nobody_waits_for():
    free, full = SessionFactory(capacity=2), SessionFactory(capacity=1)
    seated(free, 1)
    seated(full, 1)
    waited_for = SessionFactory()
    queued(waited_for)

    assert list(Session.objects.with_room()) == [free]
    assert list(Session.objects.with_people_waiting()) == [waited_for]
    assert Programme.objects.count() == 3
