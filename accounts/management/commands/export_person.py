"""``manage.py export_person``: put together everything that is held about one person."""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from accounts.services.export import export_person

EXPORTER = SystemJob("export_person", organisation_ids=None)


class Command(BaseCommand):
    help = (
        "Write a ZIP file with everything that is held about a person: a page, JSON, their files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--to", required=True, type=Path, help="The file to write; not yet there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["to"]
        if target.exists():
            raise CommandError(f"{target} is there already. Name a file that is not.")
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}. Make it first.")
        person = Person.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError("Nobody has this e-mail address.")
        # Readable by its owner alone, and under its own name only once it is whole.
        with NamedTemporaryFile(dir=target.parent, delete=False) as draft:
            path = Path(draft.name)
            try:
                with run_as(EXPORTER):
                    counts = export_person(person=person, to=draft, by=EXPORTER, now=timezone.now())
            except BaseException:
                path.unlink()
                raise
        path.rename(target)
        self.stdout.write(
            f"{target}: {counts.rows} rows and {counts.files} files. Give it to the person in a "
            "safe way, and delete it here."
        )
