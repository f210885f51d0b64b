from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appraisals.models import DevelopmentPlan, PlanAction
from jobs.models import Job
from tests.factories.accounts import employ, grant
from tests.factories.plans import (
    DevelopmentPlanFactory,
    PlanActionFactory,
    manager_with_a_gap,
    plan_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return manager_with_a_gap()


@pytest.fixture
def plan(world):
    return plan_of(world)


@pytest.fixture
def owner(client, world):
    client.force_login(world.person)
    return world.person


def page_of(response):
    return " ".join(response.content.decode().split())


def add_address(plan):
    return reverse("appraisals:plan_action_add", args=[plan.pk])


def show_address(plan):
    return reverse("appraisals:plan_show", args=[plan.pk])


def step_address(action, step):
    return reverse("appraisals:plan_action_step", args=[action.pk, step])


def typed(**fields):
    day = timezone.localdate() + timedelta(days=60)
    return {
        "kind": "EXPERIENCE",
        "title": "Shadow the matron",
        "programme": "",
        "competency": "",
        "due_on_day": day.day,
        "due_on_month": day.month,
        "due_on_year": day.year,
        **fields,
    }


def test_without_a_plan_the_page_offers_to_start_one(client, owner):
    page = page_of(client.get(reverse("appraisals:plan_mine")))

    assert "You have no plan that runs now." in page
    assert reverse("appraisals:plan_start") in page


def test_starting_a_plan_shows_it(client, owner, world):
    response = client.post(reverse("appraisals:plan_start"), follow=True)

    page = page_of(response)
    assert response.redirect_chain == [(reverse("appraisals:plan_mine"), 302)]
    assert "Your plan has been started." in page
    assert world.programme.title in page
    assert "Working towards" in page


def test_starting_a_second_plan_says_why_not(client, owner, plan):
    page = page_of(client.post(reverse("appraisals:plan_start"), follow=True))

    assert "A development plan is already running." in page
    assert DevelopmentPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "offers"),
    [
        ("owner", {"add": True, "steps": True}),
        ("manager", {"add": True, "steps": False}),
        ("learning_lead", {"add": False, "steps": False}),
    ],
)
def test_the_page_offers_what_the_reader_may_do(client, world, plan, who, offers):
    readers = {
        "owner": world.person,
        "manager": world.manager,
        "learning_lead": grant(employ(), "LEARNING_LEAD", world.organisation),
    }
    client.force_login(readers[who])

    response = client.get(reverse("appraisals:plan_of_person", args=[world.person.pk]))

    page = page_of(response)
    assert response.status_code == 200
    assert (add_address(plan) in page) is offers["add"]
    assert (step_address(plan.actions.get(), "finish") in page) is offers["steps"]
    assert reverse("appraisals:plan_pdf", args=[plan.pk]) in page


def test_a_manager_reads_that_a_report_has_no_plan_but_cannot_start_one(client, world):
    client.force_login(world.manager)

    page = page_of(client.get(reverse("appraisals:plan_of_person", args=[world.person.pk])))

    assert "has no development plan that runs now" in page
    assert reverse("appraisals:plan_start") not in page


def test_a_plan_that_is_over_can_be_read_but_not_changed(client, owner, world):
    today = timezone.localdate()
    over = plan_of(world, starts_on=today - timedelta(days=400), ends_on=today - timedelta(days=36))

    page = page_of(client.get(show_address(over)))

    assert "Shadow the site team for a week" in page
    assert add_address(over) not in page
    assert "Mark as done" not in page


def test_earlier_plans_are_linked(client, owner, world, plan):
    before = DevelopmentPlanFactory(
        person=world.person, title="Last year", starts_on="2025-10-01", ends_on="2026-09-30"
    )
    DevelopmentPlanFactory(title="Somebody else's", starts_on="2025-10-01", ends_on="2026-09-30")

    page = page_of(client.get(reverse("appraisals:plan_mine")))

    assert show_address(before) in page
    assert "Somebody else" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_a_constant_number_of_queries(
    client, owner, plan, rows, django_assert_num_queries
):
    for number in range(rows):
        PlanActionFactory(plan=plan, title=f"Chair meeting {number}")
    PlanActionFactory(title="Chair meeting elsewhere")

    with django_assert_num_queries(23):
        response = client.get(reverse("appraisals:plan_mine"))

    page = page_of(response)
    assert page.count("Chair meeting") == 4 * rows
    assert "elsewhere" not in page


def test_adding_an_action(client, owner, world, plan):
    response = client.post(
        add_address(plan), typed(competency=world.competencies[0].pk), follow=True
    )

    action = PlanAction.objects.get(title="Shadow the matron")
    assert "The action is in the plan." in page_of(response)
    assert action.competency == world.competencies[0]
    assert action.due_on == timezone.localdate() + timedelta(days=60)


def test_a_recommended_course_comes_chosen_and_lends_the_action_its_title(
    client, owner, world, plan
):
    form = page_of(client.get(add_address(plan), {"programme": world.programme.pk}))
    client.post(add_address(plan), typed(kind="COURSE", title="", programme=world.programme.pk))

    assert f'<option value="{world.programme.pk}" selected>' in form
    assert PlanAction.objects.get(programme=world.programme).title == world.programme.title


@pytest.mark.parametrize(
    ("wrong", "sentence", "field"),
    [
        ({"kind": ""}, "Select what kind of action it is", "#id_kind"),
        ({"title": " "}, "Enter what you will do", "#id_title"),
        ({"kind": "COURSE"}, "Select the course", "#id_programme"),
        ({"due_on_month": ""}, "Day to finish by must include a month", "#id_due_on_month"),
        ({"due_on_year": "2020"}, "Day to finish by must be on or after", "#id_due_on_day"),
        ({"competency": "0"}, "Select an answer from the list", "#id_competency"),
        ({"title": "x" * 201}, "Enter 200 characters or fewer", "#id_title"),
        ({"title": "a\x00b"}, "without the hidden characters", "#id_title"),
    ],
)
def test_a_wrong_form_says_what_to_put_right_and_keeps_what_was_typed(
    client, owner, plan, wrong, sentence, field
):
    sent = typed(**wrong)

    response = client.post(add_address(plan), sent)

    page = page_of(response)
    assert response.status_code == 422
    assert sentence in page
    assert f'href="{field}"' in page
    assert "<title>Error:" in page
    assert f'value="{sent["due_on_year"]}"' in page
    assert plan.actions.count() == 1


def test_a_course_that_is_in_the_plan_is_refused_on_the_page(client, owner, world, plan):
    PlanActionFactory(plan=plan, kind="COURSE", programme=world.programme)

    response = client.post(add_address(plan), typed(kind="COURSE", programme=world.programme.pk))

    assert response.status_code == 422
    assert "This course is in the plan already." in page_of(response)


def test_an_action_is_marked_as_done(client, owner, plan):
    response = client.post(step_address(plan.actions.get(), "finish"), follow=True)

    assert "Shadow the site team for a week: Done." in page_of(response)
    assert plan.actions.get().state == "DONE"


def test_an_action_that_moved_on_says_so(client, owner, plan):
    plan.actions.update(state="DONE")

    response = client.post(step_address(plan.actions.get(), "drop"), follow=True)

    assert "This has already moved on." in page_of(response)


def test_a_line_manager_who_changes_an_action_is_told_why_not(client, world, plan):
    client.force_login(world.manager)

    response = client.post(step_address(plan.actions.get(), "finish"))

    assert response.status_code == 403
    assert "Only the plan's owner can change its actions." in response.content.decode().replace(
        "&#x27;", "'"
    )


def test_asking_for_the_pdf_leads_to_its_progress(client, world, plan):
    client.force_login(world.manager)

    response = client.post(reverse("appraisals:plan_pdf", args=[plan.pk]))

    job = Job.objects.get()
    assert response["Location"] == reverse("jobs:job_show", args=[job.public_id])
    assert job.owner == world.manager


def test_a_step_that_does_not_exist_is_not_found(client, owner, plan):
    assert client.post(step_address(plan.actions.get(), "explode")).status_code == 404


@pytest.mark.parametrize("who", ["colleague", "elsewhere", "talent_lead"])
def test_a_plan_one_may_not_see_is_not_found(client, world, plan, who):
    readers = {
        "colleague": employ(organisation=world.organisation),
        "elsewhere": manager_with_a_gap().manager,
        "talent_lead": grant(employ(), "TALENT_LEAD", world.organisation),
    }
    client.force_login(readers[who])
    action = plan.actions.get()

    answers = [
        client.get(show_address(plan)),
        client.get(reverse("appraisals:plan_of_person", args=[world.person.pk])),
        client.get(add_address(plan)),
        client.post(add_address(plan), typed()),
        client.post(step_address(action, "finish")),
        client.post(reverse("appraisals:plan_pdf", args=[plan.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert plan.actions.get().state == "STARTED"


def test_nobody_reads_a_plan_without_signing_in(client, plan):
    response = client.get(show_address(plan))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["plan_start", "plan_pdf", "plan_action_step"])
def test_what_changes_something_is_not_done_by_following_a_link(client, owner, plan, name):
    arguments = {
        "plan_start": [],
        "plan_pdf": [plan.pk],
        "plan_action_step": [plan.actions.get().pk, "finish"],
    }

    assert client.get(reverse(f"appraisals:{name}", args=arguments[name])).status_code == 405
