"""Several processes that write one set of files leave the set of one of them."""

import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from psgkit.errors import OutputError
from psgkit.store import lock
from psgkit.store.file_set import recover, together

NAMES = ("a.csv", "b.csv", "night.h5")


def write_set(home: Path, content: str, *, pause_s: float = 0.0) -> None:
    with together(home, mark="night.h5") as files:
        for name in NAMES:
            files.write_text(name, content)
            time.sleep(pause_s)
        # What only some of the sets have.
        if content.endswith("0"):
            files.write_text("long.csv", content)
        else:
            files.remove("long.csv")


def test_a_set_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    begun = threading.Event()

    def first() -> None:
        with together(tmp_path, mark="night.h5") as files:
            files.write_text("night.h5", "first")
            begun.set()
            time.sleep(0.3)
            files.write_text("a.csv", "first")

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(first)
        begun.wait()
        with together(tmp_path, mark="night.h5") as files:
            # All of the first is there before the second begins.
            there = {file.name for file in tmp_path.glob("*")}
            files.write_text("night.h5", "second")
            files.remove("a.csv")
        writing.result()
    assert {"night.h5", "a.csv"} <= there
    assert [file.name for file in tmp_path.iterdir()] == ["night.h5"]


def test_sets_written_at_once_are_never_mixed(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_set(tmp_path, f"set {n}"), range(8)))
    contents = Counter(file.read_text() for file in tmp_path.iterdir())
    (content,) = contents
    assert contents[content] == (4 if content == "set 0" else 3)


def test_what_another_process_is_writing_is_not_cleared_away(tmp_path: Path) -> None:
    begun = threading.Event()

    def write() -> None:
        with together(tmp_path, mark="night.h5") as files:
            files.write_text("night.h5", "new")
            begun.set()
            time.sleep(0.3)

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write)
        begun.wait()
        recover(tmp_path, "night.h5")
        writing.result()
    assert (tmp_path / "night.h5").read_text() == "new"


def test_what_a_killed_process_held_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path;"
        "from psgkit.store.file_set import together;"
        "files = together(Path(sys.argv[1]), mark='night.h5');"
        "files.__enter__().write_text('night.h5', 'half'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".lock", ".part"]
    begun = time.monotonic()
    recover(tmp_path, "night.h5")
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - begun < 2.0


def test_a_process_that_was_taken_for_dead_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "DEAD_AFTER_S", 0.1)
    sleeper = together(tmp_path, mark="night.h5")
    # Its heart beats every five seconds, and has not yet.
    sleeper.__enter__().write_text("night.h5", "old")
    write_set(tmp_path, "new")
    with pytest.raises(OutputError, match="another has written its own"):
        sleeper.__exit__(None, None, None)
    assert {file.read_text() for file in tmp_path.iterdir()} == {"new"}
