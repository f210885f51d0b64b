"""Bringing in what a provider found of the people of a session: checked, applied whole, undone."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.services.ledger import event_row, record
from common.dates import london_date
from common.errors import Conflict
from common.text import clean_line
from courses.models import (
    RESULT_FILE_WORKFLOW,
    AssessmentResult,
    Enrolment,
    ResultFile,
    ResultFileState,
    ResultLine,
    Session,
    SessionState,
)
from courses.selectors.registers import ON_REGISTER
from courses.selectors.result_cells import read_results
from courses.selectors.result_matching import lines_of_rows, people_assessed, standing_results
from courses.selectors.results import WRITES, depend_on
from courses.services.checked_files import refuse_rows_with_problems
from courses.services.notices import facts_of
from courses.services.seats import lock_session
from courses.services.sessions import refuse_unless_runs
from courses.services.training_imports import File
from notifications.services.notices import News, notify_each

_NAME = 255


@transaction.atomic
def check_results(*, session: Session, file: File, by: Person, now: datetime) -> ResultFile:
    """Say what ``file`` would change of the results of ``session``; nothing of them changes.

    The file itself is not kept.
    Refuses: ``may_not_run``, ``session_cancelled``, ``session_not_started``, and what cannot be
    read (``Unreadable``).
    """
    refuse_unless_runs(session.offering, by=by, now=now)
    _refuse_unless_held(session, now=now)
    read = read_results(file.content)
    name = clean_line(file.name.replace("\x00", "").encode("utf-8", "replace").decode())
    brought = ResultFile.objects.create(
        session=session,
        file_name=name[-_NAME:] or _("file"),
        checksum=hashlib.sha256(file.content).hexdigest(),
        row_count=len(read.rows),
        remarks=read.remarks,
        uploaded_at=now,
        uploaded_by=by,
    )
    people = people_assessed(session)
    lines = lines_of_rows(read.rows, file=brought, people=people, today=london_date(now))
    ResultLine.objects.bulk_create(lines)
    _record(brought, verb="check_results", by=by, now=now)
    return brought


@transaction.atomic
def apply_results(
    *, file: ResultFile, leaves_out_problems: bool, by: Person, now: datetime
) -> ResultFile:
    """Record what is new or changed in a checked file, exactly as it was shown: all or nothing.

    Refuses: ``may_not_run``, ``file_not_checked``, ``rows_with_problems`` unless they are to be
    left out, ``nothing_to_apply``, ``changed_meanwhile``.
    """
    file = _locked(file, by=by, now=now)
    if file.state != ResultFileState.CHECKED:
        raise Conflict(
            _("This file is not waiting to be applied. Load the page again to see where it is."),
            code="file_not_checked",
        )
    refuse_rows_with_problems(file, leaves_out=leaves_out_problems)
    lines = list(file.lines.filter(kind__in=WRITES).order_by("enrolment_id"))
    if not lines:
        raise Conflict(
            _("Everything in this file is recorded already, so there is nothing to apply."),
            code="nothing_to_apply",
        )
    people = _people_of(lines)
    _refuse_changed(lines, people)
    replaced = [line.before_id for line in lines if line.before_id]
    AssessmentResult.objects.filter(pk__in=replaced).update(stands=False)
    made = AssessmentResult.objects.bulk_create(
        AssessmentResult(
            enrolment=people[line.enrolment_id],  # type: ignore[index]
            file=file,
            score=line.score,
            judgement=line.judgement,
            assessed_on=line.assessed_on,
            recorded_at=now,
        )
        for line in lines
    )
    file.state = RESULT_FILE_WORKFLOW.target("apply", current=file.state)
    file.applied_by, file.applied_at, file.written = by, now, len(made)
    file.save(update_fields=["state", "applied_by", "applied_at", "written"])
    _record(file, verb="apply_results", by=by, now=now)
    _record_each(made, file=file, verb="record_result", by=by, now=now)
    _tell(made, file=file, rule="courses.result_recorded", now=now)
    return file


@transaction.atomic
def undo_results(*, file: ResultFile, by: Person, now: datetime) -> ResultFile:
    """Take back what a file brought; what it replaced stands again.

    Refuses: ``may_not_run``, ``file_not_applied``, ``later_file`` where another file has replaced
    some of it, ``completed_on_it`` where somebody has completed since.
    """
    file = _locked(file, by=by, now=now)
    if file.state != ResultFileState.APPLIED:
        raise Conflict(_("Only a file that was applied can be undone."), code="file_not_applied")
    results = list(file.results.order_by("enrolment_id").select_related("enrolment"))
    keys = [row.enrolment_id for row in results]
    # Whoever completes them waits here, and sees afterwards that the result is gone.
    list(Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    _refuse_in_use(file, results)
    file.results.update(stands=False, struck_at=now)
    AssessmentResult.objects.filter(replaced_by__file=file).update(stands=True)
    file.state = RESULT_FILE_WORKFLOW.target("undo", current=file.state)
    file.undone_by, file.undone_at = by, now
    file.save(update_fields=["state", "undone_by", "undone_at"])
    _record(file, verb="undo_results", by=by, now=now)
    _record_each(results, file=file, verb="strike_result", by=by, now=now)
    _tell(results, file=file, rule="courses.result_taken_back", now=now)
    return file


def _locked(file: ResultFile, *, by: Actor, now: datetime) -> ResultFile:
    """The file as it is. Two files of one session wait for each other at their session."""
    session = lock_session(file.session_id)
    refuse_unless_runs(session.offering, by=by, now=now)
    held = ResultFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    held.session = session
    return held


def _people_of(lines: Sequence[ResultLine]) -> dict[int, Enrolment]:
    keys = [line.enrolment_id for line in lines if line.enrolment_id]
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows}


def _refuse_unless_held(session: Session, *, now: datetime) -> None:
    if session.state == SessionState.CANCELLED:
        raise Conflict(
            _("This session was cancelled, so it has no results."), code="session_cancelled"
        )
    if now < session.starts_at:
        raise Conflict(
            _("This session has not started. Bring results in when it has."),
            code="session_not_started",
        )


def _refuse_changed(lines: Sequence[ResultLine], people: dict[int, Enrolment]) -> None:
    """Nothing is written that is not exactly what was shown."""
    held = standing_results(people.values())
    for line in lines:
        person = people.get(line.enrolment_id or 0)
        stands = held.get(line.enrolment_id or 0)
        is_here = person is not None and person.state in ON_REGISTER
        is_done = person is not None and person.state == "COMPLETED"
        if not is_here or is_done or (stands.pk if stands else None) != line.before_id:
            raise Conflict(
                _(
                    "Something has changed since this file was checked. Upload it again to see"
                    " what it would change now."
                ),
                code="changed_meanwhile",
            )


def _refuse_in_use(file: ResultFile, results: Iterable[AssessmentResult]) -> None:
    if not all(row.stands for row in results):
        raise Conflict(
            _("A later file has changed some of these results. Undo that one first."),
            code="later_file",
        )
    done = depend_on(file).select_related("person").order_by("pk").first()
    if done is not None:
        raise Conflict(
            _("%(person)s has completed since these results were applied, so they stay.")
            % {"person": done.person.full_name},
            code="completed_on_it",
        )


def _record(file: ResultFile, *, verb: str, by: Person, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=file,
        rule="may_run",
        organisation_id=file.session.offering.host_id,
        facts={
            "session": file.session_id,
            "rows": file.row_count,
            "written": file.written,
            "sha256": file.checksum,
        },
        private={"file_name": file.file_name},
    )


def _record_each(
    results: Iterable[AssessmentResult], *, file: ResultFile, verb: str, by: Person, now: datetime
) -> None:
    # What was found stays with the result: the ledger says that there is one.
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb=verb,
            about=row.enrolment,
            rule="may_run",
            organisation_id=row.enrolment.organisation_id,
            subject_id=row.enrolment.person_id,
            facts={"session": file.session_id, "result": row.pk},
        )
        for row in results
    )


def _tell(
    results: Iterable[AssessmentResult], *, file: ResultFile, rule: str, now: datetime
) -> None:
    notify_each(
        (
            News(
                recipient_id=row.enrolment.person_id,
                subject_key=f"result:{row.pk}",
                url=reverse("courses:session_show", args=[file.session_id]),
                facts=facts_of(file.session),
            )
            for row in results
        ),
        rule=rule,
        now=now,
    )
