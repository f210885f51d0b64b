"""A file of the staff record that was read, for the pages that show one."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from accounts.models import Assignment, Person
from courses.models import SubjectRecord
from courses.selectors.compliance_rules import organisations_ruled
from courses.selectors.staff_record_export import HEADINGS
from courses.services.training_import_work import read_file
from courses.services.training_imports import File, check_training_file


def staff_record_read(reader: Person) -> dict[str, Any]:
    """With a row that is new and one that has something to put right."""
    moment = now()
    organisation = organisations_ruled(actor=reader, on=moment.date())[0]
    job = Assignment.objects.on(moment.date()).filter(organisation=organisation)
    number = job.exclude(employee_number="").order_by("pk")[0].employee_number
    subject = SubjectRecord.objects.filter(level__subject__owner=None).order_by("pk")[0]
    name = f"NHS|CSTF|{subject.level}|"
    rows = [HEADINGS, (number, name, "1-Feb-2020", "No expiry", "", "", ""), ("", *HEADINGS[1:])]
    content = "\r\n".join(",".join(cells) for cells in rows).encode()
    made = check_training_file(
        organisation=organisation, file=File("export.csv", content), by=reader, now=moment
    )
    with transaction.atomic():
        read_file({"import_id": made.pk}, moment)
    return {"pk": made.pk}
