"""Who may sign in, and with what: stopping leavers, and second steps set up, removed and reset."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.one_time import spend_code
from accounts.policies import may_run_sign_in
from accounts.selectors.sign_in import roles_everywhere_of
from accounts.services.ending import end_all_of
from accounts.services.ledger import record
from accounts.telling import tell
from common.dates import london_date
from common.errors import Conflict, Forbidden

SECOND_STEP_RESET = "accounts.second_step_reset"


@transaction.atomic
def stop_sign_in(*, person: Person, by: Actor, now: datetime) -> None:
    """The person is signed out on their next request, everywhere, and cannot sign in again."""
    locked = _run_by(person, by=by, now=now)
    if not locked.is_active:
        raise Conflict(
            _("%(person)s cannot sign in already.") % {"person": person.full_name},
            code="already_stopped",
        )
    _set_active(person, is_active=False)
    ended = end_all_of(person)
    _tell_ledger("stop_sign_in", person, by=by, now=now, sessions=ended)


@transaction.atomic
def allow_sign_in(*, person: Person, by: Actor, now: datetime) -> None:
    """The person may sign in again, with the password and second step they had."""
    locked = _run_by(person, by=by, now=now)
    if locked.is_active:
        raise Conflict(
            _("%(person)s can sign in already.") % {"person": person.full_name},
            code="already_allowed",
        )
    _set_active(person, is_active=True)
    _tell_ledger("allow_sign_in", person, by=by, now=now)


@transaction.atomic
def reset_second_step(*, person: Person, by: Actor, now: datetime) -> None:
    """Take away a second step that its owner has lost; they set up another when they sign in.

    Ends their sessions, and tells them at once: whoever did not ask for it should know.
    """
    _run_by(person, by=by, now=now)
    known = Authenticator.objects.filter(user=person)
    if not known.exists():
        raise Conflict(
            _("%(person)s has no second step to reset.") % {"person": person.full_name},
            code="no_second_step",
        )
    kinds = sorted(set(known.values_list("type", flat=True)))
    known.delete()
    ended = end_all_of(person)
    _tell_ledger("reset_second_step", person, by=by, now=now, kinds=kinds, sessions=ended)
    tell(
        recipient=person,
        rule=SECOND_STEP_RESET,
        subject_key=f"second-step:{now.isoformat()}",
        url=reverse("mfa_index"),
        now=now,
        is_urgent=True,
    )


@transaction.atomic
def keep_second_step(*, by: Person, kind: str, code: str, session_key: str, now: datetime) -> None:
    """Note that one has set up a second step, and end the sessions that were opened without.

    A ``code`` that proved an app is used up by it.
    """
    newest = Authenticator.objects.filter(user=by, type=kind).latest("created_at", "pk")
    if code:
        spend_code(newest, code)
    ended = end_all_of(by, but=session_key)
    _tell_ledger("set_up_second_step", by, by=by, now=now, kind=kind, sessions=ended)


@transaction.atomic
def drop_second_step(*, by: Person, kind: str, now: datetime) -> None:
    """Note that one has removed a second step of one's own."""
    _tell_ledger("remove_second_step", by, by=by, now=now, kind=kind)


def _run_by(person: Person, *, by: Actor, now: datetime) -> Person:
    """The person's row, locked, if ``by`` may decide about their sign-in."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    roles = roles_everywhere_of(person, by=by, on=london_date(now))
    is_oneself = isinstance(by, Person) and by.pk == person.pk
    if not may_run_sign_in(roles, is_oneself=is_oneself):
        raise Forbidden(
            _(
                "Only an HR administrator or administrator of every organisation that "
                "%(person)s belongs to may do this, and nobody for themselves."
            )
            % {"person": person.full_name},
            code="may_not_run_sign_in",
        )
    return locked


def _set_active(person: Person, *, is_active: bool) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])


def _tell_ledger(verb: str, person: Person, *, by: Actor, now: datetime, **facts: object) -> None:
    own = isinstance(by, Person) and by.pk == person.pk
    record(
        by=by,
        now=now,
        verb=verb,
        about=person,
        subject_id=person.pk,
        rule="own_sign_in" if own else "may_run_sign_in",
        facts=facts,
    )
