"""The seal on a saved night: a hash of the file, in its last bytes.

A number that changed on a disk or on a way is no number, and the HDF5 library does not
notice it; over other damage it loops for ever, or crashes. So the file ends in a line
with the SHA-256 of all before it. HDF5 does not look behind its own end: every program
reads such a file, and one that writes to it breaks the seal.
"""

import hashlib
from enum import Enum
from pathlib import Path

FORMAT = "psgkit-night"

# Version 1 had no seal.
FORMAT_VERSION = 2
_SEALED_SINCE = 2

_WORDS = b"\npsgkit sha-256 "
_LENGTH = len(_WORDS) + 64 + 1
_BLOCK_BYTES = 1 << 20


class Seal(Enum):
    """What a file's last bytes say."""

    NONE = "none"
    WHOLE = "whole"
    BROKEN = "broken"


def put_seal(path: Path) -> None:
    """Seal a file that is written and closed."""
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_line(digest))


def look_at_seal(path: Path) -> Seal:
    """Tell whether a file is as it was sealed."""
    end = path.stat().st_size - _LENGTH
    if end < 0:
        return Seal.NONE
    with path.open("rb") as file:
        file.seek(end)
        line = file.read()
    if not line.startswith(_WORDS):
        return Seal.NONE
    return Seal.WHOLE if line == _line(_digest(path, end)) else Seal.BROKEN


def fault_of(version: int, seal: Seal) -> str:
    """Say why a file of a format version cannot be read; empty where it can.

    Examples
    --------
    >>> fault_of(1, Seal.NONE)
    ''
    >>> fault_of(9, Seal.WHOLE)
    'has format version 9; this psgkit reads 1 to 2. Update psgkit.'
    """
    if not 1 <= version <= FORMAT_VERSION:
        return (
            f"has format version {version}; this psgkit reads 1 to {FORMAT_VERSION}. "
            f"{'Update psgkit' if version > 1 else 'Make it again with psgkit report'}."
        )
    if version >= _SEALED_SINCE and seal is not Seal.WHOLE:
        return (
            "has lost the seal at its end: it was cut, or changed by another program. "
            "Make it again with psgkit report."
        )
    return ""


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
