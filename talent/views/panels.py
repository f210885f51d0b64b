"""The panel of a pool: adding somebody and ending a seat."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.models.dated import Days
from common.errors import DomainError, Forbidden
from common.forms import form_status
from talent.forms import PanelForm
from talent.models import PanelMember, Pool
from talent.selectors.pools import leads_pool, pools_for
from talent.services.panels import join_panel, leave_panel


@require_http_methods(["GET", "HEAD", "POST"])
def panel_add(request: SignedInRequest, pk: int) -> HttpResponse:
    lead, today = request.user, timezone.localdate()
    pool = get_object_or_404(pools_for(lead, on=today), pk=pk)
    _refuse_unless_leads(lead, pool)
    form = PanelForm(request.POST if request.method == "POST" else None, lead=lead, on=today)
    if request.method == "POST" and form.is_valid() and _join(pool, form, by=lead):
        names = {"person": form.cleaned_data["person"].full_name}
        messages.success(request, _("%(person)s is on the panel, and has been told.") % names)
        return redirect("talent:pool_show", pk=pool.pk)
    context = {"form": form, "pool": pool}
    return render(request, "talent/panel_add.html", context, status=form_status(form))


def _join(pool: Pool, form: PanelForm, *, by: Person) -> bool:
    sent = form.cleaned_data
    days = Days(sent["starts_on"], sent["ends_on"])
    try:
        join_panel(pool=pool, person=sent["person"], days=days, by=by, now=timezone.now())
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def panel_end(request: SignedInRequest, pk: int) -> HttpResponse:
    lead, today = request.user, timezone.localdate()
    rows = PanelMember.objects.visible_to(lead, on=today).from_day_on(today)
    member = get_object_or_404(rows.select_related("pool", "person"), pk=pk)
    _refuse_unless_leads(lead, member.pool)
    if request.method == "POST":
        leave_panel(member=member, by=lead, now=timezone.now())
        names = {"person": member.person.full_name}
        messages.success(request, _("%(person)s is not on the panel any more.") % names)
        return redirect("talent:pool_show", pk=member.pool_id)
    return render(request, "talent/panel_end.html", {"member": member})


def _refuse_unless_leads(person: Person, pool: Pool) -> None:
    if not leads_pool(person, pool, on=timezone.localdate()):
        raise Forbidden(
            _("Only the talent leads of this pool can say who else is on its panel."),
            code="may_not_run_panel",
        )
