"""The source of the apps, read as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# From the lowest floor to the highest; apps of one floor do not know each other.
FLOORS = [
    {"common"},
    {"accounts"},
    {"jobs"},
    {"integrations", "notifications"},
    {"pathways"},
    {"courses"},
    {"appraisals"},
    {"talent"},
    {"insights"},
    {"config"},
]
APPS = [app for floor in FLOORS for app in sorted(floor)]


def floor_of(app: str) -> int:
    return next(height for height, floor in enumerate(FLOORS) if app in floor)


def modules(*rooms: str) -> Iterator[Path]:
    """Every module of the named rooms, whether the room is a file or a folder."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            inside = path.relative_to(ROOT / app)
            if not rooms or inside.parts[0].removesuffix(".py") in rooms:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))
