"""What programmes bring: awards, the bodies that give them, and which programme brings which."""

from typing import Any

from courses.models import Award, Body, ProgrammeAward

_BODY = ("name", "site", "is_verified")
_AWARD = ("title", "kind", "level", "criteria", "is_verified")


def load_awards(source: dict[str, Any], programmes: dict[str, int]) -> None:
    """Bring bodies, national awards and what brings them up to the file, each by its code."""
    _take_over(source["bodies"])
    Body.objects.bulk_create(
        (Body(code=row["code"], **_given(row, _BODY)) for row in source["bodies"]),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "is_verified"],
    )
    bodies = dict(Body.objects.values_list("code", "pk"))
    Award.objects.bulk_create(
        (
            Award(code=row["code"], body_id=bodies.get(row.get("body", "")), **_given(row, _AWARD))
            for row in source["awards"]
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_AWARD, "body"],
    )
    _bring(source["programmes"], programmes)
    _put_away(source["replaced_awards"])


def _take_over(source: list[dict[str, Any]]) -> None:
    """A body that was once made from its name alone gets the code that the file gives it."""
    known = set(Body.objects.values_list("code", flat=True))
    for row in source:
        if row["code"] not in known:
            Body.objects.filter(name=row["name"]).update(code=row["code"])


def _put_away(codes: list[str]) -> None:
    """Awards made from lines of text that the file has since split: nothing brings them now."""
    national = Award.objects.filter(code__in=codes, owner=None)
    ProgrammeAward.objects.filter(award__in=national).delete()
    national.update(is_listed=False)


def _given(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _bring(source: list[dict[str, Any]], programmes: dict[str, int]) -> None:
    awards = dict(Award.objects.values_list("code", "pk"))
    ProgrammeAward.objects.bulk_create(
        (
            ProgrammeAward(
                programme_id=programmes[fields["code"]],
                award_id=awards[code],
                is_optional=is_optional,
            )
            for fields in source
            for name, is_optional in (("awards", False), ("optional_awards", True))
            for code in fields.get(name, ())
        ),
        update_conflicts=True,
        unique_fields=["programme", "award"],
        update_fields=["is_optional"],
    )
