from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Role
from pathways.policies.gaps import may_see_organisation_gaps
from pathways.selectors.gap_organisation import Dimension, organisation_gap
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    UnitFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    PostRoleFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    domain_with,
    follow,
    role_asking,
    show,
)

URL = "pathways:gap_organisation"
# Today is 20 November: what is counted is the first day of the month.
COUNTED, BEFORE = date(2026, 11, 1), date(2026, 10, 20)


def text_of(response):
    return " ".join(response.content.decode().split())


def staff(count, *, role, levels=(), on=BEFORE, organisation, **post):
    """``count`` people who follow ``role`` and have shown ``levels``, by a day that is counted."""
    people = [employ(organisation=organisation, **post) for _ in range(count)]
    for person in people:
        follow(person, role)
        show(person, dict(zip(competencies_of(role), levels, strict=False)), on=on)
    return people


def gap_of(*organisations, dimension=Dimension.ORGANISATION, on=TODAY, **asked):
    return organisation_gap(
        organisation_ids=[one.pk for one in organisations], dimension=dimension, on=on, **asked
    )


def groups_of(gap):
    return {group.name: group.people for group in gap.groups}


def test_learning_leads_and_hr_are_told_and_nobody_else():
    told = {role for role in Role if may_see_organisation_gaps({role.value})}

    assert told == {Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR}
    assert not may_see_organisation_gaps(())


@pytest.fixture
def trust(db):
    return OrganisationFactory(name="Riverbank")


def test_shares_are_counted_over_what_everybody_is_asked(trust):
    role = role_asking(3, 2)
    staff(15, role=role, levels=(3, 1), organisation=trust)
    staff(10, role=role, levels=(2,), organisation=trust)

    gap = gap_of(trust)

    (group,) = gap.groups
    (figure,) = group.figures
    assert (group.name, group.people) == ("Riverbank", 25)
    assert (figure.people, figure.met, figure.below, figure.not_shown) == (25, 15, 25, 10)
    assert (figure.met_share, figure.below_share, figure.not_shown_share) == (30, 50, 20)


@pytest.mark.parametrize(("count", "told"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_every_number_is_rounded_to_the_nearest_five(trust, count, told):
    role = role_asking(3)
    staff(count - 1, role=role, levels=(3,), organisation=trust)
    staff(1, role=role, levels=(1,), organisation=trust)

    (group,) = gap_of(trust).groups

    (figure,) = group.figures
    assert (group.people, figure.people) == (told, told)
    assert figure.met % 5 == 0
    # The one who is below is not to be seen.
    assert (figure.below, figure.below_share, figure.met_share) == (0, 0, 100)


def test_a_domain_opens_into_its_competencies(trust):
    role = role_asking(3, 2, 1)
    first, second, third = competencies_of(role)
    staff(10, role=role, levels=(3, 1, 1), organisation=trust)

    whole, part = gap_of(trust), gap_of(trust, domain_id=first.domain_id)

    assert [column.key for column in whole.columns] == [first.domain_id, third.domain_id]
    assert [column.key for column in part.columns] == [first.pk, second.pk]
    assert [figure.below_share for figure in part.groups[0].figures] == [0, 100]


def test_another_organisation_is_not_counted(trust):
    role = role_asking(3)
    staff(10, role=role, levels=(1,), organisation=trust)
    staff(10, role=role, levels=(3,), organisation=OrganisationFactory())

    assert gap_of(trust).groups[0].figures[0].below_share == 100


def test_the_month_decides_who_was_there_and_what_counted(trust):
    role = role_asking(3)
    people = staff(10, role=role, levels=(1,), on=date(2026, 9, 20), organisation=trust)
    for person in people:
        show(person, {competencies_of(role)[0]: 3}, on=BEFORE)

    november, october = gap_of(trust), gap_of(trust, on=BEFORE)

    assert (november.on, october.on) == (COUNTED, date(2026, 10, 1))
    shares = [gap.groups[0].figures[0].met_share for gap in (november, october)]
    assert shares == [100, 0]


def test_nothing_changes_from_one_day_of_a_month_to_the_next(trust):
    role = role_asking(3)
    people = staff(11, role=role, levels=(1,), organisation=trust)
    before = gap_of(trust, on=date(2026, 11, 19))

    show(people[0], {competencies_of(role)[0]: 3}, on=TODAY)

    assert gap_of(trust, on=TODAY) == before


@pytest.mark.parametrize(
    ("dimension", "names"),
    [
        (Dimension.BAND, ["Band 7", "Band 8a"]),
        (
            Dimension.STAFF_GROUP,
            ["Administrative and Clerical", "Nursing and Midwifery Registered"],
        ),
        (Dimension.UNIT, ["Medicine", "No unit named"]),
        (Dimension.ROLE, ["Matron", "Ward manager"]),
    ],
)
def test_people_are_grouped_by_what_their_post_says(trust, dimension, names):
    medicine = UnitFactory(organisation=trust, name="Medicine")
    staff(
        10,
        role=role_asking(3, title="Matron"),
        organisation=trust,
        unit=medicine,
        band="7",
        staff_group="03",
    )
    staff(14, role=role_asking(3, title="Ward manager"), organisation=trust, band="8a")

    gap = gap_of(trust, dimension=dimension)

    assert [group.name for group in gap.groups] == names
    assert sorted(group.people for group in gap.groups) == [10, 15]


@pytest.mark.parametrize(
    ("sizes", "shown", "hidden"),
    [
        ({"4": 9, "5": 30}, {}, (2, 40)),
        ({"4": 9, "5": 10, "6": 30}, {"Band 6": 30}, (2, 20)),
        ({"4": 5, "5": 6, "6": 12}, {"Band 6": 10}, (2, 10)),
        ({"4": 10, "5": 30}, {"Band 4": 10, "Band 5": 30}, (0, 0)),
    ],
)
def test_what_is_left_out_cannot_be_worked_out(trust, sizes, shown, hidden):
    role = role_asking(3)
    for band, count in sizes.items():
        staff(count, role=role, organisation=trust, band=band)

    gap = gap_of(trust, dimension=Dimension.BAND)

    assert groups_of(gap) == shown
    assert (gap.hidden_groups, gap.hidden_people) == hidden


def test_a_figure_that_few_are_asked_about_is_not_shown(trust):
    staff(9, role=role_asking(3), organisation=trust)
    staff(12, role=role_asking(2), organisation=trust)

    (group,) = gap_of(trust).groups

    assert sorted(figure.is_hidden for figure in group.figures) == [False, True]


def test_what_few_are_asked_about_is_in_no_sum(trust):
    common = role_asking(3)
    (first,) = competencies_of(common)
    rare = RoleProfileFactory(version=common.version)
    second = CompetencyFactory(domain=first.domain, position=2)
    for competency in (first, second):
        RequirementFactory(role_profile=rare, competency=competency, rank=3)
    staff(10, role=common, levels=(3,), organisation=trust)
    staff(3, role=rare, levels=(3, 1), organisation=trust)

    (whole,) = gap_of(trust).groups[0].figures
    shown, hidden = gap_of(trust, domain_id=first.domain_id).groups[0].figures

    assert (shown.is_hidden, hidden.is_hidden) == (False, True)
    assert whole == shown
    assert (whole.people, whole.met, whole.below) == (15, 15, 0)


def test_a_sum_of_hidden_figures_is_hidden(trust):
    role = role_asking(3)
    rare = RoleProfileFactory(version=role.version)
    domain = domain_with(role.version, "Rare", "Rarer")
    for competency in domain.competencies.all():
        RequirementFactory(role_profile=rare, competency=competency, rank=3)
    staff(10, role=role, organisation=trust)
    staff(9, role=rare, levels=(1, 1), organisation=trust)

    figures = gap_of(trust).groups[0].figures

    assert [figure.is_hidden for figure in figures] == [False, True]


def test_whoever_works_in_two_organisations_counts_in_each(trust):
    other = OrganisationFactory(name="Hilltop")
    role = role_asking(3)
    for person in staff(10, role=role, organisation=trust):
        employ(person=person, organisation=other)
    for post in other.posts.all():
        PostRoleFactory(post=post, role_profile=role)

    assert groups_of(gap_of(trust, other)) == {"Hilltop": 10, "Riverbank": 10}


def test_the_few_of_one_organisation_are_not_worked_out_from_all_less_another(trust):
    """All less Riverbank would be the three of band 7 at Hilltop."""
    role = role_asking(3)
    other = OrganisationFactory(name="Hilltop")
    staff(15, role=role, levels=(3,), organisation=trust, band="7")
    staff(3, role=role, levels=(1,), organisation=other, band="7")
    staff(20, role=role, levels=(3,), organisation=other, band="8a")

    alone = gap_of(trust, dimension=Dimension.BAND)
    both = gap_of(trust, other, dimension=Dimension.BAND)

    assert groups_of(alone) == groups_of(both) == {"Band 7": 15}
    assert both.groups[0].figures == alone.groups[0].figures


def test_whoever_covers_more_is_told_the_same_of_each(trust):
    """A board's lead and a trust's lead who compare what they see learn nothing more."""
    role = role_asking(3)
    below = [OrganisationFactory(name=f"Trust {n}") for n in range(3)]
    for place, organisation in enumerate(below):
        staff(8 + place, role=role, organisation=organisation, band="7")

    every = gap_of(trust, *below, dimension=Dimension.BAND)
    each = [gap_of(one, dimension=Dimension.BAND) for one in below]

    assert groups_of(every) == {"Band 7": 10}
    assert [groups_of(one) for one in each] == [{}, {}, {"Band 7": 10}]


@pytest.mark.parametrize("level_of_the_last", [1, 3])
def test_the_one_who_is_left_over_by_other_views_is_not_told(trust, level_of_the_last):
    """All less a unit less a role would be the director: the figures are the same at any level."""
    unit = UnitFactory(organisation=trust, name="Medicine")
    ward, big, last = (role_asking(3, title=title) for title in ("Ward", "Big", "Director"))
    staff(12, role=ward, levels=(3,), organisation=trust, unit=unit)
    staff(12, role=big, levels=(3,), organisation=trust)
    staff(1, role=last, levels=(level_of_the_last,), organisation=trust)

    told = [gap_of(trust, dimension=one) for one in Dimension]

    shares = {figure.met_share for gap in told for group in gap.groups for figure in told_of(group)}
    assert shares == {100}


def told_of(group):
    return [figure for figure in group.figures if figure and not figure.is_hidden]


@pytest.mark.parametrize("rows", [1, 3])
def test_any_number_of_people_takes_four_statements(trust, django_assert_num_queries, rows):
    for _row in range(rows):
        staff(4, role=role_asking(3), levels=(1,), organisation=trust)

    # And two that lift the walls and put them back.
    with django_assert_num_queries(6):
        gap_of(trust)


# --- The page


@pytest.fixture
def lead(client, trust):
    person = grant(PersonFactory(), "LEARNING_LEAD", trust)
    client.force_login(person)
    return person


def test_a_lead_sees_their_own_organisations_and_no_other(client, lead, trust):
    below = place_below(OrganisationFactory(name="Hilltop"), trust)
    role = role_asking(3)
    for organisation in (trust, below, OrganisationFactory(name="Elsewhere")):
        staff(10, role=role, levels=(1,), organisation=organisation)

    page = text_of(client.get(reverse(URL)))

    assert page.count("data-group") == 2
    assert "Riverbank" in page
    assert "Hilltop" in page
    assert "Elsewhere" not in page
    assert "100% below" in page


def test_an_organisation_of_somebody_else_cannot_be_chosen(client, lead, trust):
    other = OrganisationFactory(name="Elsewhere")
    staff(10, role=role_asking(3), organisation=other)

    response = client.get(reverse(URL), {"organisation": other.pk})

    assert response.status_code == 422
    assert "Elsewhere" not in text_of(response)


def test_too_few_people_are_not_shown(client, lead, trust):
    staff(9, role=role_asking(3), levels=(1,), organisation=trust)

    page = text_of(client.get(reverse(URL)))

    assert "There is no group that is large enough to be shown." in page
    assert "1 group of an organisation is left out, because it is too small." in page
    assert "% below" not in page


@pytest.mark.parametrize("role", [None, "AUDITOR", "TALENT_LEAD", "ORGANISATION_ADMINISTRATOR"])
def test_nobody_else_is_told(client, trust, role):
    person = employ(organisation=trust)
    if role:
        grant(person, role, trust)
    client.force_login(person)

    assert client.get(reverse(URL)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    client, lead, trust, django_assert_num_queries, rows
):
    role = role_asking(*[3] * rows)
    for _row in range(rows):
        below = place_below(OrganisationFactory(), trust)
        staff(10, role=role, levels=[1] * rows, organisation=below)

    with django_assert_num_queries(17):
        page = text_of(client.get(reverse(URL)))

    assert page.count("data-group") == rows
