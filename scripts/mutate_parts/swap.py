"""A mutant in the place of the original."""

import functools
import importlib
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType

from mutate_parts.mutants import ROOT, Mutant


def swap_code(mutant: Mutant, functions: list[FunctionType]) -> bool:
    """Give the changed functions their changed code; tell whether there was any."""
    new = compile(mutant.source, mutant.path, "exec", dont_inherit=True)
    changed = dict(_changed_pairs(original_code(mutant.path), new))
    found = [function for function in functions if function.__code__ in changed]
    for function in found:
        code = changed[function.__code__]
        if code.co_freevars != function.__code__.co_freevars:
            return False
        function.__code__ = code
    return bool(found)


@functools.cache
def original_code(path: Path) -> CodeType:
    """Compile a module as it is."""
    return compile(path.read_text(), path, "exec", dont_inherit=True)


def _changed_pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    inner = [
        [const for const in code.co_consts if isinstance(const, CodeType)]
        for code in (old, new)
    ]
    if old != new:
        yield old, new
    if len(inner[0]) == len(inner[1]):
        for pair in zip(*inner, strict=True):
            yield from _changed_pairs(*pair)


class MutantFinder:
    """Finds the mutant in the place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return how to import the mutant; None for other modules."""
        if name != self._mutant.module:
            return None
        loader = MutantLoader(name, str(self._mutant.path))
        loader.source = self._mutant.source
        return spec_from_file_location(name, loader.path, loader=loader)


class MutantLoader(SourceFileLoader):
    """Compiles the mutant's text."""

    source: str

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the base's
        """Return the mutant's code."""
        return compile(self.source, self.path, "exec", dont_inherit=True)


def import_mutant(mutant: Mutant) -> bool:
    """Import the package and a mutant in it anew; tell whether that was possible."""
    homes = (str(ROOT / "psgkit"), str(ROOT / "tests"))
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(homes):
            del sys.modules[name]
    sys.meta_path.insert(0, MutantFinder(mutant))
    try:
        importlib.import_module("psgkit.measure.night")
        importlib.import_module(mutant.module)
    except Exception:  # noqa: BLE001 - whatever a change brings about
        return False
    return True
