"""How each command ends: 0 done, 1 some nights failed, 2 a call that cannot be used.

130 is a batch that was stopped. The first page of help names them all; 3, a bug, is in
``test_bad_input.py``.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from psgkit.cli.app import COMMANDS

SAMPLE = Path(__file__).parents[2] / "sample_data" / "nap.edf"
SCORING = "n.txt"

# Of each command: a call that is done, and one whose input is not there.
CALLS = {
    "report": (None, ("missing.edf",)),  # done: test_commands.py
    "inspect": ((SAMPLE,), ("missing.edf",)),
    "view": (None, ("missing.edf",)),  # done: test_view.py
    "hypnogram": ((SCORING,), ("missing.txt",)),
    "batch": (("--manifest", "m.csv"), ("missing",)),
    "collect": (None, ("missing",)),  # done: below
    "contrast": (None, ("missing.csv", "--group", "group")),  # done: test_study.py
    "power": ((), ("--columns", "none_of_ours")),
    "compare": ((SCORING, SCORING), (SCORING, "missing.txt")),
    "export": ((SCORING, "--to", "csv"), ("missing.txt", "--to", "csv")),
    "metrics": ((), ("--format", "pdf")),
    "simulate": (
        ("s", "--hours", "0.05", "--montage", "minimal", "--rate", "128"),
        ("nowhere/s.edf",),
    ),
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(SCORING).write_text("W\nN1\nN2\nN3\nN2\nR\nR\nW\n")
    Path("m.csv").write_text(f"id,scoring\na,{SCORING}\n")


def test_every_command_is_here() -> None:
    assert set(CALLS) == {command.__name__ for command in chain(*COMMANDS.values())}


@pytest.mark.parametrize("name", [name for name, calls in CALLS.items() if calls[0]])
def test_what_is_done_ends_with_0(run: Run, name: str) -> None:
    status, printed, error = run(name, *(CALLS[name][0] or ()))
    assert status == 0, error
    assert printed


@pytest.mark.parametrize("name", CALLS)
def test_input_that_is_not_there_ends_with_2(run: Run, name: str) -> None:
    status, printed, error = run(name, *CALLS[name][1])
    assert status == 2
    assert printed == ""
    assert "rror" in error or error.startswith("psgkit: ")
    assert "Traceback" not in error


@pytest.mark.parametrize("name", CALLS)
def test_an_option_that_is_not_there_ends_with_2(run: Run, name: str) -> None:
    status, _, error = run(name, "--no-such-option")
    assert status == 2
    assert "--no-such-option" in error


@pytest.mark.usefixtures("same_process")
def test_a_batch_of_which_a_night_failed_ends_with_1_and_its_tables_with_0(
    run: Run,
) -> None:
    Path("bad.txt").write_text("these are no stages\nat all\n")
    Path("m.csv").write_text(f"id,scoring\na,{SCORING}\nb,bad.txt\n")
    status, printed, _ = run("batch", "--manifest", "m.csv", "--workers", "1")
    assert status == 1
    assert printed.startswith("1 done, 1 failed, 0 skipped")
    status, printed, _ = run("collect", "results")
    assert status == 0
    assert printed.startswith("1 done, 1 failed")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C comes another way there")
@pytest.mark.slow
def test_a_batch_that_is_stopped_ends_with_130_and_goes_on_from_there(run: Run) -> None:
    nights = [f"n{number},{SCORING}" for number in range(15)]
    Path("m.csv").write_text("\n".join(["id,scoring", *nights]) + "\n")
    words = ("batch", "--manifest", "m.csv", "--workers", "1", "--only", "numbers")
    with subprocess.Popen(
        [sys.executable, "-m", "psgkit", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("1/15"):
                break
        # To all of them, as a terminal sends it.
        os.killpg(process.pid, signal.SIGINT)
        printed, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on from here." in error
    assert "Traceback" not in error
    assert int(printed.split(" skipped")[0].rpartition(" ")[2]) > 0
    status, printed, _ = run(*words)
    assert status == 0
    assert printed.startswith("15 done, 0 failed, 0 skipped")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C comes another way there")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "step", "told"),
    [
        ("en", "reading", "Stopped. Nothing was written."),
        ("nl", "lezen", "Gestopt. Er is niets geschreven."),
    ],
)
def test_a_report_that_is_stopped_says_that_nothing_was_written(
    tmp_path: Path, language: str, step: str, told: str
) -> None:
    import pty

    mine, terminal = pty.openpty()
    words = (
        "report",
        SAMPLE.with_name("night.edf"),
        "--out",
        tmp_path / "out",
        "--language",
        language,
    )
    with subprocess.Popen(
        [sys.executable, "-m", "psgkit", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        said = ""
        while step not in said:  # shown to a person who watches
            said += os.read(mine, 4096).decode()
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(OSError):  # how a terminal ends on Linux
            while chunk := os.read(mine, 4096):
                said += chunk.decode(errors="replace")
        os.close(mine)
        assert process.wait(timeout=60) == 130
    assert told in said
    assert "Traceback" not in said
    assert [*tmp_path.glob("out/*")] == []
