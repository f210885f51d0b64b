"""Take the pictures of the guide for framework authors from a running demonstration.

    make run                                        # in another window
    python scripts/picture_guide.py http://127.0.0.1:8000

They show what the personas see, so take them from a fresh demonstration: ``manage.py seed_demo
--seed 42 --people 1500 --wipe``. One file is uploaded on the way; nothing is applied.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs/images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
WIDTH, COLOURS = 1280, 128
WITH_MISTAKES = (
    "Domain code,Domain title,Competency code,Title,Level 1 description\n"
    "1,Running a hospital by night,1.1,Deciding who is seen first,Knows who is sickest.\n"
    "1,,1.1,Keeping beds moving,Knows which beds will be free.\n"
    "2,Looking after those who work at night,2.1,,Asks and means it.\n"
)


@contextmanager
def persona(browser: Browser, address: str, name: str) -> Iterator[Page]:
    """A page on which ``name`` is signed in."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/demo/")
    page.get_by_role("button", name=f"Sign in as {name}").click()
    page.get_by_role("navigation", name="Menu").wait_for()
    yield page
    context.close()


def keep(page: Page, name: str, *, height: int, width: int = WIDTH) -> None:
    """Keep the upper ``height`` pixels of the page, in few colours: small enough for a guide."""
    shown = {"x": 0, "y": 0, "width": width, "height": height}
    taken = page.screenshot(full_page=True, clip=shown)  # type: ignore[arg-type]
    picture = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS)
    picture.save(IMAGES / f"{name}.png", optimize=True)


def open_edition(page: Page, address: str, title: str) -> None:
    page.goto(f"{address}/authoring/")
    page.get_by_role("link", name=title).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def picture_author(page: Page, address: str) -> None:
    open_edition(page, address, "Leading by night, First")
    keep(page, "author-draft", height=1300)
    follow(page, "Bring in a file")
    keep(page, "author-file", height=860)
    file = {"name": "night.csv", "mimeType": "text/csv", "buffer": WITH_MISTAKES.encode()}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check the file").click()
    keep(page, "author-mistakes", height=1050)
    open_edition(page, address, "Leading by night, First")
    follow(page, "Comments")
    keep(page, "author-comments", height=1000)


def picture_editions(page: Page, address: str) -> None:
    open_edition(page, address, "Leading a ward, 2025")
    follow(page, "What changed")
    keep(page, "author-changes", height=1150)
    follow(page, "What became of each competency")
    keep(page, "author-became", height=1200)
    open_edition(page, address, "Leading a ward, 2025")
    follow(page, "As it is read")
    page.goto(f"{page.url}?on_day=1&on_month=5&on_year=2024")
    keep(page, "author-edition-of-a-day", height=1050)


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with persona(browser, address, "Yusuf Ahmed") as page:
            picture_author(page, address)
            picture_editions(page, address)
        with persona(browser, address, "Kwame Boateng") as page:
            page.goto(address)
            needs = page.locator("[data-need]")
            needs.get_by_role("link", name="A first post as a manager").click()
            keep(page, "author-review", height=1000)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
