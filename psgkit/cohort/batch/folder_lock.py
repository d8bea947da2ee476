"""One batch a folder, also where several machines see the folder."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from psgkit.cohort.batch.state import STATE_FOLDER
from psgkit.errors import OutputError
from psgkit.store.files import make_folder, refuse_link
from psgkit.store.lock import (
    BEAT_S,
    DEAD_AFTER_S,
    Lock,
    clear_if_dead,
    owner_at_work,
)


@contextmanager
def hold(
    out: Path, *, beat_s: float = BEAT_S, dead_after_s: float = DEAD_AFTER_S
) -> Iterator[Lock]:
    """Hold the lock of an output folder.

    Raises
    ------
    OutputError
        If another batch is at work in the folder, or it cannot be written.
    """
    refuse_link(out / STATE_FOLDER)
    make_folder(out / STATE_FOLDER)
    path = _lock_of(out)
    lock = Lock(path, of=out, beat_s=beat_s)
    while not lock.take():
        if owner := clear_if_dead(path, dead_after_s):
            raise OutputError(
                f"Another batch (process {owner.get('pid', 'unknown')}) is at work in "
                f"{out}; wait for it to end or choose another folder with --out."
            )
    try:
        yield lock
    finally:
        lock.release()


def tell_under_way(lock: Lock, nights: Collection[str] | None) -> None:
    """Write which nights the batch is at into the lock; None when all are done."""
    lock.tell(under_way=None if nights is None else sorted(nights))


def nights_under_way(out: Path) -> frozenset[str] | None:
    """Return the ids of the nights that a batch is at; None where no batch is at work."""
    nights = owner_at_work(_lock_of(out)).get("under_way")
    return frozenset(map(str, nights)) if isinstance(nights, list) else None


def _lock_of(out: Path) -> Path:
    return out / STATE_FOLDER / "lock"
