from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest
from django.utils.html import escape

from jobs.services.pdf import as_pdf, renderer

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>A title</title></head>
<body><h1>Heading</h1><p>{body}</p></body></html>"""


def pdf(body="Words"):
    return as_pdf(PAGE.format(body=body), identifier="1" * 64)


def text_of(content):
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def test_a_document_is_tagged_titled_and_in_a_language():
    with pikepdf.open(BytesIO(pdf())) as document:
        root = document.Root
        assert str(root.Lang) == "en-GB"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert "/StructTreeRoot" in root
        assert str(document.docinfo.Title) == "A title"
        assert b"pdfuaid:part" in root.Metadata.read_bytes()


def test_the_same_page_gives_the_same_bytes():
    assert pdf() == pdf()


def test_the_fonts_have_the_metrics_of_arial():
    with pikepdf.open(BytesIO(pdf())) as document:
        fonts = document.pages[0].Resources.Font
        names = {str(font.BaseFont) for font in fonts.values()}

    assert names
    assert all("Liberation-Sans" in name for name in names)


def test_only_data_is_read(tmp_path):
    """A picture and a style sheet of a file would be read by WeasyPrint as it comes."""
    secret = tmp_path / "secret.css"
    secret.write_text("h1::after { content: 'TOP SECRET' }")
    drawing = tmp_path / "secret.svg"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>TOP SECRET</text></svg>")

    body = (
        f"<link rel='stylesheet' href='file://{secret}'>"
        f"<img alt='a' src='file://{drawing}'><img alt='b' src='http://127.0.0.1:1/x.png'>"
        f"<object data='file://{drawing}'></object>Words"
    )
    content = pdf(body)

    assert "TOP SECRET" not in text_of(content)
    assert "Words" in text_of(content)


@pytest.mark.parametrize(
    "hostile",
    ["<script>x</script>" * 50, "\u202eabc" * 100, "W" * 5_000, "<div>" * 300, "مرحبا 世界 🩺"],
)
def test_hostile_text_still_gives_a_document(hostile):
    assert pdf(escape(hostile)).startswith(b"%PDF-1.7")


def test_the_style_sheet_is_part_of_what_a_fingerprint_is_taken_from():
    style = Path("static/documents/document.css").read_text()

    assert style in renderer()
    assert "pdf/ua-1" in renderer()
