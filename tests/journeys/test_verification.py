"""A manager says where she stands, is confirmed, and sees her gap close and her map change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pathways.models import AttainmentSource
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    AttainmentFactory,
    CompetencyFactory,
    DomainFactory,
    FrameworkFactory,
    FrameworkVersionFactory,
    LevelDescriptorFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
)
from tests.journeys.walking import walker_for

with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])
SKILLS = ("Plans the work of others", "Leads a change", "Answers for a budget")


class Clock:
    """Stands still until the story goes on."""

    def __init__(self):
        self.now = NOW

    def passes(self, **time):
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def daniel(transactional_db):
    person = PersonFactory(given_name="Daniel", family_name="Hughes")
    return employ(person=person, organisation=OrganisationFactory())


@pytest.fixture
def amara(daniel):
    """Her framework counts what somebody else confirmed; last year that was the lowest level."""
    person = PersonFactory(given_name="Amara", family_name="Okafor")
    employ(
        person=person,
        organisation=daniel.assignments.get().organisation,
        manager=daniel,
        title="Ward manager",
    )
    here = role_asking(1, title="Ward manager")
    follow(person, here)
    goal = role_to_reach()
    PathwayStepFactory(from_role=here, to_role=goal)
    AspirationFactory(person=person, role_profile=goal, starts_on=TODAY - timedelta(days=30))
    for skill in competencies_of(goal):
        AttainmentFactory(
            person=person,
            competency=skill,
            rank=1,
            source=AttainmentSource.MANAGER,
            recorded_by=daniel,
            attained_on=TODAY - timedelta(days=300),
        )
    return person


def role_to_reach():
    framework = FrameworkFactory(title="Good leaders", counting_rule="CONFIRMED")
    version = FrameworkVersionFactory(framework=framework)
    role = RoleProfileFactory(title="Service manager", version=version)
    domain = DomainFactory(version=version, title="Leading a service")
    levels = list(version.scale.levels.order_by("rank"))
    for position, title in enumerate(SKILLS, start=1):
        skill = CompetencyFactory(domain=domain, title=title, position=position)
        LevelDescriptorFactory(competency=skill, level=levels[2], text=f"{title}, most weeks.")
        RequirementFactory(role_profile=role, competency=skill, rank=3, is_essential=position == 1)
    return role


def sees_on_the_map(who, sentence):
    """The drawing says it and so does the table of the same steps; then at what the role asks."""
    who.goes_to("/pathway/")
    who.follows("Pathway map")
    steps = who.main.get_by_role("table", name="The steps")
    goal = steps.get_by_role("row").filter(has_text="Service manager")
    assert " ".join(goal.inner_text().split()).count(sentence) == 1
    assert who.main.locator("svg").get_by_text(sentence).count() == 1
    goal.get_by_role("link", name="Service manager", exact=True).click()


def answer_until_she_has_to_leave(she):
    she.follows("Assess yourself")
    she.sees("0 of 3 answered")
    she.presses("One question at a time")
    she.sees("Question 1 of 3", SKILLS[0])
    she.presses("Save and continue")
    she.sees("Select a level, or skip this question")
    she.chooses("Frequently")
    she.answers("Note", "I led the winter plan.")
    she.presses("Save and continue")
    she.sees("Question 2 of 3", SKILLS[1])
    she.chooses("Frequently")
    she.presses("Save and come back later")
    she.sees("Your answers are saved.", "2 of 3 answered", at="/pathway/assess/")


def come_back_and_finish(she):
    she.goes_to("/")
    she.uses_menu("My pathway")
    she.follows("Assess yourself")
    she.presses("One question at a time")
    she.sees("Question 3 of 3", SKILLS[2])
    she.chooses("Frequently")
    she.presses("Save and continue")
    she.sees("Check your answers", "3 of 3 answered", "Frequently, 20 November 2026")


def keep_a_link(she, name, skill):
    she.follows("Evidence")
    she.follows("Add a link")
    she.answers("Name", name)
    she.answers("Address", "https://www.example.nhs.uk/report")
    she.chooses(skill)
    she.presses("Keep this evidence")
    she.sees(name, skill)


def ask_daniel(she, *evidence):
    she.goes_to("/pathway/confirmation/")
    she.presses("Ask for confirmation")
    for box in she.main.get_by_role("group", name="Which levels").get_by_role("checkbox").all():
        box.check()
    she.chooses("My line manager, Daniel Hughes")
    shown = she.main.get_by_role("group", name="Evidence to show")
    for name in evidence:
        shown.get_by_label(name).check()
    she.sees("Whoever you ask sees nothing else that you keep.")
    she.presses("Send the request")
    she.sees("Your request is on its way.", "Waits for Daniel Hughes")


def confirm_two_and_send_one_back(he):
    he.goes_to("/")
    needs = he.main.locator("[data-need]").filter(has_text="Amara Okafor asks you")
    needs.get_by_role("link").first.click()
    he.sees("Confirm the levels of Amara Okafor", "Says of themselves: Frequently")
    he.sees(f"{SKILLS[0]}, most weeks.", "Shown with it", "Winter plan, signed")
    for skill in SKILLS[:2]:
        he.main.get_by_role("group", name=skill).get_by_label("Confirm this level").check()
    budget = he.main.locator("[data-item]").filter(has_text=SKILLS[2])
    budget.get_by_label("Send it back", exact=True).check()
    he.presses("Send the answers")
    he.sees(f"Enter a reason for sending back {SKILLS[2]}")
    budget.get_by_label("Reason, if").fill("Show me a month that you closed.")
    he.presses("Send the answers")
    he.sees("Nobody waits for your answer.")


def confirm_what_waits(he):
    he.goes_to("/pathway/confirmation/waiting/")
    he.presses("Confirm the selected requests")
    he.sees("Select the requests whose levels you confirm")
    he.chooses("Select the request of Amara Okafor")
    he.presses("Confirm the selected requests")
    he.sees("Amara Okafor", "Nobody waits for your answer.")


@with_and_without_scripts
def test_her_gap_closes_as_her_line_manager_confirms(live_site, amara, daniel, clock, javascript):
    she = walker_for(live_site, amara, javascript=javascript)
    he = walker_for(live_site, daniel, javascript=javascript)

    # given a gap to the role she works towards, which the map shows to be far
    she.goes_to("/")
    she.uses_menu("My pathway")
    she.sees("Your gap to Service manager", "0 of 3 levels met")
    sees_on_the_map(she, "Your goal: 6 levels")

    # when she says where she stands, one question at a time, leaves and comes back
    she.goes_to("/pathway/")
    answer_until_she_has_to_leave(she)
    clock.passes(minutes=10)
    come_back_and_finish(she)

    # then her own view closes no gap yet
    she.goes_to("/pathway/")
    she.sees("0 of 3 levels met")

    # when she asks her line manager with evidence, and he sends one back with a reason
    keep_a_link(she, "Winter plan, signed", SKILLS[0])
    clock.passes(minutes=5)
    ask_daniel(she, "Winter plan, signed")
    clock.passes(minutes=10)
    confirm_two_and_send_one_back(he)

    # then she reads why, and what he confirmed has closed a part of the gap
    reads_why_one_came_back(she)

    # when she answers with what he asked for, and he confirms that whole request
    clock.passes(minutes=5)
    answer_with_what_was_missing(she)
    clock.passes(minutes=5)
    confirm_what_waits(he)

    # then the gap is closed, and the role on the map is within reach
    she.goes_to("/")
    she.follows("All the levels you asked about were confirmed.")
    she.goes_to("/pathway/")
    she.sees("3 of 3 levels met")
    sees_on_the_map(she, "Your goal: ready")
    she.sees("You have met 3 of 3 levels.")

    # and both read in the history who signed what, and what was sent back before
    for reader in (she, he):
        reads_who_signed(reader, f"/people/{amara.pk}/sign-offs/")


def reads_who_signed(reader, history):
    reader.goes_to(history)
    reader.sees("Answered on 20 November 2026 by Daniel Hughes", "Sent back:")
    assert reader.main.locator("[data-signed-off]").filter(has_text="Confirmed").count() == 3


def reads_why_one_came_back(she):
    she.goes_to("/")
    she.follows("Levels you asked about: 2 confirmed, 1 sent back. Read why.")
    she.sees("Answered", "20 November 2026, by Daniel Hughes", "Show me a month that you closed.")
    sees_on_the_map(she, "Your goal: 2 levels")
    she.sees("You have met 2 of 3 levels.")


def answer_with_what_was_missing(she):
    she.goes_to("/pathway/")
    keep_a_link(she, "June, closed on the second day", SKILLS[2])
    she.goes_to("/pathway/confirmation/")
    she.sees("1 level of yours is not confirmed.")
    ask_daniel(she, "June, closed on the second day")


def test_nobody_else_reads_what_was_asked_and_signed(live_site, amara, daniel):
    colleague = employ(organisation=daniel.assignments.get().organisation)
    elsewhere = walker_for(live_site, employ(), javascript=False)
    beside = walker_for(live_site, colleague, javascript=False)

    for walker in (elsewhere, beside):
        answer = walker.page.goto(f"{walker.site}/people/{amara.pk}/sign-offs/")
        assert answer.status == 404
