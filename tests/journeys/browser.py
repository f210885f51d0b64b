"""A real Chromium for the journeys: opening it, looking at it, and what every page must pass."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# A chromium that answers to nobody fails the journey instead of holding up the whole run.
PATIENCE = 15_000


@contextmanager
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        raise RuntimeError(f"There is no {CHROMIUM}. Type: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def context_of(browser: Browser, *, javascript: bool = True) -> Iterator[BrowserContext]:
    """A browser of one person: own cookies, and with ``javascript=False`` no scripts at all."""
    context = browser.new_context(java_script_enabled=javascript, viewport=DESKTOP, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def watched_page(context: BrowserContext) -> Page:
    """Return a page that remembers what its console complained of (broken CSP, failed scripts)."""
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]

    def remember(message: ConsoleMessage) -> None:
        # Chromium logs every answer of 400 or more; refusals are what some journeys are about.
        if message.type == "error" and "Failed to load resource" not in message.text:
            page.complaints.append(message.text)  # type: ignore[attr-defined]

    page.on("console", remember)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    return page


# The header puts what does not fit into its menu a moment after the window has changed its size.
_HEADER_FITS = """() => {
    const list = ".nhsuk-header__navigation-list > li:not([hidden])";
    const boxes = [...document.querySelectorAll(list)].map(item => item.getBoundingClientRect());
    return boxes.every(box => Math.abs(box.top - boxes[0].top) < 2 && box.right <= innerWidth + 1);
}"""


def check_page(page: Page) -> None:
    """Fail unless the page is WCAG 2.2 AA for axe at both widths, fits a phone, and runs clean.

    Needs scripts: axe is one. For a journey without JavaScript open the page once more with it.
    """
    page.wait_for_load_state()
    own_size = page.viewport_size or DESKTOP
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.wait_for_function(_HEADER_FITS)
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert results.violations_count == 0, f"{page.url} at {size}:\n{results.generate_report()}"
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {size['width']} px"
    page.set_viewport_size(own_size)
    complaints = getattr(page, "complaints", [])
    assert complaints == [], f"{page.url} complained: {complaints}"


def screenshot(page: Page, name: str, *, phone: bool = False) -> Path:
    """Keep a picture of the whole page in ``SCREENSHOTS`` (var/screenshots) and return its path."""
    folder = Path(os.environ.get("SCREENSHOTS", "var/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    own_size = page.viewport_size or DESKTOP
    page.set_viewport_size(PHONE if phone else DESKTOP)
    path = folder / f"{name}{'-phone' if phone else ''}.png"
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size(own_size)
    return path
