"""Which tests run a line, and how long they take."""

import ast
import functools
from collections import defaultdict
from pathlib import Path

import coverage
import pytest
from mutate_parts.mutants import Mutant

OF_CATALOGUE = "tests/unit/measure/test_catalogue.py"
AT_IMPORT = "import"


class Tests:
    """What each test takes, and the lines that it runs."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.finished = False
        self._calls_s: dict[str, float] = {}
        self._setups_s: defaultdict[str, float] = defaultdict(float)
        self._runs: dict[str, dict[int, list[str]]] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Keep what became of a test and how long it took."""
        if not report.passed:
            self.failed.add(report.nodeid)
        file = report.nodeid.partition("::")[0]
        if report.when == "call":
            self._calls_s[report.nodeid] = report.duration
        elif report.when == "setup":
            self._setups_s[file] = max(self._setups_s[file], report.duration)

    def note_lines(self, data: coverage.CoverageData) -> None:
        """Keep the lines that each test ran."""
        self.finished = True
        for file in data.measured_files():
            self._runs[file] = data.contexts_by_lineno(file)

    def is_of_import(self, mutant: Mutant) -> bool:
        """Tell whether the line is run when the package is imported."""
        runs = self._runs.get(str(mutant.path), {}).get(mutant.line)
        return AT_IMPORT in runs if runs else not _functions_around(mutant)

    def seconds(self, test: str) -> float:
        """Return how long a test takes with the fixtures of its file."""
        return self._calls_s[test] + self._setups_s[test.partition("::")[0]]

    def of(self, mutant: Mutant, longest_s: float) -> list[str]:
        """Return the tests that run a line, else its function, its module, or any.

        What an import declares is also read by tests that run no line of it.
        """
        lines = self._runs.get(str(mutant.path), {})
        tests: set[str] = set()
        line = range(mutant.line, mutant.line + 1)
        for span in (line, *_functions_around(mutant), range(10**6)):
            tests = {test for line in lines if line in span for test in lines[line]}
            tests &= self._calls_s.keys()
            if tests:
                break
        tests = tests or set(self._calls_s)
        if self.is_of_import(mutant):
            files = (OF_CATALOGUE, f"/test_{mutant.path.stem}.py")
            tests |= {t for t in self._calls_s if any(file in t for file in files)}
        tests -= self.failed
        found = sorted(tests, key=lambda test: (self.seconds(test), test))
        return [test for test in found if self.seconds(test) <= longest_s]


def _functions_around(mutant: Mutant) -> list[range]:
    """Return the lines of the functions that hold a change, the innermost first."""
    bodies = _functions_of(mutant.path)
    return sorted((body for body in bodies if mutant.line in body), key=len)


@functools.cache
def _functions_of(path: Path) -> list[range]:
    return [
        range(node.body[0].lineno, node.end_lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
