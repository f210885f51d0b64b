"""Who reviews emergency access, and what is known of it to whom."""

from datetime import date

from django.db import connection
from django.db.models import F

from accounts.models import EmergencyAccess, Person, Role, RoleGrant
from accounts.models.emergency import EmergencyAccessQuerySet
from accounts.policies import may_open_in_emergency
from accounts.selectors.relations import relations_to
from accounts.visibility import standing

_UPWARDS = """
WITH RECURSIVE upwards(id, height) AS (
    SELECT %(start)s::bigint, 0
    UNION
    SELECT link.parent_id, upwards.height + 1
      FROM accounts_organisationparent link JOIN upwards ON upwards.id = link.organisation_id
     WHERE link.starts_on <= %(on)s AND (link.ends_on IS NULL OR link.ends_on >= %(on)s)
) CYCLE id SET is_loop USING path
SELECT id FROM upwards WHERE NOT is_loop ORDER BY height
"""


def organisations_upwards(organisation_id: int, *, on: date) -> list[int]:
    """The organisation and those above it on ``on``, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS, {"start": organisation_id, "on": on})
        return [row[0] for row in cursor.fetchall()]


def reviewers_of(organisation_id: int, *, but: frozenset[int], on: date) -> list[Person]:
    """The auditors of an organisation, or of the nearest one above that has any; ``but`` left out.

    Where nobody audits, the administrators; an empty list when there is nobody at all.
    """
    upwards = organisations_upwards(organisation_id, on=on)
    roles = (Role.AUDITOR.value, Role.ORGANISATION_ADMINISTRATOR.value)
    grants = list(
        RoleGrant.objects.on(on)
        .filter(role__in=roles, organisation_id__in=upwards, person__is_active=True)
        .exclude(person_id__in=but)
        .select_related("person")
    )
    for role in roles:
        for place in upwards:
            found = {g.person for g in grants if (g.role, g.organisation_id) == (role, place)}
            if found:
                return sorted(found, key=lambda person: person.pk)
    return []


def accesses_known_to(person: Person, *, on: date) -> EmergencyAccessQuerySet:
    """What ``person`` may know of: what waits for a review first, then the newest."""
    known = EmergencyAccess.objects.visible_to(person, on=on)
    return known.select_related("person", "subject", "organisation", "reviewed_by").order_by(
        F("reviewed_at").desc(nulls_first=True), "-opened_at", "-pk"
    )


def waiting_for_review_by(person: Person, *, on: date) -> EmergencyAccessQuerySet:
    """What ``person``, an auditor, may review and nobody has, the oldest first."""
    audited = standing(person, on=on).covered_by(Role.AUDITOR.value)
    if not audited:
        return EmergencyAccess.objects.none()
    waiting = EmergencyAccess.objects.unreviewed().filter(audited.within("organisation_id"))
    theirs = waiting.exclude(person=person).exclude(subject=person)
    return theirs.select_related("person", "subject").order_by("opened_at", "pk")


def person_answered_for(by: Person, *, email: str, on: date) -> Person | None:
    """The person with that address, where ``by`` answers for their organisation; else None, which
    is also the answer when nobody has the address."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None or not may_open_in_emergency(relations_to(by, person, on=on)):
        return None
    return person
