"""Writing a subject-access pack: a page to read, the same as JSON, and the person's own files."""

import json
import shutil
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.policies import may_make_pack
from accounts.selectors.pack import PackRow, PackSection, StoredFile, pack_sections
from accounts.selectors.relations import main_organisation_id
from accounts.selectors.rights import rights_relations
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Forbidden

_TEMPLATES = "accounts/rights_pack"
# Stands in a frame where its rows go; no text of anybody's can hold it.
_BETWEEN = "\x00rows\x00"


@dataclass(slots=True)
class PackCounts:
    """What a pack holds. ``missing`` are files that storage has lost."""

    rows: int = 0
    files: int = 0
    missing: int = 0


@transaction.atomic
def export_person(*, person: Person, to: IO[bytes], by: Actor, now: datetime) -> PackCounts:
    """Write everything that is held about ``person`` into ``to`` as a ZIP file, and record it.

    Rows are read and written one by one, so that memory does not grow with the record. Refuses
    ``Forbidden`` (``may_not_make_pack``) to all but the person and the data protection officers of
    the organisations that keep their record.
    """
    on = london_date(now)
    if not may_make_pack(rights_relations(by, person, on=on)):
        raise Forbidden(
            _("Only the person and their data protection officer can have this made."),
            code="may_not_make_pack",
        )
    with translation.override(settings.LANGUAGE_CODE):
        counts = _write(person, to, now=now)
    record(
        by=by,
        now=now,
        verb="export_information",
        about=person,
        organisation_id=main_organisation_id(person, on=on),
        subject_id=person.pk,
        rule="may_make_pack",
        facts=asdict(counts),
    )
    return counts


def _write(person: Person, to: IO[bytes], *, now: datetime) -> PackCounts:
    counts, files = PackCounts(), list[StoredFile]()
    # One pass over the rows writes both: JSON straight into the pack, the page beside it.
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as pack, TemporaryFile() as page:
        frame = {"person": person, "made_at": now, "language_code": _language()}
        page.write(_before("frame", frame))
        with pack.open(_entry("information.json", now), "w", force_zip64=True) as data:
            head = {"person": person.pk, "made_at": now.isoformat()}
            data.write((json.dumps(head)[:-1] + ', "sections": [').encode())
            for number, section in enumerate(pack_sections(person)):
                data.write(b",\n" if number else b"\n")
                _write_section(section, data=data, page=page, counts=counts, files=files)
            data.write(b"\n]}\n")
        for stored in files:
            _add_file(pack, stored, now=now, counts=counts)
        page.write(_after("frame", {**frame, "counts": counts}))
        page.seek(0)
        with pack.open(_entry("information.html", now), "w", force_zip64=True) as entry:
            shutil.copyfileobj(page, entry)
    return counts


def _write_section(
    section: PackSection,
    *,
    data: IO[bytes],
    page: IO[bytes],
    counts: PackCounts,
    files: list[StoredFile],
) -> None:
    withheld = {omission.name: omission.reason.value for omission in section.omissions}
    head = {"name": section.name, "title": section.title, "is_about": section.is_about}
    data.write((json.dumps({**head, "withheld": withheld})[:-1] + ', "rows": [').encode())
    page.write(_before("section", {"section": section}))
    number = 0
    for number, row in enumerate(section.rows, start=1):
        data.write(b",\n" if number > 1 else b"\n")
        data.write(_as_json(row))
        page.write(_say("row", {"row": row, "number": number}))
        files += row.files
    page.write(_after("section", {"section": section, "rows": number}))
    data.write(b"]}")
    counts.rows += number


def _as_json(row: PackRow) -> bytes:
    held = {cell.name: cell.value for cell in row.cells}
    entry = {"row": row.key, "held": held, "files": [stored.name for stored in row.files]}
    return json.dumps(entry, ensure_ascii=False, default=str).encode()


def _say(part: str, context: dict[str, object]) -> bytes:
    return render_to_string(f"{_TEMPLATES}/{part}.html", context).encode()


def _before(part: str, context: dict[str, object]) -> bytes:
    """What stands before the rows of a frame that holds rows."""
    return _say(part, {**context, "between": _BETWEEN}).partition(_BETWEEN.encode())[0]


def _after(part: str, context: dict[str, object]) -> bytes:
    return _say(part, {**context, "between": _BETWEEN}).rpartition(_BETWEEN.encode())[2]


def _language() -> str:
    language, _region, place = settings.LANGUAGE_CODE.partition("-")
    return f"{language}-{place.upper()}" if place else language


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _add_file(
    pack: zipfile.ZipFile, stored: StoredFile, *, now: datetime, counts: PackCounts
) -> None:
    try:
        content = stored.file.open("rb")
    except FileNotFoundError:
        counts.missing += 1
        return
    with content, pack.open(_entry(stored.name, now), "w", force_zip64=True) as entry:
        shutil.copyfileobj(content, entry)
    counts.files += 1
