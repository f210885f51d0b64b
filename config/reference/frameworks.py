"""The competency framework: an edition is written once, whole, and never again."""

from datetime import datetime, time
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.actors import SystemJob
from accounts.services.ledger import record
from common.dates import LONDON
from config.reference.files import read_toml
from pathways.models import (
    Competency,
    Domain,
    Framework,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    Scale,
    VersionState,
)

FRAMEWORK_FILE = "framework.toml"
_PARTICULARS = ("title", "publisher", "nation", "audience", "licence")


# Everybody who loads the file names its parts alike, so that packages exchanged between
# installations of Waymark speak of the same things.
_NAMES = uuid5(NAMESPACE_URL, "https://waymark.example/frameworks")


def _named(*parts: object) -> UUID:
    return uuid5(_NAMES, "/".join(str(part) for part in parts))


def _identity(version: FrameworkVersion, *parts: object) -> dict[str, UUID]:
    """``identifier`` of a part of this edition, and ``lineage``, which is the same in every one."""
    framework = version.framework.code
    return {
        "identifier": _named(framework, version.label, *parts),
        "lineage": _named(framework, *parts),
    }


def load_framework(*, by: SystemJob, now: datetime) -> FrameworkVersion:
    """Return the edition of the file, written as published if it was not there yet."""
    source = read_toml(FRAMEWORK_FILE)
    _load_scale(source["frequency_scale"])
    told = {name: source[name] for name in _PARTICULARS}
    framework, _ = Framework.objects.update_or_create(
        code=source["code"],
        defaults=told,
        create_defaults={**told, "identifier": _named(source["code"])},
    )
    known = framework.versions.filter(label=source["edition"]).first()
    if known is not None:
        return known
    scale = _load_scale(source["scale"])
    version = FrameworkVersion.objects.create(
        framework=framework,
        label=source["edition"],
        scale=scale,
        state=VersionState.PUBLISHED,
        valid_from=source["valid_from"],
        identifier=_named(framework.code, source["edition"]),
    )
    _write_content(version, source["domains"])
    # Its content has been what it is since it came into use, not since it was loaded here.
    version.frozen_at = datetime.combine(version.valid_from, time.min, tzinfo=LONDON)
    version.save(update_fields=["frozen_at"])
    record(by=by, now=now, verb="publish_framework", about=version, rule="load_reference")
    return version


def _load_scale(source: dict[str, Any]) -> Scale:
    scale, created = Scale.objects.get_or_create(
        code=source["code"], defaults={"title": source["title"]}
    )
    if created:
        Level.objects.bulk_create(
            # TOML has no null: nought in the file is a level without a rank.
            Level(scale=scale, rank=rank or None, label=label, meaning=meaning)
            for rank, label, meaning in source["levels"]
        )
    return scale


def _write_content(version: FrameworkVersion, domains: list[dict[str, Any]]) -> None:
    levels = list(version.scale.levels.order_by("rank"))
    for place, source in enumerate(domains, start=1):
        domain = Domain.objects.create(
            version=version,
            code=source["code"],
            title=source["title"],
            summary=source["summary"],
            position=place,
            **_identity(version, source["code"]),
        )
        competencies = Competency.objects.bulk_create(
            Competency(
                domain=domain,
                code=item["code"],
                title=item["title"],
                summary=item["summary"],
                position=number,
                **_identity(version, source["code"], item["code"]),
            )
            for number, item in enumerate(source["competencies"], start=1)
        )
        for competency, item in zip(competencies, source["competencies"], strict=True):
            _describe(version, competency, levels, item["levels"])


def _describe(
    version: FrameworkVersion, competency: Competency, levels: list[Level], texts: list[list[str]]
) -> None:
    descriptors = LevelDescriptor.objects.bulk_create(
        LevelDescriptor(
            competency=competency,
            level=level,
            text=text[0],
            **_identity(version, competency.code, "level", level.rank),
        )
        for level, text in zip(levels, texts, strict=True)
    )
    Indicator.objects.bulk_create(
        Indicator(
            descriptor=descriptor,
            text=indicator,
            position=place,
            **_identity(version, competency.code, "level", descriptor.level.rank, place),
        )
        for descriptor, text in zip(descriptors, texts, strict=True)
        for place, indicator in enumerate(text[1:], start=1)
    )
