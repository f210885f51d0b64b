"""A small real PDF, written without any help: what somebody keeps to show what they did."""

_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>"
    % b"<< /Font << /F1 5 0 R >> >>",
)
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(*lines: str) -> bytes:
    """One page with ``lines`` of plain letters, and the same bytes for the same lines."""
    drawn = b"BT /F1 14 Tf 20 TL 72 770 Td " + b" ".join(map(_drawn, lines)) + b" ET"
    content = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate((*_OBJECTS, content, _FONT), start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + rows
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(places) + 1)
    return whole + head + tail + b"startxref\n%d\n%%%%EOF\n" % len(whole)


def _drawn(line: str) -> bytes:
    text = line.encode("cp1252", "replace")
    for mark in (b"\\", b"(", b")"):
        text = text.replace(mark, b"\\" + mark)
    return b"(" + text + b") '"
