"""How every page of an appraisal begins: the row, and the side the reader is on."""

from datetime import date

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from appraisals.models import Appraisal, AppraisalState, Objective, Side
from appraisals.policies.appraisals import side_of
from common.errors import Forbidden


def seen_appraisal(request: SignedInRequest, pk: int, *, on: date) -> Appraisal:
    rows = Appraisal.objects.visible_to(request.user, on=on).with_people()
    return get_object_or_404(rows.with_line_manager_of_record(on=on), pk=pk)


def as_party(request: SignedInRequest, pk: int) -> tuple[Appraisal, Side, date]:
    """The appraisal and the reader's side of it, or 404 if unseen and 403 if only its state is."""
    today = timezone.localdate()
    appraisal = seen_appraisal(request, pk, on=today)
    side = side_of(request.user, appraisal=appraisal)
    if side is None or _is_former(appraisal, side):
        raise Forbidden(
            _("What an appraisal says is between the person and the line manager."),
            code="not_a_party",
        )
    return appraisal, side, today


def _is_former(appraisal: Appraisal, side: Side) -> bool:
    """A former line manager who sees that the appraisal exists, for another reason."""
    is_of_record: bool = appraisal.is_of_record  # type: ignore[attr-defined]
    is_open = appraisal.state != AppraisalState.SIGNED
    return side == Side.MANAGER and is_open and not is_of_record


def seen_objective(appraisal: Appraisal, pk: int, *, by: SignedInRequest, on: date) -> Objective:
    rows = Objective.objects.visible_to(by.user, on=on).filter(appraisal=appraisal)
    return get_object_or_404(rows, pk=pk)
