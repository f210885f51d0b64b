from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import documents, places


class Command(BaseCommand):
    help = "Writes docs/settings.md and .env.example from the table of settings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail when either is out of date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = {
            places.BASE_DIR / "docs/settings.md": documents.settings_page(),
            places.BASE_DIR / ".env.example": documents.example_file(),
        }
        for path, text in made.items():
            current = path.read_text() if path.exists() else ""
            if options["check"] and current != text:
                raise CommandError(
                    f"{path.name} is out of date. Run `manage.py document_settings`."
                )
            path.write_text(text)
