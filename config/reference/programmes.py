"""National programmes: what they teach, who accredits them, whose pathway asks for them."""

from typing import Any

from config.reference.awards import load_awards
from config.reference.files import read_toml
from courses.models import Accreditation, Body, Outcome, Programme, RoleProgramme
from pathways.models import Competency, FrameworkVersion, RoleProfile

_TEXTS = ("title", "summary", "audience", "provider", "length", "mode", "is_verified")


def load_programmes(version: FrameworkVersion) -> int:
    """Bring every programme up to the file by its code; return how many there are."""
    source = read_toml("programmes.toml")
    rows = [_programme(fields) for fields in source["programmes"]]
    Programme.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_TEXTS, "study_hours", "cost_pence"],
    )
    programmes = dict(Programme.objects.values_list("code", "pk"))
    _teach(source["programmes"], programmes, version)
    _entitle(source["programmes"], programmes)
    load_awards(source, programmes)
    _accredit(source["accreditations"], programmes)
    return len(rows)


def _programme(fields: dict[str, Any]) -> Programme:
    cost = fields.get("cost")
    return Programme(
        code=fields["code"],
        study_hours=fields.get("study_hours"),
        cost_pence=None if cost is None else cost * 100,
        **{name: fields[name] for name in _TEXTS if name in fields},
    )


def _teach(
    source: list[dict[str, Any]], programmes: dict[str, int], version: FrameworkVersion
) -> None:
    competencies = dict(
        Competency.objects.filter(domain__version=version).values_list("code", "pk")
    )
    Outcome.objects.bulk_create(
        (
            Outcome(
                programme_id=programmes[fields["code"]],
                competency_id=competencies[code],
                rank=rank,
            )
            for fields in source
            for code, rank in fields["outcomes"].items()
        ),
        update_conflicts=True,
        unique_fields=["programme", "competency"],
        update_fields=["rank"],
    )


def _entitle(source: list[dict[str, Any]], programmes: dict[str, int]) -> None:
    roles = dict(RoleProfile.objects.values_list("code", "pk"))
    RoleProgramme.objects.bulk_create(
        (
            RoleProgramme(programme_id=programmes[fields["code"]], role_profile_id=roles[code])
            for fields in source
            for code in fields["for_roles"]
        ),
        ignore_conflicts=True,
    )


def _accredit(source: list[dict[str, Any]], programmes: dict[str, int]) -> None:
    known = set(Accreditation.objects.values_list("programme_id", "body_id"))
    bodies = dict(Body.objects.values_list("name", "pk"))
    Accreditation.objects.bulk_create(
        Accreditation(
            programme_id=programmes[fields["programme"]],
            body_id=bodies[fields["body"]],
            level=fields["level"],
            starts_on=fields["starts_on"],
        )
        for fields in source
        if (programmes[fields["programme"]], bodies[fields["body"]]) not in known
    )
