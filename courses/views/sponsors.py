"""The page on which a sponsor writes about somebody who applies."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from courses.forms.sponsors import StatementForm
from courses.selectors.selection_sponsors import statement_asked_of
from courses.services.selection_sponsors import write_statement


@require_http_methods(["GET", "HEAD", "POST"])
def sponsor_statement(request: SignedInRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    statement = statement_asked_of(request.user, pk, on=timezone.localdate())
    if statement is None:
        raise Http404
    form = StatementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            write_statement(statement=statement, text=text, by=request.user, now=now)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your statement goes with the application."))
            return redirect("courses:sponsor_statement", statement.pk)
    is_open = statement.can_be_written(now=now)
    context = {"statement": statement, "is_open": is_open or form.is_bound, "form": form}
    return render(request, "courses/sponsor_statement.html", context, status=form_status(form))
