"""Regions, integrated care boards and trusts, and which stands below which."""

from datetime import date

from accounts.models import Organisation, OrganisationKind, OrganisationParent
from config.reference.files import day_or_none, read_csv

# Integrated care boards became statutory bodies on this day (Health and Care Act 2022).
BOARDS_SINCE = date(2022, 7, 1)


def load_organisations() -> int:
    """Add or rename bodies by their code and link new ones to the body above; return how many."""
    boards, trusts = read_csv("boards.csv"), read_csv("trusts.csv")
    rows = [_organisation(row, row["kind"]) for row in boards]
    rows += [_organisation(row, OrganisationKind.TRUST) for row in trusts]
    known = dict(Organisation.objects.exclude(ods_code="").values_list("ods_code", "pk"))
    Organisation.objects.bulk_create(row for row in rows if row.ods_code not in known)
    _rename([row for row in rows if row.ods_code in known])
    _link({row["ods_code"]: row["region_code"] for row in boards}, trusts)
    return len(rows)


def _organisation(row: dict[str, str], kind: str) -> Organisation:
    return Organisation(
        ods_code=row["ods_code"],
        name=row["name"],
        kind=kind,
        opened_on=day_or_none(row["opened_on"]),
        closed_on=day_or_none(row.get("closed_on", "")),
    )


def _rename(rows: list[Organisation]) -> None:
    published = {row.ods_code: row for row in rows}
    changed = []
    for organisation in Organisation.objects.filter(ods_code__in=published):
        row = published[organisation.ods_code]
        facts = (row.name, row.opened_on, row.closed_on)
        if facts != (organisation.name, organisation.opened_on, organisation.closed_on):
            organisation.name, organisation.opened_on, organisation.closed_on = facts
            changed.append(organisation)
    Organisation.objects.bulk_update(changed, ["name", "opened_on", "closed_on"])


def _link(regions: dict[str, str], trusts: list[dict[str, str]]) -> None:
    """Put each body below its parent, unless somebody has already said where it stands."""
    by_code = {row.ods_code: row for row in Organisation.objects.exclude(ods_code="")}
    parents = regions | {row["ods_code"]: row["icb_code"] for row in trusts}
    placed = set(OrganisationParent.objects.values_list("organisation_id", flat=True))
    links = []
    for code, parent_code in parents.items():
        organisation, parent = by_code[code], by_code.get(parent_code)
        starts_on = max(BOARDS_SINCE, organisation.opened_on or BOARDS_SINCE)
        is_over = organisation.closed_on is not None and organisation.closed_on < starts_on
        if parent is None or organisation.pk in placed or is_over:
            continue
        links.append(
            OrganisationParent(
                organisation=organisation,
                parent=parent,
                starts_on=starts_on,
                ends_on=organisation.closed_on,
            )
        )
    OrganisationParent.objects.bulk_create(links)
