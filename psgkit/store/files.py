"""Files that appear whole or not at all, and names that are safe to give them."""

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from psgkit.errors import OutputError

_BLOCK_BYTES = 1 << 20

MAX_NAME_BYTES = 120  # leaves room for "_summary.csv" within the usual 255

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.EEXIST, errno.ENOTDIR, errno.ENOENT}


def safe_name(night_id: str) -> str:
    """Return the name under which a night's files are kept.

    An id that is valid on every file system is its own name. Otherwise invalid
    characters become ``_``, and six digits of the id's hash are added, so that two ids
    never share a folder.

    Parameters
    ----------
    night_id : str
        Any text.

    Returns
    -------
    str
        At most 120 bytes of UTF-8, without a separator, not hidden, not reserved by
        Windows.

    Examples
    --------
    >>> safe_name("SC4001E0")
    'SC4001E0'
    >>> safe_name("../night")
    '_._night-388932'
    """
    name = unicodedata.normalize("NFC", night_id)
    name = "".join(
        "_" if unicodedata.category(letter) in _HIDDEN_CATEGORIES else letter
        for letter in name
    )
    name = _FORBIDDEN.sub("_", name).rstrip(". ")
    if name[:1] in ("", ".", "-", "~", " "):
        name = "_" + name[1:]
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    if name == night_id and len(name.encode()) <= MAX_NAME_BYTES:
        return name
    digits = hashlib.sha256(night_id.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    short = name.encode()[: MAX_NAME_BYTES - 7].decode("utf-8", "ignore")
    return f"{short}-{digits}"


def make_folder(folder: Path) -> Path:
    """Make a folder and those above it, where they are not there yet.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(_sentence(folder, fault)) from None
    return folder


def refuse_link(folder: Path) -> None:
    """Refuse a folder of results that is a link: files would land elsewhere.

    Raises
    ------
    OutputError
        If it is one.
    """
    if folder.is_symlink():
        raise OutputError(
            f"{folder} is a link to another place, and nothing is written there. Take "
            "the link away, or choose another folder with --out."
        )


def check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written, before long work and without making it.

    Raises
    ------
    OutputError
        If the folder, or the first existing one above it, is not a folder or
        does not let this user write.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if _is(place))
    if not there.is_dir():
        raise OutputError(_sentence(folder, NotADirectoryError(errno.ENOTDIR, "")))
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(_sentence(folder, PermissionError(errno.EACCES, "")))


def _is(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # below a folder that may not be searched
        return False


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        The file; an existing one is replaced at the last moment, and stays if anything
        fails before.
    data : bytes
        All of its content.

    Raises
    ------
    OutputError
        If the folder cannot be written, the disk is full, or reading back
        gives other content.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        write_checked(temporary, data, of=path)
        with refuse(path):
            temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def refuse(path: Path) -> Iterator[None]:
    """Return an `OutputError` with the system's reason in a sentence."""
    try:
        yield
    except OSError as fault:
        raise OutputError(_sentence(path, fault)) from None


def write_checked(path: Path, data: bytes, *, of: Path) -> None:
    """Write a new file to the disk, and compare it after reading it back.

    A disk that is full for a moment can lose a write without an error that reaches
    us. So every byte goes through one system call whose answer is checked.

    Parameters
    ----------
    path : pathlib.Path
        A file that does not exist yet.
    data : bytes
        All of its content.
    of : pathlib.Path
        The file that a message names.

    Raises
    ------
    OutputError
        If anything of it fails; the new file may then be there in part.
    """
    with refuse(of), path.open("x+b", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        # Renaming before the data are on disk can leave an empty file after a power
        # cut.
        os.fsync(file.fileno())
        _drop_cache(file.fileno())
        file.seek(0)
        is_same = _holds(file, data)
    if not is_same:
        raise OutputError(
            f"{of.name} was not written: the disk gave back other bytes than it was "
            "given. Check the disk, or choose another folder with --out."
        )


def _drop_cache(handle: int) -> None:
    """Have the next read come from the disk, where the system can do that."""
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _holds(file: io.RawIOBase, data: bytes) -> bool:
    place = 0
    while block := file.read(_BLOCK_BYTES):
        if block != data[place : place + len(block)]:
            return False
        place += len(block)
    return place == len(data)


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all; see `write_whole`."""
    write_whole(path, text.encode("utf-8", "replace"))


def _sentence(path: Path, fault: OSError) -> str:
    if fault.errno in _FULL:
        return f"{path.name} was not written: the disk is full. Free some space."
    if fault.errno in _DENIED:
        return (
            f"{path} cannot be written: permission denied. "
            "Choose another folder with --out."
        )
    if fault.errno in _NO_FOLDER:
        return (
            f"{path} cannot be written: a part of that path is not a folder. "
            "Choose another folder with --out."
        )
    return f"{path.name} cannot be written: {fault.strerror or fault}."
