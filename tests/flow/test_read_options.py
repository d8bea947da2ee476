"""``--ignore-clock`` and ``--unit``: what they make readable, and what is said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from edf_makers import EdfSignal, make_edf

from psgkit import simulate_night

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def put_back(tmp_path: Path) -> Path:
    """Return an EDF+D whose clock was put back by an hour after the sixth record."""
    onsets = [f"+{7200 + n - 3600 * (n >= 6)}" for n in range(10)]
    signals = [EdfSignal("EEG C4-A1"), EdfSignal("EEG C3-A2")]
    return make_edf(tmp_path / "night.edf", signals, kind="EDF+D", onsets=onsets)


def test_a_clock_that_goes_back_is_refused_with_the_way_out(put_back: Path, run: Run):
    status, _, said = run("inspect", put_back)

    assert status == 2
    assert "data record 7 is marked 3600 s before" in " ".join(said.split())
    assert "--ignore-clock" in said


def test_ignore_clock_reads_the_records_one_after_another(put_back: Path, run: Run):
    status, printed, _ = run("inspect", put_back, "--ignore-clock")

    shown = " ".join(printed.split())
    assert status == 0
    assert "The times of the data records were ignored" in shown
    assert "10 s" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_batch_reads_a_folder_without_units_in_the_unit_that_is_given(
    tmp_path: Path, run: Run
):
    night = simulate_night(0.25, seed=1, montage="minimal", rate_hz=100)
    (tmp_path / "in").mkdir()
    path = night.write(tmp_path / "in" / "night.edf")
    header = bytearray(path.read_bytes())
    n_signals = int(header[252:256])
    units = 256 + n_signals * (16 + 80)
    header[units : units + 8 * n_signals] = b" " * 8 * n_signals
    path.write_bytes(header)
    for one in path.parent.glob("*.csv"):
        one.unlink()  # else it is the scoring of the night
    out, words = tmp_path / "out", ("--only", "staging")

    failed, _, _ = run("batch", path.parent, "--out", out, *words, "--unit", "V")
    done, _, _ = run("batch", path.parent, "--out", out, *words, "--unit", "uV")

    assert (failed, done) == (1, 0)
    assert list(out.glob("**/*_summary.csv"))
