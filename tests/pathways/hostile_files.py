"""Files that want to be something else, to grow, or to lead somewhere: name -> content.

``REFUSED`` are not kept at all. ``HARMLESS`` are kept, as nothing but bytes to save.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import product

from tests.factories.files import KEPT, jpeg, odt, office, packed, pdf, png

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><a>&b;</a>'
GIBIBYTE = 1024**3


def bomb(kind: str, *, says: int = 4 * GIBIBYTE - 1) -> bytes:
    """A small Office file one part of which says that it holds ``says`` bytes."""
    whole = bytearray(office(kind, **{"word/media/image1.bin": zlib.compress(b"0" * 60_000)}))
    at = whole.rfind(b"PK\x01\x02", 0, whole.find(b"PK\x05\x06"))
    struct.pack_into("<I", whole, at + 24, says)
    return bytes(whole)


def true_bomb(kind: str) -> bytes:
    """Half a gigabyte of noughts in half a megabyte, honestly declared."""
    content = BytesIO(office(kind))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            with archive.open(f"word/media/{number}.bin", "w") as part:
                for _step in range(24):
                    part.write(bytes(1024 * 1024))
    return content.getvalue()


def crowd(kind: str, parts: int) -> bytes:
    """A real list of so many parts, of which none holds anything."""
    content = BytesIO(office(kind))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_STORED) as archive:
        for number in range(parts):
            archive.writestr(f"w/{number}", b"")
    return content.getvalue()


def claims_parts(kind: str, parts: int) -> bytes:
    """An Office file whose end says that there are more parts than are there."""
    whole = bytearray(office(kind))
    at = whole.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", whole, at + 8, parts, parts)
    return bytes(whole)


def linked(kind: str) -> bytes:
    content = BytesIO(office(kind))
    with zipfile.ZipFile(content, "a") as archive:
        link = zipfile.ZipInfo("word/theme.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return content.getvalue()


def locked(kind: str) -> bytes:
    whole = bytearray(office(kind))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 4)
    return bytes(whole)


def twice(kind: str) -> bytes:
    """The same name for two parts, so that two readers may read two files."""
    return office(kind, **{"word/x": b"a", "word/y": b"b"}).replace(b"word/y", b"word/x")


def oddly_packed(kind: str) -> bytes:
    """A part that says it is packed with LZMA, and then has a head that no LZMA has."""
    content = BytesIO(office(kind))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/odd.xml", b"\x09\x14\x05\x00" + b"\xff" * 200)
    whole = bytearray(content.getvalue())
    struct.pack_into("<H", whole, whole.rfind(b"PK\x01\x02") + 10, zipfile.ZIP_LZMA)
    struct.pack_into("<H", whole, whole.rfind(b"PK\x03\x04") + 8, zipfile.ZIP_LZMA)
    return bytes(whole)


def before_the_beginning(kind: str) -> bytes:
    """The list of parts says that it begins further on than it can."""
    whole = bytearray(office(kind))
    struct.pack_into("<I", whole, whole.rfind(b"PK\x05\x06") + 16, 2_000_000_000)
    return bytes(whole)


def _office_cases(kind: str) -> Iterator[tuple[str, bytes]]:
    whole = office(kind)
    middle = len(whole) // 2
    yield "bomb that lies", bomb(kind)
    yield "bomb of 250 MB", bomb(kind, says=250 * 1024 * 1024)
    yield "true bomb", true_bomb(kind)
    yield "100,000 parts", claims_parts(kind, 65_535)
    yield "3,000 real parts", crowd(kind, 3_000)
    yield "no parts", claims_parts(kind, 0)
    yield "packed with something rare", oddly_packed(kind)
    yield "parts before the beginning", before_the_beginning(kind)
    yield "link inside", linked(kind)
    yield "password", locked(kind)
    yield "two of one name", twice(kind)
    yield "cut off", whole[:middle]
    yield "no end", whole[:-22]
    yield "something behind", whole + PAGE
    yield "something before", PAGE + whole
    yield "other file behind", whole + pdf()


def _office_contents(kind: str) -> Iterator[tuple[str, bytes]]:
    yield "macros", office(kind, **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    yield "control that runs", office(kind, **{"word/activeX/activeX1.bin": b"a"})
    yield "program inside", office(kind, **{"word/embeddings/setup.exe": b"MZ"})
    yield "zip in a zip", office(kind, **{"word/a.zip": packed({"b": b"c"})})
    yield "outside entity", office(kind, **{"word/styles.xml": ENTITIES})
    yield "laughs", office(kind, **{"word/styles.xml": LAUGHS})
    yield "laughs in a relation", office(kind, **{"word/_rels/a.rels": LAUGHS})
    yield "wide laughs", office(kind, **{"word/styles.xml": LAUGHS.decode().encode("utf-16")})
    yield "broken list", office(kind).replace(b"PK\x01\x02", b"PK\x01\x03")
    for name in ("../../etc/passwd", "/etc/passwd", "a/../../b", "..\\..\\b", "C:\\b"):
        yield f"part {name}", office(kind, **{name: b"a"})
    for other in ("docx", "xlsx", "pptx"):
        if other != kind:
            yield f"a {other}", office(other)
    yield "an odt", odt()
    yield "a plain zip", packed({"a.txt": b"a"})
    yield "a jar", packed({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe"})
    yield "a page", PAGE
    yield "nothing of a zip", b"PK\x03\x04" + b"\x00" * 100
    yield "only an end", b"PK\x05\x06" + b"\x00" * 18
    yield "old word", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def _packed() -> Iterator[tuple[str, str, bytes]]:
    for kind in ("docx", "xlsx", "pptx"):
        for why, content in (*_office_cases(kind), *_office_contents(kind)):
            yield why, f"letter.{kind}", content
    for why, content in (
        ("entity", odt(**{"styles.xml": ENTITIES})),
        ("traversal", odt(**{"../../a": b"a"})),
        ("docx", office("docx")),
        ("wrong word", packed({"mimetype": b"application/zip"})),
        ("word not first", packed({"a": b"a", "mimetype": b"application/vnd.oasis"})),
        ("something behind", odt() + PAGE),
    ):
        yield why, "letter.odt", content


def _disguised() -> Iterator[tuple[str, str, bytes]]:
    disguises = {"page": PAGE, "drawing": PICTURE, "eicar": EICAR, "program": b"MZ" + bytes(99)}
    for (why, content), end in product(disguises.items(), ("png", "jpg", "jpeg", "pdf")):
        yield f"{why} as {end}", f"photo.{end}", content
    for why, content in (("page", PAGE), ("drawing", PICTURE), ("program", b"MZ" + bytes(99))):
        for end in ("txt", "csv"):
            yield f"{why} as {end}", f"notes.{end}", content
    pictures = {"png": png(), "jpg": jpeg(), "pdf": pdf(), "docx": office("docx")}
    for (what, content), end in product(pictures.items(), pictures):
        if what != end:
            yield f"{what} as {end}", f"photo.{end}", content


def _broken() -> Iterator[tuple[str, str, bytes]]:
    yield "png with a page behind", "photo.png", png() + PAGE
    yield "png with a zip behind", "photo.png", png() + packed({"a": b"b"})
    yield "png cut off", "photo.png", png()[:-5]
    yield "jpeg with a page behind", "photo.jpg", jpeg() + PAGE
    yield "jpeg cut off", "photo.jpg", jpeg()[:-2]
    yield "pdf cut off", "report.pdf", pdf()[:200]
    yield "page that mentions a pdf", "report.pdf", PAGE + pdf()
    yield "empty", "report.pdf", b""
    yield "empty", "notes.txt", b""
    yield "too large", "notes.txt", b"a" * (10 * 1024 * 1024 + 1)
    for encoding in ("utf-16", "utf-32"):
        yield encoding, "notes.txt", "Ward 7".encode(encoding)
    yield "latin", "notes.txt", "Señor".encode("latin-1")
    yield "with a nul", "notes.txt", b"a\x00b"
    yield "pdf as text", "notes.txt", pdf()
    yield "page after spaces", "notes.txt", b"\xef\xbb\xbf \n\t" + PAGE


def _misnamed() -> Iterator[tuple[str, str, bytes]]:
    for end in (
        *("exe", "com", "bat", "cmd", "ps1", "sh", "js", "mjs", "vbs", "jar", "msi", "scr"),
        *("html", "htm", "xhtml", "svg", "xml", "mht", "swf", "php", "jsp", "aspx", "hta"),
        *("doc", "xls", "ppt", "docm", "xlsm", "pptm", "dotm", "rtf", "zip", "rar", "7z", "iso"),
        *("gif", "webp", "heic", "bmp", "tiff", "eml", "lnk", "url", "webloc", "desktop"),
    ):
        yield f"kind {end}", f"letter.{end}", pdf()
    for name in ("letter", ".pdf", "", "...", "/", "a/.pdf", "letter.pdf.exe", "pdf"):
        yield "name alone", name, pdf()


REFUSED = [*_packed(), *_disguised(), *_broken(), *_misnamed()]
HARMLESS: list[tuple[str, str, bytes]] = [
    ("eicar", "notes.txt", EICAR),
    ("script behind the end", "report.pdf", pdf() + b"\n"),
    ("formulas", "rota.csv", b"=cmd|' /C calc'!A0,+1,@SUM(1)\n"),
    ("traversal", "../../../etc/cron.d/report.pdf", pdf()),
    ("windows path", "C:\\Users\\a\\report.pdf", pdf()),
    ("nul", "report\x00.exe.pdf", pdf()),
    ("right to left", "report\u202efdp.exe.pdf", pdf()),
    ("invisible", "re\u200bport\ufeff.pdf", pdf()),
    ("long", "a" * 5_000 + ".pdf", pdf()),
    ("line ends", "a\r\nSet-Cookie: b=c.pdf", pdf()),
    ("quotes", 'a"; filename="b.exe.pdf', pdf()),
    ("page in a name", "<img src=x onerror=alert(1)>.pdf", pdf()),
    ("other letters", "отчёт 報告.pdf", pdf()),
    ("two ends", "letter.exe.pdf", pdf()),
    ("half a pair", "a\ud800b.pdf", pdf()),
    *(("as it should be", name, content) for name, content in KEPT.items()),
]
