"""Who asks: the same person with one thing changed at a time, somebody unknown, and programs.

``cast`` changes the town for one actor; the caller takes it back. ``ties_to`` says what that actor
then is to a row, from what was changed and how the town was built.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.idp.oidc.models import Token
from django.test import Client
from django.urls import reverse

from accounts.actors import SystemJob
from accounts.authentication import SCOPES
from accounts.models import Person, Role
from accounts.services.clients import stop_client
from tests.api_client import HrSystem, hr_system
from tests.factories.accounts import BoardSeatFactory, RoleGrantFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.talent import PanelMemberFactory
from tests.security.matrix.ties import Tie, Ties
from tests.security.matrix.town import House, Target, Town
from tests.security.selection_rows import sits
from tests.signing_in import sign_in_half_way

YESTERDAY = TODAY - timedelta(days=1)
# The organisations below each place where a role may be given, itself included.
_BELOW = {"ours": {"ours"}, "board": {"ours", "neighbour"}}


@dataclass(frozen=True)
class Actor:
    """``role`` is held for ``at`` and below. A person ``keeps_lines`` of management; a ``program``
    has ``scopes`` for ``at``. Whom nobody knows is let in nowhere, nor is
    who ``is_half_way`` through signing in."""

    name: str
    says: str
    role: Role | None = None
    at: str = "ours"
    is_known: bool = True
    is_half_way: bool = False
    is_program: bool = False
    keeps_post: bool = True
    is_member: bool = True
    is_on_panel: bool = False
    scopes: tuple[str, ...] = ()
    change: Callable[[Town], None] = field(default=lambda town: None)
    spoil: Callable[[HrSystem], None] = field(default=lambda system: None)

    def cast(self, town: Town) -> Client:
        """Make the actor; return what they ask with."""
        if self.is_program:
            organisation = town.houses[self.at].organisation
            system = hr_system(organisation, scopes=list(self.scopes))
            self.spoil(system)
            headers = {"Authorization": f"Bearer {system.token}"}
            return Client(raise_request_exception=False, headers=headers)
        if self.role:
            place = town.board if self.at == "board" else town.houses[self.at].organisation
            days = {"ends_on": TODAY + timedelta(days=20)}
            RoleGrantFactory(person=town.actor, organisation=place, role=self.role, **days)
        client = Client(raise_request_exception=False)
        if self.name == "anonymous":
            return client
        person = Person.objects.get(pk=town.actor.pk)
        if self.is_half_way:
            return sign_in_half_way(client, person)
        client.force_login(person)
        # A session goes on under another key once what its owner holds has changed.
        client.get(reverse("notifications:home"))
        self.change(town)
        client.get(reverse("notifications:home"))
        return client

    def ties_to(self, target: Target) -> Ties:
        """What the actor is to the rows about ``target``."""
        if not self.is_known:
            return frozenset()
        if self.is_program:
            mine = target.house.name == self.at
            return frozenset(
                {Tie.ANYBODY, Tie.CLIENT} if mine and target.is_there else {Tie.ANYBODY}
            )
        return frozenset({Tie.ANYBODY}) | self._personal(target) | self._by_role(target)

    def _personal(self, target: Target) -> Ties:
        lasting = {Tie.SELF, Tie.NOMINATOR, Tie.REPORT, Tie.ASSESSOR}
        if self.is_on_panel and target.house.name == "ours":
            chooses = frozenset[Tie]() if Tie.SELF in target.ties else {Tie.CHOOSES}
            return target.ties | chooses | ({Tie.PANEL} if target.is_found else set())
        if self.keeps_post:
            return target.ties
        kept = target.ties & lasting
        return kept | ({Tie.COLLEAGUE} & target.ties if self.is_member else frozenset())

    def _by_role(self, target: Target) -> Ties:
        if self.role is None:
            return frozenset()
        ties = {f"{self.role.value} anywhere"}
        if target.house.name in _BELOW[self.at]:
            is_there = target.is_there and (self.keeps_post or Tie.SELF not in target.ties)
            ties |= {f"{self.role.value} there"} | ({self.role.value} if is_there else set())
            # What somebody shows to their trust only is not shown to the board above it.
            if target.is_found and self.at == target.house.name:
                ties.add(f"{self.role.value} by consent")
            if is_there and not target.is_managed:
                ties.add(f"{self.role.value} for who has no line manager")
        return frozenset(ties)

    def ties_at(self, house: House) -> Ties:
        """What the actor is to the rows of an organisation."""
        if not self.is_known:
            return frozenset()
        ties: set[str] = {Tie.ANYBODY}
        if self.is_program:
            return frozenset(ties | ({Tie.CLIENT} if house.name == self.at else set()))
        if house.name == "ours":
            ties |= {Tie.ENROLLED} | ({Tie.MEMBER} if self.is_member else set())
            ties |= {Tie.LEADS} if self.keeps_post else set()
        if self.role:
            ties.add(f"{self.role.value} anywhere")
            ties |= {f"{self.role.value} there"} if house.name in _BELOW[self.at] else set()
        return frozenset(ties)


def _is_inactive(town: Town) -> None:
    Person.objects.filter(pk=town.actor.pk).update(is_active=False)


def _has_left(town: Town) -> None:
    """Post and lines ended yesterday, those over others included."""
    for rows in (
        town.actor.reporting_lines,
        town.actor.managed_by_lines,
        town.actor.assignments,
    ):
        rows.filter(starts_on=TODAY).delete()
        rows.filter(ends_on__isnull=True).update(ends_on=YESTERDAY)


def _sits_on_the_board(town: Town) -> None:
    _has_left(town)
    BoardSeatFactory(person=town.actor, organisation=town.houses["ours"].organisation)


def _held_until_yesterday(town: Town) -> None:
    RoleGrantFactory(
        person=town.actor,
        organisation=town.houses["ours"].organisation,
        role=Role.HR_ADMINISTRATOR,
        ends_on=YESTERDAY,
    )


def _joins_the_panel(town: Town) -> None:
    PanelMemberFactory(person=town.actor, pool=town.houses["ours"].rows["pool"])
    for target in town.targets.values():
        if target.house.name == "ours" and Tie.SELF not in target.ties:
            sits(target.rows["panel_intake"], town.actor)


def _expire(system: HrSystem) -> None:
    Token.objects.filter(client_id=system.api_client.client_id).update(
        expires_at=NOW - timedelta(seconds=1)
    )


def _stop(system: HrSystem) -> None:
    stop_client(client=system.api_client, by=SystemJob("tests", organisation_ids=None), now=NOW)


def _role(role: Role, at: str = "ours") -> Actor:
    above = " of the board above" if at == "board" else ""
    return Actor(
        f"{role.value.lower()}{'_above' if above else ''}", f"{role.label}{above}", role, at
    )


def _program(name: str, says: str, **given: object) -> Actor:
    return Actor(name, says, is_program=True, **{"scopes": tuple(SCOPES), **given})


PEOPLE = (
    Actor("manager", "Manager without a role"),
    *(_role(role) for role in Role),
    *(
        _role(role, "board")
        for role in (Role.HR_ADMINISTRATOR, Role.TALENT_LEAD, Role.LEARNING_LEAD)
    ),
    Actor("panel_member", "Member of panels", change=_joins_the_panel, is_on_panel=True),
    Actor("role_ended", "HR administrator until yesterday", change=_held_until_yesterday),
    Actor("board_member", "Non-executive director", change=_sits_on_the_board, keeps_post=False),
    Actor(
        "gone",
        "Who left the organisation yesterday",
        change=_has_left,
        keeps_post=False,
        is_member=False,
    ),
    Actor(
        "half_way",
        "HR administrator without the second step",
        Role.HR_ADMINISTRATOR,
        is_known=False,
        is_half_way=True,
    ),
    Actor("inactive", "Leaver whose sign-in was stopped", is_known=False, change=_is_inactive),
    Actor("anonymous", "Nobody who has signed in", is_known=False),
)
PROGRAMS = (
    _program("program", "Program with every scope"),
    *(
        _program(scope.replace(":", "_"), f"Program with {scope} alone", scopes=(scope,))
        for scope in SCOPES
    ),
    _program("program_elsewhere", "Program of another organisation", at="stranger"),
    _program("program_expired", "Program with an expired token", is_known=False, spoil=_expire),
    _program("program_stopped", "Program that was stopped", is_known=False, spoil=_stop),
)
ACTORS: Mapping[str, Actor] = {actor.name: actor for actor in (*PEOPLE, *PROGRAMS)}
