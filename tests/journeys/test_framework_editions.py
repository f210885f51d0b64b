"""The next edition takes the place of one that people are assessed by: what became of each
competency is said, levels are carried over by a real worker, and what was shown before stays."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from common.dates import london_date, long_date
from jobs.models import Job, JobState
from pathways.models import Attainment, Competency, FrameworkVersion
from tests.jobs.worker import Worker, broker_of_its_own, wait_until
from tests.journeys.framework import assessed, gather, in_use
from tests.journeys.walking import walker_for

with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])


@pytest.fixture
def worker(tmp_path):
    """Start a worker when the journey comes to it; it is a process with a clock of its own."""
    started = []

    def start() -> Worker:
        started.append(Worker(tmp_path, f"worker-{len(started)}"))
        return started[-1]

    with broker_of_its_own():
        yield start
        for one in started:
            one.stop()


@pytest.fixture
def cast(transactional_db):
    return gather()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def first(cast, now):
    """An edition that was published ten months ago, and by which Amara has assessed herself."""
    published = now - timedelta(days=300)
    version = in_use(cast, now=published, since=london_date(published))
    then = now - timedelta(days=200)
    assessed(cast, version, now=then, c1_1=3, c1_2=2, c2_1=1, c2_2=4)
    return version


@with_and_without_scripts
def test_another_edition_takes_the_place_of_one_in_use(
    live_site, cast, first, now, worker, javascript
):
    yusuf = walker_for(live_site, cast.yusuf, javascript=javascript)
    kwame = walker_for(live_site, cast.kwame, javascript=javascript)
    amara = walker_for(live_site, cast.amara, javascript=javascript)

    given_a_draft_that_starts_as_a_copy(yusuf)
    when_he_changes_splits_replaces_and_leaves_out(yusuf)
    then_he_cannot_publish_before_he_said_what_became_of_each(yusuf)
    when_it_is_signed_off_and_published(yusuf, kwame, today=london_date(now))
    and_he_confirms_which_level_stands_for_which(yusuf)
    then_a_worker_carries_the_levels_over(yusuf, worker)
    and_what_changed_stands_side_by_side(yusuf)
    and_she_holds_the_levels_of_both(amara, today=london_date(now))
    and_the_old_edition_is_the_one_of_its_day(amara, first, today=london_date(now))


def given_a_draft_that_starts_as_a_copy(yusuf):
    yusuf.goes_to("/authoring/")
    yusuf.follows("Leading a ward, First")
    yusuf.sees("Published")
    yusuf.does_not_see("Add a domain", "Take out")
    yusuf.follows("Draft the next edition")
    yusuf.sees("so it stays as it is")
    yusuf.answers("Name of the edition", "Second")
    yusuf.presses("Start the draft")
    yusuf.sees("You can now write edition Second.", "1.1 Handing over", "2.2 Fax and paper records")


def when_he_changes_splits_replaces_and_leaves_out(yusuf):
    does_with(yusuf, "Change", "Handing over")
    yusuf.answers("Title", "Handing over in time")
    yusuf.presses("Save")
    yusuf.sees("1.1 Handing over in time")
    adds(yusuf, "A safe shift", code="1.3", title="Praise on the day")
    adds(yusuf, "A safe shift", code="1.4", title="One hour a month")
    adds(yusuf, "Time and money", code="2.3", title="Stocks without waste")
    for title in ("Feedback and supervision", "Ordering stores", "Fax and paper records"):
        does_with(yusuf, "Take out", title)
        yusuf.sees("Editions that were published keep what they say.")
        yusuf.presses("Take it out")
        yusuf.does_not_see(title)
    yusuf.sees("1.4 One hour a month", "2.3 Stocks without waste")


def does_with(yusuf, what, title):
    """Press ``what`` in the row of ``title``, which only those who hear the page are told."""
    yusuf.main.get_by_role("button", name=re.compile(rf"^{what}\s?: {title}$")).click()


def adds(yusuf, domain, *, code, title):
    does_with(yusuf, "Add a competency", domain)
    yusuf.main.get_by_label("Code", exact=True).fill(code)
    yusuf.answers("Title", title)
    yusuf.presses("Save")
    yusuf.sees(f"{code} {title}")


def then_he_cannot_publish_before_he_said_what_became_of_each(yusuf):
    yusuf.follows("Publish")
    yusuf.sees("It cannot be published yet.")
    yusuf.page.go_back()
    yusuf.follows("What became of each competency")
    yusuf.sees("3 still have to be accounted for")
    says(yusuf, "1.2", "It was split into several", "1.3, 1.4", "Two things were in it.")
    says(yusuf, "2.1", "One competency replaces it", "2.3", "Waste is asked about as well.")
    says(yusuf, "2.2", "It is left out", "", "The last fax machine is gone.")
    yusuf.sees("0 still have to be accounted for", "The last fax machine is gone.")


def says(yusuf, code, what, heirs, reason):
    yusuf.follows(f"Change what became of {code}")
    yusuf.chooses(what)
    yusuf.answers("Codes of the competencies that followed it", heirs)
    yusuf.answers("Why?", reason)
    yusuf.presses("Save")
    yusuf.sees(reason)


def when_it_is_signed_off_and_published(yusuf, kwame, *, today):
    draft = f"/authoring/{FrameworkVersion.objects.get(label='Second').pk}/"
    yusuf.goes_to(draft)
    yusuf.follows("Ask for a review")
    yusuf.chooses("Kwame Boateng")
    yusuf.presses("Ask")
    yusuf.sees("Waiting for an answer")

    kwame.goes_to("/")
    kwame.follows("Leading a ward, Second", within=kwame.main.locator("[data-need]"))
    kwame.chooses("I sign it off")
    kwame.presses("Answer")
    kwame.sees("Signed off")

    yusuf.goes_to(draft)
    yusuf.follows("Publish")
    yusuf.sees("In use now: First.", "Those who are measured by it are told of the new one.")
    yusuf.enters_day("In use from", day=today.day, month=today.month, year=today.year)
    yusuf.presses("Publish")
    yusuf.sees("Published")


def and_he_confirms_which_level_stands_for_which(yusuf):
    yusuf.follows("What became of each competency")
    yusuf.presses("Confirm what stayed")
    yusuf.sees("1 rule confirmed.")
    for way in ("1.2 to 1.3", "1.2 to 1.4", "2.1 to 2.3"):
        yusuf.follows(f"Levels from {way}")
        yusuf.sees("Which level stands for which")
        if way == "1.2 to 1.4":
            yusuf.chooses("Occasionally", "Rarely or never")
        yusuf.presses("Confirm")
    yusuf.sees("0 wait for their levels to be confirmed")


def then_a_worker_carries_the_levels_over(yusuf, worker):
    yusuf.presses("Carry levels over")
    yusuf.sees("The carrying over of levels is waiting for its turn.")
    running = worker()
    wait_until(lambda: Job.objects.get().state == JobState.DONE, running)
    yusuf.page.reload()
    yusuf.sees("Levels were carried over.", "Download the table")
    yusuf.goes_to("/")
    yusuf.sees("Levels carried over to Leading a ward, Second")


def and_what_changed_stands_side_by_side(yusuf):
    second = FrameworkVersion.objects.get(label="Second")
    yusuf.goes_to(f"/frameworks/{second.pk}/")
    yusuf.follows("What changed between editions")
    yusuf.sees("From edition First to edition Second", "The last fax machine is gone.")
    changed = yusuf.main.locator("[data-line=CHANGE]")
    assert changed.locator("ins").all_inner_texts() == [" in time"]
    replaced = yusuf.main.locator("[data-line=REPLACED]")
    assert replaced.count() == 2
    left_out = yusuf.main.locator("[data-line=RETIRE]").filter(has_text="The last fax machine")
    assert left_out.get_by_role("heading").all_inner_texts() == [
        "2.2 Fax and paper records Left out"
    ]


def and_she_holds_the_levels_of_both(amara, *, today):
    amara.goes_to("/pathway/shown/")
    now = levels_of(amara)
    assert now["Handing over in time"] == "Frequently"
    assert now["Praise on the day"] == "Occasionally"
    assert now["One hour a month"] == "Rarely or never"
    assert now["Stocks without waste"] == "Rarely or never"
    amara.follows("Handing over in time")
    amara.sees("Own assessment, carried over from another edition", long_date(today))

    before = today - timedelta(days=100)
    amara.goes_to(f"/pathway/shown/?{asked(before)}")
    assert levels_of(amara) == {
        "Handing over": "Frequently",
        "Feedback and supervision": "Occasionally",
        "Ordering stores": "Rarely or never",
        "Fax and paper records": "Almost always",
    }
    rows = Attainment.objects.filter(
        competency__in=Competency.objects.filter(version__label="First")
    )
    assert rows.count() == 4


def levels_of(amara):
    """What the page says: a level for the title of each competency."""
    amara.sees("What counts on")
    rows = amara.main.locator("[data-shown]").all()
    cells = [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]
    return {title: level for title, level, *_rest in cells}


def asked(day):
    return f"on_day={day.day}&on_month={day.month}&on_year={day.year}"


def and_the_old_edition_is_the_one_of_its_day(amara, first, *, today):
    second = FrameworkVersion.objects.get(label="Second")
    amara.goes_to(f"/frameworks/{second.pk}/")
    amara.sees("Edition Second", "1.1 Handing over in time", "1.4 One hour a month")
    amara.main.get_by_text("See it as of another day").click()
    before = today - timedelta(days=100)
    amara.enters_day("As of", day=before.day, month=before.month, year=before.year)
    amara.presses("Show this day")
    amara.sees(
        f"Edition First was in use on {long_date(before)}.",
        "1.1 Handing over",
        "2.2 Fax and paper records",
        at=f"/frameworks/{first.pk}/?{asked(before)}",
    )
    amara.does_not_see("in time", "One hour a month")
