"""The standard appraisal form: a version is written once and never again."""

from datetime import datetime
from typing import Any

from accounts.actors import SystemJob
from accounts.services.ledger import record
from appraisals.models import AnswerKind, AppraisalForm, FormQuestion
from config.reference.files import read_toml


def load_appraisal_form(*, by: SystemJob, now: datetime) -> AppraisalForm:
    """Return the version of the file, written if it was not there yet."""
    source = read_toml("appraisal_form.toml")
    form, created = AppraisalForm.objects.get_or_create(
        code=source["code"],
        version=source["version"],
        defaults={name: source[name] for name in ("title", "valid_from", "minutes")},
    )
    if created:
        FormQuestion.objects.bulk_create(
            _question(form, fields, place)
            for place, fields in enumerate(source["questions"], start=1)
        )
        record(by=by, now=now, verb="publish_appraisal_form", about=form, rule="load_reference")
    return form


def _question(form: AppraisalForm, fields: dict[str, Any], place: int) -> FormQuestion:
    return FormQuestion(
        form=form,
        key=fields["key"],
        section=fields["section"],
        title=fields["title"],
        hint=fields.get("hint", ""),
        kind=fields.get("kind", AnswerKind.TEXT),
        choices=fields.get("choices", []),
        for_subject="subject" in fields["for"],
        for_manager="manager" in fields["for"],
        max_words=fields.get("max_words", 0),
        position=place,
    )
