from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import places, wall_documents


class Command(BaseCommand):
    help = "Writes docs/data/walls.md from the walls that every app declares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail when it is out of date."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, text = places.BASE_DIR / "docs/data/walls.md", wall_documents.page()
        if not options["check"]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError(f"{path.name} is out of date. Run `manage.py document_walls`.")
