"""Small files of every kind that may be kept."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from config.demo.papers import pdf

__all__ = ["KEPT", "jpeg", "odt", "office", "packed", "pdf", "png"]

_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
        + chunk(b"IEND", b"")
    )


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xd9"


def packed(parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def office(kind: str = "docx", **further: bytes) -> bytes:
    """A DOCX, XLSX or PPTX with the parts that tell what it is; ``further`` by name of part."""
    part, main = _MAIN[kind]
    types = f'<Types><Override PartName="/{part}" ContentType="{_OFFICE}{main}"/></Types>'
    return packed(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": b"<Relationships/>",
            part: b"<document/>",
            **further,
        }
    )


def odt(**further: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, part in {"content.xml": b"<office/>", **further}.items():
            archive.writestr(name, part)
    return content.getvalue()


KEPT: dict[str, bytes] = {
    "report.pdf": pdf("A rota review"),
    "photo.png": png(),
    "photo.jpg": jpeg(),
    "photo.JPEG": jpeg(),
    "notes.txt": "Ward 7, señor: what went well\r\n".encode(),
    "rota.csv": b"day,who\n2026-11-20,A\n",
    "letter.docx": office("docx"),
    "rota.xlsx": office("xlsx"),
    "talk.pptx": office("pptx"),
    "letter.odt": odt(),
}
