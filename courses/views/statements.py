"""Statements of charges: the list, one statement, its file and its PDF."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.selectors.relations import roles_at
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.http.attachments import attachment
from common.navigation import page_of
from courses.forms.statements import CreditForm, StatementDraftForm
from courses.models import Statement
from courses.policies.statements import may_charge
from courses.selectors.exports import FORMATS, export_file
from courses.selectors.statements import (
    charges_for,
    statement_table,
    statement_view,
    statements_read_by,
)
from courses.services.statement_documents import queue_statement_pdf
from courses.services.statements import credit, draft_statements, issue_statement

_LINES_ON_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def statement_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = charges_for(request.user, on=today)
    may_draft = organisations.exists()
    form = StatementDraftForm(request.POST or None, organisations=organisations, on=today)
    if request.method == "POST":
        if not may_draft:
            raise Forbidden(_("Only learning leads charge."), code="may_not_charge")
        if form.is_valid() and _draft(request, form):
            return redirect("courses:statement_list")
    context = {
        "page": page_of(request, statements_read_by(request.user, on=today)),
        "form": form,
        "may_draft": may_draft,
    }
    return render(request, "courses/statement_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def statement_show(request: SignedInRequest, pk: int) -> HttpResponse:
    statement = _statement(request, pk)
    today = timezone.localdate()
    view = statement_view(statement, actor=request.user, on=today)
    if request.GET.get("format") in FORMATS:
        file = export_file(statement_table(view), kind=request.GET["format"])
        return attachment(file.content, name=file.name, content_type=file.content_type)
    page = Paginator(view.lines, _LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    open_lines = [row.line for row in page.object_list if not row.line.is_credited]
    form = CreditForm(request.POST or None, lines=open_lines)
    if request.method == "POST":
        done = _issue(request, statement) if "issue" in request.POST else False
        done = done or _credit(request, statement, form)
        if done:
            return redirect("courses:statement_show", statement.pk)
    context = {
        "view": view,
        "page": page,
        "statement": statement,
        "form": form,
        "may_charge": may_charge(roles_at(request.user, statement.host_id, on=today)),
        "may_credit": statement.state == "ISSUED" and statement.kind == "CHARGE" and open_lines,
    }
    return render(request, "courses/statement_show.html", context, status=form_status(form))


@require_POST
def statement_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    statement = _statement(request, pk)
    job = queue_statement_pdf(
        statement=statement, owner=request.user, by=request.user, now=timezone.now()
    )
    return redirect("jobs:job_show", job.public_id)


def _statement(request: SignedInRequest, pk: int) -> Statement:
    rows = Statement.objects.visible_to(request.user, on=timezone.localdate())
    related = rows.select_related("host", "payer", "corrects__host", "issued_by")
    return get_object_or_404(related, pk=pk)


def _draft(request: SignedInRequest, form: StatementDraftForm) -> bool:
    try:
        made = draft_statements(**form.cleaned_data, by=request.user, now=timezone.now())
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    said = _("Statements are drafted: %(count)d. Look at each and issue it.") % {"count": len(made)}
    if not made:
        said = _("The drafts of these days are discarded: nothing is left to be charged on them.")
    messages.success(request, said)
    return True


def _issue(request: SignedInRequest, statement: Statement) -> bool:
    issue_statement(statement=statement, by=request.user, now=timezone.now())
    messages.success(request, _("The statement is issued."))
    return True


def _credit(request: SignedInRequest, statement: Statement, form: CreditForm) -> bool:
    if not may_charge(roles_at(request.user, statement.host_id, on=timezone.localdate())):
        raise Forbidden(
            _("Only a learning lead of the organisation that charges can do this."),
            code="may_not_charge",
        )
    if not form.is_valid():
        return False
    try:
        credit(
            statement=statement,
            line_ids=form.chosen(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("The credit note is issued."))
    return True
