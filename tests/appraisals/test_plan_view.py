"""The page and the PDF of a plan are twins: every fact of the one object is in both."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from html import unescape
from io import BytesIO

import pikepdf
import pypdf
import pytest
from django.template.loader import render_to_string

from appraisals.models import DevelopmentPlan
from appraisals.selectors.plan_view import plan_view
from appraisals.services.plan_documents import plan_page
from common.dates import long_date
from jobs.services.pdf import as_pdf
from tests.factories.accounts import BoardSeatFactory, employ, grant
from tests.factories.appraisals import ObjectiveFactory
from tests.factories.clock import TODAY
from tests.factories.courses import OfferingFactory, ProgrammeFactory, SessionFactory, outcome
from tests.factories.pathways import show
from tests.factories.plans import (
    DevelopmentPlanFactory,
    PlanActionFactory,
    manager_with_a_gap,
    open_appraisal,
    plan_of,
)

pytestmark = pytest.mark.django_db

# Not facts for a reader: keys of rows, codes behind labels, what may be done next, and where the
# lines of the drawing go.
BEHIND_THE_SCENES = {"pk", "competency_id", "programme_id", "state", "steps", "radar"}


@pytest.fixture
def world():
    return manager_with_a_gap()


@pytest.fixture
def full_plan(world):
    """A plan with something of everything."""
    plan = plan_of(world)
    PlanActionFactory(plan=plan, title="Chair the <winter> board & report", due_on="2026-10-30")
    ObjectiveFactory(appraisal=open_appraisal(world), state="AGREED")
    second = ProgrammeFactory(title="Finance for managers", provider="A college")
    outcome(second, world.competencies[0], 3)
    outcome(second, world.competencies[3], 2)
    return DevelopmentPlan.objects.select_related("person", "role_profile").get(pk=plan.pk)


def facts(part) -> Iterator[str]:
    """Every title, label, day and figure in ``part``, as it should read."""
    if is_dataclass(part):
        shown = [field.name for field in fields(part) if field.name not in BEHIND_THE_SCENES]
        for name in shown:
            yield from facts(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from facts(one)
    elif isinstance(part, bool) or part is None or part == "":
        return
    elif isinstance(part, date):
        yield long_date(part)
    else:
        yield str(part)


def squeezed(text: str) -> str:
    """Without white space and hyphens: paper breaks lines where it likes, pages do not."""
    return re.sub(r"[\s\u00ad-]+", "", text)


def words_of_page(html: str) -> str:
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", html)))


def words_of_pdf(content: bytes) -> str:
    return squeezed(
        " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    )


def test_every_fact_is_on_the_page_and_in_the_pdf(world, full_plan, client):
    view = plan_view(plan=full_plan, reader=world.person, on=TODAY)

    page = words_of_page(
        render_to_string("appraisals/plans/plan.html", {"view": view, "plan": full_plan})
    )
    pdf = words_of_pdf(as_pdf(plan_page(view), identifier="1"))

    expected = list(facts(view))
    assert len(expected) > 60
    assert [fact for fact in expected if squeezed(fact) not in page] == []
    assert [fact for fact in expected if squeezed(fact) not in pdf] == []


def test_flags_read_the_same_on_the_page_and_in_the_pdf(world, full_plan):
    view = plan_view(plan=full_plan, reader=world.person, on=TODAY)
    page = render_to_string("appraisals/plans/plan.html", {"view": view, "plan": full_plan})
    document = plan_page(view)

    for word in ("Overdue", "To develop", "Not shown yet", "Not yet", "None planned"):
        assert words_of_page(page).count(squeezed(word)) > 0
        assert words_of_page(document).count(squeezed(word)) > 0


def test_the_pdf_is_tagged_and_its_drawings_have_words(world, full_plan):
    show(world.person, dict.fromkeys(world.competencies, 2))
    view = plan_view(plan=full_plan, reader=world.person, on=TODAY)

    content = as_pdf(plan_page(view), identifier="1")

    with pikepdf.open(BytesIO(content)) as document:
        root = document.Root
        tags = list(elements(root.StructTreeRoot.K))
        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert str(document.docinfo.Title) == f"{view.title}: {view.person_name}"
        drawings = [element for element in tags if element.S == "/Figure"]
        assert len(drawings) == 3
        assert all(str(element.Alt).strip() for element in drawings)
        assert sum(element.S == "/H1" for element in tags) == 1
        assert sum(element.S == "/TH" for element in tags) > 20
        assert all("/Headers" in element.A for element in tags if element.S == "/TD")


def elements(node) -> Iterator[pikepdf.Dictionary]:
    for child in node if isinstance(node, pikepdf.Array) else [node]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            if "/K" in child:
                yield from elements(child.K)


def test_the_view_holds_the_figures_of_the_gap(world, full_plan):
    view = plan_view(plan=full_plan, reader=world.person, on=TODAY)

    assert (view.gap.met, view.gap.below, view.gap.not_shown, view.gap.asked) == (1, 1, 4, 6)
    assert view.gap.maximum == 4
    assert [(domain.held, domain.required) for domain in view.gap.domains] == [
        (2.5, 3.0),
        (None, 3.0),
        (None, 1.5),
    ]
    assert view.gap.lines[0].shown_on == date(2026, 6, 3)
    assert [course.title for course in view.courses] == [
        "Finance for managers",
        "Leading a ward through winter",
    ]
    assert view.courses[1].session_on == date(2027, 1, 14)


def test_a_course_in_the_plan_is_not_recommended_until_it_is_dropped(world, full_plan):
    action = PlanActionFactory(plan=full_plan, kind="COURSE", programme=world.programme)

    planned = plan_view(plan=full_plan, reader=world.person, on=TODAY)
    type(action).objects.filter(pk=action.pk).update(state="DROPPED")
    dropped = plan_view(plan=full_plan, reader=world.person, on=TODAY)

    assert [course.title for course in planned.courses] == ["Finance for managers"]
    assert len(dropped.courses) == 2


def test_what_was_agreed_in_the_appraisal_is_for_its_parties_only(world, full_plan):
    lead = grant(employ(), "LEARNING_LEAD", world.organisation)

    seen = {
        reader: plan_view(plan=full_plan, reader=reader, on=TODAY).objectives
        for reader in (world.person, world.manager, lead)
    }

    assert [len(objectives) for objectives in seen.values()] == [1, 1, 0]


def test_objectives_that_were_only_proposed_or_belong_to_an_earlier_time_are_left_out(world):
    plan = plan_of(world)
    appraisal = open_appraisal(world)
    ObjectiveFactory(appraisal=appraisal, state="PROPOSED")
    ObjectiveFactory(appraisal=appraisal, state="MET", due_on=date(2026, 9, 30))
    ObjectiveFactory(appraisal=appraisal, state="AGREED", title="Now", due_on=date(2026, 10, 1))

    view = plan_view(plan=plan, reader=world.person, on=TODAY)

    assert [objective.title for objective in view.objectives] == ["Now"]


def test_a_plan_of_somebody_without_role_or_post_is_read_too():
    plan = DevelopmentPlanFactory(person=BoardSeatFactory().person)

    view = plan_view(plan=plan, reader=plan.person, on=TODAY)

    assert view.gap is None
    assert view.courses == ()
    assert view.post_title == "Non-executive director"
    assert as_pdf(plan_page(view), identifier="1")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_is_read_in_a_constant_number_of_queries(world, rows, django_assert_num_queries):
    plan = plan_of(world)
    appraisal = open_appraisal(world)
    for _ in range(rows):
        PlanActionFactory(plan=plan, competency=world.competencies[0])
        ObjectiveFactory(appraisal=appraisal, state="AGREED")
        programme = ProgrammeFactory()
        outcome(programme, world.competencies[0], 3)
        SessionFactory(offering=OfferingFactory(programme=programme, host=world.organisation))
    plan = DevelopmentPlan.objects.select_related("person", "role_profile").get(pk=plan.pk)

    with django_assert_num_queries(10):
        view = plan_view(plan=plan, reader=world.person, on=TODAY)

    assert len(view.objectives) == rows
    assert len(view.courses) == rows + 1
