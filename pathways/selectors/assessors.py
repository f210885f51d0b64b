"""Assessors: who may assess somebody, whom somebody assesses, and for whom one may appoint."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Organisation, Person, ReportingLine
from accounts.selectors.relations import Relation, roles_at
from accounts.visibility import members_of, standing
from pathways.models import AssessorAppointment, Framework
from pathways.models.assessing import AssessorQuerySet
from pathways.models.frameworks import IN_PUBLIC, FrameworkVersion
from pathways.policies.assessors import may_end


def assessors_of(*, person: Person, on: date) -> AssessorQuerySet:
    """The appointments under which ``person`` may ask somebody other than the line manager."""
    places = standing(person, on=on).organisation_ids
    return _named(
        AssessorAppointment.objects.on(on)
        .filter(Q(subject=person) | Q(subject__isnull=True), organisation_id__in=places)
        .filter(assessor__is_active=True)
        .exclude(assessor=person)
    )


def appointments_held(*, assessor: Person, on: date) -> AssessorQuerySet:
    """Whom ``assessor`` may assess on ``on``, and for how long."""
    return _named(AssessorAppointment.objects.on(on).filter(assessor=assessor))


def appointments_seen(*, reader: Person, on: date) -> AssessorQuerySet:
    """Every appointment ``reader`` may see that holds on ``on`` or is to come."""
    return _named(AssessorAppointment.objects.visible_to(reader, on=on).from_day_on(on))


def with_who_may_end(
    rows: Iterable[AssessorAppointment], *, reader: Person, on: date
) -> list[tuple[AssessorAppointment, bool]]:
    """Each appointment, and whether ``reader`` may end it; one statement for all of them."""
    held = list(rows)
    lines = ReportingLine.objects.on(on).filter(
        manager=reader,
        kind=Relation.LINE_MANAGER,
        person__in=[one.subject_id for one in held if one.subject_id],
    )
    managed = set(lines.values_list("person_id", flat=True))
    return [(one, _may_end(one, managed, reader=reader, on=on)) for one in held]


def _may_end(held: AssessorAppointment, managed: set[int], *, reader: Person, on: date) -> bool:
    relations = frozenset({Relation.LINE_MANAGER} if held.subject_id in managed else ())
    roles = roles_at(reader, held.organisation_id, on=on)
    return may_end(reader, relations, roles, appointment=held)


def appoints_in(person: Person, *, on: date) -> QuerySet[Organisation]:
    """Where ``person`` may appoint: where their reports work, and where they are learning lead."""
    place = standing(person, on=on)
    lines = ReportingLine.objects.on(on).filter(manager=person, kind=Relation.LINE_MANAGER)
    leads = place.covered_by(Relation.LEARNING_LEAD).within("pk")
    found = Organisation.objects.filter(
        Q(pk__in=lines.values("assignment__organisation_id")) | leads
    )
    return found.order_by("name", "pk")


def leads_learning(person: Person, *, on: date) -> bool:
    return standing(person, on=on).holds(Relation.LEARNING_LEAD)


def reports_of(person: Person, *, on: date) -> QuerySet[Person]:
    """Who reports to ``person`` on ``on``, by name."""
    lines = ReportingLine.objects.on(on).filter(manager=person, kind=Relation.LINE_MANAGER)
    found = Person.objects.filter(pk__in=lines.values("person_id"))
    return found.order_by("family_name", "given_name", "pk")


def member_by_email(email: str, *, organisation: Organisation, on: date) -> Person | None:
    """Who belongs to ``organisation`` on ``on`` and signs in with ``email``."""
    here = members_of(frozenset({organisation.pk}), on=on)
    return Person.objects.filter(here, email__iexact=email, is_active=True).first()


def anybody_by_email(email: str) -> Person | None:
    """Whoever signs in with exactly this address, wherever they work: an assessor may come from
    elsewhere. Whoever asks knows the address already, and learns no more than that it is used."""
    return Person.objects.filter(email__iexact=email, is_active=True).first()


def frameworks_to_assess(person: Person, *, on: date) -> QuerySet[Framework]:
    """Frameworks with an edition that ``person`` may see, by title."""
    seen = FrameworkVersion.objects.visible_to(person, on=on).filter(state__in=IN_PUBLIC)
    found = Framework.objects.filter(pk__in=seen.values("framework_id"))
    return found.order_by("title", "pk")


def _named(rows: AssessorQuerySet) -> AssessorQuerySet:
    names = ("assessor", "subject", "organisation", "framework", "appointed_by")
    return rows.select_related(*names).order_by("ends_on", "assessor__family_name", "pk")
