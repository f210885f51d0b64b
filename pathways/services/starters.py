"""Starting a framework from a published one, through the same checked copy as a file."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person, Role
from accounts.services.ledger import record
from accounts.standing import standing
from common.dates import london_date
from common.errors import Forbidden
from pathways.models import CountingRule, FrameworkImport, ImportFormat, Level, Scale
from pathways.policies.scales import may_make_scale
from pathways.selectors.starters import Starter, records_of
from pathways.selectors.tree_checks import ranks_of_scales
from pathways.selectors.workbooks.readings import read_records
from pathways.services.frameworks import EditionParticulars, Particulars, start_framework
from pathways.services.imports import Checked, Upload, keep_check


@transaction.atomic
def start_from(
    *,
    starter: Starter,
    owner: Organisation,
    code: str,
    edition: EditionParticulars,
    by: Person,
    now: datetime,
) -> FrameworkImport:
    """A new framework of ``owner`` with an empty draft, and a copy of ``starter`` to apply to it.

    Refuses what ``start_framework`` refuses.
    """
    version = start_framework(
        owner=owner,
        particulars=Particulars(
            code=code,
            title=starter.title,
            publisher=starter.publisher,
            nation=starter.nation,
            audience=starter.audience,
            licence=starter.licence,
            counting_rule=CountingRule.LATEST,
        ),
        edition=edition,
        scale=_scale_of(starter, by=by, now=now),
        by=by,
        now=now,
    )
    checked = Checked(
        read_records(records_of(starter), ranks=ranks_of_scales(version)),
        (),
        ImportFormat.STARTER,
        Upload(starter.file_name, starter.content),
    )
    return keep_check(version=version, checked=checked, by=by, now=now)


def _scale_of(starter: Starter, *, by: Actor, now: datetime) -> Scale:
    """The published scale, made when the first framework starts from it."""
    told = starter.scale
    known = Scale.objects.filter(code=told["code"]).first()
    if known is not None:
        return known
    if not may_make_scale(is_author=standing(by, on=london_date(now)).holds(Role.FRAMEWORK_AUTHOR)):
        raise Forbidden(_("Only framework authors make scales."), code="may_not_make_scale")
    scale, is_new = Scale.objects.get_or_create(
        code=told["code"], defaults={"title": told["title"]}
    )
    if is_new:
        Level.objects.bulk_create(
            # TOML has no null: nought in the file is a level without a rank.
            Level(scale=scale, rank=rank or None, label=label, meaning=meaning)
            for rank, label, meaning in told["levels"]
        )
        labels = [label for _rank, label, _meaning in told["levels"]]
        facts = {"code": scale.code, "levels": labels}
        record(by=by, now=now, verb="make_scale", about=scale, rule="may_make_scale", facts=facts)
    return scale
