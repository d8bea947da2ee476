"""Lock a folder for one process, also if several machines share it.

Its owner rewrites the lock every few seconds; a lock without changes belongs to a dead
process. Locks of the operating system are not used, since network file systems keep
them badly, and clocks of machines need not agree.
"""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from psgkit.store.files import refuse

BEAT_S = 5.0
DEAD_AFTER_S = 30.0


@contextmanager
def taking_turns(path: Path, *, of: Path) -> Iterator["Lock"]:
    """Hold a lock; wait while another process holds it.

    Parameters
    ----------
    path : pathlib.Path
        The lock.
    of : pathlib.Path
        Path that it protects, for error messages.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    lock = Lock(path, of=of)
    while not lock.take():
        clear_if_dead(path, DEAD_AFTER_S)
    try:
        yield lock
    finally:
        lock.release()


class Lock:
    """A lock of this process; `lost` is true if another process took it over.

    The file describes its owner's work; see `owner_at_work`.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    of : pathlib.Path
        Path that it protects, for error messages.
    beat_s : float
        Seconds from one sign of life to the next.
    """

    def __init__(self, path: Path, *, of: Path, beat_s: float = BEAT_S) -> None:
        self.lost = False
        self._path = path
        self._of = of
        self._beat_s = beat_s
        self._beats = 0
        self._writing = threading.Lock()
        self._owner: dict[str, Any] = {
            "host": _host(),
            "pid": os.getpid(),
            "started": _started(os.getpid()),
            "token": secrets.token_hex(8),
        }
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._live, daemon=True)

    def take(self) -> bool:
        """Create the file; False where it is there already."""
        with refuse(self._of):
            try:
                handle = os.open(
                    self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644
                )
            except FileExistsError:
                return False
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._content())
            except OSError:
                # An empty lock on a full disk would keep others waiting for nobody.
                with suppress(OSError):
                    self._path.unlink()
                raise
        self._heart.start()
        return True

    def is_held(self) -> bool:
        """Look whether the lock is still there and this process's."""
        return bool(_read(self._path).get("token") == self._owner["token"])

    def tell(self, **facts: Any) -> None:
        """Write the owner's note into the file."""
        with self._writing:
            self._owner |= facts
        self._beat()

    def release(self) -> None:
        """Let the lock go."""
        self._ended.set()
        self._heart.join()
        # It may have been taken over since the last beat; one that a full disk left
        # empty is this process's all the same.
        if not self.lost and (self.is_held() or not _read(self._path)):
            # One that cannot be removed is, to the next process, of one that died.
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _live(self) -> None:
        while not (self._ended.wait(self._beat_s) or self.lost):
            self._beat()

    def _beat(self) -> None:
        with self._writing:
            # One that was cleared away with all else is made again.
            if _read(self._path) and not self.is_held():
                # This machine slept, or could not write, for longer than one may.
                self.lost = True
                return
            self._beats += 1
            beat = self._path.with_name(_aside(self._path, "part"))
            try:
                beat.write_bytes(self._content())
                beat.replace(self._path)
            except OSError:
                # A full disk must not end a batch; one beat is missed.
                with suppress(OSError):
                    beat.unlink(missing_ok=True)

    def _content(self) -> bytes:
        return json.dumps({**self._owner, "beats": self._beats}).encode()


def clear_if_dead(path: Path, dead_after_s: float) -> dict[str, Any]:
    """Watch another process's lock; remove it if that process is dead.

    Returns
    -------
    dict
        The owner's description, once it has renewed the lock; empty if the lock is
        gone.

    Raises
    ------
    OutputError
        If it cannot be taken away.
    """
    before = _read(path)
    deadline = time.monotonic() + dead_after_s
    while not _has_died_here(before) and time.monotonic() < deadline:
        time.sleep(min(0.2, dead_after_s))
        now = _read(path)
        if not path.exists():
            return {}
        if now != before:
            return now
    # Renaming can succeed for one only, of all who found the lock dead.
    aside = path.with_name(_aside(path, "dead"))
    with refuse(path.parent), suppress(FileNotFoundError):
        path.rename(aside)
        if _read(aside) != before:
            # Somebody was faster, and this is their lock: put it back.
            with suppress(OSError):
                os.link(aside, path)
        aside.unlink(missing_ok=True)
    return {}


def owner_at_work(path: Path, *, watch_s: float = 2 * BEAT_S) -> dict[str, Any]:
    """Return the owner's note in a lock; empty if the owner is dead.

    Parameters
    ----------
    path : pathlib.Path
        The lock.
    watch_s : float
        How long to wait for a sign of life of a process that this machine cannot see.
    """
    found = _read(path)
    deadline = time.monotonic() + watch_s
    while not _lives_here(found):
        if not found or _has_died_here(found) or time.monotonic() > deadline:
            return {}
        time.sleep(0.2)
        if (now := _read(path)) != found:
            return now
    return found


def _aside(path: Path, ending: str) -> str:
    """Return a file name next to the lock that no other process uses."""
    return f"{path.name}.{secrets.token_hex(8)}.{ending}"


def _lives_here(owner: dict[str, Any]) -> bool:
    """Return whether the owner is a running process of this machine."""
    is_of_here = owner.get("host") == _host() and isinstance(owner.get("pid"), int)
    return is_of_here and os.name != "nt" and not _has_died_here(owner)


def _has_died_here(owner: dict[str, Any]) -> bool:
    """Return whether the owner was a process of this machine and has ended."""
    if owner.get("host") != _host() or not isinstance(owner.get("pid"), int):
        return False
    if os.name == "nt":  # os.kill would end the process there
        return False
    try:
        os.kill(owner["pid"], 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    # The number may be a dead process that nobody has waited for, or another's by now.
    return _started(owner["pid"]) != owner.get("started")


def _started(pid: int) -> str:
    """Return when a process started, in ticks since boot; empty where it has ended.

    Empty for every process where the system has no ``/proc``.
    """
    try:
        facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    words = facts.rpartition(")")[2].split()
    return "" if words[0] in "ZX" else words[19]


def _host() -> str:
    """Return a name for the machine and its process namespace.

    Machines may share a name, and then a number of their first process space too; no
    two starts of a machine share the system's own number for them.
    """
    words = [socket.gethostname()]
    with suppress(OSError):
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        words += [start.strip(), str(Path("/proc/self/ns/pid").readlink())]
    return " ".join(words)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
