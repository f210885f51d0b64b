import re
from pathlib import Path

from accounts.models import Role
from accounts.selectors.relations import Relation

TABLE = Path(__file__).parents[2] / "docs" / "data" / "roles-and-relations.md"


def declared(heading):
    """The first cell of each row below ``heading``."""
    section = TABLE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([A-Z_]+)` \|", section, flags=re.MULTILINE)


def test_every_role_says_what_it_sees_and_may_do():
    assert declared("Roles") == Role.values


def test_every_relation_says_what_it_sees_and_may_do():
    relations = {relation.value for relation in Relation} - set(Role.values)

    assert sorted(declared("Relations")) == sorted(relations)
