from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import data_protection, places


class Command(BaseCommand):
    help = "Writes docs/data-protection from what every app declares about people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail when a page is out of date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = places.BASE_DIR / "docs/data-protection"
        made = {
            folder / "record-of-processing.md": data_protection.record_page(),
            folder / "impact-assessment.md": data_protection.assessment_page(),
        }
        for path, text in made.items():
            current = path.read_text() if path.exists() else ""
            if options["check"] and current != text:
                raise CommandError(f"{path.name} is out of date. Run `manage.py document_rights`.")
            if not options["check"]:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
