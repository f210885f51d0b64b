"""Starting a framework with its first draft, and saying what it is."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import Framework, FrameworkVersion, Scale
from pathways.models.frameworks import IN_PUBLIC
from pathways.policies.authoring import may_start_framework
from pathways.selectors.collaborators import author_roles
from pathways.services.writing import changed, hold_draft, hold_version


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
    by: Actor,
    now: datetime,
) -> Framework:
    """Say anew what the framework of ``version`` is. Saying the same again changes nothing.

    Refuses: ``may_not_write_framework``, ``framework_code_taken``, ``counting_rule_fixed``.
    """
    framework = hold_version(version.pk, by=by, now=now).framework
    before = Particulars(*(getattr(framework, name) for name in Particulars._fields))
    changes = [
        name for name in Particulars._fields if getattr(before, name) != getattr(particulars, name)
    ]
    if not changes:
        return framework
    if "counting_rule" in changes and framework.versions.filter(state__in=IN_PUBLIC).exists():
        raise Conflict(
            _(
                "Which level counts cannot change after an edition was published: what people were "
                "told before would change with it."
            ),
            code="counting_rule_fixed",
        )
    for name in changes:
        setattr(framework, name, getattr(particulars, name))
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
    held = hold_draft(version.pk, revision=revision, by=by, now=now)
    others = held.framework.versions.exclude(pk=held.pk)
    if others.filter(label__iexact=particulars.label).exists():
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
