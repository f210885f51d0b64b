"""What somebody missed, completed all the same and completed in part, in every town."""

from datetime import timedelta

from django.db.models import Model

from accounts.models import Person
from courses.models import (
    CompletionException,
    CompletionRule,
    EvaluationForm,
    ExternalLearning,
    Offering,
    PartialCredit,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, seated
from tests.factories.delivery import mark
from tests.factories.evaluations import box_of, evaluation_form, invited
from tests.factories.pathways import CompetencyFactory
from tests.factories.results import found
from tests.factories.showing import PriorLearningClaimFactory


def delivery_rows(offering: Offering, person: Person) -> dict[str, Model]:
    """A session that ``person`` missed, with a result all the same, and one that they completed in
    part."""
    past = {"offering": offering, "starts_at": NOW - timedelta(days=3), "state": "CLOSED"}
    missed = seated(SessionFactory(**past), 1, person=person, state="ABSENT")
    mark(missed, "ABSENT")
    partial = seated(SessionFactory(**past), 1, person=person, state="PARTIAL")
    mark(partial)
    PartialCredit.objects.create(enrolment=partial, competency=CompetencyFactory(), rank=1)
    CompletionException.objects.create(
        enrolment=partial, missing=["ATTENDANCE"], reason="Read the rest", made_at=NOW
    )
    CompletionRule.objects.get_or_create(offering=offering, starts_on=TODAY, least_share=0)
    form = EvaluationForm.objects.first() or evaluation_form()
    box_of(partial.session, form, closes_at=NOW + timedelta(days=13))
    invited(partial, form)
    # Whoever has completed keeps their result, so this is of who was not there.
    result_file = found(missed, 65).file
    claim = PriorLearningClaimFactory(person=person, organisation=offering.host, title="Finance")
    ExternalLearning.objects.create(claim=claim, started_on=claim.finished_on, hours=12)
    return {"missed": missed, "partial": partial, "result_file": result_file}
