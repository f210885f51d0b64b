"""Frameworks and their versions, role profiles, career pathways, attainments."""

from pathways.models.attainments import Aspiration, Attainment, AttainmentSource
from pathways.models.frameworks import (
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
from pathways.models.roles import PathwayStep, PostRole, Requirement, RoleProfile

__all__ = [
    "Aspiration",
    "Attainment",
    "AttainmentSource",
    "Competency",
    "Domain",
    "Framework",
    "FrameworkVersion",
    "Indicator",
    "Level",
    "LevelDescriptor",
    "PathwayStep",
    "PostRole",
    "Requirement",
    "RoleProfile",
    "Scale",
    "VersionState",
]
