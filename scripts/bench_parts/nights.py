"""The nights and scorings that are measured: simulated, each in a folder of the call."""

import os
from pathlib import Path

# What AASM recommends of the EEG, with one spare, and what goes with it.
EIGHT = ("F4-M1", "C4-M1", "C3-M2", "O2-M1", "E1-M2", "E2-M2", "Chin1-Chin2", "ECG")


def simulated_night(folder: Path) -> Path:
    """Write the night of the bounds: 8 h, 8 channels, 256 Hz."""
    from edfio import read_edf

    from psgkit.simulate import simulate_night

    path = folder / "night.edf"
    whole = simulate_night(hours=8.0, seed=1, rate_hz=256.0).write(folder / "whole.edf")
    edf = read_edf(whole)
    edf.drop_signals([s.label for s in edf.signals if s.label not in EIGHT])
    edf.write(path)
    whole.unlink()
    return path


def wide_night(folder: Path) -> Path:
    """Write a night of 9 h with 25 channels of 1 to 512 Hz."""
    from psgkit.simulate import simulate_night

    made = simulate_night(hours=9.0, seed=1, rate_hz=512.0, montage="wide")
    return made.write(folder / "wide.edf")


def stage_strings(count: int) -> list[str]:
    """Return the stages of nights, a letter an epoch: real ones where they are at hand.

    They are the 497 scored nights of CinC 2018 (``PSGKIT_REAL_DATA``), else simulated
    hypnograms of 8 h.
    """
    here = os.environ.get("PSGKIT_REAL_DATA", Path(__file__).parents[3] / "shared/data")
    real = Path(here) / "cinc2018" / "stages.csv"
    if real.is_file():
        import pandas as pd

        nights = pd.read_csv(real)["stages"].tolist()
    else:
        import numpy as np
        import yasa

        letters = np.array(list("W123R"))
        nights = [
            "".join(letters[yasa.simulate_hypnogram(tib=480, seed=seed).as_int()])
            for seed in range(min(count, 100))
        ]
    return [nights[number % len(nights)] for number in range(count)]


def write_scorings(folder: Path, count: int) -> Path:
    """Write as many scorings, a word a line, and return their folder."""
    folder.mkdir()
    words = {"1": "N1", "2": "N2", "3": "N3", "?": "?"}
    for number, stages in enumerate(stage_strings(count)):
        lines = [words.get(letter, letter) for letter in stages]
        path = folder / f"night{number:04}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
