"""Choosing the role to work towards."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import main_organisation_id, relations_to
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Aspiration, RoleProfile
from pathways.policies.attainments import may_choose_role
from pathways.selectors.roles import current_role


@transaction.atomic
def choose_role(
    *, person: Person, role_profile: RoleProfile | None, by: Actor, now: datetime
) -> Aspiration | None:
    """Make ``role_profile`` the one role ``person`` works towards from today; None ends it.

    Choosing again what is chosen already changes nothing. Refuses the role a person holds.
    """
    today = london_date(now)
    # Two choices at once would overlap, which the database would refuse with an error.
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    if not may_choose_role(relations_to(by, person, on=today)):
        raise Forbidden(
            _("Only the person themselves can choose the role they work towards."),
            code="may_not_choose_role",
        )
    before = Aspiration.objects.on(today).filter(person=person).first()
    chosen = role_profile.pk if role_profile else None
    left = before.role_profile_id if before else None
    if chosen == left:
        return before
    if role_profile is not None:
        _refuse_unfit(role_profile, person, on=today)
    aspiration = _replace(before, person=person, role_profile=role_profile, today=today)
    record(
        by=by,
        now=now,
        verb="choose_role",
        about=person,
        rule="may_choose_role",
        organisation_id=main_organisation_id(person, on=today),
        subject_id=person.pk,
        facts={"from": left, "to": chosen},
    )
    return aspiration


def _refuse_unfit(role_profile: RoleProfile, person: Person, *, on: date) -> None:
    if not role_profile.is_published:
        raise Conflict(
            _("This role profile is no longer in use. Choose another role."), code="role_not_in_use"
        )
    if role_profile == current_role(person_id=person.pk, on=on):
        raise Conflict(
            _("This is the role you have now. Choose a role to move on to."), code="own_role"
        )


def _replace(
    before: Aspiration | None, *, person: Person, role_profile: RoleProfile | None, today: date
) -> Aspiration | None:
    if before is not None:
        if before.starts_on == today:
            # It never held for a whole day; the ledger keeps that it was chosen.
            before.delete()
        else:
            Aspiration.objects.filter(pk=before.pk).update(ends_on=today - timedelta(days=1))
    if role_profile is None:
        return None
    return Aspiration.objects.create(person=person, role_profile=role_profile, starts_on=today)
