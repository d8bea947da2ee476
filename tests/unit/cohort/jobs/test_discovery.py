"""Which recordings there are in files and folders."""

import gzip
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from edf_makers import EdfSignal, make_edf

import psgkit
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.jobs.discovery import find_jobs, with_hashed_ids
from psgkit.cohort.jobs.ids import name_nights
from psgkit.domain.jobs import Failed
from psgkit.errors import InputError
from psgkit.read import read_recording
from psgkit.settings import Settings
from psgkit.store.files import safe_name


@pytest.fixture
def study(tmp_path: Path) -> Path:
    for name in (
        "a/n1.edf",
        "a/n1.xml",
        "a/N2.EDF",
        "b/n1.edf",
        "b/deep/n3.bdf",
        "b/SC4001EC-Hypnogram.edf",
        "b/._n3.edf",
        ".hidden/n9.edf",
        "results/.psgkit/asked.json",
        "results/n1/n1.h5",
        "notes.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def test_folders_are_searched_with_all_below_them(study: Path) -> None:
    jobs = find_jobs([study])
    assert [job.id for job in jobs] == ["N2", "a_n1", "b_n1", "n3"]
    assert [job.scoring for job in jobs] == [None, study / "a/n1.xml", None, None]


def test_results_in_the_folder_of_recordings_hide_none_of_them(study: Path) -> None:
    """``psgkit batch study --out study``, given again."""
    before = [job.id for job in find_jobs([study])]
    (study / ".psgkit").mkdir()
    for name in ("n1/n1.h5", "n1/n1_report.html", "n1/n1_epochs.csv", "cohort.csv"):
        (study / name).parent.mkdir(exist_ok=True)
        (study / name).write_text("")
    assert [job.id for job in find_jobs([study], out=study)] == before


def test_a_folder_that_cannot_be_opened_is_a_night_that_fails(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = str(study / "b")
    scandir, access = os.scandir, os.access

    def refuse(place: object) -> object:
        if str(place) == closed:
            raise PermissionError(13, "Permission denied", closed)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(os, "access", lambda p, m: str(p) != closed and access(p, m))
    jobs = find_jobs([study])
    assert [job.id for job in jobs] == ["N2", "n1", "b"]
    outcome = do_night(Task(jobs[-1], Settings(), tmp_path / "out"))
    assert isinstance(outcome, Failed)
    assert outcome.message.startswith("This folder cannot be opened: permission denied")


def test_a_folder_named_in_latin_1_counts(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Universit\xe4t"))
    folder.mkdir()
    (folder / "n1.edf").write_bytes(b"")
    (tmp_path / "n1.edf").write_bytes(b"")
    ids = [job.id for job in find_jobs([tmp_path], out=tmp_path)]
    assert len(ids) == 2
    assert all(safe_name(name) == name for name in ids)
    assert len({job.id for job in with_hashed_ids(find_jobs([folder]))}) == 1


@pytest.mark.slow
def test_a_night_in_a_folder_named_in_latin_1_is_done(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Universit\xe4t"))
    folder.mkdir()
    signals = [EdfSignal("C4-M1", rate=100)]
    for place in (folder, tmp_path):
        make_edf(place / "n1.edf", signals, n_records=300)
        (place / "n1_scoring.txt").write_text("W\nN2\n" * 5)
    out = tmp_path / "out"
    words = ("batch", tmp_path, "--out", out, "--workers", "1")
    call = [sys.executable, "-m", "psgkit", *map(str, words)]
    done = subprocess.run(call, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    table = psgkit.read_cohort(out)
    assert table["status"].tolist() == ["done", "done"]
    assert len(set(table["id"])) == 2


# Root opens every folder. Another user may not read this Python, so a night is done
# before the change, and everything is imported by then.
CLOSED = """
import os, sys
from pathlib import Path
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.jobs.discovery import find_jobs
from psgkit.settings import Settings
study = Path(sys.argv[1])
def night(job):
    return do_night(Task(job, Settings(), study / "out")).message
night(find_jobs([study])[0])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
jobs = find_jobs([study])
print([job.id for job in jobs])
print(night(jobs[-1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "setuid"), reason="no such permissions here")
def test_a_folder_without_permission_is_a_night_that_fails() -> None:
    # Not below tmp_path, which is closed to other users.
    with tempfile.TemporaryDirectory() as name:
        study = Path(name)
        study.chmod(0o777)
        (study / "n1.edf").write_bytes(b"")
        shut = study / "shut"
        shut.mkdir()
        (shut / "n2.edf").write_bytes(b"")
        shut.chmod(0)
        try:
            call = [sys.executable, "-c", CLOSED, name]
            seen = subprocess.run(call, capture_output=True, text=True, check=False)
        finally:
            shut.chmod(0o700)
    first, second = seen.stdout.splitlines()
    assert first == "['n1', 'shut']"
    assert second.startswith("This folder cannot be opened: permission denied")


@pytest.mark.parametrize("left", ["~", ".bak", ".swp"])
def test_what_an_editor_leaves_is_no_second_scoring(tmp_path: Path, left: str) -> None:
    for name in ("x.edf", "x_scoring.txt", f"x_scoring.txt{left}"):
        (tmp_path / name).write_text("")
    (job,) = find_jobs([tmp_path])
    assert job.scoring == tmp_path / "x_scoring.txt"


def test_a_thousand_pairs_of_one_name_are_told_apart_at_once(tmp_path: Path) -> None:
    files = [tmp_path / side / f"n{n}.edf" for n in range(1000) for side in "ab"]
    began = time.process_time()
    names = name_nights(files, [file.stem for file in files])
    assert len(set(names)) == 2000
    assert time.process_time() - began < 2.0


def test_a_file_given_twice_is_one_night(study: Path) -> None:
    jobs = find_jobs([study / "a", study / "a/n1.edf", study / "a/../a/N2.EDF"])
    assert [job.id for job in jobs] == ["N2", "n1"]


def test_links_that_lead_in_circles_are_followed_once(study: Path) -> None:
    (study / "a/again").symlink_to(study)
    assert len(find_jobs([study / "a"])) == 4


def test_any_file_that_is_named_is_a_night_to_do(study: Path) -> None:
    os.mkfifo(study / "pipe.edf")
    (study / "gone.edf").symlink_to(study / "nowhere")
    names = ["notes.txt", "pipe.edf", "gone.edf"]
    jobs = find_jobs([study / name for name in names])
    assert [job.id for job in jobs] == ["notes", "pipe", "gone"]


def test_what_is_not_there_is_named(study: Path) -> None:
    with pytest.raises(InputError, match="No file or folder"):
        find_jobs([study / "nowhere"])


def test_a_folder_without_recordings_is_named(study: Path) -> None:
    with pytest.raises(InputError, match="no recording in results"):
        find_jobs([study / "results"])


def test_ids_can_be_made_from_the_content(study: Path) -> None:
    [job] = with_hashed_ids(find_jobs([study / "a/N2.EDF"]))
    # printf 'a/N2.EDF' | sha256sum | head -c 12
    assert job.id == "8c35af9003c9"


def test_copies_have_no_ids_of_their_own_from_the_content(study: Path) -> None:
    (study / "a/copy.edf").write_bytes((study / "a/N2.EDF").read_bytes())
    with pytest.raises(InputError, match=r"Recordings 1 and 2 of 2.*same content") as e:
        with_hashed_ids(find_jobs([study / "a/N2.EDF", study / "a/copy.edf"]))
    # Names of files are what hashed ids keep to themselves.
    assert "N2" not in str(e.value)
    assert "copy.edf" not in str(e.value)


def test_a_night_that_cannot_be_read_has_an_id_too(study: Path) -> None:
    os.mkfifo(study / "pipe.edf")
    [job] = with_hashed_ids(find_jobs([study / "pipe.edf"]))
    assert len(job.id) == 12


def test_other_formats_are_found_once_each(tmp_path: Path) -> None:
    for name in (
        *("a.vhdr", "a.eeg", "a.vmrk", "b.set", "b.fdt", "c_raw.fif", "c_raw-1.fif"),
        *("d.mff/signal1.bin", "d.mff/info.xml", "e.edf.gz", "f.gdf", "g.EEG", "g.PNT"),
        *("h.rec", "notes.txt", "x.csv", "y.dat", "z.mat"),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    make_edf(tmp_path / "i.rec")

    found = [job.recording.name for job in find_jobs([tmp_path]) if job.recording]

    assert found == [
        *("a.vhdr", "b.set", "c_raw.fif", "d.mff", "e.edf.gz", "f.gdf", "g.EEG"),
        "i.rec",
    ]
    (job,) = find_jobs([tmp_path / "d.mff"])
    assert job.recording == tmp_path / "d.mff"


def test_a_night_of_several_files_is_named_by_all_of_them(tmp_path: Path) -> None:
    header, samples = tmp_path / "a.set", tmp_path / "a.fdt"
    header.write_bytes(b"header")
    samples.write_bytes(b"samples")
    before = with_hashed_ids(find_jobs([tmp_path]))
    samples.write_bytes(b"other samples")

    assert with_hashed_ids(find_jobs([tmp_path]))[0].id != before[0].id


@pytest.mark.parametrize("name", ["night.edf.gz", "night.edfz", "night.bdf.gz"])
def test_a_compressed_recording_is_found_and_refused_as_such(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"0       "))

    (job,) = find_jobs([tmp_path])

    with pytest.raises(InputError, match=r"is compressed \(gzip\).*gunzip"):
        read_recording(job.recording)


@pytest.mark.parametrize(("names", "found"), [(["a.edf"], 1), (["a.edf", "b.edf"], 0)])
def test_a_zip_of_one_edf_is_found_and_refused_as_such(
    tmp_path: Path, names: list[str], found: int
) -> None:
    (tmp_path / "other.edf").touch()
    with zipfile.ZipFile(tmp_path / "night.zip", "w") as archive:
        for name in names:
            archive.writestr(name, b"0       ")

    jobs = [j for j in find_jobs([tmp_path]) if j.recording.suffix == ".zip"]

    assert len(jobs) == found
    with pytest.raises(InputError, match=r"is compressed \(zip\).*unzip"):
        read_recording(tmp_path / "night.zip")
