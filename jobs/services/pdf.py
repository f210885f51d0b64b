"""Turning a page of ours into an accessible PDF: tagged, titled, and fetching nothing."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

VARIANT = "pdf/ua-1"
STYLE_SHEET = "documents/document.css"


def page_of_document(template: str, *, title: str, context: Mapping[str, Any]) -> str:
    """Return the HTML that a document is made from, in the language of the service."""
    language, _, region = settings.LANGUAGE_CODE.partition("-")
    tag = f"{language}-{region.upper()}" if region else language
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(template, {**context, "title": title, "language_code": tag})


def renderer(style: str = STYLE_SHEET) -> str:
    """What besides the HTML shapes a document; part of what its fingerprint is taken from."""
    return f"weasyprint {version('weasyprint')} {VARIANT}\n{_style(style)}"


def as_pdf(html: str, *, identifier: str, style: str = STYLE_SHEET) -> bytes:
    """Render ``html`` with a style sheet of ours. The same HTML, sheet and ``identifier`` give the
    same bytes.

    Only ``data:`` addresses are read, so that nothing in a document can reach a file or a network.
    """
    from weasyprint import HTML  # noqa: PLC0415 - takes a second, and only workers need it
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - as above

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    content: bytes = page.write_pdf(
        stylesheets=[_style_sheet(style)],
        font_config=_fonts(),
        pdf_variant=VARIANT,
        pdf_identifier=identifier.encode(),
    )
    return content


@cache
def _style(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")


# Reading the fonts of the machine and parsing the style sheet cost more than a short document.
@cache
def _fonts() -> "FontConfiguration":
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - as above

    return FontConfiguration()


@cache
def _style_sheet(name: str) -> "CSS":
    from weasyprint import CSS  # noqa: PLC0415 - as above
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - as above

    fetcher = URLFetcher(allowed_protocols=("data",))
    return CSS(string=_style(name), url_fetcher=fetcher, font_config=_fonts())
