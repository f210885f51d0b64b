"""An edition with one of everything that CASE has an address for."""

import uuid
from dataclasses import dataclass
from typing import Any

from pathways.models import Association, AssociationGroup, Competency, FrameworkVersion
from pathways.selectors.case.documents import license_identifier
from pathways.selectors.case.rubrics import rubric_identifier
from tests.factories.pathways import IndicatorFactory, LevelDescriptorFactory


@dataclass(frozen=True)
class Named:
    """What has an identifier and no row of its own."""

    identifier: str


def case_rows(version: FrameworkVersion) -> dict[str, Any]:
    """Give ``version`` what its package lacks; returns one row for each kind of thing."""
    first, second = Competency.objects.filter(domain__version=version).order_by("pk")[:2]
    IndicatorFactory(descriptor=LevelDescriptorFactory(competency=second))
    group = AssociationGroup.objects.create(version=version, title="Related competencies")
    tie = Association.objects.create(
        version=version,
        group=group,
        kind="isRelatedTo",
        position=1,
        origin=first,
        origin_identifier=first.identifier,
        destination=second,
        destination_identifier=second.identifier,
    )
    version.framework.licence = "Open Government Licence"
    version.framework.save()
    concept, subject, kind = (_definition(title) for title in ("Trust", "Care", "Chapter"))
    version.case = {
        "definitions": {"CFConcepts": [concept], "CFSubjects": [subject], "CFItemTypes": [kind]}
    }
    version.save()
    return {
        "case_item": first,
        "case_group": group,
        "case_tie": tie,
        "case_concept": Named(concept["identifier"]),
        "case_subject": Named(subject["identifier"]),
        "case_item_type": Named(kind["identifier"]),
        "case_license": Named(license_identifier(version)),
        "case_rubric": Named(rubric_identifier(str(version.identifier), version.scale.code)),
    }


def _definition(title: str) -> dict[str, Any]:
    identifier = str(uuid.uuid4())
    kind = {"description": "A part of a framework."} if title == "Chapter" else {}
    return {
        "identifier": identifier,
        "uri": f"https://standards.example/{identifier}",
        "title": title,
        "hierarchyCode": "1",
        "lastChangeDateTime": "2026-01-01T00:00:00Z",
        **kind,
    }
