"""Find scorings beside their recordings."""

import bisect
import fnmatch
import glob
import os
from functools import lru_cache
from pathlib import Path

from psgkit.errors import InputError

AUTO, NONE = "auto", "none"

# In this order; {stem} is the recording's name without its ending, {base} that without
# "-PSG" or "_eeg", {trunk} that without its last letter, where Sleep-EDF has the scorer.
# A corrected scoring comes before all others.
PATTERNS = (
    "{stem}_corrected.json",
    "{stem}-nsrr.xml",
    "{stem}-profusion.xml",
    "{stem}.xml",
    "{stem}.xml.profusion",
    "{stem}_scoring.*",
    "{stem}-scoring.*",
    "{stem}_hypnogram.*",
    "{stem}-hypnogram.*",
    "{trunk}?-Hypnogram.edf",
    "{base}_events.tsv",
    "{stem}?Schlafprofil.txt",
    "{stem}?Sleep?profile.txt",
    "{stem}.annot",
    "{stem}.eannot",
)

# Files that editors and copying programs leave beside a file.
_LEFT_BY_PROGRAMS = ("~", ".bak", ".old", ".orig", ".tmp", ".swp", ".part")

_TAILS = ("-psg", "_psg", "_eeg", "_raw")


def find_scoring(recording: Path, pattern: str = AUTO) -> Path | None:
    """Find the scoring of a recording.

    Parameters
    ----------
    recording : pathlib.Path
        The EDF or BDF file; only its name is looked at.
    pattern : str
        ``"auto"``: the first of `PATTERNS` that fits a file beside the recording.
        ``"none"``: no scoring. Anything else is a pattern such as
        ``"../scoring/{stem}*.xml"``, relative to the recording's folder.

    Returns
    -------
    pathlib.Path or None
        None if no usual pattern fits. Your own pattern that fits no file is returned as
        a path: the night then fails and is not staged.

    Raises
    ------
    InputError
        If a pattern fits several files.
    """
    if pattern == NONE:
        return None
    if pattern != AUTO:
        wanted = _filled(pattern, recording, escape=False)
        fitting = _fitting(recording, pattern)
        return _only(recording, fitting) if fitting else recording.parent / wanted
    for usual in PATTERNS:
        fitting = _fitting(recording, usual)
        if fitting:
            return _only(recording, fitting)
    return None


def is_scoring_name(name: str) -> bool:
    """Return whether an EDF file's name names a hypnogram, not signals."""
    return Path(name).stem.lower().endswith(("hypnogram", "_scoring", "-scoring"))


def _filled(pattern: str, recording: Path, *, escape: bool) -> str:
    stem = recording.stem
    tail = next((tail for tail in _TAILS if stem.lower().endswith(tail)), "")
    base = stem[: len(stem) - len(tail)]
    words = {"stem": stem, "base": base, "trunk": base[:-1] if tail else base}
    for word, value in words.items():
        pattern = pattern.replace(
            f"{{{word}}}", glob.escape(value) if escape else value
        )
    return pattern


def _fitting(recording: Path, pattern: str) -> list[Path]:
    folder, name = os.path.split(_filled(pattern, recording, escape=True))
    place = recording.parent / _filled(
        os.path.split(pattern)[0], recording, escape=False
    )
    if any(sign in folder.replace(glob.escape(recording.stem), "") for sign in "*?"):
        raise InputError(
            f"The pattern {pattern!r} has a wildcard in a folder's name; "
            "only the file's name may have one."
        )
    name = name.lower()
    # Only names that begin as the pattern does are matched: a folder of thousands of
    # nights would otherwise be gone through once a night.
    literal = name[: min((name.find(s) for s in "*?[" if s in name), default=len(name))]
    names = _names(place)
    start = bisect.bisect_left(names, (literal,))
    fitting = []
    for lower, given in names[start:]:
        if not lower.startswith(literal):
            break
        if fnmatch.fnmatchcase(lower, name) and place / given != recording:
            fitting.append(place / given)
    return fitting


@lru_cache(maxsize=64)
def _names(folder: Path) -> list[tuple[str, ...]]:
    """Names of the files of a folder, by their small letters."""
    try:
        return sorted(
            (file.name.lower(), file.name)
            for file in folder.iterdir()
            if not file.name.lower().endswith(_LEFT_BY_PROGRAMS)
        )
    except OSError:
        return []


def _only(recording: Path, fitting: list[Path]) -> Path:
    if len(fitting) > 1:
        names = ", ".join(file.name for file in fitting[:4])
        raise InputError(
            f"{recording.name} has {len(fitting)} scorings beside it: {names}; "
            "say which with --scoring PATTERN or a manifest."
        )
    return fitting[0]
