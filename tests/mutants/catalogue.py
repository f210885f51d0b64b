"""Every way in which the rules about access are weakened, one at a time, to see that it is noticed.

Most are read from the code itself: a new policy or scope has its mutant the day it is written.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "jobs", "notifications", "pathways", "courses", "appraisals", "talent")
Change = Callable[[ast.Module], bool]


@dataclass(frozen=True)
class Mutant:
    """``path`` of the file, ``name`` of the function in it, and the body it is given instead."""

    kind: str
    path: str
    name: str
    body: str

    @property
    def key(self) -> str:
        return f"{self.path}:{self.name}"

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def app(self) -> str:
        return self.path.partition("/")[0]

    def applied(self, source: str) -> ast.Module:
        """The module with the function's body changed; a mistake when it is not there."""
        tree = ast.parse(source)
        for owner, function in functions_of(tree):
            if f"{owner}{function.name}" == self.name:
                function.body = ast.parse(self.body).body
                return ast.fix_missing_locations(tree)
        raise LookupError(f"{self.key} is not there any more.")


def functions_of(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.", inner)
                for inner in node.body
                if isinstance(inner, ast.FunctionDef)
            )


# What every mutant of a file's kind does to the functions it is about.
def _of_policies(name: str, function: ast.FunctionDef) -> str:
    gives = ast.unparse(function.returns) if function.returns else ""
    return "return True" if gives == "bool" else ""


def _of_models(name: str, function: ast.FunctionDef) -> str:
    return "return self.all()" if name.endswith(".visible_to") else ""


def _of_visibility(name: str, function: ast.FunctionDef) -> str:
    gives = ast.unparse(function.returns) if function.returns else ""
    return "return EVERYTHING" if gives == "Q" and not name.startswith("_") else ""


def _of_services(name: str, function: ast.FunctionDef) -> str:
    return "return None" if name.lstrip("_").startswith("refuse_unless_") else ""


def _of_walls(name: str, function: ast.FunctionDef) -> str:
    is_rule = name.endswith(".condition") and not name.startswith("Kind.")
    return 'return "true"' if is_rule else ""


_GENERATED: tuple[tuple[str, str, Callable[[str, ast.FunctionDef], str]], ...] = (
    ("policy", "*/policies.py", _of_policies),
    ("policy", "*/policies/*.py", _of_policies),
    ("scope", "*/models.py", _of_models),
    ("scope", "*/models/*.py", _of_models),
    ("scope", "accounts/visibility.py", _of_visibility),
    ("wall", "accounts/walls.py", _of_walls),
    ("refusal", "*/services/*.py", _of_services),
)

_DECLARED = (
    Mutant(
        "scope of tokens", "accounts/authentication.py", "HasScope.has_permission", "return True"
    ),
    Mutant("second step", "accounts/second_factor.py", "needs_second_factor", "return False"),
    Mutant("second step", "accounts/second_factor.py", "has_fresh_second_factor", "return True"),
    Mutant(
        "middleware", "accounts/middleware.py", "SecondStepMiddleware.process_view", "return None"
    ),
    Mutant("session", "accounts/sessions.py", "why_ended", "return None"),
    Mutant("relation", "accounts/standing.py", "Standing.holds", "return True"),
    Mutant("party", "appraisals/views/loading.py", "_is_former", "return False"),
    Mutant("party", "appraisals/policies/appraisals.py", "side_of", "return Side.SUBJECT"),
    Mutant("redirect", "common/http/redirects.py", "safe_redirect_target", "return target"),
)

# Weakened and yet the same: what makes each so.
EQUIVALENT: dict[str, str] = {}


def mutants() -> list[Mutant]:
    """All of them, in the order of the files."""
    found = [*_generated(), *_DECLARED]
    return sorted({one.key: one for one in found}.values(), key=lambda one: one.key)


def _generated() -> Iterator[Mutant]:
    for kind, pattern, weaken in _GENERATED:
        for file in sorted(ROOT.glob(pattern)):
            path = str(file.relative_to(ROOT))
            if path.partition("/")[0] not in APPS:
                continue
            for owner, function in functions_of(ast.parse(file.read_text())):
                if body := weaken(f"{owner}{function.name}", function):
                    yield Mutant(kind, path, f"{owner}{function.name}", body)
