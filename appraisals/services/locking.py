"""Taking hold of one appraisal: everything that changes it begins here."""

from datetime import date
from typing import NoReturn

from django.utils.translation import gettext as _

from accounts.actors import Actor
from appraisals.models import Appraisal, AppraisalState, Draft, Side
from appraisals.models.appraisals import lines_of_record
from appraisals.policies.appraisals import side_of
from common.errors import Conflict, Forbidden

SHARED_AT = {Side.SUBJECT: "subject_shared_at", Side.MANAGER: "manager_shared_at"}
SIGNED_AT = {Side.SUBJECT: "subject_signed_at", Side.MANAGER: "manager_signed_at"}


def lock(appraisal: Appraisal) -> Appraisal:
    """Read ``appraisal`` again and hold it to the end of the transaction.

    Both parties write, share and sign at any moment. Everyone queues on this one row, so a text
    cannot change under a signature, and two signatures at once are one first and one second.
    """
    return Appraisal.objects.select_for_update(of=("self",)).with_people().get(pk=appraisal.pk)


def own_side(by: Actor, *, appraisal: Appraisal) -> Side:
    """The side ``by`` acts for; to be asked only after the policy has let ``by`` through."""
    side = side_of(by, appraisal=appraisal)
    if side is None:
        refuse_outsider()
    return side


def refuse_outsider() -> NoReturn:
    raise Forbidden(
        _("Only the person and the line manager whose appraisal it is can do this."),
        code="not_a_party",
    )


def refuse_once_signed(appraisal: Appraisal) -> None:
    if appraisal.state == AppraisalState.SIGNED:
        raise Conflict(
            _("Both have signed this appraisal, so nothing in it can change."), code="signed"
        )


def refuse_unless_managed(appraisal: Appraisal, *, on: date) -> None:
    """An appraisal is held with the line manager of record of the day, nobody else."""
    lines = lines_of_record(on=on).filter(
        assignment_id=appraisal.assignment_id, manager_id=appraisal.appraiser_id
    )
    if not lines.exists():
        raise Conflict(
            _(
                "%(name)s is no longer the line manager on record. "
                "The new line manager takes the appraisal over before it can be signed."
            )
            % {"name": appraisal.appraiser.full_name},
            code="line_manager_changed",
        )


def refuse_former_manager(by: Actor, *, appraisal: Appraisal, on: date) -> None:
    """Who managed the person once neither writes nor reads on, taken over or not."""
    if side_of(by, appraisal=appraisal) == Side.MANAGER:
        refuse_unless_managed(appraisal, on=on)


def refuse_unless_shared(appraisal: Appraisal) -> None:
    refuse_once_signed(appraisal)
    if appraisal.state != AppraisalState.SHARED:
        raise Conflict(
            _("This can be done once both sides have shared what they wrote."), code="not_shared"
        )


def clear_signatures(appraisal: Appraisal) -> None:
    """Take back what was signed, because it is to say something else. The caller saves it, with
    the fields of ``SIGNED_AT``."""
    appraisal.subject_signed_at = appraisal.manager_signed_at = None


def draft_of(appraisal: Appraisal, side: Side) -> Draft:
    """The draft of one side of a locked appraisal; empty and unsaved if nothing was written."""
    found = Draft.objects.filter(appraisal=appraisal, side=side).first()
    return found or Draft(appraisal=appraisal, side=side)
