"""Nobody has places on two sessions at the same time."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.scope import lifted
from common.dates import long_moment
from common.errors import Conflict
from courses.models import Enrolment, Session
from courses.selectors.clashes import clash_of
from courses.selectors.elsewhere import SEEKER


def hold_people(person_ids: Iterable[int]) -> None:
    """Whoever gives one of these people a place on any session waits here for whoever does the same
    elsewhere, and sees what came of it. Taken after the sessions, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('waymark_places_of'), held)"
            " FROM unnest(%s::int[]) held",
            [sorted(set(person_ids))],
        )


def held_elsewhere(person_ids: Iterable[int]) -> set[int]:
    """Those of ``person_ids`` whom somebody holds at this moment; the others are held from now on.
    It waits for nobody, so it can be asked while money is held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT held FROM unnest(%s::int[]) held"
            " WHERE NOT pg_try_advisory_xact_lock(hashtext('waymark_places_of'), held)",
            [sorted(set(person_ids))],
        )
        return {held for (held,) in cursor.fetchall()}


def refuse_on_a_clash(session: Session, *, person: Person, besides: int | None = None) -> None:
    """Refuse (``clash``) who has a place at the time of one of the meetings of ``session``.

    ``besides`` is an enrolment that is about to end, of a move for one. A place that is out of
    sight, through another employer, counts too; what it is on is told to nobody who may not see it.
    """
    hold_people([person.pk])
    with lifted(SEEKER):
        other = clash_of(session, person_id=person.pk, besides=besides)
    if other is None:
        return
    if not Enrolment.objects.filter(pk=other.pk).exists():
        raise Conflict(
            _("%(name)s has a place on another course at the same time, so this was not changed.")
            % {"name": person.full_name},
            code="clash",
        )
    words = {
        "programme": other.session.offering.programme.title,
        "when": long_moment(other.session.starts_at),
    }
    raise Conflict(
        _(
            "There is a place on %(programme)s from %(when)s already, at the same time. Give that"
            " up first, or choose another session."
        )
        % words,
        code="clash",
    )
