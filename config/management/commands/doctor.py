from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config import examinations, readiness


class Command(BaseCommand):
    help = "Looks at everything Waymark rests on, and says what mends what is wrong."
    # Django's own checks would stop the command before it could say what is wrong.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        findings = [
            examinations.packages(),
            *readiness.of_the_database(
                examinations.postgres_version,
                examinations.compiled_plans,
                readiness.database_role,
                readiness.migrations,
                lambda: readiness.worker(now=now),
                lambda: readiness.beat(now=now),
                examinations.equality_data,
            ),
            readiness.cache_and_queue(),
            examinations.broker(),
            examinations.text_layout(),
            examinations.fonts(),
            examinations.mail_server(),
            examinations.documents(),
        ]
        for finding in findings:
            self.stdout.write(_line(finding))
        problems = sum(not finding.is_ok for finding in findings)
        if problems:
            self.stdout.write(f"\nProblems: {problems}.")
            raise SystemExit(1)
        self.stdout.write("\nEverything is well.")


def _line(finding: readiness.Finding) -> str:
    if finding.is_ok:
        return f"OK       {finding.name}"
    return f"PROBLEM  {finding.name} {finding.state}. {finding.remedy}"
