"""A new edition is drafted from one that was published, whose words stay as they are."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from pathways.models import (
    Association,
    AssociationGroup,
    Competency,
    Framework,
    FrameworkVersion,
    VersionState,
)
from pathways.models.frameworks import IN_PUBLIC
from pathways.policies.authoring import may_write_framework
from pathways.selectors.collaborators import parts_of
from pathways.selectors.editions import follower_of, label_is_taken
from pathways.selectors.trees import Tree, read_tree
from pathways.services.trees import write_tree
from pathways.services.writing import hold_framework


@transaction.atomic
def draft_edition(
    *, framework: Framework, based_on: FrameworkVersion, label: str, by: Actor, now: datetime
) -> FrameworkVersion:
    """Start the edition that is to follow ``based_on``, saying what that one says.

    Everything keeps its lineage and gets a new identifier; associations are copied. Refuses:
    ``may_not_write_framework``, ``nothing_to_follow``, ``edition_being_written``,
    ``edition_followed``, ``edition_label_taken``.
    """
    held = hold_framework(framework.pk)
    if not may_write_framework(parts_of(by, held, on=london_date(now))):
        raise Forbidden(
            _("Only the authors of this framework can draft an edition."),
            code="may_not_write_framework",
        )
    _refuse_unless_it_can_follow(held, based_on, label)
    version = FrameworkVersion.objects.create(
        framework=held,
        label=label,
        scale_id=based_on.scale_id,
        state=VersionState.DRAFT,
        valid_from=max(london_date(now), based_on.valid_from),
        based_on=based_on,
        case=based_on.case,
    )
    _copy_content(based_on, version, now=now)
    record(
        by=by,
        now=now,
        verb="draft_edition",
        about=version,
        rule="may_write_framework",
        organisation_id=held.owner_id,
        facts={"based_on": based_on.pk, "edition": label},
    )
    return version


def _refuse_unless_it_can_follow(
    framework: Framework, based_on: FrameworkVersion, label: str
) -> None:
    if based_on.framework_id != framework.pk or based_on.state not in IN_PUBLIC:
        raise Conflict(
            _("A new edition follows one that was published. Choose a published edition."),
            code="nothing_to_follow",
        )
    follower = follower_of(based_on)
    if follower is not None and follower.state in IN_PUBLIC:
        raise Conflict(
            _("Edition %(edition)s follows that one already. Draft the next edition from it.")
            % {"edition": follower.label},
            code="edition_followed",
        )
    if follower is not None:
        raise Conflict(
            _("Edition %(edition)s is being written already. Go on with that one.")
            % {"edition": follower.label},
            code="edition_being_written",
        )
    if label_is_taken(framework, label):
        raise Conflict(
            _("There is an edition %(edition)s already. Enter another name.") % {"edition": label},
            code="edition_label_taken",
        )


def _copy_content(source: FrameworkVersion, version: FrameworkVersion, *, now: datetime) -> None:
    tree = read_tree(source)
    copied = Tree(tuple(replace(node, identifier="") for node in tree.nodes))
    write_tree(version=version, tree=copied, revision=None, now=now)
    new = {node.key: uuid.UUID(node.identifier) for node in read_tree(version).nodes}
    identifiers = {uuid.UUID(node.identifier): new[node.key] for node in tree.nodes}
    _copy_associations(source, version, identifiers)


def _copy_associations(
    source: FrameworkVersion, version: FrameworkVersion, identifiers: Mapping[uuid.UUID, uuid.UUID]
) -> None:
    """The same ties between the copies; what lies elsewhere stays the other end."""
    rows = Competency.objects.filter(version=version)
    ours = dict(rows.values_list("identifier", "pk"))
    old_groups = list(source.groups.order_by("pk"))
    groups = AssociationGroup.objects.bulk_create(
        AssociationGroup(version=version, title=group.title, case=group.case)
        for group in old_groups
    )
    group_ids = {old.pk: new.pk for old, new in zip(old_groups, groups, strict=True)}
    copies = []
    for tie in source.associations.order_by("pk"):
        ends = {}
        for end in ("origin", "destination"):
            was = getattr(tie, f"{end}_identifier")
            identifier = identifiers.get(was, was)
            ends[f"{end}_identifier"] = identifier
            ends[f"{end}_title"] = getattr(tie, f"{end}_title")
            ends[f"{end}_uri"] = "" if was in identifiers else getattr(tie, f"{end}_uri")
            ends[f"{end}_id"] = ours.get(identifier, getattr(tie, f"{end}_id"))
        group_id = group_ids.get(tie.group_id) if tie.group_id else None
        copies.append(
            Association(
                version=version,
                group_id=group_id,
                kind=tie.kind,
                position=tie.position,
                case=tie.case,
                **ends,
            )
        )
    Association.objects.bulk_create(copies)
