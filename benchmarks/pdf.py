"""The PDF of a development plan: the whole job beside the bare rendering of the same page.

Everything is made in one transaction and rolled back; files go to a folder that is removed.
"""

from dataclasses import replace
from datetime import timedelta
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from weasyprint import CSS, HTML

from appraisals.models import DevelopmentPlan
from appraisals.selectors.plan_view import plan_view
from appraisals.services.plan_documents import plan_page, queue_plan_pdf
from benchmarks.row import Row
from common.dates import london_date
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from jobs.services.pdf import VARIANT, renderer
from tests.factories.courses import ProgrammeFactory, outcome
from tests.factories.pathways import competencies_of, role_asking, show
from tests.factories.plans import PlanActionFactory, manager_with_a_gap, plan_of

ROUNDS = 15


def run() -> list[Row]:
    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), transaction.atomic():
        rows = _measure(_plan_of_five_pages())
        transaction.set_rollback(True)
    return rows


def _plan_of_five_pages() -> DevelopmentPlan:
    """Six domains with six competencies each, twelve actions, courses, a radar."""
    world = manager_with_a_gap()
    role = role_asking(*[3, 2, 4] * 12, per_domain=6)
    competencies = competencies_of(role)
    show(world.person, {one: 1 + index % 4 for index, one in enumerate(competencies[:30])})
    for competency in competencies[:6]:
        outcome(ProgrammeFactory(), competency, 4)
    today = timezone.localdate()
    plan = plan_of(replace(world, role=role), starts_on=today, ends_on=today + timedelta(days=365))
    PlanActionFactory.create_batch(12, plan=plan)
    return DevelopmentPlan.objects.select_related("person", "role_profile").get(pk=plan.pk)


def _measure(plan: DevelopmentPlan) -> list[Row]:
    """Take turns, so that whatever else the machine does falls on both."""
    bare, whole, again = [], [], []
    _bare(plan), _job(plan, number=0)
    for number in range(1, ROUNDS + 1):
        bare.append(_bare(plan))
        whole.append(_job(plan, number=number))
        again.append(_job(plan, number=number))
    figures = [median(times) for times in (whole, bare, again)]
    return [
        Row(
            "PDF of a plan: the whole job, beside the bare rendering of the same page",
            f"{figures[0]:.0f} ms",
            f"{figures[1]:.0f} ms",
            figures[0] / figures[1],
        ),
        Row(
            "PDF of a plan that has not changed, beside rendering it",
            f"{figures[2]:.0f} ms",
            f"{figures[0]:.0f} ms",
            figures[2] / figures[0],
        ),
    ]


def _bare(plan: DevelopmentPlan) -> float:
    """Milliseconds WeasyPrint takes for the page and its style sheet, as one calls it plainly."""
    view = plan_view(plan=plan, reader=plan.person, on=london_date(timezone.now()))
    html, style = plan_page(view), renderer().partition("\n")[2]
    began = perf_counter()
    HTML(string=html).write_pdf(stylesheets=[CSS(string=style)], pdf_variant=VARIANT)
    return (perf_counter() - began) * 1000


def _job(plan: DevelopmentPlan, *, number: int) -> float:
    """Milliseconds from asking to the notice; another ``number`` makes it another plan."""
    DevelopmentPlan.objects.filter(pk=plan.pk).update(title=f"Development plan {number}")
    now = timezone.now()
    began = perf_counter()
    job = queue_plan_pdf(plan=plan, by=plan.person, now=now)
    message = OutboxMessage.objects.get(key=f"job:{job.pk}")
    if not deliver_message(message_id=message.pk, now=now):
        raise RuntimeError(OutboxMessage.objects.get(pk=message.pk).last_error)
    return (perf_counter() - began) * 1000
