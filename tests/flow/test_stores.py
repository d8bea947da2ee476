"""Nights that lie in stores, asked for over the protocols that labs use.

Each needs the packages that fsspec needs for it, and is skipped without them:
the extra ``test`` brings those of HTTP and SFTP, S3 wants ``s3fs`` and ``moto[server]``.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stores import PASSWORD, STORES, USER, Store

import psgkit
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.jobs.discovery import find_jobs
from psgkit.domain.jobs import Done, Failed, Skipped
from psgkit.settings import Settings

fsspec = pytest.importorskip("fsspec")

Run = Callable[..., tuple[int, str, str]]

STAGES = b"W\n" * 20 + b"N2\n" * 300 + b"R\n" * 40
SETTINGS = Settings.model_validate({"report": {"page": False}})

# Packages of others leave sockets and loops to the end of the process.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with STORES[request.param](STAGES, tmp_path / "web") as opened:
        yield opened
    for protocol in ("http", "sftp", "s3"):
        if protocol in fsspec.registry:  # the next server is another
            fsspec.get_filesystem_class(protocol).clear_instance_cache()


def task_at(address: str, out: Path) -> Task:
    job = psgkit.Job(None, id="P01", addresses={"scoring": address})
    return Task(job, SETTINGS, out)


def everything_in(folder: Path) -> str:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "".join(f"{file}{file.read_bytes()!r}" for file in files)


def test_a_night_in_a_store_is_done_once_and_leaves_no_copy_and_no_key(
    store: Store, tmp_path: Path, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    task = task_at(store.address, tmp_path / "out")
    assert isinstance(do_night(task), Done)
    assert isinstance(do_night(task), Skipped)
    assert list(scratch.iterdir()) == []
    found = psgkit.read_night(tmp_path / "out/P01/P01.h5")
    assert found.scoring.n_epochs == 360
    assert store.secret not in everything_in(tmp_path / "out") + repr(task.job)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("psgkit")]
    assert ours == []


@pytest.mark.parametrize("name", ["none.txt", ""])
def test_an_address_of_no_file_fails_in_a_sentence(
    store: Store, tmp_path: Path, scratch: Path, name: str
) -> None:
    failed = do_night(task_at(store.other(name), tmp_path / "out"))
    assert isinstance(failed, Failed)
    assert failed.error == "InputError"
    assert "address" in failed.message
    assert store.secret not in failed.message + everything_in(tmp_path)
    assert list(scratch.iterdir()) == []


def test_a_server_that_went_away_leaves_the_result_and_fails_a_new_night(
    tmp_path: Path, scratch: Path
) -> None:
    with STORES["web"](STAGES, tmp_path / "web") as store:
        task = task_at(store.address, tmp_path / "out")
        assert isinstance(do_night(task), Done)
    fsspec.get_filesystem_class("http").clear_instance_cache()
    assert isinstance(do_night(task), Skipped)
    failed = do_night(replace(task, resume=False))
    assert isinstance(failed, Failed)
    assert "can be reached" in failed.message
    assert PASSWORD not in failed.message
    assert list(scratch.iterdir()) == []


def test_a_wrong_password_is_told_without_it(tmp_path: Path) -> None:
    with STORES["sftp"](STAGES, tmp_path) as store:
        wrong = store.address.replace(PASSWORD, f"{PASSWORD}-wrong")
        failed = do_night(task_at(wrong, tmp_path / "out"))
    assert isinstance(failed, Failed)
    assert "AuthenticationException" in failed.message
    assert PASSWORD not in failed.message


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        f"s3://{USER}:{PASSWORD}@lab/n1.edf",
        f"nonsense://{USER}:{PASSWORD}@lab/n1.edf",
        f"sftp:/{USER}:{PASSWORD}@lab/n1.edf",
        f"sftp//{USER}:{PASSWORD}@lab/n1.edf",
        f"memory://{USER}:x::{PASSWORD}@lab/n1.edf",
    ],
)
def test_an_address_that_is_refused_is_not_repeated_with_its_password(
    run: Run, tmp_path: Path, address: str
) -> None:
    manifest = tmp_path / "study.csv"
    manifest.write_text(f"edf\n{address}\n")
    for words in ([address], ["--manifest", manifest]):
        out = tmp_path / "out"
        _, printed, told = run("--debug", "batch", *words, "--out", out, "--workers", 1)
        assert PASSWORD not in printed + told + everything_in(out)


def test_a_signed_address_names_its_night_without_the_signature() -> None:
    web = f"https://lab/n1.edf?X-Amz-Credential=a/b&X-Amz-Signature={PASSWORD}"
    assert psgkit.Job(None, addresses={"recording": web}).night_id == "n1"
    pytest.importorskip("aiohttp")
    assert [job.id for job in find_jobs([web])] == ["n1"]
