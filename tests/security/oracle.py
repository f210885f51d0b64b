"""Who is what to whom and sees which rows, said again in plain loops over a history.

It reads nothing of the product but the names of its roles: what it says must not rest on what it
is there to judge.
"""

from collections.abc import Iterator
from typing import Any

from tests.security.histories import History

SEES_PEOPLE = {"LEARNING_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "AUDITOR"}
MANAGES = {"LINE_MANAGER", "SUPERVISOR", "SECOND_LINE"}
STANDS_IN = MANAGES | {"DELEGATE"}
LIVE = {"PROPOSED", "ACCEPTED"}


def held(row: Any, on: int) -> bool:
    return row.first <= on and (row.last is None or on <= row.last)


class Oracle:
    """What ``history`` says on the day ``on``."""

    def __init__(self, history: History, on: int) -> None:
        self.history, self.on = history, on

    def places_of(self, person: int) -> set[int]:
        rows = [*self.history.jobs, *self.history.seats]
        return {row.place for row in rows if row.person == person and held(row, self.on)}

    def at_or_above(self, place: int) -> set[int]:
        found, parent = {place}, self._parent(place)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = self._parent(parent)
        return found

    def _parent(self, place: int) -> int | None:
        for link in self.history.tree:
            if link.place == place and held(link, self.on):
                return link.parent
        return None

    def roles_at(self, actor: int, place: int) -> set[str]:
        if actor in self.history.leavers:
            return set()
        covers = self.at_or_above(place)
        return {
            row.role
            for row in self.history.roles
            if row.person == actor and held(row, self.on) and row.place in covers
        }

    def managers_of(self, person: int, kind: str = "LINE_MANAGER") -> set[int]:
        return {line.manager for line in self._lines(kind, person)}

    def _lines(self, kind: str, person: int) -> Iterator[Any]:
        for line in self.history.lines:
            is_theirs = self.history.jobs[line.job].person == person
            if line.kind == kind and is_theirs and held(line, self.on):
                yield line

    def relations(self, actor: int, person: int) -> set[str]:
        if actor in self.history.leavers:
            return set()
        found = {role for place in self.places_of(person) for role in self.roles_at(actor, place)}
        if actor == person:
            return found | {"SELF"}
        if self.places_of(actor) & self.places_of(person):
            found.add("COLLEAGUE")
        return found | set(self._ties(actor, person))

    def _ties(self, actor: int, person: int) -> Iterator[str]:
        managers = self.managers_of(person)
        if actor in managers:
            yield "LINE_MANAGER"
        elif self._managed_before(actor, person):
            yield "FORMER_LINE_MANAGER"
        if actor in self.managers_of(person, "SUPERVISOR"):
            yield "SUPERVISOR"
        if any(actor in self.managers_of(manager) for manager in managers):
            yield "SECOND_LINE"
        if any(self._stands_in(actor, line) for line in self._lines("LINE_MANAGER", person)):
            yield "DELEGATE"
        if managers & self.managers_of(actor):
            yield "PEER"
        if any(
            self.is_panel_of(actor, put) for put in self.history.nominations if put.person == person
        ):
            yield "PANEL_MEMBER"

    def _managed_before(self, actor: int, person: int) -> bool:
        for line in self.history.lines:
            if line.manager == actor and self.history.jobs[line.job].person == person:
                is_over = line.last is not None and line.last < self.on
                if line.kind == "LINE_MANAGER" and is_over:
                    return True
        return False

    def _stands_in(self, actor: int, line: Any) -> bool:
        place = self.history.jobs[line.job].place
        is_employed = any(
            job.person == actor and job.place == place and held(job, self.on)
            for job in self.history.jobs
        )
        return is_employed and any(
            (row.manager, row.delegate, row.place) == (line.manager, actor, place)
            and held(row, self.on)
            for row in self.history.delegations
        )

    def is_panel_of(self, actor: int, put: Any) -> bool:
        on_panel = any(
            (row.member, row.pool) == (actor, put.pool) and held(row, self.on)
            for row in self.history.panels
        )
        shown = any(
            row.person == put.person and put.pool in row.places and self.on <= row.until
            for row in self.history.found
        )
        return on_panel and shown and put.state in LIVE

    def sees_person(self, actor: int, person: int, *, ties: set[str]) -> bool:
        if actor == person:
            return True
        return bool(self.relations(actor, person) & (ties | SEES_PEOPLE))

    def sees_record(self, actor: int, person: int, place: int, *, ties: set[str]) -> bool:
        """A row about ``person`` that ``place`` keeps."""
        if actor == person or self.relations(actor, person) & ties:
            return True
        is_covered = any(self.roles_at(actor, one) & SEES_PEOPLE for one in self.places_of(person))
        return is_covered and bool(self.roles_at(actor, place) & SEES_PEOPLE)

    def sees_enrolment(self, actor: int, person: int, place: int, host: int) -> bool:
        runs = self.roles_at(actor, host) & {"LEARNING_LEAD", "PROGRAMME_LEAD"}
        return bool(runs) or self.sees_record(actor, person, place, ties=STANDS_IN)

    def sees_appraisal(self, actor: int, number: int) -> bool:
        job = self.history.jobs[number]
        if self.sees_record(actor, job.person, job.place, ties=MANAGES):
            return True
        is_of_record = any(
            line.job == number and line.manager == actor
            for line in self._lines("LINE_MANAGER", job.person)
        )
        return job.appraiser == actor and (job.signed or is_of_record)

    def sees_nomination(self, actor: int, put: Any) -> bool:
        if actor in (put.person, put.by):
            return True
        leads_pool = "TALENT_LEAD" in self.roles_at(actor, put.pool)
        return (leads_pool and self._finds(actor, put.person)) or self.is_panel_of(actor, put)

    def _finds(self, actor: int, person: int) -> bool:
        granted = {
            row.place
            for row in self.history.roles
            if row.person == actor and row.role == "TALENT_LEAD" and held(row, self.on)
        }
        return any(
            row.person == person and row.places & granted and self.on <= row.until
            for row in self.history.found
        )
