"""Take the pictures of the guides to courses from a running demonstration.

    make run                                        # in another window
    python scripts/picture_courses.py http://127.0.0.1:8000

They show what the personas see, so take them from a fresh demonstration: ``manage.py seed_demo
--seed 42 --people 1500 --wipe``. Nothing is sent on the way.
"""

import sys

from picture_guide import ARGUMENTS, CHROMIUM, follow, keep, persona
from playwright.sync_api import Page, ViewportSize, sync_playwright

PHONE: ViewportSize = {"width": 390, "height": 844}


def opened(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/courses/{path}")


def picture_learner(page: Page, address: str) -> None:
    opened(page, address, "")
    page.get_by_text("Why it fits").first.click()
    page.mouse.move(0, 0)
    keep(page, "courses-catalogue", height=1100)
    page.get_by_label("Words").fill("mary seacole")
    page.get_by_role("button", name="Apply filters").click()
    follow(page, "Mary Seacole programme")
    keep(page, "courses-programme", height=1300)
    opened(page, address, "mine/")
    keep(page, "courses-mine", height=900)
    opened(page, address, "certificates/")
    page.get_by_role("table").get_by_role("link").first.click()
    keep(page, "courses-certificate", height=1300)


def picture_line_manager(page: Page, address: str) -> None:
    opened(page, address, "requests/")
    keep(page, "courses-requests", height=1200)
    page.get_by_role("table").get_by_role("link").first.click()
    keep(page, "courses-decide", height=1500)
    opened(page, address, "study-time/team/")
    keep(page, "courses-team-time", height=1000)


def picture_learning_lead(page: Page, address: str) -> None:
    opened(page, address, "sessions/")
    keep(page, "courses-sessions", height=1000)
    opened(page, address, "requests/rule/")
    keep(page, "courses-rule", height=1200)
    opened(page, address, "funds/")
    page.get_by_role("table").get_by_role("link").first.click()
    keep(page, "courses-fund", height=1200)
    opened(page, address, "study-time/organisations/")
    keep(page, "courses-study-time", height=1200)
    page.goto(f"{address}/organisations/training/")
    keep(page, "courses-training", height=1200)


def picture_register(page: Page, address: str) -> None:
    """What became of a session that is over, and its register."""
    page.goto(f"{address}/courses/sessions/?page=2")
    over = page.get_by_role("row").filter(has_text="Completion to record")
    over.get_by_role("link").first.click()
    keep(page, "courses-roster", height=1300)
    follow(page, "Put the register right")
    page.set_viewport_size(PHONE)
    keep(page, "courses-register", height=1100, width=PHONE["width"])


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with persona(browser, address, "Amara Okafor") as page:
            picture_learner(page, address)
        with persona(browser, address, "Daniel Hughes") as page:
            picture_line_manager(page, address)
        with persona(browser, address, "Yusuf Ahmed") as page:
            picture_learning_lead(page, address)
            picture_register(page, address)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
