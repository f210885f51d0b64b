"""A declared answer for everybody at every address: what a rule says and what follows from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Person
from tests.security.matrix.actors import Actor
from tests.security.matrix.ties import ANYBODY, NOBODY, Ties
from tests.security.matrix.town import House, Target, Town

Body = Callable[["Place"], Mapping[str, Any]]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Place:
    """Where a request is sent to: a row of ``target``, or of a ``house``, by ``actor``."""

    town: Town
    actor: Actor
    house: House
    target: Target | None = None

    @property
    def name(self) -> str:
        return self.target.name if self.target else self.house.name

    @property
    def ties(self) -> Ties:
        return self.actor.ties_to(self.target) if self.target else self.actor.ties_at(self.house)

    def row(self, name: str) -> Any:
        return (self.target.rows if self.target else self.house.rows).get(name)

    @property
    def person(self) -> Person:
        return self.town.actor


@dataclass(frozen=True)
class Access:
    """One method of an address. Who has none of the ties ``sees`` gets ``unseen``; who sees but has
    none of ``may`` gets 403; so does, whatever else they are, who has one of ``never``. Who has one
    of ``hides`` is answered as if they did not see it. Where the page itself says no, the answer
    is ``refused``; where there is nothing to be done in this town, ``as_things_are``.

    ``scope``: what a program needs besides. ``fields``: every field that an endpoint tells.
    ``is_form``: an endpoint is sent a form with a file; ``is_file``: it answers with one.
    ``but``: single answers that follow from something else, each with its reason beside it.
    """

    sees: Ties = ANYBODY
    may: Ties | None = None
    never: Ties = NOBODY
    hides: Ties = NOBODY
    unseen: int = 404
    refused: int = 403
    as_things_are: int | None = None
    scope: str = ""
    body: Body = field(default=lambda place: {})
    fields: frozenset[str] | None = None
    is_form: bool = False
    is_file: bool = False
    but: Mapping[tuple[str, str], int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """An address with its ``row``: of a person, of an organisation, or none at all.

    ``further``: the arguments beside the row's own. ``asks_about`` a person although the address
    names none: the body does.
    """

    address: str
    methods: Mapping[str, Access]
    row: str = ""
    of: str = ""
    attribute: str = "pk"
    further: Mapping[str, Callable[[Place], Any]] = field(default_factory=dict)
    # The view asks for sign-in itself, after it has looked at the method.
    asks_itself: bool = False

    @property
    def is_api(self) -> bool:
        return self.address.startswith(("v1:", "case:"))

    def options(self, method: str) -> dict[str, str]:
        """How a body is sent: programs speak JSON, but for files."""
        access = self.methods.get(method)
        is_json = self.is_api and method != "get" and not (access and access.is_form)
        return {"content_type": "application/json"} if is_json else {}


@dataclass(frozen=True)
class Door:
    """An address that is open before anybody is known, or that knows nothing of rows: ``why``.

    What it answers somebody unknown and somebody signed in, by method.
    """

    address: str
    why: str
    unknown: Mapping[str, int]
    known: Mapping[str, int]
    arguments: Mapping[str, Any] = field(default_factory=dict)


def about_person(
    address: str, row: str, *, further: Mapping[str, Any] | None = None, **methods: Access
) -> Rule:
    return Rule(address, methods, row, "person", further=further or {})


def about_organisation(address: str, row: str, **methods: Access) -> Rule:
    return Rule(address, methods, row, "organisation")


def ones_own(address: str, **methods: Access) -> Rule:
    """Whoever asks gets their own page; it names no row of anybody's."""
    return Rule(address, methods)


SIGN_IN, SECOND_STEP = "/accounts/login/", "/accounts/second-step/set-up/"


@dataclass(frozen=True)
class Expected:
    """The answer that a rule leads to: a refusal's status, the page one is led to instead, or
    neither for "it is done"."""

    refusal: int | None = None
    led_to: str = ""

    @property
    def is_done(self) -> bool:
        return self.refusal is None and not self.led_to

    def is_met_by(self, status: int, location: str) -> bool:
        if self.led_to:
            return status == 302 and location.startswith(self.led_to)
        if self.refusal is None:
            is_led_away = location.startswith((SIGN_IN, SECOND_STEP))
            return 200 <= status < 400 and not is_led_away
        return status == self.refusal

    def __str__(self) -> str:
        return self.led_to or ("2xx or 3xx" if self.is_done else str(self.refusal))


# Where somebody who is half signed in is led to.
OPEN_HALF_WAY = {"accounts:second_step"}


def expected(rule: Rule, method: str, place: Place) -> Expected:
    actor, access = place.actor, rule.methods.get(method)
    if actor.is_half_way and rule.address in OPEN_HALF_WAY:
        return Expected(None if access else 405)
    if not actor.is_known or (actor.is_program and not rule.is_api):
        return _at_the_door(rule, method, actor)
    if access is None:
        return Expected(405)
    if actor.is_program and access.scope not in actor.scopes:
        return Expected(403)
    if (actor.name, place.name) in access.but:
        return Expected(access.but[actor.name, place.name])
    return Expected(_refusal(access, place.ties))


def _at_the_door(rule: Rule, method: str, actor: Actor) -> Expected:
    if actor.is_half_way:
        return Expected(403) if rule.is_api else Expected(led_to=SECOND_STEP)
    if rule.is_api:
        return Expected(401)
    is_refused = rule.asks_itself and method not in rule.methods
    return Expected(405) if is_refused else Expected(led_to=SIGN_IN)


def _refusal(access: Access, ties: Ties) -> int | None:
    if not access.sees & ties or access.hides & ties:
        return access.unseen
    may = access.sees if access.may is None else access.may
    return access.refused if access.never & ties or not may & ties else access.as_things_are


OWN = Access()
