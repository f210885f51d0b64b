"""Taking out who was trained in what as a file, which the ledger remembers."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.models import Organisation, Person
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Forbidden
from courses.policies.compliance import may_record_training
from courses.selectors.staff_record_export import HEADINGS, staff_record_rows
from courses.selectors.tables import CSV, TableFile, table_file

TAKER = SystemJob("courses.take_out_training", organisation_ids=None)


@transaction.atomic
def take_out_training(
    *, organisation: Organisation, on: date, by: Person, now: datetime
) -> TableFile:
    """The last training of the people of ``organisation`` by ``on``, as the staff record has it.

    Refuses: ``may_not_record_training``.
    """
    if not may_record_training(roles_at(by, organisation.pk, on=london_date(now))):
        raise Forbidden(
            _(
                "Only learning leads and HR administrators of the organisation take out training"
                " for the staff record."
            ),
            code="may_not_record_training",
        )
    with lifted(TAKER):
        rows = list(staff_record_rows(organisation, on=on))
    name = f"training-{on.isoformat()}"
    file = table_file(name=name, title=name, headings=HEADINGS, rows=rows, kind=CSV)
    record(
        by=by,
        now=now,
        verb="take_out_training",
        about=organisation,
        rule="may_record_training",
        organisation_id=organisation.pk,
        facts={"on": on.isoformat(), "rows": len(rows)},
    )
    return file
