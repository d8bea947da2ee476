"""Inputs at addresses are copied, analysed as local ones, and removed."""

import contextlib
import hashlib
import http.server
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.state import read_record
from psgkit.cohort.jobs import remote
from psgkit.cohort.jobs.discovery import find_jobs, with_hashed_ids
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.cohort.jobs.remote import check_address, facts_at, fetched, place_of
from psgkit.domain.jobs import Done, Failed, Job, Skipped
from psgkit.errors import InputError
from psgkit.settings import ReadSettings, Settings
from psgkit.store.night_file import read_night

fsspec = pytest.importorskip("fsspec")

STAGES = b"W\n" * 20 + b"N2\n" * 300 + b"R\n" * 40
ADDRESS = "memory://study/Jane_Doe.txt"
SETTINGS = Settings.model_validate({"report": {"page": False}})


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give copies a folder of the test, with one scoring in the store."""
    fsspec.filesystem("memory").pipe("/study/Jane_Doe.txt", STAGES)
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def task(tmp_path: Path) -> Task:
    job = Job(recording=None, id="P01", addresses={"scoring": ADDRESS})
    return Task(job, SETTINGS, tmp_path / "out")


def test_a_night_at_an_address_is_done_as_one_here_and_leaves_no_copy(
    task: Task, tmp_path: Path, scratch: Path
) -> None:
    assert isinstance(do_night(task), Done)
    assert list(scratch.iterdir()) == []
    here = tmp_path / "P01.txt"
    here.write_bytes(STAGES)
    local = Task(Job(None, id="P01", scoring=here), SETTINGS, tmp_path / "local")
    assert isinstance(do_night(local), Done)
    for file in ("P01.h5", "P01_summary.csv"):
        ours = (tmp_path / "out/P01" / file).read_bytes()
        assert ours == (tmp_path / "local/P01" / file).read_bytes()
    found = read_night(tmp_path / "out/P01/P01.h5").provenance.scoring_sha256
    assert found == hashlib.sha256(STAGES).hexdigest()


def test_it_is_not_done_again_until_its_content_or_place_changes(task: Task) -> None:
    do_night(task)
    assert isinstance(do_night(task), Skipped)
    moved = replace(task.job, addresses={"scoring": "memory://other/Jane_Doe.txt"})
    store = fsspec.filesystem("memory")
    store.pipe("/other/Jane_Doe.txt", STAGES)
    assert "scoring has changed" in why_to_do(moved, SETTINGS, task.out)
    store.pipe("/study/Jane_Doe.txt", STAGES + b"W\n")
    assert "scoring has changed" in why_to_do(task.job, SETTINGS, task.out)


def test_verify_compares_the_content(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_night(task)
    facts = facts_at(ADDRESS)
    fsspec.filesystem("memory").pipe("/study/Jane_Doe.txt", STAGES.replace(b"R", b"W"))
    monkeypatch.setattr("psgkit.cohort.batch.resume.facts_at", lambda _: facts)
    assert why_to_do(task.job, SETTINGS, task.out) == ""
    assert "content" in why_to_do(task.job, SETTINGS, task.out, verify=True)


def test_a_place_out_of_reach_leaves_a_result_and_fails_a_night_without_one(
    task: Task, monkeypatch: pytest.MonkeyPatch, scratch: Path
) -> None:
    do_night(task)

    def fail(_: str) -> None:
        raise ConnectionError("sftp://jane:secret@lab/Jane_Doe.txt")

    monkeypatch.setattr(remote, "_find", fail)
    assert isinstance(do_night(task), Skipped)
    failed = do_night(replace(task, resume=False))
    assert isinstance(failed, Failed)
    assert "cannot be read from its address (ConnectionError)" in failed.message
    assert "ane" not in failed.message
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("address", ["memory://study/none.txt", "memory://study"])
def test_an_address_without_a_file_fails_its_night(task: Task, address: str) -> None:
    job = replace(task.job, addresses={"scoring": address})
    failed = do_night(replace(task, job=job))
    assert isinstance(failed, Failed)
    assert "address" in failed.message
    assert failed.error == "InputError"


def test_a_copy_that_is_not_whole_is_refused(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(fsspec.filesystem("memory"))
    monkeypatch.setattr(
        kind, "get_file", lambda _self, _from, to: Path(to).write_bytes(b"W\n")
    )
    with pytest.raises(InputError, match="not copied whole"), fetched(task.job):
        pass


def test_a_password_is_in_no_name_and_no_record(task: Task) -> None:
    address = "sftp://jane:secret@lab.example/study/n1.edf"
    assert str(place_of(address)) == "/lab.example/study/n1.edf"
    do_night(task)
    assert "Jane" not in str(read_record(task.out, task.job))


def test_manifests_and_calls_may_hold_addresses(tmp_path: Path) -> None:
    manifest = tmp_path / "study.csv"
    manifest.write_text(
        "edf,scoring\nmemory://a/n1.edf,memory://a/n1.xml\nhere.edf,memory://a/h.xml\n"
    )
    first, second = read_manifest(manifest)
    assert first.night_id == "n1"
    assert first.addresses == {
        "recording": "memory://a/n1.edf",
        "scoring": "memory://a/n1.xml",
    }
    assert (second.recording, second.scoring) == (tmp_path / "here.edf", None)
    names = [job.id for job in find_jobs(["memory://a/n1.edf", "memory://b/n1.edf"])]
    assert names == ["a_n1", "b_n1"]
    assert Job(None, addresses={"recording": "memory://a/n1.edf"}).night_id == "n1"


def test_what_cannot_be_done_at_addresses_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ids in a manifest"):
        with_hashed_ids([Job(None, id="a", addresses={"scoring": ADDRESS})])
    with pytest.raises(InputError, match="not looked for"):
        find_jobs([ADDRESS], scoring="{stem}.xml")
    with pytest.raises(InputError, match="nonsense://"):
        check_address("nonsense://a/b.edf")
    manifest = tmp_path / "study.csv"
    manifest.write_text("edf\nmemory://a/n1.edf\n")
    with pytest.raises(InputError, match="Line 2: scorings are not looked for"):
        read_manifest(manifest, scoring="{stem}.xml")


@contextlib.contextmanager
def slow_server(blocks: int, pause_s: float) -> Iterator[str]:
    """Serve a scoring in blocks with a pause before each; without end after the last."""
    pytest.importorskip("aiohttp")
    content = (STAGES * 4)[: blocks * 100]

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", '"1"')
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            with contextlib.suppress(OSError):
                for place in range(0, len(content), 100):
                    time.sleep(pause_s)
                    self.wfile.write(content[place : place + 100])

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/n1.txt"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_slow_download_that_goes_on_is_not_cut_and_a_stall_is_named() -> None:
    """Twelve blocks, 0.3 s apart: 3.6 s in all, more than the 2 s that a stall may last."""
    with slow_server(12, 0.3) as address:
        job = Job(None, id="P01", addresses={"scoring": address})
        with fetched(job, stall_s=2.0) as local:
            assert local.scoring.stat().st_size == 1200
    with slow_server(2, 4.0) as address:
        job = Job(None, id="P01", addresses={"scoring": address})
        with (
            pytest.raises(InputError, match=r"sent nothing for 1 s.*stall_s"),
            fetched(job, stall_s=1.0),
        ):
            pass


def test_the_limit_of_stalls_is_a_setting_that_makes_no_night_new(task: Task) -> None:
    assert isinstance(do_night(task), Done)
    patient = SETTINGS.model_copy(update={"read": ReadSettings(stall_s=600)})
    assert why_to_do(task.job, patient, task.out) == ""
