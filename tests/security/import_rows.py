"""A file for a draft that was checked, and one that was applied, in every town."""

from django.db.models import Model

from accounts.models import Organisation
from pathways.services.imports import apply_import
from tests.factories.accounts import PersonFactory
from tests.factories.authoring import CollaboratorFactory, DraftFactory
from tests.factories.clock import NOW
from tests.factories.imports import checked, csv_file
from tests.factories.pathways import FrameworkFactory


def import_rows(organisation: Organisation, word: str) -> dict[str, Model]:
    """Two frameworks of ``organisation``, written by somebody from elsewhere who was invited."""
    author = PersonFactory(family_name=word)
    drafts = [_draft(organisation, author, f"Imported {number} {word}") for number in (1, 2)]
    content = csv_file(("1", f"Domain {word}", "1.1", "", f"Competency {word}", "", "", ""))
    waiting, applied = (checked(draft, author, content) for draft in drafts)
    return {
        "import_draft": drafts[0],
        "import_checked": waiting,
        "import_applied": apply_import(imported=applied, by=author, now=NOW),
    }


def _draft(organisation: Organisation, author: Model, title: str) -> Model:
    framework = FrameworkFactory(owner=organisation, title=title)
    CollaboratorFactory(framework=framework, person=author)
    draft: Model = DraftFactory(framework=framework)
    return draft
