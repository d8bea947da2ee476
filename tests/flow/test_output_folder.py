"""What is done to the output folder of a batch while and before it runs."""

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from psgkit.cohort.batch import one_night as work
from psgkit.cohort.batch import run as batch_run
from psgkit.cohort.batch.workers import Executor
from psgkit.domain.jobs import Outcome

Run = Callable[..., tuple[int, str, str]]
STAGES = "\n".join(["W"] * 10 + ["N2"] * 60 + ["N3"] * 60 + ["R"] * 40 + ["W"] * 5)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "n1.txt").write_text(STAGES)
    (tmp_path / "n2.txt").write_text(STAGES)
    path = tmp_path / "study.csv"
    path.write_text("id,scoring\nn1,n1.txt\nn2,n2.txt\n")
    return path


def test_a_folder_that_is_removed_while_the_batch_runs_is_no_success(
    manifest: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    class Removing(Executor):
        workers = 1
        is_broken = False

        def submit(self, task: object) -> Future[Outcome]:
            done: Future[Outcome] = Future()
            done.set_result(work.do_night(task))
            if task.job.night_id == "n1":
                shutil.rmtree(out / "n1")
            return done

        def stop(self) -> None:
            pass

    monkeypatch.setattr(batch_run, "_executor", lambda *_, **__: Removing())
    status, printed, error = run("batch", "--manifest", manifest, "--out", out)
    assert status == 2
    assert "2 done" in printed
    assert "1 of the 2 nights that this batch did are no longer in" in error
    assert not (out / "cohort.csv").exists()


@pytest.mark.slow
@pytest.mark.parametrize("link", ["n1", ".psgkit"])
def test_a_link_in_the_output_folder_is_not_followed(
    manifest: Path, tmp_path: Path, run: Run, link: str
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    (out / link).symlink_to(elsewhere, target_is_directory=True)
    words = ("--manifest", manifest, "--out", out, "--workers", 1, "--only", "staging")
    status, printed, error = run("batch", *words)
    assert status == (1 if link == "n1" else 2), printed
    assert "is a link to another place" in error
    assert [file.name for file in elsewhere.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "fault",
    [
        PermissionError(13, "Permission denied", "study/n1.edf"),
        OSError(36, "File name too long", "x" * 300),
    ],
)
def test_what_the_system_refuses_is_told_in_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("psgkit.cli.app.app", refuse)
    status, _, error = run("inspect", "n1.edf")
    assert status == 2
    assert error.count("\n") == 1
    assert fault.strerror in error
    assert "bug" not in error


@pytest.mark.parametrize("link", ["sub-01", "sub-01/eeg"])
@pytest.mark.usefixtures("same_process")
def test_a_link_in_the_results_of_a_bids_data_set_is_not_followed(
    tmp_path: Path, run: Run, link: str
) -> None:
    home = tmp_path / "bids" / "sub-01" / "eeg"
    home.mkdir(parents=True)
    rows = "".join(f"{30 * n}\t30\tN2\n" for n in range(40))
    events = home / "sub-01_task-sleep_events.tsv"
    events.write_text(f"onset\tduration\ttrial_type\n{rows}")
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (out / link).parent.mkdir(parents=True)
    elsewhere.mkdir()
    (out / link).symlink_to(elsewhere, target_is_directory=True)
    words = ("--bids", tmp_path / "bids", "--out", out, "--workers", 1)
    status, printed, error = run("batch", *words)
    assert status == 1, printed
    assert "is a link to another place" in error
    assert not list(elsewhere.iterdir())
