"""A lock on a file is held by one process, and taken from none that lives."""

import errno
import json
import time
from pathlib import Path

import pytest

from psgkit.errors import OutputError
from psgkit.store import lock
from psgkit.store.lock import Lock, clear_if_dead, taking_turns


def test_a_lock_of_a_machine_of_the_same_name_is_not_taken_at_once(
    tmp_path: Path,
) -> None:
    # No process of this machine has that number; on the other one it may.
    path = tmp_path / "lock"
    mine = Lock(path, of=path)
    assert mine.take()
    owner = json.loads(path.read_text())
    mine.release()
    name, *more = owner["host"].split(" ")
    other = " ".join([name, "another-start-of-the-machine", *more[1:]])
    path.write_text(json.dumps({**owner, "host": other, "pid": 2**22 + 1}))
    begun = time.monotonic()
    assert clear_if_dead(path, 0.6) == {}
    assert time.monotonic() - begun >= 0.6
    path.write_text(json.dumps({**owner, "pid": 2**22 + 1}))
    begun = time.monotonic()
    assert clear_if_dead(path, 5.0) == {}
    assert time.monotonic() - begun < 2.0


def test_a_lock_that_another_took_over_is_left_to_it(tmp_path: Path) -> None:
    # A machine that slept notices only with its next beat; here it ends before.
    path = tmp_path / "lock"
    slept = Lock(path, of=path)
    assert slept.take()
    path.write_text('{"token": "another"}')
    slept.release()
    assert path.is_file()


def test_a_lock_that_a_full_disk_left_empty_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    mine = Lock(path, of=path)
    assert mine.take()
    path.write_text("")
    mine.release()
    assert not path.exists()


def test_a_full_disk_refuses_a_lock_and_leaves_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Lock, "_content", full)
    with pytest.raises(OutputError, match="study was not written: the disk is full"):
        Lock(tmp_path / "lock", of=tmp_path / "study").take()
    assert list(tmp_path.iterdir()) == []


def test_a_dead_lock_that_cannot_be_taken_away_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    path = tmp_path / "lock"
    path.write_text('{"host": "elsewhere", "pid": 1}')
    monkeypatch.setattr(Path, "rename", denied)
    monkeypatch.setattr(lock, "DEAD_AFTER_S", 0.3)
    with (
        pytest.raises(OutputError, match="permission denied"),
        taking_turns(path, of=path),
    ):
        pass
