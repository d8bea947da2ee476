"""A night that is done keeps its id, whatever comes or goes beside it."""

import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from night_makers import make_night

import psgkit
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.state import record_done, take_print
from psgkit.cohort.jobs.discovery import find_jobs
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.domain.jobs import Done, Job
from psgkit.read.input_hash import sha256_of
from psgkit.settings import Settings


def put(study: Path, name: str, content: str = "") -> Path:
    file = study / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content or name)
    return file


def do_all(jobs: list[Job], out: Path) -> None:
    """Do what is to do as a batch would, without reading any of it."""
    for job in jobs:
        if why_to_do(job, Settings(), out):
            night = make_night(job.night_id, with_spectra=False)
            facts = replace(night.provenance, recording_sha256=sha256_of(job.recording))
            night = replace(night, provenance=facts)
            prints = {"recording": asdict(take_print(job.recording))}
            done = Done(job, psgkit.save_night(night, out), 1.0, 0, 0)
            record_done(out, job, Settings(), prints, night, done)


def ids(jobs: list[Job], study: Path) -> dict[str, str]:
    return {job.recording.relative_to(study).as_posix(): job.id for job in jobs}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return tmp_path / "study"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_file_of_the_same_name_takes_another_id(study: Path, out: Path) -> None:
    put(study, "b/n1.edf")
    do_all(find_jobs([study], out=out), out)
    # Before and after it in the order of names.
    put(study, "a/n1.edf")
    put(study, "c/n1.edf")
    jobs = find_jobs([study], out=out)
    kept = {"a/n1.edf": "a_n1", "b/n1.edf": "n1", "c/n1.edf": "c_n1"}
    assert ids(jobs, study) == kept
    assert why_to_do(jobs[1], Settings(), out) == ""
    do_all(jobs, out)
    assert ids(find_jobs([study], out=out), study) == kept


def test_a_night_keeps_its_long_id_when_the_other_has_gone(
    study: Path, out: Path
) -> None:
    put(study, "a/n1.edf")
    other = put(study, "b/n1.edf")
    do_all(find_jobs([study], out=out), out)
    other.unlink()
    assert ids(find_jobs([study], out=out), study) == {"a/n1.edf": "a_n1"}
    assert ids(find_jobs([study / "a"], out=out), study) == {"a/n1.edf": "a_n1"}


def test_where_nothing_is_done_names_follow_from_the_files_alone(
    study: Path, out: Path
) -> None:
    put(study, "a/n1.edf")
    put(study, "b/n1.edf")
    expected = {"a/n1.edf": "a_n1", "b/n1.edf": "b_n1"}
    assert ids(find_jobs([study], out=out), study) == expected
    assert ids(find_jobs([study]), study) == expected


def test_another_recording_in_the_place_of_one_is_named_as_its_file(
    study: Path, out: Path
) -> None:
    put(study, "a/n1.edf")
    do_all(find_jobs([study], out=out), out)
    put(study, "a/n1.edf", "measured again")
    put(study, "b/n1.edf")
    expected = {"a/n1.edf": "a_n1", "b/n1.edf": "b_n1"}
    assert ids(find_jobs([study], out=out), study) == expected


def test_a_file_of_another_site_does_not_replace_a_result(
    study: Path, out: Path
) -> None:
    put(study, "a/n1.edf")
    put(study, "a/n2.edf")
    do_all(find_jobs([study / "a"], out=out), out)
    put(study, "b/n1.edf")
    put(study, "b/x/N2.edf")
    jobs = find_jobs([study / "b"], out=out)
    assert ids(jobs, study) == {"b/n1.edf": "b_n1", "b/x/N2.edf": "x_N2"}
    do_all(jobs, out)
    # Nor does a third, and each of them keeps its own.
    put(study, "c/b/n1.edf")
    expected = {"a/n1.edf": "n1", "a/n2.edf": "n2"}
    assert ids(find_jobs([study / "a"], out=out), study) == expected
    assert ids(find_jobs([study / "c"], out=out), study) == {"c/b/n1.edf": "c_b_n1"}


@pytest.mark.parametrize("has_same_time", [False, True])
def test_a_file_of_another_site_with_the_same_header_does_not_replace_a_result(
    study: Path, out: Path, has_same_time: bool
) -> None:
    """The same name, size and first 64 KiB, and another night behind them."""
    ours = put(study, "a/n1.edf", "0" * 70_000 + "a")
    do_all(find_jobs([study / "a"], out=out), out)
    theirs = put(study, "b/n1.edf", "0" * 70_000 + "b")
    if has_same_time:
        times = ours.stat()
        os.utime(theirs, ns=(times.st_atime_ns, times.st_mtime_ns))
    jobs = find_jobs([study / "b"], out=out)
    assert ids(jobs, study) == {"b/n1.edf": "b_n1"}
    do_all(jobs, out)
    assert ids(find_jobs([study / "a"], out=out), study) == {"a/n1.edf": "n1"}


def test_a_recording_that_was_exported_anew_is_the_same_night(
    study: Path, out: Path
) -> None:
    put(study, "a/n1.edf")
    do_all(find_jobs([study], out=out), out)
    put(study, "a/n1.edf", "exported anew")
    (job,) = find_jobs([study], out=out)
    assert job.id == "n1"
    assert why_to_do(job, Settings(), out) == "its recording has changed"


def test_a_record_names_no_folder(study: Path, out: Path) -> None:
    put(study, "Jansen, Jan/n1.edf")
    do_all(find_jobs([study], out=out), out)
    record = (out / ".psgkit" / "nights" / "n1.json").read_text()
    assert "folder_mark" in record
    assert "Jansen" not in record


def test_a_file_that_was_touched_keeps_its_id(study: Path, out: Path) -> None:
    file = put(study, "a/n1.edf")
    do_all(find_jobs([study], out=out), out)
    os.utime(file, (1, 1))
    put(study, "b/n1.edf")
    assert ids(find_jobs([study], out=out), study)["a/n1.edf"] == "n1"


def test_a_copy_does_not_take_the_id_of_what_it_was_copied_from(
    study: Path, out: Path
) -> None:
    file = put(study, "b/n1.edf")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    do_all(find_jobs([study], out=out), out)
    (study / "a").mkdir()
    shutil.copyfile(file, study / "a/n1.edf")
    expected = {"a/n1.edf": "a_n1", "b/n1.edf": "n1"}
    assert ids(find_jobs([study], out=out), study) == expected


def test_a_manifest_without_ids_keeps_them_too(study: Path, out: Path) -> None:
    put(study, "a/n1.edf")
    put(study, "b/n1.edf")
    table = put(study, "study.csv", "edf\na/n1.edf\n")
    do_all(read_manifest(table, out=out), out)
    table.write_text("id,edf\n,b/n1.edf\n,a/n1.edf\n")
    expected = {"b/n1.edf": "b_n1", "a/n1.edf": "n1"}
    assert ids(read_manifest(table, out=out), study) == expected
    # An id that the manifest gives goes before all.
    put(study, "c/x.edf")
    table.write_text("id,edf\n,b/n1.edf\n,a/n1.edf\nn1,c/x.edf\n")
    expected = {"b/n1.edf": "b_n1", "a/n1.edf": "a_n1", "c/x.edf": "n1"}
    assert ids(read_manifest(table, out=out), study) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"status": "done", "id": 5}',
        '{"status": ["done"], "id": "n1"}',
        '{"status": "done", "id": "n1", "inputs": []}',
        '{"status": "done", "id": "n1", "inputs": {"recording": [1]}}',
        '{"status": "done", "id": "n1", "inputs": {"recording": {"head_sha256": {}}}}',
    ],
)
def test_a_damaged_record_names_no_night(study: Path, out: Path, text: str) -> None:
    put(study, "a/n1.edf")
    put(study, "b/n1.edf")
    nights = out / ".psgkit" / "nights"
    nights.mkdir(parents=True)
    (nights / "n1.json").write_text(text)
    kept = {"a/n1.edf": "a_n1", "b/n1.edf": "b_n1"}
    assert ids(find_jobs([study], out=out), study) == kept
