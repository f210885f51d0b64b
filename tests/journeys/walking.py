"""Somebody walking through the site, step by step, in the words of a user story."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

from tests.journeys.browser import PATIENCE, PHONE, check_page

_KEYS = ("Enter", "Space")
_MOST_STOPS = 120


class Walker:
    """A person with a browser. With scripts every page they look at goes through axe as well."""

    def __init__(self, page: Page, site: str, *, javascript: bool = True) -> None:
        self.page = page
        self.site = site
        self.javascript = javascript
        self.main = page.get_by_role("main")

    def goes_to(self, path: str) -> None:
        self.page.goto(self.site + path)

    def follows(self, name: str, *, within: Locator | None = None) -> None:
        """Follow a link of the page itself, or ``within`` something else."""
        self._clicks((within or self.main).get_by_role("link", name=name))

    def uses_menu(self, name: str) -> None:
        menu = self.page.get_by_role("navigation", name="Menu")
        self._clicks(menu.get_by_role("link", name=name, exact=True))

    def presses(self, name: str) -> None:
        self._clicks(self.main.get_by_role("button", name=name, exact=True))

    def _clicks(self, target: Locator) -> None:
        """Click, and wait for the whole page that follows: what counts rows does not wait."""
        target.click()
        self.page.wait_for_load_state("domcontentloaded")

    def presses_and_gets(self, name: str) -> Response:
        with self.page.expect_navigation() as answer:
            self.presses(name)
        return answer.value

    def answers(self, label: str, value: str) -> None:
        self.main.get_by_label(label).first.fill(value)

    def chooses(self, label: str, option: str = "") -> None:
        """Tick a choice, or choose ``option`` from a list."""
        field = self.main.get_by_label(label).first
        if option:
            field.select_option(label=option)
        else:
            field.check()

    def enters_day(self, group: str, **parts: int) -> None:
        for part, number in parts.items():
            fields = self.main.get_by_role("group", name=group).first
            fields.get_by_label(part.capitalize(), exact=True).fill(str(number))

    def sees(self, *sentences: str, at: str = "") -> None:
        """Wait until the page says so (and is ``at`` an address), then look at it closely."""
        if at:
            expect(self.page).to_have_url(self.site + at, timeout=PATIENCE)
        for sentence in sentences:
            expect(self.main).to_contain_text(sentence, timeout=PATIENCE)
        self.page.wait_for_load_state("domcontentloaded")
        if self.javascript:
            check_page(self.page)

    def does_not_see(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.main).not_to_contain_text(sentence)

    def downloads(self, name: str) -> bytes:
        """Follow a link to a file, and return what is in it."""
        with self.page.expect_download() as download:
            self.follows(name)
        return Path(download.value.path()).read_bytes()

    def tabs_to(self, target: Locator) -> None:
        """Reach something with the keyboard alone, however many stops are before it."""
        for _stop in range(_MOST_STOPS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the Tab key.")

    def types_at(self, target: Locator, keys: str) -> None:
        """Reach something with the keyboard and type there: text, or the name of a key."""
        self.tabs_to(target)
        if keys in _KEYS:
            self.page.keyboard.press(keys)
        else:
            self.page.keyboard.type(keys)

    def sees_nothing_to_press(self) -> None:
        expect(self.main.locator("form")).to_have_count(0)


def walker_for(
    live_site: Any, person: Any, *, javascript: bool = True, phone: bool = False
) -> Walker:
    """Somebody with a browser, signed in unless ``person`` is None, perhaps on a phone."""
    page = live_site.page(as_person=person, javascript=javascript)
    if phone:
        page.set_viewport_size(PHONE)
    return Walker(page, live_site.url, javascript=javascript)
