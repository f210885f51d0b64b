"""Frameworks that the personas' trust writes: one in its second edition, two being written.

Their content comes in as files, as the authors of a trust would bring it in.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from accounts.models import Person
from accounts.models.dated import Days
from config.demo.personas import HOME, HOME_SYSTEM
from config.demo.world import World
from pathways.models import (
    Competency,
    Crosswalk,
    CrosswalkKind,
    FrameworkImport,
    FrameworkVersion,
    Part,
    Scale,
)
from pathways.services.collaborating import invite_collaborator
from pathways.services.commenting import comment_on, reply_to, settle
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_what_became_of,
)
from pathways.services.editions import draft_edition
from pathways.services.frameworks import (
    EditionParticulars,
    Particulars,
    describe_edition,
    start_framework,
)
from pathways.services.imports import Upload, apply_import, check_file
from pathways.services.publishing import publish_edition
from pathways.services.reviewing import SIGN_OFF, answer_review, ask_for_review

_FILES = Path(__file__).parent / "frameworks"
_SCALE = "WAYMARK-4"
# The trust used both on paper before. They are older than the national framework, by which people
# without a role to work towards go on being measured.
_EDITIONS = (("2024", date(2024, 4, 1)), ("2025", date(2025, 4, 1)))
_BECAME = (
    ("2.3", CrosswalkKind.SPLIT, ("2.4", "2.5"), "A word on the day and an hour a month differ."),
    ("3.1", CrosswalkKind.REPLACED, ("3.3",), "Waste is asked about as well."),
    ("3.2", CrosswalkKind.RETIRED, (), "The last fax machine went in 2024."),
)


def write_frameworks(world: World) -> None:
    """What an author and a reviewer find: something in use, something to write, and to review."""
    desk = _Desk(world)
    now = world.morning - timedelta(days=20)
    _wards(desk, now=now)
    _nights(desk, now=now + timedelta(days=8))
    _first_posts(desk, now=now + timedelta(days=15))


class _Desk:
    """Who writes and reviews in the trust, and what they do again and again."""

    def __init__(self, world: World) -> None:
        home = world.body(HOME)
        self.owner = home.organisation
        self.author: Person = home.one_of("hr-business-partner").person
        self.reviewer: Person = home.one_of("deputy-director-of-people").person
        self.guest: Person = world.body(HOME_SYSTEM).one_of("hr-business-partner").person
        self.scale = Scale.objects.get(code=_SCALE)

    def start(self, code: str, title: str, edition: str, on: date, *, now: datetime) -> int:
        version = start_framework(
            owner=self.owner,
            particulars=Particulars(
                code=code,
                title=title,
                publisher=self.owner.name,
                nation="England",
                audience="Managers of the trust",
                licence="",
                counting_rule="LATEST",
            ),
            edition=EditionParticulars(edition, on),
            scale=self.scale,
            by=self.author,
            now=now,
        )
        return version.pk

    def bring_in(self, version_id: int, name: str, *, now: datetime) -> FrameworkImport:
        version = FrameworkVersion.objects.get(pk=version_id)
        file = Upload(f"{name}.csv", (_FILES / f"{name}.csv").read_bytes())
        imported = check_file(version=version, file=file, by=self.author, now=now)
        later = now + timedelta(minutes=10)
        return apply_import(imported=imported, by=self.author, now=later)

    def ask_for_review(self, version_id: int, message: str, *, now: datetime) -> None:
        version = FrameworkVersion.objects.get(pk=version_id)
        ask_for_review(
            version=version,
            reviewers=[self.reviewer],
            message=message,
            revision=version.revision,
            by=self.author,
            now=now,
        )

    def publish(self, version_id: int, on: date, *, now: datetime) -> None:
        self.ask_for_review(version_id, "As we talked about it on Tuesday.", now=now)
        version = FrameworkVersion.objects.get(pk=version_id)
        answer_review(
            review=version.reviews.get(),
            step=SIGN_OFF,
            statement="I read all of it. The levels can be told apart.",
            by=self.reviewer,
            now=now + timedelta(hours=26),
        )
        publish_edition(
            version=version,
            valid_from=on,
            ends_before=True,
            revision=version.revision,
            by=self.author,
            now=now + timedelta(hours=28),
        )


def _wards(desk: _Desk, *, now: datetime) -> None:
    """Two editions, the second with what became of each competency of the first."""
    (first, first_day), (second, second_day) = _EDITIONS
    before = desk.start("WARD-LEAD", "Leading a ward", first, first_day, now=now)
    desk.bring_in(before, "ward-2024", now=now)
    desk.publish(before, first_day, now=now + timedelta(hours=2))
    later = now + timedelta(days=3)
    earlier = FrameworkVersion.objects.get(pk=before)
    draft = draft_edition(
        framework=earlier.framework, based_on=earlier, label=second, by=desk.author, now=later
    )
    desk.bring_in(draft.pk, "ward-2025", now=later)
    draft.refresh_from_db()
    news = "Feedback and supervision are two things now, and waste is asked about."
    describe_edition(
        version=draft,
        particulars=EditionParticulars(second, second_day, news),
        revision=draft.revision,
        by=desk.author,
        now=later + timedelta(hours=1),
    )
    _say_what_became(desk, earlier, draft, now=later + timedelta(hours=2))
    desk.publish(draft.pk, second_day, now=later + timedelta(hours=3))


def _say_what_became(
    desk: _Desk, earlier: FrameworkVersion, draft: FrameworkVersion, *, now: datetime
) -> None:
    """All of it said; what stayed is confirmed, and one of the others, so that there is more."""
    old, new = _by_code(earlier), _by_code(draft)
    for code, kind, heirs, reason in _BECAME:
        say_what_became_of(
            version=draft,
            before=old[code],
            after=[new[heir] for heir in heirs],
            kind=kind,
            reason=reason,
            by=desk.author,
            now=now,
        )
    confirm_what_stayed(version=draft, by=desk.author, now=now)
    replaced = Crosswalk.objects.get(before=old["3.1"], after=new["3.3"])
    confirm_crosswalk(version=draft, rule=replaced, levels=None, by=desk.author, now=now)


def _nights(desk: _Desk, *, now: datetime) -> None:
    """A draft that came from a file, which can still be undone, and is being talked about, also
    with a guest from the board above."""
    day = date(now.year + 1, 4, 1)
    draft_id = desk.start("NIGHT-LEAD", "Leading by night", "First", day, now=now)
    desk.bring_in(draft_id, "night", now=now + timedelta(hours=1))
    version = FrameworkVersion.objects.get(pk=draft_id)
    invite_collaborator(
        framework=version.framework,
        person=desk.guest,
        part=Part.REVIEWER,
        days=Days(now.date(), now.date() + timedelta(days=180)),
        by=desk.author,
        now=now,
    )
    beds = _by_code(version)["1.2"]
    later = now + timedelta(days=1)
    question = comment_on(
        version=version, about=beds, text="Is this one thing or two?", by=desk.reviewer, now=later
    )
    reply = "Two, I think. I will part them."
    reply_to(comment=question, text=reply, by=desk.author, now=later + timedelta(hours=3))
    done = comment_on(
        version=version, about=None, text="Who is it for?", by=desk.reviewer, now=later
    )
    answer = "For site managers. It says so above now."
    reply_to(comment=done, text=answer, by=desk.author, now=later + timedelta(hours=4))
    settle(comment=done, by=desk.author, now=later + timedelta(hours=4))


def _first_posts(desk: _Desk, *, now: datetime) -> None:
    """A draft that waits for its reviewer."""
    day = date(now.year + 1, 4, 1)
    draft_id = desk.start("FIRST-POST", "A first post as a manager", "First", day, now=now)
    desk.bring_in(draft_id, "first-post", now=now + timedelta(hours=1))
    message = "Are the titles plain enough for somebody in their first week?"
    desk.ask_for_review(draft_id, message, now=now + timedelta(days=2))


def _by_code(version: FrameworkVersion) -> dict[str, Competency]:
    return {row.code: row for row in Competency.objects.filter(version=version)}
