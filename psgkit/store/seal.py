"""The seal on a saved night: a hash of the file, in its last bytes.

The HDF5 library does not notice a changed number; on other damage it crashes or never
ends. So the file ends in a line with the SHA-256 of all bytes before it. HDF5 ignores
bytes after its own end: every program can read the file, and a program that writes to
it breaks the seal. A file without a whole seal is never opened.
"""

import hashlib
from enum import Enum
from pathlib import Path

FORMAT = "psgkit-night"
FORMAT_VERSION = 3

_WORDS = b"\npsgkit sha-256 "
_LENGTH = len(_WORDS) + 64 + 1
_BLOCK_BYTES = 1 << 20


class Seal(Enum):
    """Content of a file's last bytes."""

    NONE = "none"
    WHOLE = "whole"
    BROKEN = "broken"


def sealed(data: bytes) -> bytes:
    """Return a file's content with its seal behind it."""
    return data + _line(hashlib.sha256(data).hexdigest())


def look_at_seal(path: Path) -> Seal:
    """Return whether a file is unchanged since it was sealed."""
    end = path.stat().st_size - _LENGTH
    if end < 0:
        return Seal.NONE
    with path.open("rb") as file:
        file.seek(end)
        line = file.read()
    if not line.startswith(_WORDS):
        return Seal.NONE
    return Seal.WHOLE if line == _line(_digest(path, end)) else Seal.BROKEN


def seal_line(path: Path) -> str:
    """Return the seal, the last bytes of a file, without checking it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LENGTH))
        return file.read(_LENGTH).decode("ascii", "replace")


def read_sealed(path: Path) -> bytes:
    """Return the content of a small file before its seal.

    Raises
    ------
    ValueError
        If the file is not as it was sealed.
    """
    data = path.read_bytes()
    content = data[:-_LENGTH]
    if sealed(content) != data:
        raise ValueError(f"{path.name} is not as it was sealed")
    return content


def seal_fault(seal: Seal) -> str:
    """Say why an HDF5 file with this seal must not be opened; empty where it may.

    Examples
    --------
    >>> seal_fault(Seal.WHOLE)
    ''
    """
    match seal:
        case Seal.WHOLE:
            return ""
        case Seal.BROKEN:
            return (
                "is damaged, or was changed by another program. Make it again with "
                "psgkit report."
            )
        case Seal.NONE:
            return (
                "is an HDF5 file, but not a night that psgkit saved, or it was damaged "
                "or changed by another program and has lost the seal at its end."
            )


def version_fault(version: int) -> str:
    """Say why a file of a format version cannot be read; empty where it can.

    Examples
    --------
    >>> version_fault(3)
    ''
    >>> version_fault(9)
    'has format version 9; this psgkit reads 3. Update psgkit.'
    """
    if version == FORMAT_VERSION:
        return ""
    is_newer = version > FORMAT_VERSION
    remedy = "Update psgkit" if is_newer else "Make it again with psgkit report"
    return (
        f"has format version {version}; this psgkit reads {FORMAT_VERSION}. {remedy}."
    )


def _line(digest: str) -> bytes:
    return _WORDS + digest.encode("ascii") + b"\n"


def _digest(path: Path, length: int) -> str:
    digest = hashlib.sha256()
    left = length
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, _BLOCK_BYTES))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()
