"""What a batch shows, logs, and does on Ctrl-C."""

import io
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from psgkit.cli.batch_progress import (
    Tally,
    describe,
    following,
    interrupts,
    log_outcome,
    status_of,
)
from psgkit.domain.jobs import Done, Failed, Job, Skipped

JOB = Job(recording=None, id="n1")
DONE = Done(JOB, Path("out/n1"), 12.34, issues_n=3, issues_error_n=2)
FAILED = Failed(JOB, "InputError", "It is\x1b[31m broken.", 0.5)
BEFORE = Skipped(JOB, Path("out/n1"), "its result stands")
NOT_BEGUN = Skipped(JOB, None, "the run was stopped before its turn")


def test_an_outcome_is_a_word_and_a_line() -> None:
    assert [status_of(o) for o in (DONE, FAILED, BEFORE, NOT_BEGUN)] == [
        "done",
        "failed",
        "done",
        "skipped",
    ]
    assert describe(DONE) == "n1: done in 12.3 s, 2 issues put numbers in doubt"
    one = describe(replace(DONE, issues_error_n=1))
    assert one == "n1: done in 12.3 s, 1 issue puts numbers in doubt"
    line = describe(Failed(JOB, "InputError", "An age of 130 years cannot be.", 0.5))
    assert line == "n1: failed after 0.5 s: An age of 130 years cannot be."
    assert describe(BEFORE) == "n1: done before, its result stands"
    assert describe(NOT_BEGUN) == "n1: skipped, the run was stopped before its turn"


def test_how_many_run_on_a_cluster_is_not_claimed() -> None:
    words = Tally(nights=10, workers=None).words()
    assert words == "0 done, 0 failed, remaining time not known yet"


def test_remaining_time_is_told_from_the_nights_of_this_run() -> None:
    seconds = iter([0.0, 60.0])
    tally = Tally(nights=10, workers=2, clock=lambda: next(seconds))
    assert tally.words() == "0 done, 0 failed, 2 running, remaining time not known yet"
    for outcome in (BEFORE, BEFORE, BEFORE, BEFORE, DONE, FAILED):
        tally.count(outcome)
    # The night that was done took 60 s, that which failed no time; four are left.
    assert tally.words() == "5 done, 1 failed, 2 running, about 0:04:00 left"


def test_nights_that_fail_at_once_tell_nothing_of_the_remaining_time() -> None:
    tally = Tally(nights=10, workers=2)
    for _ in range(4):
        tally.count(FAILED)
    assert tally.words() == "0 done, 4 failed, 2 running, remaining time not known yet"


def test_after_the_last_night_the_tables_are_made() -> None:
    tally = Tally(nights=2, workers=2)
    tally.count(DONE)
    tally.count(FAILED)
    assert tally.words() == "1 done, 1 failed, making the tables"


def test_piped_output_has_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with following(2, 1, quiet=False) as show:
        show(DONE)
        show(FAILED)
    assert capsys.readouterr().err == (
        "1/2 n1: done in 12.3 s, 2 issues put numbers in doubt\n"
        "2/2 n1: failed after 0.5 s: It is�[31m broken.\n"
    )


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with following(1, 1, quiet=True) as show:
        show(FAILED)
    assert capsys.readouterr().err == ""


def test_a_person_sees_failures_above_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    with following(2, 1, quiet=False) as show:
        show(FAILED)
    assert "n1: failed after 0.5 s" in screen.getvalue()


def test_the_display_leaves_room_on_a_line_of_eighty_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "80")
    with following(100, 8, quiet=False):
        pass
    # Without what moves the cursor and colours the line.
    shown = re.split(r"[\r\n]+", re.sub(r"\x1b\[[?0-9;]*\w", "", screen.getvalue()))
    assert any("0/100" in line for line in shown)
    assert max(map(len, shown)) < 80


def test_the_log_has_a_line_a_night(tmp_path: Path) -> None:
    log_outcome(tmp_path, DONE)
    log_outcome(tmp_path, FAILED)
    lines = (tmp_path / "batch.log").read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("Z n1: done in 12.3 s, 2 issues put numbers in doubt")


def test_a_log_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "batch.log").mkdir()
    log_outcome(tmp_path, DONE)


def test_ctrl_c_asks_to_stop_and_again_stops(capsys) -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts() as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        assert "Ctrl-C again stops at once" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_request_to_terminate_stops_at_once() -> None:
    with interrupts(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
