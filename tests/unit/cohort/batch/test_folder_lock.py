"""Of two batches in one folder, one works."""

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from psgkit.cohort.batch.folder_lock import hold, nights_under_way, tell_under_way
from psgkit.cohort.batch.state import clear_leftovers
from psgkit.errors import OutputError
from psgkit.store.file_set import together
from psgkit.store.lock import owner_at_work


def test_a_second_batch_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with (
        hold(tmp_path, beat_s=0.05),
        pytest.raises(OutputError, match=r"Another batch .* is at work"),
        hold(tmp_path, dead_after_s=5.0),
    ):
        pass


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with hold(tmp_path):
            assert (tmp_path / ".psgkit/lock").is_file()
    assert list((tmp_path / ".psgkit").iterdir()) == []


def test_the_lock_of_a_process_that_is_no_more_is_taken_at_once(tmp_path: Path) -> None:
    code = (
        "import os, sys; from psgkit.store.lock import Lock; from pathlib import Path;"
        "path = Path(sys.argv[1]); Lock(path, of=path).take(); os._exit(0)"
    )
    (tmp_path / ".psgkit").mkdir()
    path = tmp_path / ".psgkit/lock"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.is_file()
    begun = time.monotonic()
    with hold(tmp_path):
        pass
    assert time.monotonic() - begun < 2.0


def test_a_lock_of_another_machine_that_stands_still_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".psgkit").mkdir()
    (tmp_path / ".psgkit/lock").write_text('{"host": "elsewhere", "pid": 1}')
    with hold(tmp_path, dead_after_s=0.3):
        assert (
            json.loads((tmp_path / ".psgkit/lock").read_text())["host"] != "elsewhere"
        )


def test_others_are_told_which_nights_a_batch_is_at(tmp_path: Path) -> None:
    assert nights_under_way(tmp_path) is None
    with hold(tmp_path) as lock:
        tell_under_way(lock, ())
        assert nights_under_way(tmp_path) == frozenset()
        tell_under_way(lock, {"n2", "n1"})
        assert nights_under_way(tmp_path) == {"n1", "n2"}
        tell_under_way(lock, None)
        assert nights_under_way(tmp_path) is None
    assert nights_under_way(tmp_path) is None


def test_a_batch_of_another_machine_is_at_work_while_its_heart_beats(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    dead = {"host": "elsewhere", "pid": 1, "under_way": ["n1"], "beats": 1}
    path.write_text(json.dumps(dead))
    assert owner_at_work(path, watch_s=0.5) == {}
    beat = threading.Timer(
        0.3, lambda: path.write_text(json.dumps(dead | {"beats": 2}))
    )
    beat.start()
    assert owner_at_work(path, watch_s=5.0)["under_way"] == ["n1"]


def test_a_batch_notices_that_it_was_taken_over(tmp_path: Path) -> None:
    with hold(tmp_path, beat_s=0.05) as lock:
        (tmp_path / ".psgkit/lock").write_text('{"token": "another"}')
        time.sleep(0.3)
        assert lock.lost
    assert (tmp_path / ".psgkit/lock").is_file()


def test_a_lock_that_was_cleared_away_is_made_again(tmp_path: Path) -> None:
    with hold(tmp_path, beat_s=0.05) as lock:
        (tmp_path / ".psgkit/lock").unlink()
        time.sleep(0.3)
        assert not lock.lost
        assert (tmp_path / ".psgkit/lock").is_file()


def test_a_batch_that_begins_leaves_tables_alone_that_are_being_written(
    tmp_path: Path,
) -> None:
    begun = threading.Event()

    def collect() -> None:
        with together(tmp_path, mark="cohort.csv") as files:
            files.write_text("cohort.csv", "id")
            begun.set()
            time.sleep(0.5)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(collect)
        begun.wait()
        with hold(tmp_path):
            clear_leftovers(tmp_path, [])
        writing.result()
    assert (tmp_path / "cohort.csv").read_text() == "id"
