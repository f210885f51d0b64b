"""What people of an organisation were trained in, as the staff record writes it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import Organisation
from accounts.standing import in_force_sql
from common.dates import london_midnight
from courses.models import SubjectLevel
from courses.selectors.compliance_places import organisations_above
from courses.selectors.compliance_terms import TermsBook
from courses.selectors.esr_names import format_competency, name_of

HEADINGS = (
    *("Assignment Number", "Competency Name", "Date Start", "Expiry Date"),
    *("Last Updated By", "Title", "VPD"),
)
NO_EXPIRY = "No expiry"
# In English whatever the language of the reader: the other system reads nothing else.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RECORDS = in_force_sql(
    """
WITH jobs AS MATERIALIZED (
    SELECT DISTINCT ON (job.person_id) job.person_id, job.employee_number
      FROM accounts_assignment job
     WHERE job.organisation_id = %(organisation)s AND job.employee_number <> '' AND in_force(job)
     ORDER BY job.person_id, job.starts_on, job.id
)
SELECT DISTINCT ON (person.family_name, person.given_name, person.id, held.level_id)
       jobs.employee_number, person.family_name, person.given_name, held.level_id,
       held.completed_on, held.expires_on
  FROM jobs
  JOIN accounts_person person ON person.id = jobs.person_id
  JOIN courses_subjectrecord held ON held.person_id = jobs.person_id
 WHERE held.struck_at IS NULL AND held.completed_on <= %(on)s
   AND (held.source <> 'RULE' OR held.recorded_at < %(until)s)
   AND held.level_id = ANY(%(levels)s)
 ORDER BY person.family_name, person.given_name, person.id, held.level_id,
          held.completed_on DESC, held.id DESC
"""
)


def staff_record_rows(organisation: Organisation, *, on: date) -> Iterator[tuple[str, ...]]:
    """A row below ``HEADINGS`` for the last training of each person and level by ``on``, in
    national subjects and in those of the organisation and of the ones above it.

    People without an employee number cannot be told to the staff record, and are left out.
    """
    names = _competencies(organisation, on=on)
    given: dict[str, Any] = {"organisation": organisation.pk, "on": on, "levels": list(names)}
    # An end that a change of the rules gave it later was not known on that day.
    given["until"] = london_midnight(on + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, given)
        while some := cursor.fetchmany(2_000):
            for number, family, first, level_id, began, ends in some:
                name, title, vpd = names[level_id]
                who = f"{number}|{family}, {first}" if first else f"{number}|{family}"
                yield (who, name, _day(began), _day(ends), "", title, vpd)


def _competencies(organisation: Organisation, *, on: date) -> dict[int, tuple[str, str, str]]:
    """Level -> its name in the staff record, its title and the number of its owner."""
    book = TermsBook({organisation.pk})
    owners = [organisation.pk, *organisations_above([organisation.pk], on=on)[organisation.pk]]
    known = Q(subject__owner=None) | Q(subject__owner_id__in=owners)
    found = {}
    for level in SubjectLevel.objects.filter(known).select_related("subject"):
        months = book.terms(organisation_id=organisation.pk, level=level, on=on).months
        name = format_competency(name_of(level, months=months))
        found[level.pk] = (name, str(level), level.subject.vpd)
    return found


def _day(day: date | None) -> str:
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year}" if day else NO_EXPIRY
