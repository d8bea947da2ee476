"""A night is done when its result stands for the same inputs, settings and numbers."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import psgkit
from psgkit.cohort.batch import state
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.state import record_failed
from psgkit.domain.jobs import Done, Failed, Job, Skipped
from psgkit.measure.catalogue import own_rows
from psgkit.settings import Settings, WindowSettings

STAGES = ["W"] * 10 + ["N2"] * 60 + ["N3"] * 60 + ["R"] * 40 + ["W"] * 5


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scoring, and its result in ``out``."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "n1.txt").write_text("\n".join(STAGES))
    job = Job(recording=None, id="n1", scoring=folder / "n1.txt")
    assert isinstance(do_night(Task(job, Settings(), folder / "out")), Done)
    return folder


@pytest.fixture
def out(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)  # keeps times
    return tmp_path / "out"


@pytest.fixture
def job(out: Path) -> Job:
    return Job(recording=None, id="n1", scoring=out.parent / "n1.txt")


def test_a_night_without_result_is_to_do(tmp_path: Path, job: Job) -> None:
    assert why_to_do(job, Settings(), tmp_path) == "it has no result yet"


def test_a_night_is_not_done_twice(out: Path, job: Job) -> None:
    assert why_to_do(job, Settings(), out, verify=True) == ""
    written = (out / "n1/n1.h5").stat().st_mtime_ns
    assert isinstance(do_night(Task(job, Settings(), out)), Skipped)
    assert (out / "n1/n1.h5").stat().st_mtime_ns == written


def test_another_setting_makes_it_to_do(out: Path, job: Job) -> None:
    settings = Settings(window=WindowSettings(align=True))
    assert why_to_do(job, settings, out) == "the settings are others"


@pytest.mark.parametrize(
    "change", [{"lights_off": "22:00"}, {"age_y": 40.0}, {"sex": "F"}]
)
def test_other_facts_make_it_to_do(out: Path, job: Job, change) -> None:
    why = why_to_do(replace(job, **change), Settings(), out)
    assert why == "lights, age, sex or epoch_s are given otherwise"


def test_another_group_does_not(out: Path, job: Job) -> None:
    assert why_to_do(replace(job, covariates={"group": "b"}), Settings(), out) == ""


def test_new_definitions_make_it_to_do(out: Path, job: Job, monkeypatch) -> None:
    monkeypatch.setattr(state, "METRIC_VERSION", 10**6)
    why = why_to_do(job, Settings(), out)
    assert why == "the numbers are defined anew in this version of psgkit"


def test_another_time_of_the_input_makes_it_to_do(out: Path, job: Job) -> None:
    os.utime(job.scoring, ns=(0, 0))
    assert why_to_do(job, Settings(), out) == "its scoring has changed"


def test_an_input_that_is_gone_makes_it_to_do(out: Path, job: Job) -> None:
    job.scoring.unlink()
    assert why_to_do(job, Settings(), out) == "its scoring has changed"


def test_a_change_that_hides_is_found_by_its_content(
    tmp_path: Path, job: Job, monkeypatch
) -> None:
    monkeypatch.setattr(state, "HEAD_BYTES", 100)
    out = tmp_path / "again"
    do_night(Task(job, Settings(), out))
    before = job.scoring.stat()
    text = job.scoring.read_text()
    job.scoring.write_text(text[:-1] + "R")
    os.utime(job.scoring, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert len(text) > state.HEAD_BYTES
    assert why_to_do(job, Settings(), out) == ""
    why = why_to_do(job, Settings(), out, verify=True)
    assert why == "the content of its scoring has changed"


def test_a_changed_second_scoring_makes_it_to_do(tmp_path: Path) -> None:
    stages, events = tmp_path / "n1.csv", tmp_path / "n1.xml"
    stages.write_text("time,stage\n22:00:00,W\n22:00:30,N2\n22:01:00,N2\n")
    event = (
        "<Event><Type>AROUSAL-RESP</Type><StartTime>2020-05-17T22:00:40</StartTime>"
        "<StopTime>2020-05-17T22:00:46</StopTime></Event>"
    )
    export = "<EventExport><Events>{}</Events></EventExport>"
    events.write_text(export.format(event))
    job = Job(None, id="n1", scoring=stages, scoring_beside=events)
    out = tmp_path / "out"
    assert isinstance(do_night(Task(job, Settings(), out)), Done)
    assert why_to_do(job, Settings(), out, verify=True) == ""
    events.write_text(export.format(event + event.replace("22:00", "22:01")))
    assert why_to_do(job, Settings(), out) == "its second scoring has changed"


@pytest.fixture
def _no_own_metrics() -> Iterator[None]:
    own_rows.REGISTERED.clear()
    yield
    own_rows.REGISTERED.clear()


@pytest.mark.usefixtures("_no_own_metrics")
def test_metrics_of_ones_own_make_it_to_do_and_are_asked_of_the_worker(
    out: Path, job: Job
) -> None:
    assert why_to_do(job, Settings(), out) == ""

    @psgkit.metric("quiet_n", "count", "Epochs of N3.")
    def quiet(night: psgkit.Night) -> float:
        return night.scoring.stage_names.count("N3")

    why = why_to_do(job, Settings(), out)
    assert why == "the metrics of one's own are others"
    assert isinstance(do_night(Task(job, Settings(), out)), Done)
    assert psgkit.read_night(out / "n1/n1.h5").measures["quiet_n"] == 60
    assert why_to_do(job, Settings(), out) == ""
    own_rows.REGISTERED.clear()
    assert why_to_do(job, Settings(), out) == "the metrics of one's own are others"
    # A worker in another process, which does not know the metric, must not do the night.
    failed = do_night(Task(job, Settings(), out, own_metrics=("quiet_n",)))
    assert isinstance(failed, Failed)
    assert "The worker does not know the metric quiet_n." in failed.message


def test_a_scoring_that_was_not_there_makes_it_to_do(out: Path, job: Job) -> None:
    other = replace(job, recording=job.scoring)
    why = why_to_do(other, Settings(), out)
    assert why == "a scoring is given now, or is no longer"


@pytest.mark.parametrize("file", ["n1.h5", "n1_epochs.csv"])
def test_a_result_that_is_not_whole_makes_it_to_do(out: Path, job: Job, file) -> None:
    path = out / "n1" / file
    path.write_bytes(path.read_bytes()[:-1])
    assert why_to_do(job, Settings(), out) == f"its file {file} is missing or not whole"
    path.unlink()
    assert why_to_do(job, Settings(), out) == f"its file {file} is missing or not whole"


@pytest.mark.parametrize("file", ["n1.h5", "n1_summary.csv"])
@pytest.mark.parametrize("keeps_its_time", [False, True])
def test_a_result_with_one_bit_flipped_is_done_again(
    out: Path, job: Job, file: str, keeps_its_time: bool
) -> None:
    """As a disk or another program leaves it: the same size, one bit another."""
    path = out / "n1" / file
    whole, times = path.read_bytes(), path.stat()
    raw = bytearray(whole)
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    if keeps_its_time:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    else:
        os.utime(path, ns=(0, 0))
    why = f"its file {file} is damaged or was changed"
    # A file whose size and time are as they were is looked into with --verify alone.
    assert why_to_do(job, Settings(), out) == ("" if keeps_its_time else why)
    assert why_to_do(job, Settings(), out, verify=True) == why
    assert isinstance(do_night(Task(job, Settings(), out, verify=True)), Done)
    assert path.read_bytes() == whole
    assert why_to_do(job, Settings(), out, verify=True) == ""


def test_a_result_that_was_copied_elsewhere_stands(out: Path, job: Job) -> None:
    for file in (out / "n1").iterdir():
        os.utime(file, ns=(0, 0))
    assert why_to_do(job, Settings(), out, verify=True) == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "done"}', "0" * 10])
def test_a_damaged_record_makes_it_to_do(out: Path, job: Job, text: str) -> None:
    (out / ".psgkit/nights/n1.json").write_text(text)
    assert why_to_do(job, Settings(), out) != ""


@pytest.mark.parametrize("inputs", [None, 3, [], {"scoring": 3}, {}])
def test_a_record_with_other_inputs_is_no_record(out: Path, job: Job, inputs) -> None:
    path = out / ".psgkit/nights/n1.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"inputs": inputs}))
    assert why_to_do(job, Settings(), out) != ""


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nights": [{"name": "x"}]}'])
def test_a_damaged_list_of_nights_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ".psgkit").mkdir()
    (tmp_path / ".psgkit/asked.json").write_text(text)
    assert state.read_asked(tmp_path) is None


def test_a_night_that_failed_is_to_do_and_its_earlier_result_stays(out, job) -> None:
    earlier = {file: file.read_bytes() for file in (out / "n1").iterdir()}
    record_failed(out, Failed(job, "InputError", "It is broken.", 0.0))
    assert why_to_do(job, Settings(), out) == "it failed before"
    assert {file: file.read_bytes() for file in (out / "n1").iterdir()} == earlier


def test_a_recording_in_the_folder_of_its_results_is_never_touched(
    out: Path, job: Job
) -> None:
    """As it lies where a study's folder is given as the folder of results, too."""
    others = ("n1.edf", "n1_scored.xml", "n1_stages.csv", "notes.txt")
    for name in others:
        (out / "n1" / name).write_text("mine")
    (out / "n1/n1.h5").unlink()
    record_failed(out, Failed(job, "WorkerDied", "It was killed.", 0.0))
    assert isinstance(do_night(Task(job, Settings(), out, resume=False)), Done)
    for name in others:
        assert (out / "n1" / name).read_text() == "mine"


def test_a_fifo_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.edf")
    assert state.take_print(tmp_path / "pipe.edf") is None


def test_what_a_killed_run_left_is_taken_away(out: Path, job: Job) -> None:
    (out / "n1/.0123456789abcdef.part").write_text("half")
    assert isinstance(do_night(Task(job, Settings(), out, resume=False)), Done)
    assert not list((out / "n1").glob(".*"))
