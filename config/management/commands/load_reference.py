from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.scope import run_as
from config.reference.appraisal_forms import load_appraisal_form
from config.reference.frameworks import load_framework
from config.reference.monitoring import load_monitoring_codes
from config.reference.organisations import load_organisations
from config.reference.programmes import load_programmes
from config.reference.retention import load_retention_rules
from config.reference.roles import load_roles

LOADER = SystemJob("load_reference", organisation_ids=None)


class Command(BaseCommand):
    help = "Loads organisations, framework, roles, programmes, appraisal form, codes and retention."

    @run_as(LOADER)
    def handle(self, *args: Any, **options: Any) -> None:
        by, now = LOADER, timezone.now()
        bodies = load_organisations()
        version = load_framework(by=by, now=now)
        roles = load_roles(version)
        programmes = load_programmes(version)
        form = load_appraisal_form(by=by, now=now)
        rules = load_retention_rules()
        codes = load_monitoring_codes()
        self.stdout.write(
            f"Reference data: {bodies} organisations, framework edition {version.label}, "
            f"{roles} role profiles, {programmes} programmes, {form.title.lower()} {form.version}, "
            f"{codes} codes for equality monitoring, {rules} retention rules."
        )
