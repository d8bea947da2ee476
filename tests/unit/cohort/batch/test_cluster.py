"""A Dask cluster does what the pool of processes does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from broken_workers import make_tasks, work

from psgkit.cohort.batch import cluster as clusters
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.cluster import RETRIES, DaskExecutor
from psgkit.cohort.batch.run import run_cohort, run_tasks
from psgkit.domain.jobs import Done, Failed, Job, Skipped
from psgkit.errors import InputError
from psgkit.settings import Settings

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=50,
    ) as started:
        yield started


def test_nights_are_done_and_a_night_of_ours_that_fails_fails_alone(
    cluster: Any, tmp_path: Path
) -> None:
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    tasks = make_tasks(tmp_path, "good-1", "raises", "good-2", "good-3")
    found = {o.job.night_id: o for o in run_tasks(tasks, executor)}
    assert isinstance(found.pop("raises"), Failed)
    assert all(isinstance(outcome, Done) for outcome in found.values())
    assert len(found) == 3


def test_a_night_that_kills_its_worker_gets_one_retry_and_no_more(
    cluster: Any, tmp_path: Path
) -> None:
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    tasks = make_tasks(tmp_path, "good-1", "killed", "good-2", "good-3", "good-4")
    found = {o.job.night_id: o for o in run_tasks(tasks, executor)}
    killed = found.pop("killed")
    assert isinstance(killed, Failed)
    assert f"lost {RETRIES + 1} times" in killed.message
    assert all(isinstance(outcome, Done) for outcome in found.values())


def test_a_worker_killed_from_outside_costs_no_night(
    cluster: Any, tmp_path: Path
) -> None:
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    tasks = make_tasks(tmp_path, *(f"slow-{number}" for number in range(6)))
    outcomes = run_tasks(tasks, executor)
    first = next(outcomes)
    next(iter(cluster.workers.values())).process.process._process.kill()
    rest = list(outcomes)
    assert all(isinstance(outcome, Done) for outcome in (first, *rest))
    assert len(rest) == 5


def test_what_another_user_of_the_cluster_set_is_as_before(
    cluster: Any, tmp_path: Path
) -> None:
    before = cluster.scheduler.allowed_failures
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    assert cluster.scheduler.allowed_failures == RETRIES
    list(run_tasks(make_tasks(tmp_path, "good-1"), executor))
    assert cluster.scheduler.allowed_failures == before


def test_the_files_are_those_of_the_pool_byte_for_byte(
    cluster: Any, tmp_path: Path
) -> None:
    jobs = []
    for number in range(3):
        path = tmp_path / f"night{number}.txt"
        path.write_text("W\n" * 20 + "N2\n" * (300 + number) + "R\n" * 40)
        jobs.append(Job(recording=None, scoring=path, id=f"night{number}"))
    pool, dask = tmp_path / "pool", tmp_path / "dask"
    for outcome in run_cohort(jobs, out=pool, workers=1):
        assert isinstance(outcome, Done)
    for outcome in run_cohort(jobs, out=dask, dask=cluster.scheduler_address):
        assert isinstance(outcome, Done)
    for path in sorted(pool.glob("night*/*")):
        if path.suffix != ".json":  # holds the seconds that the night took
            assert path.read_bytes() == (dask / path.relative_to(pool)).read_bytes()
    assert len(list(pool.glob("night*/*.h5"))) == 3


def test_a_cluster_with_another_version_is_refused_and_left_as_it_was(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cluster.scheduler.allowed_failures
    there = clusters.OURS
    monkeypatch.setattr(clusters, "OURS", "psgkit 99.0, metrics 1")
    jobs = [Job(recording=None, scoring=tmp_path / "a.txt", id="a")]
    with pytest.raises(InputError, match=f"{there} and this batch psgkit 99"):
        list(run_cohort(jobs, out=tmp_path, dask=cluster.scheduler_address))
    assert cluster.scheduler.allowed_failures == before


def test_a_worker_that_came_later_with_another_version_fails_its_night(
    tmp_path: Path,
) -> None:
    (task,) = make_tasks(tmp_path, "good")
    outcome = clusters.psgkit_night(work, task, "psgkit 99.0, metrics 1")
    assert isinstance(outcome, Failed)
    assert "this batch psgkit 99.0" in outcome.message


def test_further_columns_of_a_manifest_stay_here_and_come_back(
    cluster: Any, tmp_path: Path
) -> None:
    (task,) = make_tasks(tmp_path, "good")
    task = replace(task, job=replace(task.job, covariates={"surname": "Jane Doe"}))
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    (outcome,) = run_tasks([task], executor)
    assert outcome.job is task.job
    assert "Jane" not in repr(task)


def test_no_scheduler_is_refused_in_a_sentence(tmp_path: Path) -> None:
    jobs = [Job(recording=None, scoring=tmp_path / "a.txt", id="a")]
    with pytest.raises(InputError, match="dask scheduler"):
        list(run_cohort(jobs, out=tmp_path, dask="tcp://127.0.0.1:9"))


def test_the_clusters_own_settings_are_not_ours_to_give(tmp_path: Path) -> None:
    jobs = [Job(recording=None, scoring=tmp_path / "a.txt", id="a")]
    with pytest.raises(InputError, match="--workers and --timeout"):
        list(run_cohort(jobs, out=tmp_path, dask="tcp://127.0.0.1:9", workers=2))


def test_workers_get_absolute_paths_and_the_caller_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job = Job(Path("a/n1.edf"), scoring=Path("a/n1.xml"), covariates={"who": "x"})
    task = Task(job, Settings(), Path("out"))
    sent = clusters._for_worker(task)
    assert sent.job.recording == tmp_path / "a/n1.edf"
    assert sent.job.scoring == tmp_path / "a/n1.xml"
    assert sent.out == tmp_path / "out"
    assert sent.job.covariates == {}
    done = Done(sent.job, tmp_path / "out/n1", 1.0, 0, 0)
    assert clusters._as_given(done, task) == Done(job, Path("out/n1"), 1.0, 0, 0)
    skipped = Skipped(sent.job, None, "stopped")
    assert clusters._as_given(skipped, task) == Skipped(job, None, "stopped")


def test_a_relative_path_is_found_by_a_worker_in_another_folder(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the workers started elsewhere
    Path("n1.txt").write_text("W\n" * 20 + "N2\n" * 300 + "R\n" * 40)
    jobs = [
        Job(None, scoring=Path("n1.txt"), id="n1"),
        Job(None, scoring=Path("gone.txt"), id="n2"),
    ]
    found = list(run_cohort(jobs, out="out", dask=cluster.scheduler_address))
    by_id = {outcome.job.night_id: outcome for outcome in found}
    assert isinstance(by_id["n1"], Done)
    assert by_id["n1"].folder == Path("out/n1")
    # A worker that cannot see the file says which it is.
    assert "on the worker at tcp://" in by_id["n2"].message
