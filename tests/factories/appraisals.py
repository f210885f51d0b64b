"""Forms, cycles and appraisals as tests need them."""

from datetime import date, timedelta

import factory

from accounts.models import Organisation, Person
from appraisals.models import (
    Appraisal,
    AppraisalForm,
    Cycle,
    Draft,
    FormQuestion,
    Objective,
)
from pathways.models import PostRole, RoleProfile
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
    grant,
)
from tests.factories.clock import NOW, TODAY


class AppraisalFormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AppraisalForm

    code = factory.Sequence(lambda n: f"STANDARD{n}")
    version = "1"
    title = "The standard appraisal"
    valid_from = date(2025, 4, 1)
    minutes = 60


class FormQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FormQuestion

    form = factory.SubFactory(AppraisalFormFactory)
    key = factory.Sequence(lambda n: f"question-{n}")
    section = "Looking back"
    title = "What went well this year?"
    kind = "TEXT"
    for_subject = True
    for_manager = True
    max_words = 50
    position = factory.Sequence(lambda n: n)


class CycleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cycle

    organisation = factory.SubFactory(OrganisationFactory)
    form = factory.SubFactory(AppraisalFormFactory)
    title = factory.Sequence(lambda n: f"Appraisals 2026/27, round {n}")
    opens_on = date(2026, 11, 1)
    due_on = date(2026, 12, 18)
    closes_on = date(2027, 3, 31)


class ObjectiveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Objective

    person = factory.SelfAttribute("appraisal.subject")
    title = "Reduce the time to discharge"
    measure = "Four hours less on average"
    due_on = date(2027, 6, 30)


class DraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Draft

    version = 1
    updated_at = NOW


def standard_form() -> AppraisalForm:
    """A form with a question to both, one to the manager only, and a choice."""
    form = AppraisalFormFactory()
    FormQuestionFactory(form=form, key="went-well", position=1)
    FormQuestionFactory(
        form=form, key="support", position=2, title="What support will you give?", for_subject=False
    )
    FormQuestionFactory(
        form=form,
        key="overall",
        position=3,
        section="Overall",
        title="How many objectives were met?",
        kind="CHOICE",
        choices=[["none", "None of them"], ["all", "All of them"]],
        for_subject=False,
    )
    return form


def appraise(
    *,
    subject: Person | None = None,
    manager: Person | None = None,
    organisation: Organisation | None = None,
    form: AppraisalForm | None = None,
    cycle: Cycle | None = None,
    role_profile: RoleProfile | None = None,
    **fields: object,
) -> Appraisal:
    """An open appraisal of a person in post by the line manager of record."""
    organisation = organisation or (cycle.organisation if cycle else OrganisationFactory())
    manager = manager or employ(organisation=organisation, title="General manager", band="8c")
    subject = employ(person=subject, organisation=organisation, manager=manager)
    assignment = subject.assignments.order_by("-pk").first()
    if role_profile:
        PostRole.objects.create(post=assignment.post, role_profile=role_profile)
    cycle = cycle or CycleFactory(
        organisation=organisation, form=form or standard_form(), opened_at=NOW
    )
    return Appraisal.objects.create(
        cycle=cycle,
        form=cycle.form,
        role_profile=role_profile,
        subject=subject,
        appraiser=manager,
        assignment=assignment,
        **{"due_on": cycle.due_on, "opened_at": NOW, **fields},
    )


def shared(**fields: object) -> Appraisal:
    """An appraisal both have written and shared, with the conversation held."""
    appraisal = appraise(
        **{
            "state": "SHARED",
            "subject_shared_at": NOW,
            "manager_shared_at": NOW,
            "met_on": date(2026, 11, 18),
            **fields,
        }
    )
    DraftFactory(appraisal=appraisal, side="SUBJECT", answers={"went-well": "The new rota"})
    DraftFactory(
        appraisal=appraisal,
        side="MANAGER",
        answers={"went-well": "Calm in winter", "support": "A mentor", "overall": "all"},
    )
    return appraisal


def change_line_manager(appraisal: Appraisal, *, on: date = TODAY) -> Person:
    """End the line to the appraiser the day before ``on`` and begin one to somebody new."""
    lines = appraisal.assignment.reporting_lines.filter(kind="LINE_MANAGER")
    lines.update(ends_on=on - timedelta(days=1))
    return ReportingLineFactory(assignment=appraisal.assignment, starts_on=on).manager


def hr_administrator(organisation: Organisation) -> Person:
    return grant(PersonFactory(), "HR_ADMINISTRATOR", organisation)
