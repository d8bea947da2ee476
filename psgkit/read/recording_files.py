"""The formats of recordings by their endings, and the files that one recording has."""

import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

EDF_ENDINGS = (".edf", ".bdf")
# EDF files with other endings, and compressed ones, which messages name.
OTHER_EDF_ENDINGS = (".rec", ".edf.gz", ".bdf.gz", ".edfz", ".bdfz", ".zip")
# Formats of EEG that `mne.io.read_raw` knows. Its own list also has .txt, .csv, .dat and
# .mat, which may contain anything.
MNE_ENDINGS = (
    ".vhdr",  # BrainVision
    ".ahdr",
    ".set",  # EEGLAB
    ".gdf",
    ".fif",
    ".fif.gz",
    ".mff",  # EGI, a folder
    ".eeg",  # Nihon Kohden; also the samples of BrainVision
    ".data",  # Nicolet
    ".lay",  # Persyst
    ".cdt",  # Curry 8
    ".dap",  # Curry 7
    ".cnt",  # Neuroscan and ANT
    ".mefd",  # MEF3, a folder
)
FOLDER_ENDINGS = (".mff", ".mefd")

# Files that belong to a recording, by the ending of its main file.
_COMPANIONS = {
    ".set": (".fdt",),
    ".eeg": (".pnt", ".log", ".21e", ".cn2", ".cmt"),
    ".data": (".head",),
    ".lay": (".dat",),
    ".cdt": (".cdt.dpa", ".cdt.dpo", ".cdt.cef"),
    ".dap": (".dat", ".rs3", ".cef"),
    ".cnt": (".evt", ".trg", ".seg"),
}
_NAMED_FILES = re.compile(rb"^\s*(?:DataFile|MarkerFile)\s*=\s*(.+?)\s*$", re.MULTILINE)
# FIF files that are not recordings, by MNE's naming.
_OTHER_FIF = re.compile(
    r"-(epo|ave|evo|ica|cov|fwd|inv|src|bem|trans|eve|proj|sol|annot)\.fif(\.gz)?$"
)
_SPLIT_FIF = re.compile(r"^(?P<first>.+)-\d+(?P<ending>\.fif(\.gz)?)$")


def ending_of(path: Path) -> str:
    """Return the ending of a recording's name in small letters, empty for others."""
    name = path.name.lower()
    endings = (*EDF_ENDINGS, *OTHER_EDF_ENDINGS, *MNE_ENDINGS)
    return max((e for e in endings if name.endswith(e)), key=len, default="")


def has_ending(path: Path) -> bool:
    """Return whether a file is named as a format that MNE reads, EDF and BDF apart."""
    return ending_of(path) in MNE_ENDINGS


def is_edf(path: Path) -> bool:
    """Return whether a file starts like EDF or BDF, with any name."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            version = stream.read(8)
    except OSError:
        return False
    return version in {b"0       ", b"\xffBIOSEMI"}


def is_closed(path: Path) -> bool:
    """Return whether this is a folder that this user may not open."""
    return path.is_dir() and not os.access(path, os.R_OK | os.X_OK)


def is_recording(path: Path) -> bool:
    """Return whether a file or folder is a recording, by its name.

    The samples of BrainVision (``.eeg`` beside its ``.vhdr``), later parts of a FIF and
    FIF files of other contents are not; a ``.rec`` is one if it starts as EDF does.
    """
    ending = ending_of(path)
    if not ending or (ending in FOLDER_ENDINGS) != path.is_dir():
        return False
    if ending == ".rec":
        return is_edf(path)
    if ending == ".zip":
        return _holds_one_edf(path)
    if ending == ".eeg":
        return not any(_beside(path, (".vhdr", ".ahdr")))
    if ending in {".fif", ".fif.gz"}:
        split = _SPLIT_FIF.match(path.name)
        is_later = split and path.with_name(split["first"] + split["ending"]).exists()
        return not is_later and not _OTHER_FIF.search(path.name)
    return True


def _holds_one_edf(path: Path) -> bool:
    """Return whether a zip archive has one EDF or BDF file and no other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
    except (OSError, zipfile.BadZipFile):
        return False
    return len(names) == 1 and names[0].lower().endswith(EDF_ENDINGS)


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of a recording: the main one, then the others by name."""
    if path.is_dir():
        return tuple(sorted(file for file in path.rglob("*") if file.is_file()))
    ending = ending_of(path)
    others: Iterable[Path] = _beside(path, _COMPANIONS.get(ending, ()))
    if ending in {".vhdr", ".ahdr"}:
        others = _named_in(path)
    elif ending in {".fif", ".fif.gz"}:
        others = (
            file
            for file in path.parent.iterdir()
            if (split := _SPLIT_FIF.match(file.name))
            and split["first"] + split["ending"] == path.name
        )
    return path, *sorted(set(others) - {path})


def _beside(path: Path, endings: Iterable[str]) -> Iterator[Path]:
    """Yield the files that differ from one in the ending, in large or small letters."""
    stem = path.name[: len(path.name) - len(ending_of(path))].lower()
    wanted = {stem + ending for ending in endings}
    if wanted:
        yield from (
            file for file in path.parent.iterdir() if file.name.lower() in wanted
        )


def _named_in(header: Path) -> Iterator[Path]:
    """Yield the files of samples and markers that a BrainVision header names."""
    try:
        text = header.read_bytes()
    except OSError:
        return
    for match in _NAMED_FILES.finditer(text):
        name = match[1].decode("utf-8", "replace").replace("$b", header.stem)
        if (file := header.with_name(Path(name.replace("\\", "/")).name)).is_file():
            yield file
