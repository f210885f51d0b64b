"""Writing a role profile: drafting, describing, bringing into use, withdrawing, discarding."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.scope import lifted
from common.dates import london_date
from common.errors import Conflict
from pathways.models import (
    Aspiration,
    FrameworkVersion,
    PathwayStep,
    PostRole,
    Requirement,
    RequirementGroup,
    RoleProfile,
    VersionState,
)
from pathways.models.roles import RoleProfileQuerySet
from pathways.services.role_writing import (
    lock_to_write,
    lock_together,
    record_about_role,
    refuse_unless_may_write,
)
from pathways.services.successions import follow_successor
from pathways.services.writing import hold_measure

ASKING = SystemJob("pathways.role_followers", organisation_ids=None)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a profile says of the role beside what it asks for."""

    title: str
    summary: str
    family: str
    stage: int
    band: str = ""
    top_band: str = ""
    staff_groups: tuple[str, ...] = ()


@transaction.atomic
def draft_role(
    *,
    code: str,
    particulars: Particulars,
    version: FrameworkVersion,
    owner: Organisation | None,
    is_family: bool,
    by: Actor,
    now: datetime,
) -> RoleProfile:
    """Begin a profile that only authors see until it is brought into use.

    Refuses: ``may_not_write_role``, ``edition_not_in_use``, ``code_taken``.
    """
    owner_id = owner.pk if owner else None
    refuse_unless_may_write(owner_id=owner_id, version=version, by=by, on=london_date(now))
    _refuse_unless_published(version)
    role = _create(code, version=version, owner=owner, is_family=is_family, **_fields(particulars))
    facts = {"code": code, "version": version.pk, "is_family": is_family}
    record_about_role(role, verb="draft_role", by=by, now=now, facts=facts)
    return role


@transaction.atomic
def describe_role(
    *, role: RoleProfile, particulars: Particulars, by: Actor, now: datetime
) -> RoleProfile:
    """Change what the profile says of the role; what it asks for stays.

    Refuses: ``may_not_write_role``, ``role_withdrawn``.
    """
    held = lock_to_write(role, by=by, now=now)
    fields = _fields(particulars)
    changed = [name for name, value in fields.items() if getattr(held, name) != value]
    if not changed:
        return held
    for name in changed:
        setattr(held, name, fields[name])
    held.save(update_fields=changed)
    facts = {"changed": changed}
    record_about_role(held, verb="describe_role", by=by, now=now, facts=facts)
    return held


@transaction.atomic
def publish_role(*, role: RoleProfile, by: Actor, now: datetime) -> RoleProfile:
    """Bring a draft into use; where it succeeds another, that one is withdrawn and everything
    that followed it follows this one from today.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_in_use``, ``edition_not_in_use``,
    ``role_asks_for_nothing``; ``role_withdrawn`` also where the one before was withdrawn meanwhile.
    """
    lock_together(role.pk, role.replaces_id)
    held = lock_to_write(role, by=by, now=now)
    if held.is_published:
        raise Conflict(_("This role profile is in use already."), code="role_in_use")
    _refuse_unless_published(hold_measure(held.version_id))
    if not Requirement.objects.filter(role_profile=held).exists():
        raise Conflict(
            _("This role profile asks for nothing yet. Say which levels it asks for first."),
            code="role_asks_for_nothing",
        )
    before = _succeeded_by(held)
    held.is_published, held.in_use_from = True, london_date(now)
    held.save(update_fields=["is_published", "in_use_from"])
    facts = {"replaces": held.replaces_id}
    record_about_role(held, verb="publish_role", by=by, now=now, facts=facts)
    if before is not None:
        _end(before, now=now)
        # Whoever keeps something about the one before learns from its own event that it ended.
        facts = {"replacement": held.pk}
        record_about_role(before, verb="withdraw_role", by=by, now=now, facts=facts)
        follow_successor(before=before, after=held, by=by, now=now)
    return held


@transaction.atomic
def withdraw_role(
    *, role: RoleProfile, replacement: RoleProfile | None, by: Actor, now: datetime
) -> RoleProfile:
    """Take a profile out of use from today; whoever followed it follows ``replacement``.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_not_in_use``, ``role_is_followed``
    (without a replacement), ``replacement_not_in_use``, ``replacement_of_another_owner``,
    ``family_has_members``.
    """
    locked = lock_together(role.pk, replacement.pk if replacement else None)
    held = lock_to_write(role, by=by, now=now)
    if replacement is not None:
        replacement = locked[replacement.pk]
    _refuse_to_withdraw(held, replacement)
    facts = {"replacement": replacement.pk if replacement else None}
    record_about_role(held, verb="withdraw_role", by=by, now=now, facts=facts)
    _end(held, now=now)
    if replacement is not None:
        follow_successor(before=held, after=replacement, by=by, now=now)
    return held


@transaction.atomic
def discard_role(*, role: RoleProfile, by: Actor, now: datetime) -> None:
    """Throw a draft away that was never in use.

    Refuses: ``may_not_write_role``, ``role_withdrawn``, ``role_in_use``, ``family_has_members``.
    """
    held = lock_to_write(role, by=by, now=now)
    if held.is_published:
        raise Conflict(_("This role profile is in use. Withdraw it instead."), code="role_in_use")
    _refuse_if_members(held, RoleProfile.objects.filter(parent=held))
    record_about_role(held, verb="discard_role", by=by, now=now, facts={"code": held.code})
    PathwayStep.objects.filter(from_role=held).delete()
    PathwayStep.objects.filter(to_role=held).delete()
    RequirementGroup.objects.filter(role_profile=held).delete()
    Requirement.objects.filter(role_profile=held).delete()
    held.delete()


def _fields(particulars: Particulars) -> dict[str, object]:
    return {**asdict(particulars), "staff_groups": list(particulars.staff_groups)}


def _end(role: RoleProfile, *, now: datetime) -> None:
    role.is_published, role.withdrawn_on = False, london_date(now)
    role.save(update_fields=["is_published", "withdrawn_on"])


def _create(code: str, **fields: object) -> RoleProfile:
    """Codes are one set for everybody: the other role may be one that the author does not see, so
    the database is asked and not looked through."""
    try:
        with transaction.atomic():
            return RoleProfile.objects.create(code=code, is_published=False, **fields)
    except IntegrityError as error:
        if "pathways_roleprofile_code_key" not in str(error):
            raise
        raise Conflict(
            _("Another role profile has the code %(code)s. Enter another code.") % {"code": code},
            code="code_taken",
        ) from None


def _refuse_unless_published(version: FrameworkVersion) -> None:
    if version.state != VersionState.PUBLISHED:
        raise Conflict(
            _("This edition of the framework is not in use. Choose one that is."),
            code="edition_not_in_use",
        )


def _refuse_to_withdraw(role: RoleProfile, replacement: RoleProfile | None) -> None:
    if not role.is_published:
        raise Conflict(
            _("This role profile is not in use. Discard the draft instead."),
            code="role_not_in_use",
        )
    _refuse_if_members(role, RoleProfile.objects.filter(parent=role, withdrawn_on__isnull=True))
    if replacement is None and not role.is_family and is_followed(role):
        raise Conflict(
            _("Posts or people follow this role profile. Choose the role they follow from today."),
            code="role_is_followed",
        )
    is_usable = replacement is None or (
        replacement.is_published and not replacement.is_family and replacement.pk != role.pk
    )
    if not is_usable:
        raise Conflict(
            _("The role that takes its place is not in use. Choose another role."),
            code="replacement_not_in_use",
        )
    if replacement is not None and replacement.owner_id not in {None, role.owner_id}:
        raise Conflict(
            _("The role that takes its place belongs to somebody else. Choose another role."),
            code="replacement_of_another_owner",
        )


def _refuse_if_members(family: RoleProfile, members: RoleProfileQuerySet) -> None:
    if not family.is_family:
        return
    # A national family has members in organisations that its author does not see.
    with lifted(ASKING):
        standing, ever = members.filter(withdrawn_on__isnull=True).exists(), members.exists()
    if standing:
        raise Conflict(
            _("Roles take what they ask for from this family. Let them leave the family first."),
            code="family_has_members",
        )
    if ever:
        raise Conflict(
            _("Roles that were withdrawn took what they asked for from this family, so it stays."),
            code="family_has_members",
        )


def _succeeded_by(role: RoleProfile) -> RoleProfile | None:
    """The profile whose place ``role`` takes, which must not have been withdrawn meanwhile."""
    if role.replaces_id is None:
        return None
    before = RoleProfile.objects.get(pk=role.replaces_id)
    if before.withdrawn_on:
        raise Conflict(
            _("The role profile that this one would succeed was withdrawn. Discard this draft."),
            code="role_withdrawn",
        )
    return before


def is_followed(role: RoleProfile) -> bool:
    """Whether a post follows ``role`` or somebody works towards it, wherever they are."""
    # A national role is followed in organisations that its author does not see.
    with lifted(ASKING):
        wanted = Aspiration.objects.filter(role_profile=role, ends_on__isnull=True)
        return PostRole.objects.filter(role_profile=role).exists() or wanted.exists()
