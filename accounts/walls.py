"""The third wall: row-level security, declared for every table and built by migrations.

A declaration says by what a row is recognised as concerning somebody. ``BuildWall`` in a migration
makes the policy of it, and a test compares the declarations with the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# In brackets of their own these are read once for each statement, not once for each row.
EVERYWHERE = "(SELECT waymark_everywhere())"
ME = "(SELECT waymark_person())"
SOMEBODY = f"({ME} IS NOT NULL OR (SELECT waymark_organisations()) IS NOT NULL)"
PEOPLE = "ANY ((SELECT waymark_people())::bigint[])"
ORGANISATIONS = "ANY ((SELECT waymark_organisations())::bigint[])"
SHARED = "ANY ((SELECT waymark_shared())::bigint[])"


class Kind(Protocol):
    """By what a row is recognised; ``condition`` speaks of the columns of ``table``."""

    def condition(self, table: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Organisation:
    """What an organisation keeps. ``is_shared``: open to those below it and to whoever worked
    there, because it says nothing about anybody; ``or_national``: without an organisation it is
    everybody's."""

    column: str = "organisation_id"
    is_shared: bool = False
    or_national: bool = False

    def condition(self, table: str) -> str:
        seen = f"{table}.{self.column} = {SHARED if self.is_shared else ORGANISATIONS}"
        national = f"{table}.{self.column} IS NULL AND {SOMEBODY}"
        return f"{seen} OR ({national})" if self.or_national else seen


@dataclass(frozen=True, slots=True)
class Own:
    """What concerns the people named in ``columns`` and nobody else."""

    columns: tuple[str, ...]

    def condition(self, table: str) -> str:
        return " OR ".join(f"{table}.{column} = {ME}" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Concerning:
    """What concerns a person: theirs, and open to whoever manages or stands in for them."""

    column: str = "person_id"

    def condition(self, table: str) -> str:
        return f"{table}.{self.column} = {PEOPLE}"


@dataclass(frozen=True, slots=True)
class Member:
    """What belongs to a person: theirs and their managers', and open where a place of theirs is
    (an assignment or a seat on a board, of any time)."""

    column: str = "person_id"

    def condition(self, table: str) -> str:
        places = (
            f"EXISTS (SELECT FROM {place} held WHERE held.person_id = {table}.{self.column})"
            for place in ("accounts_assignment", "accounts_boardseat")
        )
        return f"{table}.{self.column} = {PEOPLE} OR {' OR '.join(places)}"


@dataclass(frozen=True, slots=True)
class Parent:
    """What is part of another row is seen with it."""

    column: str
    table: str

    def condition(self, table: str) -> str:
        return f"EXISTS (SELECT FROM {self.table} whole WHERE whole.id = {table}.{self.column})"


@dataclass(frozen=True, slots=True)
class Written:
    """A condition of its own; ``{table}`` stands for the table."""

    sql: str

    def condition(self, table: str) -> str:
        return self.sql.replace("{table}", table)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of several is enough."""

    kinds: tuple[Kind, ...]

    def condition(self, table: str) -> str:
        return " OR ".join(f"({kind.condition(table)})" for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Open:
    """No wall, and why none is needed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wall:
    """The row-level security of one table.

    ``seen_by_owner``: functions and views of the owner read it whole, and check by themselves what
    they tell; see the functions of ``waymark_…`` in the migrations.
    """

    kind: Kind
    seen_by_owner: bool = False

    def statements(self, table: str) -> list[str]:
        """What builds the wall."""
        seen = f"{EVERYWHERE} OR {self.kind.condition(table)}"
        made = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_wall ON {table} USING ({seen}) WITH CHECK ({seen})",
        ]
        if self.seen_by_owner:
            made.append(
                f"CREATE POLICY {table}_owner ON {table} FOR SELECT TO CURRENT_USER USING (true)"
            )
        return made

    def undoing(self, table: str) -> list[str]:
        """What takes it down again."""
        return [
            f"DROP POLICY IF EXISTS {table}_owner ON {table}",
            f"DROP POLICY {table}_wall ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


# What an app says of each of its tables.
Declared = Mapping[str, Kind | Wall | Open]
WALLS: dict[str, Wall | Open] = {}


def declare(walls: Declared) -> None:
    """Say for each table of an app what its wall is; called from ``AppConfig.ready()``."""
    for table, wall in walls.items():
        if table in WALLS:
            raise ValueError(f"Two walls are declared for {table}.")
        WALLS[table] = wall if isinstance(wall, Wall | Open) else Wall(wall)


class BuildWall(Operation):
    """Build the wall of a table that has none."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, wall: Kind | Wall) -> None:
        self.table = table
        self.wall = wall if isinstance(wall, Wall) else Wall(wall)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models know nothing of it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState | Apps,
        to_state: ProjectState | Apps,
    ) -> None:
        _execute(schema_editor, self.wall.statements(self.table))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState | Apps,
        to_state: ProjectState | Apps,
    ) -> None:
        _execute(schema_editor, self.wall.undoing(self.table))

    def describe(self) -> str:
        return f"Build the wall of {self.table}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table, self.wall], {})


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, None)


class RebuildWall(BuildWall):
    """Put another wall in the place of one that stands."""

    def __init__(self, table: str, wall: Kind | Wall, *, before: Kind | Wall) -> None:
        super().__init__(table, wall)
        self.before = BuildWall(table, before)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState | Apps,
        to_state: ProjectState | Apps,
    ) -> None:
        states = (app_label, schema_editor, from_state, to_state)
        self.before.database_backwards(*states)
        super().database_forwards(*states)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState | Apps,
        to_state: ProjectState | Apps,
    ) -> None:
        states = (app_label, schema_editor, from_state, to_state)
        super().database_backwards(*states)
        self.before.database_forwards(*states)

    def describe(self) -> str:
        return f"Build another wall of {self.table}"
