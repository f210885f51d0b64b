from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.scope import run_as
from config.reference.appraisal_forms import load_appraisal_form
from config.reference.approval import load_approval_rule
from config.reference.evaluation_forms import load_evaluation_form
from config.reference.frameworks import load_framework
from config.reference.monitoring import load_monitoring_codes
from config.reference.organisations import load_organisations
from config.reference.programmes import load_programmes
from config.reference.retention import load_retention_rules
from config.reference.roles import load_roles
from config.reference.subjects import load_subjects

LOADER = SystemJob("load_reference", organisation_ids=None)


class Command(BaseCommand):
    help = "Loads organisations, framework, roles, courses, subjects, forms, codes and retention."

    @run_as(LOADER)
    def handle(self, *args: Any, **options: Any) -> None:
        by, now = LOADER, timezone.now()
        bodies = load_organisations()
        version = load_framework(by=by, now=now)
        roles = load_roles(version)
        programmes = load_programmes(version)
        subjects = load_subjects()
        form = load_appraisal_form(by=by, now=now)
        load_evaluation_form(by=by, now=now)
        load_approval_rule()
        rules = load_retention_rules()
        codes = load_monitoring_codes()
        self.stdout.write(
            f"Reference data: {bodies} organisations, framework edition {version.label}, "
            f"{roles} role profiles, {programmes} programmes, "
            f"{subjects} subjects of mandatory training, {form.title.lower()} {form.version}, "
            f"{codes} codes for equality monitoring, {rules} retention rules."
        )
