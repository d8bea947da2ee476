"""Change `psgkit/measure/` in one place at a time and see whether a test fails.

    python scripts/mutate.py                            # every module: some hours
    python scripts/mutate.py runs periods --list        # two modules, with the survivors
    python scripts/mutate.py runs --share 0.1 --seed 1  # and a tenth of all others
    python scripts/mutate.py svg png --folder psgkit/report --tests tests/unit/report/figures

A mutant is the package with one operator, number, word, condition or argument changed, by
mutmut's operators. It is killed where one of the tests that run its line fails, or takes
ten times as long as it did; it survives where all pass. The tests are those of
``tests/unit/measure``, the laws of measuring and the small flow tests, quickest first.

Not made, for no test of behaviour could tell them from the original:

- changes of annotations, type aliases, decorators, imports, ``__all__`` and ``dtype=``,
  which are mypy's affair;
- changes of words for people: docstrings, strings with a blank in them, errors raised;
- changes of ``strict=``, a guard against bugs of our own.

Not made or not counted, for they would flatter the figure: None in the place of a value,
and changes with which the package cannot even be imported.

How it is quick: the tests are collected once, and a mutant is a fork of that process in
which the code of the changed function is put in the place of its own. Where the changed line
runs on import, the package and the tests are imported anew instead.
"""

import argparse
import contextlib
import functools
import gc
import io
import json
import math
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

try:
    import coverage
    import hypothesis
    import pytest
    from mutate_parts.lines import AT_IMPORT, OF_CATALOGUE, Tests
    from mutate_parts.mutants import ROOT, Mutant, find_mutants
    from mutate_parts.swap import import_mutant, original_code, swap_code
except ModuleNotFoundError as missing:
    if not {"-h", "--help"}.isdisjoint(sys.argv):
        print(__doc__)
    print(f"{missing}: it is one of the extra 'dev' of psgkit.", file=sys.stderr)
    sys.exit({"-h", "--help"}.isdisjoint(sys.argv))

MEASURES = ROOT / "psgkit" / "measure"
TESTS = (
    "tests/unit/measure",
    "tests/laws/test_measure_laws.py",
    "tests/flow/test_signal_metrics.py",
    "tests/flow/test_separate_electrodes.py",
)  # without test_golden.py: it knows no number but our own
# They measure time or memory, which tracing and forks change.
LEFT_OUT = "not takes_under and not in_memory"
QUIET = (
    *("-s", "-q", "--tb=no", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
KILLED, SURVIVED, TOO_SLOW, NOT_IMPORTED = range(4)
Remembering = type(functools.cache(len))
MEMORY_BYTES = 16 * 2**30


class Chosen:
    """Runs some tests of those that pytest finds, in their order, each in its time."""

    def __init__(self, order: list[str], tests: Tests) -> None:
        self._order = {test: number for number, test in enumerate(order)}
        self._tests = tests

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out and sort."""
        items[:] = [item for item in items if item.nodeid in self._order]
        items.sort(key=lambda item: self._order[item.nodeid])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """End the process where a test takes ten times as long as it did.

        In the processor's time: a machine that is busy with other things kills nothing.
        """
        most_s = 3 + 10 * self._tests.seconds(item.nodeid)
        signal.setitimer(signal.ITIMER_PROF, most_s)


class Judge:
    """Collects the tests, learns what they run, and judges mutants by them."""

    def __init__(
        self,
        mutants: list[Mutant],
        longest_s: float,
        jobs: int,
        most_s: float,
        folder: Path,
    ) -> None:
        self.outcomes: dict[Mutant, int] = {}
        self.tests = Tests()
        self._mutants = mutants
        self._longest_s = longest_s
        self._jobs = jobs
        self._most_s = most_s
        self._tracer = coverage.Coverage(data_file=None, source=[str(folder)])

    def pytest_sessionstart(self) -> None:
        """Watch what importing runs."""
        self._tracer.start()
        self._tracer.switch_context(AT_IMPORT)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test's report."""
        self.tests.note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every test once, traced; then the mutants."""
        for item, following in in_turn(session.items):
            forget()  # or only the first test would run what is remembered
            self._tracer.switch_context(item.nodeid)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        self._tracer.stop()
        self.tests.note_lines(self._tracer.get_data())
        session.testsfailed = 0
        functions: defaultdict[str, list[FunctionType]] = defaultdict(list)
        for found in gc.get_objects():
            if isinstance(found, FunctionType):
                functions[found.__code__.co_filename].append(found)
        forget()
        for path in {mutant.path for mutant in self._mutants}:
            original_code(path)  # once here, rather than in every fork
        gc.freeze()
        tasks = {
            mutant: functools.partial(
                self._try, session, mutant, functions[str(mutant.path)]
            )
            for mutant in self._mutants
        }
        self.outcomes = run_forks(tasks, self._jobs, self._most_s)
        return True

    def _try(
        self, session: pytest.Session, mutant: Mutant, functions: list[FunctionType]
    ) -> int:
        """Put a mutant in the original's place in this process, and run tests."""
        order = self.tests.of(mutant, self._longest_s)
        chosen = Chosen(order, self.tests)
        session.config.pluginmanager.register(chosen)
        if not self.tests.is_of_import(mutant) and swap_code(mutant, functions):
            chosen.pytest_collection_modifyitems(session.items)
            return run_tests(session)
        if not import_mutant(mutant):
            return NOT_IMPORTED
        own = f"/test_{mutant.path.stem}.py"
        files = dict.fromkeys(test.partition("::")[0] for test in order)
        for file in sorted(files, key=lambda f: (f != OF_CATALOGUE, own not in f)):
            session.perform_collect([file])
            if run_tests(session) == KILLED:
                return KILLED
        return SURVIVED


def forget() -> None:
    """Empty what functions of the package remember of earlier calls."""
    for name, module in list(sys.modules.items()):
        if name.startswith("psgkit."):
            for found in vars(module).values():
                if isinstance(found, Remembering):
                    found.cache_clear()


def run_tests(session: pytest.Session) -> int:
    """Run the tests that were collected, until one fails."""
    for item, following in in_turn(session.items):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return KILLED
    return SURVIVED


def in_turn(
    items: list[pytest.Item],
) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one that follows it."""
    return zip(items, [*items[1:], None], strict=False)


def run_forks(
    tasks: dict[Mutant, Callable[[], int]], jobs: int, most_s: float
) -> dict[Mutant, int]:
    """Return what each task answers, each in a fork; none begins after some time."""
    until = time.monotonic() + most_s
    running: dict[int, Mutant] = {}
    outcomes: dict[Mutant, int] = {}

    def wait() -> None:
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        mutant = running.pop(pid)
        outcomes[mutant] = TOO_SLOW if code < 0 else code
        if outcomes[mutant] == SURVIVED:
            print(f"survived: {mutant}", file=sys.stderr)

    for number, (mutant, task) in enumerate(tasks.items()):
        if len(running) == jobs:
            wait()
        if time.monotonic() > until:
            break
        pid = os.fork()
        if pid == 0:
            os._exit(answer_silently(task))
        running[pid] = mutant
        if number % 100 == 0:
            print(f"{number} of {len(tasks)}", file=sys.stderr)
    while running:
        wait()
    return outcomes


def answer_silently(task: Callable[[], int]) -> int:
    """Run a task with nothing printed and bounded memory; a fault is no kill."""
    nowhere, told = os.open(os.devnull, os.O_WRONLY), os.fdopen(os.dup(2), "w")
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        return task()
    except BaseException:  # noqa: BLE001 - whatever a change brings about
        traceback.print_exc(file=told)
        told.flush()
        return SURVIVED


# What comes of it


def print_table(outcomes: dict[Mutant, int], sizes: dict[str, int]) -> None:
    """Print how many mutants of each module were killed.

    Where some modules were sampled, the share of all weighs each by its size.
    """
    tried: Counter[str] = Counter(mutant.module for mutant in outcomes)
    survived = Counter(m.module for m, fate in outcomes.items() if fate == SURVIVED)
    print(f"{'module':26}{'mutants':>8}{'tried':>7}{'killed':>8}{'survived':>10}")
    share = variance = 0.0
    total = sum(sizes[module] for module in tried)
    for module, n in sorted(tried.items()):
        lived = survived[module]
        name = module.removeprefix("psgkit.measure.")
        print(
            f"{name:26}{sizes[module]:8}{n:7}{n - lived:8}{lived:10}{1 - lived / n:8.1%}"
        )
        weight = sizes[module] / total
        share += weight * (1 - lived / n)
        guess = (lived + 1) / (n + 2)  # so that none of a few is not none of all
        variance += weight**2 * guess * (1 - guess) / n * (1 - n / sizes[module])
    n, lived = tried.total(), survived.total()
    print(f"{'all':26}{total:8}{n:7}{n - lived:8}{lived:10}{share:8.1%}", end="")
    reach = 1.96 * math.sqrt(max(variance, 0.0))
    print(f", 95 % interval {share - reach:.1%} to {min(share + reach, 1.0):.1%}")


def write_fates(path: Path, fates: dict[Mutant, int]) -> None:
    """Keep what became of each mutant."""
    rows = [(m.module, m.line, m.column, m.change, fate) for m, fate in fates.items()]
    path.write_text(json.dumps(rows, indent=0))


def read_fates(path: Path, mutants: list[Mutant]) -> dict[Mutant, int]:
    """Return what became of mutants by a file that was kept."""
    rows = {tuple(row): fate for *row, fate in json.loads(path.read_text())}
    known = {(m.module, m.line, m.column, m.change): m for m in mutants}
    return {m: rows[key] for key, m in known.items() if key in rows}


def main() -> int:
    """Run and print; 1 where the share is under the one asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("modules", nargs="*", help="taken whole; all without any")
    parser.add_argument("--share", type=float, help="of the other modules' mutants")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--longest", type=float, default=8.0, help="seconds of a test")
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried at a time")
    parser.add_argument("--minutes", type=float, default=math.inf, help="at most")
    parser.add_argument("--list", action="store_true", help="print the survivors")
    parser.add_argument("--keep", type=Path, help="write every mutant's fate as JSON")
    parser.add_argument("--again", type=Path, help="try such a file's survivors again")
    parser.add_argument("--tests", nargs="+", help="files, in the place of the usual")
    parser.add_argument(
        "--folder", type=Path, default=MEASURES, help="another, with its --tests"
    )
    parser.add_argument("--at-least", type=float, default=0.0, help="share, in percent")
    given = parser.parse_args()
    os.chdir(ROOT)
    folder = ROOT / given.folder
    os.environ["OMP_NUM_THREADS"] = "1"
    sys.dont_write_bytecode = False  # tests are compiled once, not in every fork
    mutants: list[Mutant] = []
    sizes: dict[str, int] = {}
    chance = random.Random(given.seed)  # noqa: S311 - repeatable, not secret
    for path in sorted(folder.rglob("*.py")):
        is_whole = path.stem in given.modules or not (given.modules or given.share)
        if is_whole or given.share:
            found = find_mutants(path)
            share = 1.0 if is_whole else given.share
            mutants += chance.sample(found, math.ceil(share * len(found)))
            sizes |= {mutant.module: len(found) for mutant in found}
    chance.shuffle(mutants)  # so that those of a part of the time are a sample, too
    fates = read_fates(given.again, mutants) if given.again else {}
    to_try = [m for m in mutants if fates.get(m, SURVIVED) == SURVIVED]
    hypothesis.settings.register_profile("mutate", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutate")
    judge = Judge(to_try, given.longest, given.jobs, 60 * given.minutes, folder)
    tests = given.tests or TESTS
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        pytest.main([*tests, "-m", "not slow", "-k", LEFT_OUT, *QUIET], plugins=[judge])
    if not judge.tests.finished:
        sys.exit(f"the tests could not be run:\n{printed.getvalue()}")
    for test in sorted(judge.tests.failed):
        print(f"left out, for it fails or is skipped without any change: {test}")
    fates |= judge.outcomes
    if given.keep:
        write_fates(given.keep, fates)
    counted = {m: fate for m, fate in fates.items() if fate != NOT_IMPORTED}
    if given.list:
        survivors = [m for m, fate in counted.items() if fate == SURVIVED]
        for m in sorted(survivors, key=lambda m: (m.module, m.line, m.column)):
            print(m)
    print_table(counted, sizes)
    print(f"{len(fates) - len(counted)} more cannot be imported")
    lived = sum(fate == SURVIVED for fate in counted.values())
    return int(100 * (1 - lived / max(len(counted), 1)) < given.at_least)


if __name__ == "__main__":
    sys.exit(main())
