"""Files of one folder that are replaced together, or not at all.

All files are written under other names first. Then the earlier files are renamed to
``.<name>.before``, and the new ones take their names. The *mark* is renamed away first and
put in place last: if it exists, the set is complete. After a fault the earlier files
return. After a kill, `recover` does this; ``.<mark>.absent`` lists files that did not exist
before. Processes that write the same set wait for each other (``.<mark>.lock``).
"""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from psgkit.errors import OutputError
from psgkit.store.files import refuse, write_checked
from psgkit.store.lock import taking_turns

_BEFORE, _ABSENT, _LOCK = ".before", ".absent", ".lock"


class FileSet:
    """The files of a folder; see `together`.

    Parameters
    ----------
    home : pathlib.Path
        An existing folder.
    mark : str
        The name of the file that marks the set as complete.
    """

    def __init__(self, home: Path, mark: str) -> None:
        self._home = home
        self._mark = mark
        self._staged: dict[str, Path] = {}
        self._gone: set[str] = set()

    def write_bytes(self, name: str, data: bytes) -> None:
        """Write a file of the set under another name.

        Raises
        ------
        OutputError
            If the folder cannot be written, the disk is full, or reading back
            gives other content.
        """
        self._staged[name] = self._home / f".{secrets.token_hex(8)}.part"
        write_checked(self._staged[name], data, of=self._home / name)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file as UTF-8."""
        self.write_bytes(name, text.encode("utf-8", "replace"))

    def remove(self, name: str) -> None:
        """Say that a file of an earlier set shall not be there any more."""
        self._gone.add(name)

    def put_in_place(self) -> None:
        """Replace the earlier set.

        Raises
        ------
        OutputError
            If that cannot be done; the earlier set is as it was.
        """
        names = self._mark_first({*self._staged, *self._gone})
        earlier = [name for name in names if (self._home / name).is_file()]
        absent = "\n".join(name for name in names if name not in earlier)
        try:
            with refuse(self._home / self._mark):
                (self._home / f".{self._mark}{_ABSENT}").write_text(absent, "utf-8")
            for name in earlier:
                with refuse(self._home / name):
                    (self._home / name).replace(self._home / f".{name}{_BEFORE}")
            for name in reversed(self._mark_first(self._staged)):
                with refuse(self._home / name):
                    self._staged[name].replace(self._home / name)
        finally:
            _put_back(self._home, self._mark)

    def clear(self) -> None:
        """Remove written files that were not put in place."""
        for part in self._staged.values():
            _unlink(part)

    def _mark_first(self, names: "set[str] | dict[str, Path]") -> list[str]:
        return sorted(names, key=lambda name: (name != self._mark, name))


@contextlib.contextmanager
def together(home: Path, *, mark: str) -> Iterator[FileSet]:
    """Replace files of a folder when all of them are written.

    Parameters
    ----------
    home : pathlib.Path
        An existing folder.
    mark : str
        The name of the file that marks the set as complete.

    Yields
    ------
    FileSet
        Takes the files to write and to remove. The folder changes when the block ends,
        and not at all if it raises.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    with taking_turns(home / f".{mark}{_LOCK}", of=home / mark) as lock:
        _put_back(home, mark)
        files = FileSet(home, mark)
        try:
            yield files
            if not lock.is_held():
                raise OutputError(
                    f"{mark} was not written: nothing was heard of this process for a "
                    "while, and another has written its own. Give the command again."
                )
            files.put_in_place()
        finally:
            files.clear()


def recover(home: Path, mark: str) -> None:
    """Restore the earlier files after a process was killed while replacing them.

    If the mark exists, the set is complete: leftover files are removed. Steps that fail
    now are done the next time. This waits for a process that is writing the set.

    Parameters
    ----------
    home : pathlib.Path
        A folder.
    mark : str
        The name of the file that marks the set as complete.
    """
    lock = home / f".{mark}{_LOCK}"
    traces = (f".*{_BEFORE}", f".*{_ABSENT}", ".*.part")
    if not lock.exists() and not any(any(home.glob(trace)) for trace in traces):
        return
    with (
        contextlib.suppress(OutputError, OSError),
        taking_turns(lock, of=home / mark),
    ):
        _put_back(home, mark)
        clear_unfinished(home)


def _put_back(home: Path, mark: str) -> None:
    absent = home / f".{mark}{_ABSENT}"
    before = {file.stem.removeprefix("."): file for file in home.glob(f".*{_BEFORE}")}
    with contextlib.suppress(OSError):
        if not (home / mark).is_file():
            for name in _names_in(absent):
                (home / name).unlink(missing_ok=True)
            for name in sorted(before, key=lambda name: name == mark):
                before[name].replace(home / name)
            before.clear()
        for file in (*before.values(), absent):
            file.unlink(missing_ok=True)


def clear_unfinished(home: Path) -> None:
    """Remove unfinished files of a killed process from a folder."""
    for file in home.glob(".*.part"):
        file.unlink(missing_ok=True)


def _names_in(absent: Path) -> list[str]:
    """Return the names of a set's new files; empty if unknown."""
    if not absent.is_file():
        return []
    names = absent.read_text(encoding="utf-8", errors="replace").splitlines()
    return [name for name in names if Path(name).name == name]


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
