"""Inputs at an address (``s3://…``, ``sftp://…``), read by fsspec.

A worker copies them into its own folder and removes it after the night. An address
may contain a password, so it is never shown or stored: messages omit the password, and
a night's record keeps a hash.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from psgkit.domain.jobs import Job
from psgkit.errors import InputError, MissingExtra
from psgkit.store.files import safe_name

# Names that file systems give to a mark of the content, the most reliable first.
_VERSIONS = (
    *("ETag", "etag", "Content-MD5", "Digest", "mtime"),
    *("LastModified", "Last-Modified", "last_modified", "updated"),
)

_WEB = ("http", "https")
_S3 = ("s3", "s3a")

# A web server's answers for a missing file; other refusals may be temporary.
_NOT_THERE = (404, 410)


# Seconds without a byte after which a download from the web is given up.
STALL_S = 60.0


def is_address(text: str) -> bool:
    """Return whether an input is an address and not a path.

    Examples
    --------
    >>> is_address("s3://bucket/night.edf"), is_address("C:/night.edf")
    (True, False)
    """
    return "://" in text


def place_of(address: str) -> PurePosixPath:
    """Return host and path of an address, without the user and the password.

    A web address also loses the part after the question mark, which may be a key.

    Examples
    --------
    >>> place_of("sftp://jane:secret@lab.example/study/n1.edf")
    PurePosixPath('/lab.example/study/n1.edf')
    >>> place_of("https://lab.example/n1.edf?token=secret")
    PurePosixPath('/lab.example/n1.edf')
    """
    inmost = next(part for part in address.split("::") if "://" in part)
    protocol, _, rest = inmost.partition("://")
    if protocol in _WEB:
        rest = rest.partition("?")[0].partition("#")[0]
    host, _, path = rest.partition("/")
    return PurePosixPath("/", host.rpartition("@")[2], path.lstrip("/"))


def without_password(text: str) -> str:
    r"""Return an input without a password, for messages.

    Also where a character of ``://`` is missing, and it therefore counts as a path.

    Examples
    --------
    >>> without_password("sftp:/jane:secret@lab.example/n1.edf")
    'sftp:/…@lab.example/n1.edf'
    >>> without_password("study/night 1.edf")
    'study/night 1.edf'
    """
    return re.sub(r"^(\w+:?/+)[^/]*:.*@", r"\1…@", text)


def naming_path(job: Job) -> Path:
    """Return the path that names a night: its recording's, else its scoring's."""
    given = {"recording": job.recording, "scoring": job.scoring} | {
        what: Path(place_of(address)) for what, address in job.addresses.items()
    }
    return given["recording"] or given["scoring"] or Path()


def check_address(address: str) -> None:
    """Refuse an address that no installed package reads.

    Raises
    ------
    InputError
        If fsspec does not know its protocol, or it contains a key for S3.
    MissingExtra
        If fsspec, or a package that it needs for the protocol, is not installed.
    """
    for part in address.split("::"):
        protocol, _, rest = part.partition("://")
        _check_protocol(protocol)
        if protocol in _S3 and ":" in rest.partition("/")[0]:
            raise InputError(
                "An s3:// address must not contain a key. Set AWS_PROFILE, or another "
                "variable that s3fs reads, on the machines that do the nights."
            )


@lru_cache
def _check_protocol(protocol: str) -> None:
    fsspec = _fsspec()
    try:
        fsspec.get_filesystem_class(protocol)
    except ValueError:
        # A password may contain "::", and part of it may look like a protocol.
        shown = f"{protocol}://" if protocol.isalnum() else "this kind of address"
        raise InputError(
            f"No input can be read from {shown}; s3, sftp, https and others that "
            "fsspec knows can."
        ) from None
    except ImportError as fault:
        raise MissingExtra(
            f"{protocol}:// needs a package that is not installed: {fault}."
        ) from None


def facts_at(address: str) -> dict[str, Any] | None:
    """Return the size and version of a remote file; None if it is missing.

    Raises
    ------
    InputError
        If its place cannot be reached.
    """
    try:
        found, path = _find(address)
        info = found.info(path)
    except Exception as fault:  # noqa: BLE001 - every file system has its own
        if _is_not_there(fault):
            return None
        raise _unreachable(fault) from None
    version = next((info[name] for name in _VERSIONS if info.get(name)), "")
    place = str(place_of(address)).encode("utf-8", "surrogatepass")
    return {
        "size": info.get("size"),
        "version": str(version),
        "place_sha256": hashlib.sha256(place).hexdigest(),
    }


def sha256_at(address: str) -> str:
    """Return the SHA-256 of the content at an address.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        found, path = _find(address)
        with found.open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except Exception as fault:  # noqa: BLE001 - every file system has its own
        raise _unreachable(fault) from None


@contextmanager
def fetched(job: Job, *, stall_s: float = STALL_S) -> Iterator[Job]:
    """Copy a night's inputs here, and take the copies away at the end.

    Parameters
    ----------
    job : Job
    stall_s : float
        Seconds without a byte after which a download from the web is given up.

    Yields
    ------
    Job
        The same night with paths for addresses; the same job if it has no address.

    Raises
    ------
    InputError
        If an input cannot be copied whole.
    """
    if not job.addresses:
        yield job
        return
    with TemporaryDirectory(prefix="psgkit-") as scratch:
        copies = {
            name: _copy(address, Path(scratch, name), job.night_id, stall_s)
            for name, address in job.addresses.items()
        }
        yield replace(
            job,
            id=job.night_id,
            recording=copies.get("recording", job.recording),
            scoring=copies.get("scoring", job.scoring),
            addresses={},
        )


def _copy(address: str, folder: Path, night_id: str, stall_s: float) -> Path:
    folder.mkdir()
    # Named by the night: names of files often carry names of people.
    copy = folder / (safe_name(night_id) + place_of(address).suffix)
    try:
        found, path = _find(address, stall_s)
        size = found.info(path).get("size")
        found.get_file(path, os.fspath(copy))
    except Exception as fault:  # every file system has its own
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        if _is_not_there(fault):
            raise InputError("There is no file at the address of an input.") from None
        raise _unreachable(fault, stall_s) from None
    if not copy.is_file():
        raise InputError("An address names no file, but perhaps a folder.")
    if size is not None and copy.stat().st_size != size:
        raise InputError(f"{copy.name} was not copied whole; give the command again.")
    return copy


def _find(address: str, stall_s: float = STALL_S) -> tuple[Any, str]:
    """Return the file system and the path in it; fsspec ships no types."""
    check_address(address)
    protocols = [part.partition("://")[0] for part in address.split("::")]
    web = {
        name: {"client_kwargs": _patience(stall_s)}
        for name in protocols
        if name in _WEB
    }
    found, path = _fsspec().core.url_to_fs(address, **web)
    return found, str(path)


def _patience(stall_s: float) -> dict[str, Any]:
    """Return the time limits of a download: they count stalls, and never the whole."""
    import aiohttp  # noqa: PLC0415 - an extra

    limits = aiohttp.ClientTimeout(total=None, sock_connect=stall_s, sock_read=stall_s)
    return {"timeout": limits}


def _fsspec() -> Any:
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(
            "Inputs at addresses need fsspec: pip install 'psgkit[cluster]'."
        ) from None
    return fsspec


def _is_not_there(fault: Exception) -> bool:
    """Return whether a file is missing, as opposed to unreachable now.

    fsspec calls both FileNotFoundError on the web.
    """
    if not isinstance(fault, FileNotFoundError):
        return False
    cause = fault.__cause__
    return not isinstance(cause, OSError) and (
        getattr(cause, "status", _NOT_THERE[0]) in _NOT_THERE
    )


def _unreachable(fault: Exception, stall_s: float = STALL_S) -> InputError:
    if isinstance(fault, InputError):
        return fault
    if isinstance(fault, TimeoutError) or isinstance(fault.__cause__, TimeoutError):
        return InputError(
            f"The server of an input sent nothing for {stall_s:g} s. Try again later, or "
            "raise stall_s below [read] in the settings file."
        )
    # The web's reason is the cause of fsspec's. Not the fault's own words: they may
    # have the address, and it may have a password.
    reason = type(fault.__cause__ or fault).__name__
    return InputError(
        f"An input cannot be read from its address ({reason}); see "
        "whether it can be reached from the machine that does the night."
    )
