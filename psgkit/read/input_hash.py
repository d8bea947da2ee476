"""The files a night is made from: their hashes, and that they stay as they are.

A recorder, a copy or a synchronised folder may still write to a file that is being
read, and the numbers would then be of no file that ever was.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from psgkit.errors import InputError

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was before anything of it was read.

    Attributes
    ----------
    path : pathlib.Path or None
        None where there is no such file.
    sha256 : str
        Of its content; empty where there is no file.
    facts : tuple of int
        Size, times of the last change of content and of anything, and number of the
        file.
    """

    path: Path | None = None
    sha256: str = ""
    facts: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.facts[0] if self.facts else 0

    def check(self) -> None:
        """Compare the file with what it was; call it when all of it has been read.

        The content is read again where size, times or number differ: a copy in its
        place, or a mere ``touch``, may hold the same.

        Raises
        ------
        InputError
            If the content is another.
        """
        if self.path is None or _facts(self.path) == self.facts:
            return
        if not self.path.is_file() or sha256(self.path) != self.sha256:
            raise InputError(
                f"{self.path.name} was changed while it was read, so that no number of "
                "it can be trusted; run again when nothing writes to it any more."
            )


def original(path: Path | None) -> Original:
    """Take down what a file is before it is read.

    What is no plain file is left to its reader to refuse: a pipe must not be opened.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    if path is None or not path.is_file():
        return Original()
    facts = _facts(path)  # before its content: a change in between shows at the end
    return Original(path, sha256(path), facts)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read a block at a time."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as fault:
        raise InputError(f"{path.name} cannot be read: {fault.strerror}.") from None
    return digest.hexdigest()


def _facts(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
