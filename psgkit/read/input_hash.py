"""Hash the files that a night is made from, and check that they stay as they are.

A recorder or a synchronised folder may still write to a file that is being read. The
numbers would then belong to no file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psgkit.errors import InputError
from psgkit.read.recording_files import files_of, is_recording


@dataclass(frozen=True, slots=True)
class Original:
    """The files of an input as they were before anything of them was read.

    Attributes
    ----------
    paths : tuple of pathlib.Path
        Its files, the main one first; empty without a file.
    sha256 : str
        Of their content; empty without a file.
    facts : tuple of tuple of int
        Of each file: size, times of the last change of content and of anything, and
        number of the file.
    """

    paths: tuple[Path, ...] = ()
    sha256: str = ""
    facts: tuple[tuple[int, ...], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(facts[0] for facts in self.facts if facts)

    def check(self) -> None:
        """Refuse files that changed while they were read; call it at the end.

        The content is read again where size, times or number differ: a copy in its
        place, or a mere ``touch``, may hold the same.

        Raises
        ------
        InputError
            If the content has changed.
        """
        if not self.paths or tuple(map(_facts, self.paths)) == self.facts:
            return
        if not all(map(Path.is_file, self.paths)) or _joint(self.paths) != self.sha256:
            raise InputError(
                f"{self.paths[0].name} was changed while it was read, so that no number "
                "of it can be trusted; run again when nothing writes to it any more."
            )


def original(path: Path | None) -> Original:
    """Note an input's facts before it is read.

    A recording of several files, or a folder, is taken as a whole. Pipes and devices
    are left to their reader to refuse: a pipe must not be opened.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    if path is None:
        return Original()
    if not (path.is_file() or (path.is_dir() and is_recording(path))):
        return Original()
    files = files_of(path)
    facts = tuple(map(_facts, files))  # first: a change in between shows at the end
    return Original(files, _joint(files), facts)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of an input: of its one file, or of all files together.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    return _joint(files_of(path))


def _joint(files: Sequence[Path]) -> str:
    """Return the hash of one file, or the hash of the hashes of several."""
    hashes = [sha256(file) for file in files]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read a block at a time."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise InputError(f"{path.name} cannot be read: {fault.strerror}.") from None


def _facts(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
