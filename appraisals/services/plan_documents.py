"""The PDF of a development plan: asked for by somebody who may see the plan, made by a worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from appraisals.models import DevelopmentPlan
from appraisals.selectors.plan_view import PlanView, plan_view
from appraisals.services.reading import open_plan
from common.dates import london_date, long_date
from common.errors import Forbidden
from jobs.models import Document, Job
from jobs.services.documents import Source, find_document, fingerprint, keep_document
from jobs.services.pdf import as_pdf, page_of_document, renderer
from jobs.services.progress import Work, ask_for, fail, finish, take_turn
from notifications.services.notices import notify

KIND = "appraisals.plan_pdf"
READY = "appraisals.plan_pdf_ready"


@transaction.atomic
def queue_plan_pdf(
    *, plan: DevelopmentPlan, by: Actor, now: datetime, owner: Person | None = None
) -> Job:
    """Ask for the PDF of ``plan`` for ``owner`` (the plan's person unless given).

    Asking again before the work has begun gives the same job. Refuses ``Forbidden``
    (``may_not_see_plan``) for an owner who may not see the plan.
    """
    owner = owner or plan.person
    if not _is_visible_to(owner, plan_id=plan.pk, now=now):
        raise Forbidden(
            _("You can only make a PDF of a plan you may see."), code="may_not_see_plan"
        )
    open_plan(plan=plan, by=owner, now=now)
    work = Work(
        kind=KIND, about_key=f"plan:{plan.pk}", title=plan.title, payload={"plan_id": plan.pk}
    )
    return ask_for(owner=owner, work=work, by=by, now=now)


def make_plan_pdf(payload: Mapping[str, Any], now: datetime) -> None:
    """Make the document of a queued job and tell its owner. Safe to run again."""
    job = take_turn(job_id=payload["job_id"])
    if job.is_over:
        return
    # Whoever asked may have lost sight of the plan since.
    if not _is_visible_to(job.owner, plan_id=payload["plan_id"], now=now):
        fail(job_id=job.pk, reason=_("You can no longer see this plan."), now=now)
        return
    plan = DevelopmentPlan.objects.select_related("person", "role_profile").get(
        pk=payload["plan_id"]
    )
    document = _document(job, plan=plan, now=now)
    finish(job_id=job.pk, document=document, now=now)
    notify(
        recipient=job.owner,
        rule=READY,
        subject_key=f"job:{job.pk}",
        url=reverse("jobs:job_show", args=[job.public_id]),
        now=now,
        facts={"title": document.title},
    )


def _is_visible_to(owner: Person, *, plan_id: int, now: datetime) -> bool:
    plans = DevelopmentPlan.objects.visible_to(owner, on=london_date(now))
    return plans.filter(pk=plan_id).exists()


def plan_page(view: PlanView) -> str:
    """Return the HTML of the paper twin of ``view``."""
    title = f"{view.title}: {view.person_name}"
    return page_of_document("documents/plan.html", title=title, context={"view": view})


def _document(job: Job, *, plan: DevelopmentPlan, now: datetime) -> Document:
    """The document of ``plan`` as it is; rendered only if the same has not been made before."""
    view = plan_view(plan=plan, reader=job.owner, on=london_date(now))
    html = plan_page(view)
    name = slugify(f"{view.person_name} {view.title}")[:80] or "development-plan"
    source = Source(
        kind=KIND,
        title=_("%(title)s, %(day)s") % {"title": view.title, "day": long_date(view.on)},
        filename=f"{name}-{view.on.isoformat()}.pdf",
        fingerprint=fingerprint(html.encode(), renderer().encode()),
    )
    kept = find_document(owner=job.owner, source=source, now=now)
    if kept:
        return kept
    content = as_pdf(html, identifier=source.fingerprint)
    return keep_document(job=job, source=source, content=content, now=now)
