"""A recording from a file or folder of any format: EDF and BDF here, the rest by MNE."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psgkit.domain.recording import Recording
from psgkit.errors import UnreadableRecording
from psgkit.read.edf.file import read_edf
from psgkit.read.raw import recording_of_raw
from psgkit.read.raw_reader import RawReader
from psgkit.read.recording_files import has_ending, is_edf
from psgkit.read.recording_size import check_claims
from psgkit.settings import ReadSettings

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Personal data in a reason of MNE: a date, or a long number.
_PERSONAL = re.compile(r"\d{1,4}[-./]\w{1,3}[-./]\d{1,4}|\d{6,}")
_LONGEST_REASON = 200
# Damage in an EEGLAB file can crash scipy's reader, and with it the process: the same
# file may raise in one process and crash in the next. HDF5 (version 7.3) is not its own.
_LOAD = """
import sys, scipy.io
try:
    scipy.io.loadmat(sys.argv[1])
except NotImplementedError:
    pass
"""


def read_recording(
    path: str | Path,
    *,
    id: str = "",
    settings: ReadSettings | None = None,
) -> Recording:
    """Read a recording: its header at once, its signals when needed.

    Parameters
    ----------
    path : str or Path
        An EDF, EDF+C, EDF+D, BDF or BDF+ file, whatever its name; or a recording that
        MNE reads: BrainVision (``.vhdr``), EEGLAB (``.set``), GDF, FIF, EGI (``.mff``)
        and the others of `psgkit.read.recording_files.MNE_ENDINGS`.
    id : str, optional
        Name of the night in every output; the file's stem where not given.
    settings : ReadSettings, optional
        Channels and unit where labels and header do not say them.

    Returns
    -------
    Recording
        Its ``issues`` name gaps of the header and assumptions.

    Raises
    ------
    UnreadableRecording
        If the file cannot be read, or reading it would give wrong numbers.
    MissingChannel
        If a channel in the settings is not in the file.
    SettingsError
        If the settings name an unknown role.

    Examples
    --------
    >>> import psgkit
    >>> recording = psgkit.read_recording("night.edf")
    >>> recording.labels[:4], recording.duration_s
    (('F3', 'F4', 'C3', 'C4'), 1320.0)
    """
    path = Path(path)
    if not has_ending(path) or not path.exists() or is_edf(path):
        return read_edf(path, id=id, settings=settings)
    reader = RawReader(OpenFile(path), path.name)
    return recording_of_raw(reader, id=id, settings=settings, path=path)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Open a file with MNE's reader for its ending."""

    path: Path

    def __call__(self) -> "BaseRaw":
        """Return the Raw, its samples left in the file.

        Raises
        ------
        UnreadableRecording
            If MNE refuses the file; the message holds MNE's reason.
        """
        import mne  # noqa: PLC0415 - an EDF header is read without it

        path = self.path
        try:
            check_claims(path)
            if path.suffix.lower() == ".set":
                _refuse_damaged(path)
            if path.suffix.lower() == ".data":
                return mne.io.read_raw_nicolet(path, ch_type="eeg", verbose="ERROR")
            if path.name.lower().endswith((".fif", ".fif.gz")):
                # MNE asks for names such as night_raw.fif and only warns about others.
                return mne.io.read_raw_fif(path, verbose="ERROR")
            return mne.io.read_raw(path, preload=False, verbose="ERROR")
        except UnreadableRecording:
            raise
        except Exception as fault:  # noqa: BLE001 - MNE's readers raise any kind
            raise UnreadableRecording(
                f"MNE could not read {path.name}: {_reason(fault, path)} "
                "Check that all files of the recording are there, or export it as EDF+."
            ) from None


def _refuse_damaged(path: Path) -> None:
    """Refuse an EEGLAB file that scipy cannot load, tried in another process."""
    tried = subprocess.run(  # noqa: S603 - this Python, our own line
        [sys.executable, "-c", _LOAD, str(path)], capture_output=True, check=False
    )
    if tried.returncode:
        raise UnreadableRecording(
            f"{path.name} is damaged: scipy, with which MNE reads EEGLAB files, cannot "
            "load it. Copy the file again, or export it again from EEGLAB."
        )


def _reason(fault: Exception, path: Path) -> str:
    """Return MNE's reason in one line, without folders, dates and numbers of persons."""
    text = str(fault) or type(fault).__name__
    for place in (path.resolve().parent, path.parent):
        if len(str(place)) > 1:
            text = text.replace(f"{place}/", "")
    line = _PERSONAL.sub("…", " ".join(text.split()))
    line = line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"
    return line if line.endswith((".", "…")) else f"{line}."
