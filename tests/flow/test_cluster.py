"""A Dask cluster of this machine does real nights: the same bytes, and in private."""

import logging
import re
import threading
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from broken_workers import make_tasks, work
from private_makers import NOTES, leaks_below, leaks_in, make_private_edf

import psgkit
from psgkit.cli import main
from psgkit.cohort.batch.cluster import DaskExecutor
from psgkit.cohort.batch.run import run_tasks

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Of a file's name, which a path must carry to the worker and nothing else may.
PATH_WORD = "Ooievaarsnest"


@pytest.fixture
def wire() -> Iterator[list[bytes]]:
    """Keep every message to and from the scheduler, which lives in this process."""
    from dask import config
    from distributed.comm import tcp

    kept: list[bytes] = []
    to_frames, from_frames = tcp.to_frames, tcp.from_frames

    async def send(*words: Any, **more: Any) -> Any:
        frames = await to_frames(*words, **more)
        kept.extend(bytes(frame) for frame in frames)
        return frames

    async def receive(frames: Any, *words: Any, **more: Any) -> Any:
        kept.extend(bytes(frame) for frame in frames)
        return await from_frames(frames, *words, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tcp, "to_frames", send)
        patch.setattr(tcp, "from_frames", receive)
        with config.set({"distributed.comm.compression": None}):
            yield kept


@pytest.fixture
def cluster(wire: list[bytes], capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as started:
        # From here on: all that is sent, and all that the workers print.
        wire.clear()
        capfd.readouterr()
        yield started


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[psgkit.Job]:
    folder = tmp_path_factory.mktemp("nights")
    jobs = []
    for seed in range(3):
        night = psgkit.simulate_night(hours=0.2, seed=seed, rate_hz=128)
        jobs.append(psgkit.Job(recording=night.write(folder / f"n{seed}.edf")))
    return jobs


@pytest.fixture(scope="module")
def calm(nights: list[psgkit.Job], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do the nights one after the other in one process of the pool."""
    out = tmp_path_factory.mktemp("calm")
    assert_all_done(psgkit.run_cohort(nights, out=out, workers=1))
    return out


def assert_all_done(outcomes: Iterator[Any]) -> None:
    assert [type(outcome).__name__ for outcome in outcomes] == ["Done"] * 3


def results(out: Path) -> dict[Path, bytes]:
    """Return all files but those that hold a time: of saving, or that a night took."""
    found = chain(out.glob("*.csv"), out.glob("*.html"), out.glob("n*/*"))
    return {file.relative_to(out): file.read_bytes() for file in found}


def test_two_workers_give_the_bytes_of_one(
    nights: list[psgkit.Job], calm: Path, tmp_path: Path
) -> None:
    assert_all_done(psgkit.run_cohort(nights, out=tmp_path, workers=2))
    assert results(tmp_path) == results(calm)
    assert {file.suffix for file in results(calm)} == {".h5", ".csv", ".html"}
    assert len(list(calm.glob("n*/*.h5"))) == 3


def test_the_same_night_twice_has_the_same_bytes_and_those_of_the_batch(
    nights: list[psgkit.Job], calm: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        psgkit.save_night(psgkit.analyse(nights[0].recording), tmp_path)
        for file in (tmp_path / "n0").iterdir():
            assert file.read_bytes() == (calm / "n0" / file.name).read_bytes()
    assert len(list((tmp_path / "n0").iterdir())) == len(list((calm / "n0").iterdir()))


def test_a_cluster_gives_the_bytes_of_the_pool_though_a_worker_is_killed(
    nights: list[psgkit.Job], calm: Path, tmp_path: Path, cluster: Any
) -> None:
    killed: list[str] = []
    executioner = threading.Thread(target=kill_one_at_work, args=(cluster, killed))
    executioner.start()
    outcomes = psgkit.run_cohort(nights, out=tmp_path, dask=cluster.scheduler_address)
    assert_all_done(outcomes)
    executioner.join()
    assert len(killed) == 1
    assert results(tmp_path) == results(calm)


def kill_one_at_work(cluster: Any, killed: list[str], *, timeout_s: float = 60) -> None:
    """Kill a worker that has been at a night for a moment."""
    with distributed.Client(cluster.scheduler_address) as client:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            busy = [at for at, keys in client.processing().items() if keys]
            for nanny in cluster.workers.values():
                if nanny.worker_address in busy:
                    time.sleep(0.3)
                    nanny.process.process._process.kill()
                    killed.append(nanny.worker_address)
                    return
            time.sleep(0.01)


def test_nothing_of_the_person_goes_to_a_cluster_or_stays_in_its_logs(
    cluster: Any,
    wire: list[bytes],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    study, out = tmp_path / "study", tmp_path / "out"
    study.mkdir()
    whole = make_private_edf(study / f"{PATH_WORD}.edf").read_bytes()
    (study / "broken.edf").write_bytes(whole[: len(whole) // 400])
    manifest = tmp_path / "study.csv"
    manifest.write_text(
        "id,edf,scoring,remark\n"
        f"P01,study/{PATH_WORD}.edf,,{NOTES[0]}\n"
        f"P02,study/{PATH_WORD}.edf,study/{PATH_WORD}.edf,{NOTES[0]}\n"
        f"P03,study/broken.edf,,{NOTES[0]}\n"
    )
    caplog.set_level(logging.DEBUG)
    words = ["--debug", "batch", "--manifest", manifest, "--out", out, "--dask"]
    with pytest.raises(SystemExit):
        main([*map(str, words), cluster.scheduler_address])
    printed = "".join(capfd.readouterr())
    assert "2 done, 1 failed" in printed

    sent = b"\n".join(wire)
    assert b"psgkit_night" in sent
    assert PATH_WORD.encode() in sent
    assert leaks_in(sent) == []
    logged = logs_of(cluster) + caplog.text + printed
    assert "Compute Failed" not in logged
    assert leaks_in(logged) == []
    assert PATH_WORD not in logged
    # The remark is a column of the manifest, and so of the table.
    for night in ("P01", "P02"):
        assert leaks_below(out / night) == []


def test_an_error_that_nobody_foresaw_leaves_no_word_with_the_cluster(
    cluster: Any, wire: list[bytes], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    executor = DaskExecutor(work, address=cluster.scheduler_address)
    tasks = make_tasks(tmp_path, "raises", "exits", "good")
    found = {o.job.night_id: o for o in run_tasks(tasks, executor)}
    for night, kind in (("raises", "RuntimeError"), ("exits", "SystemExit")):
        sentence, where = found[night].message.split(". ")
        assert sentence == f"This is a bug of psgkit ({kind})"
        assert re.fullmatch(r"This was on the worker at tcp://[\d.:]+\.", where)
    assert type(found["good"]) is psgkit.Done
    everything = logs_of(cluster) + "".join(capfd.readouterr()) + str(b"\n".join(wire))
    assert "Jane Doe" not in everything


def logs_of(cluster: Any) -> str:
    """Return what scheduler and workers logged, and the names of all tasks."""
    with distributed.Client(cluster.scheduler_address) as client:
        logged = [*client.get_worker_logs().values(), client.get_scheduler_logs()]
        events = client.get_events()
        return f"{logged} {events} {cluster.scheduler.transition_log}"


def test_the_worked_example_asks_slurm_for_what_it_says() -> None:
    jobqueue = pytest.importorskip("dask_jobqueue")
    page = Path(__file__).parents[2] / "docs/cluster.md"
    (program,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (call,) = re.findall(r"cluster = (SLURMCluster\(.*?\n    \))", program, re.DOTALL)
    # A port that is free, in place of the one that the page names.
    call = call.replace('{"port": 8786}', '{"port": 0, "dashboard": False}')
    with eval(call, {"SLURMCluster": jobqueue.SLURMCluster}) as cluster:  # noqa: S307
        asked = cluster.job_script()
    for line in ("-J psgkit", "-p normal", "--cpus-per-task=8", "-t 04:00:00"):
        assert f"#SBATCH {line}\n" in asked
    # `dask worker` calls the processes --nworkers.
    assert "--nthreads 1 " in asked
    assert "--nworkers 8 " in asked
