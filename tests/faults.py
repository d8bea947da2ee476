"""A file system of which one write fails: a double for what psgkit writes with.

Every call that changes something below a folder is counted: making and removing files
and folders, renaming, opening to write, the first write to what was opened, and flushing to
the disk. The one whose turn it is
raises what a full disk or a broken one raises; of a write, half is done before.
"""

import builtins
import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

_OF_PATHS = ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "link")
_WRITING = os.O_WRONLY | os.O_RDWR


class FaultyDisk:
    """Counts what is written below a folder, and lets one call fail.

    Parameters
    ----------
    below : pathlib.Path
        The folder.
    fails_at : int
        Number of the call that fails, from 1; 0 lets all succeed.
    for_good : bool
        Whether all later calls fail, too, as if the process were dead.
    """

    def __init__(
        self, below: Path, fails_at: int = 0, *, for_good: bool = False
    ) -> None:
        self.calls: list[str] = []
        self._below = os.fspath(below)
        self._fails_at = fails_at
        self._for_good = for_good
        # A full disk lets files be removed and renamed, a broken one nothing.
        self.error = errno.ENOSPC if fails_at % 2 else errno.EIO

    @property
    def failed(self) -> str:
        """The call that failed; empty where none was to."""
        return self.calls[self._fails_at - 1] if self._fails_at else ""

    def during(self, act: Callable[[], object]) -> "FaultyDisk":
        """Do something with the double in the place of the system's calls."""
        with pytest.MonkeyPatch.context() as patch:
            self._install(patch)
            act()
        return self

    def _install(self, patch: pytest.MonkeyPatch) -> None:
        for name in _OF_PATHS:
            patch.setattr(os, name, self._of_path(name, getattr(os, name)))
        patch.setattr(os, "open", self._os_open(os.open))
        patch.setattr(os, "fsync", lambda _: self.count("fsync", self._below))
        opened = self._open(io.open)
        patch.setattr(io, "open", opened)
        patch.setattr(builtins, "open", opened)

    def count(self, call: str, path: object) -> None:
        """Count a call, and fail it if it is its turn."""
        if not os.fspath(path).startswith(self._below):  # type: ignore[call-overload]
            return
        self.calls.append(call)
        number = len(self.calls)
        if number == self._fails_at or (self._for_good and number > self._fails_at):
            raise OSError(self.error, os.strerror(self.error), path)

    def _of_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *rest: Any, **named: Any) -> Any:
            self.count(name, path)
            return real(path, *rest, **named)

        return call

    def _os_open(self, real: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            if flags & _WRITING:
                self.count("open", path)
            return real(path, flags, *rest, **named)

        return call

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+"):
                return real(file, mode, *rest, **named)
            self.count("open", file)
            return _File(self, real(file, mode, *rest, **named), file)

        return call


class _File:
    """A file of which a write may fail half-way."""

    def __init__(self, disk: FaultyDisk, real: Any, path: object) -> None:
        self._disk, self._real, self._path = disk, real, path
        self._is_written = False

    def write(self, data: Any) -> Any:
        try:
            if not self._is_written:
                self._is_written = True
                self._disk.count("write", self._path)
        except OSError:
            self._real.write(data[: len(data) // 2])
            raise
        return self._real.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()
