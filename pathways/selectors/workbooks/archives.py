"""Looking at a workbook's archive before anything in it is unpacked or parsed."""

import io
import re
import zipfile

from django.utils.translation import gettext as _

from pathways.selectors.workbooks.problems import MEGABYTE, Unreadable

MAX_ENTRIES = 1_000
MAX_UNPACKED = 50 * MEGABYTE
# Real sheets shrink to a tenth or a twentieth; what shrinks to a five-hundredth is a bomb.
MAX_RATIO = 500
_CALM = MEGABYTE
# What spreadsheets pack with.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WORKBOOK = "xl/workbook.xml"
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive, or a refusal; what is inside is known to be small and to be plain XML."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _refuse_bombs(archive.infolist())
        _refuse_strange_parts(archive)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a damaged archive fails in as many ways as it has fields
        raise broken() from None
    return archive


def broken() -> Unreadable:
    return Unreadable(
        _(
            "The workbook is damaged, or only part of it has arrived. Open it, save it again as"
            " “Excel workbook (.xlsx)” and upload it."
        ),
        code="broken_file",
    )


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or any(
            entry.file_size > _CALM and entry.file_size > MAX_RATIO * entry.compress_size
            for entry in entries
        )
    )
    if is_bomb:
        raise Unreadable(
            _(
                "The workbook unpacks to more than %(limit)d MB or more than %(entries)d parts."
                " Take out pictures and other sheets, and upload it again."
            )
            % {"limit": MAX_UNPACKED // MEGABYTE, "entries": MAX_ENTRIES},
            code="too_large_unpacked",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(_("Take the password off the workbook and upload it again."))
    if any(entry.compress_type not in _PACKED for entry in entries):
        raise broken()


def _refuse_strange_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if _WORKBOOK not in names or len(set(names)) != len(names):
        raise Unreadable(
            _("This is not an Excel workbook. Upload a file made from our template."),
            code="unknown_kind",
        )
    for name in names:
        if name.endswith((".xml", ".rels")):
            _refuse_declarations(archive, name)


def _refuse_declarations(archive: zipfile.ZipFile, name: str) -> None:
    """No part of a workbook declares entities, and Excel writes them all in UTF-8."""
    size = archive.getinfo(name).file_size
    with archive.open(name) as part:
        # One byte more than was said: a directory that lies is a damaged one.
        xml = part.read(size + 1)
    if len(xml) > size or b"\x00" in xml or _DECLARES.search(xml):
        raise broken()
