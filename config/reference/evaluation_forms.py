"""The standard questions after a session: a version is written once and never again."""

from datetime import datetime

from accounts.actors import SystemJob
from accounts.services.ledger import record
from config.reference.files import read_toml
from courses.models import EvaluationForm, EvaluationQuestion

_OF_THE_FORM = ("title", "valid_from", "minutes", "open_days", "least_answers")


def load_evaluation_form(*, by: SystemJob, now: datetime) -> EvaluationForm:
    """Return the version of the file, written if it was not there yet."""
    source = read_toml("evaluation_form.toml")
    form, created = EvaluationForm.objects.get_or_create(
        organisation=None,
        version=source["version"],
        defaults={name: source[name] for name in _OF_THE_FORM},
    )
    if created:
        EvaluationQuestion.objects.bulk_create(
            EvaluationQuestion(form=form, position=place, **question)
            for place, question in enumerate(source["questions"], start=1)
        )
        record(by=by, now=now, verb="publish_evaluation_form", about=form, rule="load_reference")
    return form
