"""The national subjects of mandatory training, their levels, and for how long they count."""

from datetime import date
from typing import Any

from config.reference.files import read_toml
from courses.models import RefreshPeriod, RenewalRule, Subject, SubjectLevel, SubjectSet

# From when the rules hold that every installation starts with: before anything it will know of.
_ALWAYS = date(2000, 1, 1)


def load_subjects() -> int:
    """Bring every national subject up to the file by its code; return how many there are.

    Periods and the rule about renewing are only written where there is none: they are dated, and
    whoever runs the service has perhaps changed them.
    """
    source = read_toml("subjects.toml")["subjects"]
    for fields in source:
        subject, _is_new = Subject.objects.update_or_create(
            code=fields["code"],
            owner=None,
            defaults={
                "prefix": fields["prefix"],
                "title": fields["title"],
                "subject_set": SubjectSet.CSTF,
                "is_verified": fields.get("is_verified", False),
            },
        )
        _write_levels(subject, fields)
    if not RenewalRule.objects.filter(organisation=None, subject=None).exists():
        RenewalRule.objects.create(starts_on=_ALWAYS)
    return len(source)


def _write_levels(subject: Subject, fields: dict[str, Any]) -> None:
    _period(subject, None, fields)
    for rank, found in enumerate(fields.get("levels", [{"label": ""}]), start=1):
        level, _is_new = SubjectLevel.objects.update_or_create(
            subject=subject, rank=rank, defaults={"label": found["label"]}
        )
        if "months" in found:
            _period(subject, level, found)


def _period(subject: Subject, level: SubjectLevel | None, fields: dict[str, Any]) -> None:
    whose = {"subject": subject, "level": level, "organisation": None}
    if not RefreshPeriod.objects.filter(**whose).exists():
        RefreshPeriod.objects.create(
            starts_on=_ALWAYS,
            months=fields["months"],
            is_verified=fields.get("is_verified", False),
            **whose,
        )
