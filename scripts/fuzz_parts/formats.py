"""Right files of the formats that MNE, WFDB and the page for corrections write."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import mne
import numpy as np
import wfdb
from raw_makers import LABELS, make_raw, write_gdf

STEP_UV = 500 / 32767


@dataclass(frozen=True)
class Seed:
    """A right file, and those that belong to it.

    Attributes
    ----------
    name : str
        The file that is changed.
    opened : str
        The file that a reader is given.
    files : dict of str to bytes
        All of them.
    """

    name: str
    opened: str
    files: dict[str, bytes]


def recordings(folder: Path) -> dict[str, Seed]:
    """Return a recording of each format that MNE reads, a minute of four channels."""
    raw = make_raw(seconds=20)
    counts = np.round(raw.get_data() * 1e6 / STEP_UV)
    write_gdf(folder / "n.gdf", counts, LABELS, rates_hz=[100] * 4, limit=500.0)
    raw.save(folder / "n_raw.fif", verbose="ERROR")
    for ending in (".vhdr", ".set"):
        mne.export.export_raw(
            folder / f"n{ending}", raw, physical_range=(-500, 500), verbose="ERROR"
        )
    vision = read(folder, "n.vhdr", "n.vmrk", "n.eeg")
    return {
        "BrainVision header": Seed("n.vhdr", "n.vhdr", vision),
        "BrainVision markers": Seed("n.vmrk", "n.vhdr", vision),
        "EEGLAB": Seed("n.set", "n.set", read(folder, "n.set")),
        "FIF": Seed("n_raw.fif", "n_raw.fif", read(folder, "n_raw.fif")),
        "GDF": Seed("n.gdf", "n.gdf", read(folder, "n.gdf")),
    }


def annotations(folder: Path) -> Seed:
    """Return WFDB annotations with stages and events, as the MIT-BIH database has them."""
    notes = ["W", "1", "2 H", "4 X LA", "R A", "MT"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wfdb calls what pandas 3 deprecates
        wfdb.wrann(
            "n",
            "st",
            np.arange(len(notes)) * 6000,
            symbol=['"'] * len(notes),
            aux_note=notes,
            fs=200,
            write_dir=str(folder),
        )
    return Seed("n.st", "n.st", read(folder, "n.st"))


def correction() -> Seed:
    """Return what the page for corrections saves."""
    scoring = {
        "epoch_s": 30,
        "onset_s": 0,
        "lights_off_s": 30,
        "lights_on_s": 120,
        "kinds_scored": ["arousal_in_nrem"],
        "scorer": "yasa",
        "is_automatic": True,
        "stages": ["W", "N2", "N3", "R"],
        "events": [{"onset_s": 40.5, "duration_s": 4, "kind": "arousal"}],
    }
    content = {
        "format": "psgkit corrected scoring",
        "format_version": 1,
        "night": "0" * 32,
        "start": "23:10:00.000000",
        **scoring,
        "proba": [None, None, [0, 0, 0.5, 0.5, 0], [0, 0, 0, 0, 1]],
        "original": scoring,
        "changes": [],
    }
    raw = json.dumps(content).encode()
    return Seed("n_corrected.json", "n_corrected.json", {"n_corrected.json": raw})


def read(folder: Path, *names: str) -> dict[str, bytes]:
    """Return the content of files."""
    return {name: (folder / name).read_bytes() for name in names}
