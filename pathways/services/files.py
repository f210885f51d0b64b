"""What may be kept as a file: its type is decided by what is in it, never by what it says it is.

Nothing is unpacked, drawn or run. Of an Office file only the list of its parts and the beginning
of each is read, within limits that no file can stretch.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from stat import S_ISLNK
from typing import IO

from django.utils.translation import gettext as _

from common.errors import Conflict
from common.text import clean_line

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_NAME = 120

# Of packed files: how many parts, how much they say they hold, and how much of each is looked at.
_MOST_PARTS = 2_000
_MOST_DIRECTORY = MEGABYTE
_MOST_UNPACKED = 200 * MEGABYTE
_LOOKED_AT = 4_096
_MOST_TYPES = 512 * 1024

_END_OF_DIRECTORY = b"PK\x05\x06"
_END_LENGTH = 22
_TAIL = 2_048
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u061c]")
_MARKUP = re.compile(
    rb"\s*<(!doctype|!--|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE
)
_ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".zip")
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that may be kept: its name made safe to show, and the type it is served as."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file: what it is called, the type it is served as, and how it is recognised."""

    title: str
    content_type: str
    recognises: Callable[[IO[bytes], int], bool]


def recognise(content: IO[bytes], *, name: str) -> Recognised:
    """Return what ``content`` is, or refuse with ``Conflict`` and a sentence that says why.

    ``content`` is left at its beginning.
    """
    size = content.seek(0, 2)
    cleaned = safe_name(name)
    kind = _KINDS.get(_extension(cleaned))
    if kind is None:
        raise Conflict(
            _("Upload a PDF, PNG, JPEG, TXT, CSV, DOCX, XLSX, PPTX or ODT file."),
            code="file_kind_not_kept",
        )
    _refuse_size(size)
    content.seek(0)
    if not kind.recognises(content, size):
        raise Conflict(
            _(
                "What is in this file is not a complete %(kind)s file. Open it, save it again as"
                " %(kind)s, and upload that."
            )
            % {"kind": kind.title},
            code="file_is_something_else",
        )
    content.seek(0)
    return Recognised(name=cleaned, content_type=kind.content_type, size=size)


def safe_name(name: str) -> str:
    """``name`` without folders, hidden marks and controls, its end kept when it is too long."""
    last = PurePosixPath(name.replace("\\", "/").replace("\x00", "")).name
    path = PurePosixPath(_INVISIBLE.sub("", clean_line(last.encode("utf-8", "ignore").decode())))
    stem = path.stem.strip(". ")[: MOST_NAME - len(path.suffix)]
    return f"{stem}{path.suffix}" if stem else ""


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def _refuse_size(size: int) -> None:
    if not size:
        raise Conflict(_("This file is empty. Upload another one."), code="file_empty")
    if size > MOST_BYTES:
        raise Conflict(
            _("This file is larger than 10 MB. Upload a smaller one, or add a link to it instead."),
            code="file_too_large",
        )


def _is_pdf(content: IO[bytes], size: int) -> bool:
    if not re.match(rb"%PDF-[12]\.\d", content.read(8)):
        return False
    content.seek(max(0, size - _TAIL))
    return b"%%EOF" in content.read()


def _is_png(content: IO[bytes], size: int) -> bool:
    # It begins with its first part and ends with its last: what hangs on behind is no picture.
    if content.read(16) != b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":
        return False
    content.seek(max(0, size - 12))
    return content.read() == b"\x00\x00\x00\x00IEND\xaeB`\x82"


def _is_jpeg(content: IO[bytes], size: int) -> bool:
    if content.read(3) != b"\xff\xd8\xff":
        return False
    content.seek(max(0, size - 2))
    return content.read() == b"\xff\xd9"


def _is_text(content: IO[bytes], size: int) -> bool:
    """UTF-8 without controls, which no browser would take for a page or for another file."""
    whole = content.read().removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(whole) or whole.startswith((b"%PDF-", b"{\\rtf")):
        return False
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)


def _is_office(main_type: str) -> Callable[[IO[bytes], int], bool]:
    wanted = f"{_OFFICE}{main_type}.main+xml".encode()

    def recognises(content: IO[bytes], size: int) -> bool:
        parts = _parts(content, size)
        if parts is None:
            return False
        with zipfile.ZipFile(content) as packed:
            types = _beginning(packed, "[Content_Types].xml", _MOST_TYPES)
            return wanted in types and b"macroEnabled" not in types and _is_harmless(packed)

    return recognises


def _is_open_document(content: IO[bytes], size: int) -> bool:
    parts = _parts(content, size)
    if not parts or parts[0].filename != "mimetype":
        return False
    with zipfile.ZipFile(content) as packed:
        kind = _beginning(packed, "mimetype", 100)
        return kind == b"application/vnd.oasis.opendocument.text" and _is_harmless(packed)


def _parts(content: IO[bytes], size: int) -> list[zipfile.ZipInfo] | None:
    """The parts of a packed file, or None when it is none that we would open."""
    content.seek(0)
    if content.read(4) != b"PK\x03\x04" or not _has_a_small_directory(content, size):
        return None
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
    except Exception:  # noqa: BLE001 - a damaged list fails in as many ways as it has fields
        return None
    names = [part.filename for part in parts]
    if len(names) != len(set(names)) or not all(map(_is_a_plain_part, parts)):
        return None
    return parts if sum(part.file_size for part in parts) <= _MOST_UNPACKED else None


def _has_a_small_directory(content: IO[bytes], size: int) -> bool:
    """Whether the list of parts is short, read from its end before any of it is believed.

    The end has to be the end of the file, or something else hangs on behind.
    """
    content.seek(max(0, size - _END_LENGTH - 65_535))
    tail = content.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < _END_LENGTH:
        return False
    end = tail[at : at + _END_LENGTH]
    parts = int.from_bytes(end[10:12], "little")
    directory = int.from_bytes(end[12:16], "little")
    comment = int.from_bytes(end[20:22], "little")
    is_the_end = len(tail) - at == _END_LENGTH + comment
    return is_the_end and 0 < parts <= _MOST_PARTS and directory <= _MOST_DIRECTORY


def _is_a_plain_part(part: zipfile.ZipInfo) -> bool:
    """No secret, no link, no rare way of packing, and no name that leads out of the file."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return False
    is_encrypted, is_link = part.flag_bits & 0x1, S_ISLNK(part.external_attr >> 16)
    name = PurePosixPath(part.filename)
    leads_out = name.is_absolute() or ".." in name.parts or "\\" in part.orig_filename
    return not (is_encrypted or is_link or leads_out or "\x00" in part.orig_filename)


def _is_harmless(packed: zipfile.ZipFile) -> bool:
    """No program inside, and nothing that asks a reader of it to fetch or to multiply entities."""
    return not any(_is_suspicious(packed, part) for part in packed.infolist())


def _is_suspicious(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    if name.endswith(_PROGRAMS) or "/activex/" in name:
        return True
    if not name.endswith((".xml", ".rels")):
        return False
    beginning = _beginning(packed, part.filename, _LOOKED_AT)
    return not beginning.strip() or bool(_ENTITIES.search(beginning.replace(b"\x00", b"")))


def _beginning(packed: zipfile.ZipFile, name: str, length: int) -> bytes:
    """At most ``length`` bytes of a part, however much it says it holds; none if it is broken."""
    try:
        with packed.open(name) as part:
            return part.read(length)
    except Exception:  # noqa: BLE001 - a damaged part fails in as many ways as it has fields
        return b""


_KINDS: dict[str, _Kind] = {
    "pdf": _Kind("PDF", "application/pdf", _is_pdf),
    "png": _Kind("PNG", "image/png", _is_png),
    "jpg": _Kind("JPEG", "image/jpeg", _is_jpeg),
    "jpeg": _Kind("JPEG", "image/jpeg", _is_jpeg),
    "txt": _Kind("TXT", "text/plain; charset=utf-8", _is_text),
    "csv": _Kind("CSV", "text/csv; charset=utf-8", _is_text),
    "docx": _Kind(
        "DOCX",
        f"{_OFFICE}wordprocessingml.document",
        _is_office("wordprocessingml.document"),
    ),
    "xlsx": _Kind("XLSX", f"{_OFFICE}spreadsheetml.sheet", _is_office("spreadsheetml.sheet")),
    "pptx": _Kind(
        "PPTX",
        f"{_OFFICE}presentationml.presentation",
        _is_office("presentationml.presentation"),
    ),
    "odt": _Kind("ODT", "application/vnd.oasis.opendocument.text", _is_open_document),
}
