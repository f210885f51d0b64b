"""What a framework that was started from a CASE package is called."""

from datetime import datetime

from accounts.models import Person
from common.text import clean_line
from pathways.models import FrameworkImport
from pathways.selectors.case.vocabulary import Json
from pathways.services.frameworks import Particulars, describe_framework

_TITLE, _PUBLISHER, _LICENCE = 200, 200, 300


def name_after(imported: FrameworkImport, *, by: Person, now: datetime) -> None:
    """Let the framework of ``imported`` be called what the package's document says."""
    version = imported.version
    if version is None:
        raise ValueError("This copy is not about an edition.")
    framework = version.framework
    before = Particulars(*(getattr(framework, name) for name in Particulars._fields))
    told = said_by(imported.content["package"], before)
    # What the package says was checked with this draft, so nobody else's words are covered.
    describe_framework(
        version=version, particulars=told, revision=framework.revision, by=by, now=now
    )


def said_by(package: Json, before: Particulars) -> Particulars:
    """``before`` with the title, the publisher and the licence that a package tells."""
    document: Json = package["CFDocument"]
    publisher = document.get("publisher") or document["creator"]
    licence = document.get("licenseURI", {}).get("title", "")
    return before._replace(
        title=clean_line(document["title"])[:_TITLE] or before.title,
        publisher=clean_line(publisher)[:_PUBLISHER] or before.publisher,
        licence=clean_line(licence)[:_LICENCE] or before.licence,
    )
