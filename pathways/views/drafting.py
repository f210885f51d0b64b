"""What the pages that write a draft share: who may, one form saved over the state it was seen in,
and both texts side by side when somebody else was quicker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict, Forbidden, Stale
from common.forms import form_status
from common.http.redirects import safe_redirect_target
from pathways.forms.drafts import DraftForm, SeenForm
from pathways.models import Framework, FrameworkVersion
from pathways.policies.authoring import may_write_framework
from pathways.selectors.collaborators import parts_of
from pathways.services.writing import refuse_unless_open

DRAFT_FORM = "pathways/authoring_form.html"


def refuse_unless_author(person: Person, framework: Framework) -> None:
    if not may_write_framework(parts_of(person, framework, on=timezone.localdate())):
        raise Forbidden(
            _("Only the authors of this framework can change it."), code="may_not_write_framework"
        )


def refuse_unless_writable(person: Person, version: FrameworkVersion) -> None:
    refuse_unless_author(person, version.framework)
    refuse_unless_open(version)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page about one form of shared work. ``again`` draws the form anew from the rows behind it.

    A form about a draft knows its edition; others get it by the ``context``.
    """

    title: str
    back: str
    form: SeenForm
    again: Callable[[], SeenForm]
    submit: str = ""
    template: str = DRAFT_FORM
    context: Mapping[str, Any] = field(default_factory=dict)


def answer(request: SignedInRequest, page: FormPage, save: Callable[[], object]) -> HttpResponse:
    """Save what was sent and go back, or draw the page again with everything typed still there."""
    refusal = None
    if request.method == "POST" and page.form.is_valid():
        try:
            save()
            return redirect(safe_redirect_target(request, page.back))
        except Stale as stale:
            refusal = stale
        except Conflict as conflict:
            page.form.add_error(None, conflict.message)
    return drawn(request, page, refusal=refusal)


def drawn(
    request: SignedInRequest, page: FormPage, *, refusal: Stale | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "form": page.form, **page.context}
    if isinstance(page.form, DraftForm):
        context["version"] = page.form.version
    if refusal is None:
        return render(request, page.template, context, status=form_status(page.form))
    page.form.see(page.form.state_now())
    context |= {"refusal": refusal, "current": _said_now(page)}
    return render(request, page.template, context, status=refusal.status)


def _said_now(page: FormPage) -> Mapping[str, str] | str:
    try:
        return page.again().told()
    except ObjectDoesNotExist:
        return _("Somebody has taken it out of the draft.")


def as_it_is_now(row: models.Model) -> Any:
    """``row`` read again, which somebody else may have taken away."""
    row.refresh_from_db()
    return row
