"""Files of one folder that are replaced together, or not at all.

All are written under other names first, which is where a disk fills up; then the earlier
ones are put aside and the new ones into their places, by renaming. Of these the *mark*
goes first and comes last: where it is, every other file is of the same set. A fault
puts the earlier ones back. Only a process that is killed between two renamings leaves
neither: no mark, and `clear_unfinished` takes the rest away.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from psgkit.report.files import refuse, write_flushed

_ENDINGS = (".part", ".before")


class FileSet:
    """What shall be in a folder; see `together`.

    Parameters
    ----------
    home : pathlib.Path
        An existing folder.
    mark : str
        The name of the file that says that all are there.
    """

    def __init__(self, home: Path, mark: str) -> None:
        self._home = home
        self._mark = mark
        self._staged: dict[str, Path] = {}
        self._gone: set[str] = set()

    def write(self, name: str, write: Callable[[Path], None]) -> None:
        """Write a file that shall be there.

        Parameters
        ----------
        name : str
        write : callable
            Given the path of a temporary file in the same folder, writes it.

        Raises
        ------
        OutputError
            If the folder cannot be written or the disk is full.
        """
        self._staged[name] = self._home / f".{secrets.token_hex(8)}.part"
        with refuse(self._home / name):
            write_flushed(self._staged[name], write)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file as UTF-8."""
        data = text.encode("utf-8", "replace")
        self.write(name, lambda path: _write_bytes(path, data))

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
        aside: dict[Path, Path] = {}
        try:
            for name in self._mark_first({*self._staged, *self._gone}):
                final = self._home / name
                with refuse(final):
                    if final.is_file():
                        before = self._home / f".{secrets.token_hex(8)}.before"
                        final.replace(before)
                        aside[final] = before
            for name in reversed(self._mark_first(self._staged)):
                with refuse(self._home / name):
                    self._staged[name].replace(self._home / name)
        except BaseException:
            self._put_back(aside)
            raise
        for before in aside.values():
            _unlink(before)

    def clear(self) -> None:
        """Take away what was written and not put in place."""
        for part in self._staged.values():
            _unlink(part)

    def _put_back(self, aside: dict[Path, Path]) -> None:
        for name, part in self._staged.items():
            if not part.exists():
                _unlink(self._home / name)
        for final, before in reversed(aside.items()):
            with contextlib.suppress(OSError):
                before.replace(final)

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
        The name of the file that says that all are there.

    Yields
    ------
    FileSet
        Told what to write and what to remove; nothing is seen in the folder before the
        block ends, and nothing at all where it raises.

    Raises
    ------
    OutputError
        If the folder cannot be written or the disk is full.
    """
    files = FileSet(home, mark)
    try:
        yield files
        files.put_in_place()
    finally:
        files.clear()


def clear_unfinished(home: Path) -> None:
    """Take away what a process that was killed has left in a folder."""
    for file in home.glob(".*"):
        if file.suffix in _ENDINGS:
            file.unlink(missing_ok=True)


def _write_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
