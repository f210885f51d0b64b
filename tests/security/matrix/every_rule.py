"""All rules and doors, by address."""

from tests.security.matrix import (
    rules_accounts,
    rules_appraisals,
    rules_courses,
    rules_jobs,
    rules_pathways,
    rules_pathways_assessing,
    rules_pathways_authoring,
    rules_pathways_case,
    rules_pathways_evidence,
    rules_pathways_gaps,
    rules_pathways_imports,
    rules_pathways_packages,
    rules_pathways_roles,
    rules_pathways_roles_api,
    rules_pathways_showing_api,
    rules_pathways_versions,
    rules_pathways_writing_api,
    rules_retention,
    rules_talent,
)
from tests.security.matrix.rules import Door, Rule

_MODULES = (
    rules_accounts,
    rules_pathways_case,
    rules_jobs,
    rules_pathways,
    rules_pathways_authoring,
    rules_pathways_assessing,
    rules_pathways_versions,
    rules_pathways_roles,
    rules_pathways_roles_api,
    rules_pathways_showing_api,
    rules_pathways_evidence,
    rules_pathways_gaps,
    rules_pathways_imports,
    rules_pathways_packages,
    rules_pathways_writing_api,
    rules_courses,
    rules_appraisals,
    rules_talent,
    rules_retention,
)
RULES: dict[str, Rule] = {rule.address: rule for module in _MODULES for rule in module.RULES}
DOORS: dict[str, Door] = {
    door.address: door for module in _MODULES for door in getattr(module, "DOORS", [])
}
