from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from config.demo.staffing import BOARD, SMALLEST_BOARD, SMALLEST_TRUST, TRUST, staff


@settings(max_examples=60, deadline=None)
@given(headcount=st.integers(SMALLEST_TRUST, 5000))
def test_a_trust_of_any_size_is_one_tree_below_its_chief_executive(headcount):
    places = staff(headcount, TRUST, chief="Chief executive")

    assert len(places) == headcount
    assert [place.manager for place in places].count(None) == 1
    assert all(
        place.manager < number for number, place in enumerate(places) if place.manager is not None
    )


@settings(max_examples=60, deadline=None)
@given(headcount=st.integers(SMALLEST_TRUST, 5000))
def test_nobody_has_more_reports_than_they_could_appraise(headcount):
    places = staff(headcount, TRUST, chief="Chief executive")

    spans = Counter(place.manager for place in places)

    assert max(spans.values()) <= 12


@settings(max_examples=30, deadline=None)
@given(headcount=st.integers(SMALLEST_TRUST, 5000))
def test_every_trust_has_the_posts_the_personas_hold(headcount):
    roles = Counter(place.job.role for place in staff(headcount, TRUST, chief="Chief executive"))

    for role in ("ward-manager", "service-manager", "rota-coordinator", "general-manager"):
        assert roles[role] >= 1
    assert roles["hr-business-partner"] >= 3


def test_the_first_service_has_a_ward_manager_and_a_rota_coordinator():
    places = staff(SMALLEST_TRUST, TRUST, chief="Chief executive")

    service = next(n for n, place in enumerate(places) if place.job.role == "service-manager")
    reports = [place.job.role for place in places if place.manager == service]

    assert reports[:3] == ["ward-manager", "rota-coordinator", "team-leader"]


def test_units_of_one_name_are_one_unit():
    places = staff(5000, TRUST, chief="Chief executive")

    above = {}
    for place in places:
        above.setdefault(place.unit, set()).add(place.unit_above)

    assert all(len(found) == 1 for found in above.values())


def test_a_board_is_staffed_to_the_number():
    assert len(staff(SMALLEST_BOARD, BOARD, chief="Regional director")) == SMALLEST_BOARD
