"""A pytest plugin: gives one module another body while it is imported. No file is touched."""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from tests.mutants.catalogue import ROOT, Mutant, mutants


class _Loader(importlib.machinery.SourceFileLoader):
    mutant: Mutant

    def get_code(self, fullname: str) -> CodeType:
        source = (ROOT / self.mutant.path).read_text()
        return compile(self.mutant.applied(source), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            return None
        loader = _Loader(fullname, spec.origin)
        loader.mutant = self.mutant
        spec.loader = loader
        return spec


def pytest_configure(config) -> None:
    name = os.environ["WAYMARK_MUTANT"]
    if name and name != "none" and not any(isinstance(one, _Finder) for one in sys.meta_path):
        raise RuntimeError("The hook was loaded too late.")


_name = os.environ.get("WAYMARK_MUTANT", "none")
if _name != "none":
    _mutant = next(one for one in mutants() if one.key == _name)
    if _mutant.module in sys.modules:
        raise RuntimeError(f"{_mutant.module} was imported before it could be changed.")
    sys.meta_path.insert(0, _Finder(_mutant))
