"""Mandatory training of a house: what it asks for, and what somebody was trained in."""

from datetime import date
from typing import Any

from accounts.models import Organisation, Person
from courses.models import Offering
from tests.factories.compliance import (
    RefreshPeriodFactory,
    RenewalRuleFactory,
    SubjectExemptionFactory,
    SubjectFactory,
    SubjectLevelFactory,
    SubjectRequirementFactory,
    teach,
    trained,
)
from tests.factories.training_files import imported_for


def training_rules(organisation: Organisation, offering: Offering, word: str) -> dict[str, Any]:
    """Two subjects of ``organisation`` with every kind of rule, taught by ``offering``."""
    asked, left_out = (
        SubjectFactory(owner=organisation, vpd="457", title=f"{title} {word}", subject_set="LOCAL")
        for title in ("Fire safety", "Lone working")
    )
    for subject in (asked, left_out):
        level = SubjectLevelFactory(subject=subject)
        requirement = SubjectRequirementFactory(organisation=organisation, level=level)
    teach(asked, offering=offering)
    # One that is national, so that everybody sees it, and says nothing of the house.
    national = SubjectLevelFactory()
    return {
        "training_level_of_everybody": national,
        "training_subject": asked,
        "training_subject_left_out": left_out,
        "training_requirement": requirement,
        "refresh_period": RefreshPeriodFactory(
            subject=asked, organisation=organisation, months=12, reason=f"Asked for {word}"
        ),
        "renewal_rule": RenewalRuleFactory(organisation=organisation),
    }


def training_rows(
    person: Person, organisation: Organisation, rules: dict[str, Any], word: str
) -> dict[str, Any]:
    """What ``person`` was trained in, and what is not asked of them for a while."""
    return {
        "training_import": imported_for(person, organisation, rules["training_subject"], word),
        "training_record": trained(person, rules["training_subject"], on=date(2026, 5, 4)),
        "training_exemption": SubjectExemptionFactory(
            person=person,
            organisation=organisation,
            subject=rules["training_subject_left_out"],
            note=word,
        ),
    }
