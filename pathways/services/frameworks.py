"""Starting a framework with its first draft, and saying what it is."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden, Stale
from pathways.models import Framework, FrameworkVersion, Scale, VersionState
from pathways.models.frameworks import IN_PUBLIC
from pathways.policies.authoring import may_start_framework
from pathways.selectors.collaborators import author_roles
from pathways.selectors.editions import label_is_taken
from pathways.services.tree_lock import count_change
from pathways.services.writing import changed, hold_draft, hold_framework, hold_version


class Particulars(NamedTuple):
    """What a framework says of itself, in all its editions."""

    code: str
    title: str
    publisher: str
    nation: str
    audience: str
    licence: str
    counting_rule: str


class EditionParticulars(NamedTuple):
    """What a draft says of itself."""

    label: str
    valid_from: date
    change_summary: str = ""


@transaction.atomic
def start_framework(
    *,
    owner: Organisation,
    particulars: Particulars,
    edition: EditionParticulars,
    scale: Scale,
    by: Actor,
    now: datetime,
) -> FrameworkVersion:
    """A new framework of ``owner`` with an empty draft; return the draft.

    Refuses: ``may_not_start_framework``, ``framework_code_taken``.
    """
    if not may_start_framework(author_roles(by, owner.pk, on=london_date(now))):
        raise Forbidden(
            _("Only framework authors of this organisation can start a framework for it."),
            code="may_not_start_framework",
        )
    framework = Framework(owner=owner, **particulars._asdict())
    _save_under_its_code(framework)
    version = FrameworkVersion.objects.create(
        framework=framework, scale=scale, changed_at=now, **edition._asdict()
    )
    record(
        by=by,
        now=now,
        verb="start_framework",
        about=framework,
        rule="may_start_framework",
        organisation_id=owner.pk,
        facts={"code": framework.code, "edition": version.pk},
    )
    return version


@transaction.atomic
def describe_framework(
    *,
    version: FrameworkVersion,
    particulars: Particulars,
    revision: int,
    by: Actor,
    now: datetime,
) -> Framework:
    """Say anew what the framework of ``version`` is, which the author saw at its ``revision``.

    Saying the same again changes nothing. Which level counts belongs to what reviewers sign off,
    so a draft counts a change of it. Refuses: ``may_not_write_framework``,
    ``framework_moved_on``, ``framework_code_taken``, ``counting_rule_fixed``, ``draft_in_review``.
    """
    hold_framework(version.framework_id)
    held = hold_version(version.pk, by=by, now=now)
    framework = held.framework
    before = Particulars(*(getattr(framework, name) for name in Particulars._fields))
    changes = [
        name for name in Particulars._fields if getattr(before, name) != getattr(particulars, name)
    ]
    if not changes:
        return framework
    if framework.revision != revision:
        raise Stale(
            _(
                "Somebody described this framework anew after you opened the page. Look at what it "
                "says now, then save again."
            ),
            code="framework_moved_on",
        )
    if "counting_rule" in changes:
        _refuse_if_the_rule_is_fixed(framework)
        for draft in framework.versions.all():
            count_change(draft, now=now)
    for name in changes:
        setattr(framework, name, getattr(particulars, name))
    framework.revision += 1
    _save_under_its_code(framework)
    record(
        by=by,
        now=now,
        verb="describe_framework",
        about=framework,
        rule="may_write_framework",
        organisation_id=framework.owner_id,
        facts={name: [getattr(before, name), getattr(particulars, name)] for name in changes},
    )
    return framework


def _refuse_if_the_rule_is_fixed(framework: Framework) -> None:
    states = set(framework.versions.values_list("state", flat=True))
    if states & set(IN_PUBLIC):
        raise Conflict(
            _(
                "Which level counts cannot change after an edition was published: what people were "
                "told before would change with it."
            ),
            code="counting_rule_fixed",
        )
    if VersionState.IN_REVIEW in states:
        raise Conflict(
            _("A draft is in review. Take it back to change which level counts."),
            code="draft_in_review",
        )


@transaction.atomic
def describe_edition(
    *,
    version: FrameworkVersion,
    particulars: EditionParticulars,
    revision: int,
    by: Actor,
    now: datetime,
) -> FrameworkVersion:
    """Name the draft, say from when it is meant to be in use and what is new.

    Refuses what ``hold_draft`` refuses, and ``edition_label_taken``.
    """
    hold_framework(version.framework_id)
    held = hold_draft(version.pk, revision=revision, by=by, now=now)
    if label_is_taken(held.framework, particulars.label, besides=held):
        raise Conflict(
            _("This framework has an edition called %(label)s. Enter another name.")
            % {"label": particulars.label},
            code="edition_label_taken",
        )
    for name, value in particulars._asdict().items():
        setattr(held, name, value)
    held.save(update_fields=list(EditionParticulars._fields))
    changed(held, verb="describe_edition", about=held, by=by, now=now)
    return held


def _save_under_its_code(framework: Framework) -> None:
    """Codes are one of a kind in the whole service, also beside frameworks ``by`` does not see."""
    try:
        with transaction.atomic():
            framework.save()
    except IntegrityError:
        raise Conflict(
            _("Another framework has the code %(code)s. Enter another code.")
            % {"code": framework.code},
            code="framework_code_taken",
        ) from None
