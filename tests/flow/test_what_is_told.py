"""A refusal names what the person did, before any long work."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import edfio
import pytest
from night_makers import make_night

import psgkit

SAMPLE = Path(__file__).parents[2] / "sample_data/nap.edf"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stages(tmp_path: Path) -> Path:
    path = tmp_path / "n1.txt"
    path.write_text("W\n" * 20 + "N2\n" * 300 + "R\n" * 40)
    return path


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """Return the sample as it would be if copying had stopped after two records."""
    whole = edfio.read_edf(SAMPLE)
    header = 256 * (1 + len(whole.signals))
    record = (SAMPLE.stat().st_size - header) // whole.num_data_records
    path = tmp_path / "cut.edf"
    path.write_bytes(SAMPLE.read_bytes()[: header + 2 * record])
    return path


def test_lights_of_a_scoring_alone_are_outside_of_the_scoring(
    run: Run, stages: Path
) -> None:
    for given in ("99999s", "22:47"):
        status, _, told = run("hypnogram", stages, "--lights-off", given)
        assert status == 2
        assert "the scoring" in told
        assert "recording" not in told


def test_one_night_compared_has_values_and_no_quartiles(run: Run, stages: Path) -> None:
    status, printed, _ = run("compare", stages, stages)
    assert status == 0
    assert "1 night compared" in printed
    assert "agreement" in printed
    assert not [word for word in ("median", "25 %", "ICC", "low") if word in printed]


def test_a_recording_that_was_cut_is_told_to_be(
    run: Run, cut: Path, stages: Path, tmp_path: Path
) -> None:
    for more in ((), ("--scoring", stages, "--align")):
        status, _, told = run("report", cut, "--out", tmp_path / "out", *more)
        assert status == 2
        assert "The file is cut: copy it again from its source." in told


def test_the_option_that_took_the_only_eeg_is_named(run: Run, tmp_path: Path) -> None:
    words = ("--out", tmp_path / "out", "--channel", "emg=C4-M1")
    status, _, told = run("report", SAMPLE, *words)
    assert status == 2
    assert "No EEG is left: --channel emg=C4-M1 took C4-M1." in told


@pytest.mark.parametrize("command", ["report", "batch"])
def test_a_network_that_is_not_installed_is_refused_at_the_door(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    out = tmp_path / "out"
    # The night is not there: nobody came to look for it.
    words = (tmp_path / "none.edf", "--out", out, "--arousals", "unet_v1")
    status, _, told = run(command, *words)
    assert status == 2
    assert "weights of unet_v1 are missing" in told
    assert "pip install --force-reinstall psgscoring" in told


def test_a_night_is_not_simulated_for_a_folder_that_is_not_there(
    run: Run, tmp_path: Path
) -> None:
    status, _, told = run("simulate", tmp_path / "nowhere" / "x.edf")
    assert status == 2
    assert f"There is no folder {tmp_path / 'nowhere'}" in told


def test_nights_of_one_person_are_not_quietly_those_of_several(
    run: Run, tmp_path: Path
) -> None:
    pytest.importorskip("statsmodels")
    rows = [
        f"{n},done,{'ab'[n // 2 % 2]},P{n // 2},{60 + 7 * n % 19},{n % 3 or ''}"
        for n in range(16)
    ]
    table = tmp_path / "cohort.csv"
    head = "id,status,group,person,n3_min,rem_min"
    table.write_text("\n".join([head, *rows, "16,failed,a,P8,,"]) + "\n")
    words = ("contrast", table, "--group", "group", "--columns", "n3_min,rem_min")
    status, printed, told = run(*words)
    assert status == 0
    assert told == ""
    assert "the column 'person' repeats and was taken to name persons" in printed
    assert "all: 1 night left out, failed" in printed
    assert "rem_min: 6 nights left out, no value" in printed
    status, printed, told = run(*words, "--person", "person")
    assert status == 0
    assert told == ""
    assert "16 nights of 8 persons" in printed


def test_a_recording_that_counts_twice_is_told_beside_the_table(
    run: Run, tmp_path: Path
) -> None:
    # All nights of the maker are of one recording.
    for night_id in ("n1", "n2"):
        psgkit.save_night(make_night(night_id), tmp_path)
    status, printed, told = run("collect", tmp_path, "--all")
    assert status == 0
    assert "2 done" in printed
    assert told == (
        "psgkit: 'n1' and 'n2' hold the same recording, which counts twice in the "
        "table.\n"
    )
