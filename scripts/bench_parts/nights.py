"""The nights and scorings that are measured: simulated, each in a folder of the call."""

import math
import os
from pathlib import Path

# What AASM recommends of the EEG, with one spare, and what goes with it.
EIGHT = ("F4-M1", "C4-M1", "C3-M2", "O2-M1", "E1-M2", "E2-M2", "Chin1-Chin2", "ECG")


def simulated_night(folder: Path) -> Path:
    """Write the night of the bounds: 8 h, 8 channels, 256 Hz."""
    return _eight_channels(folder / "night.edf", hours=8.0, seed=1, rate_hz=256.0)


def long_recording(folder: Path, hours: float, rate_hz: float) -> Path:
    """Write a recording of 8 channels: equal stretches of at most 20 h, end to end."""
    count = math.ceil(hours / 20)
    part = _eight_channels(
        folder / "part.edf", hours=hours / count, seed=27, rate_hz=rate_hz
    )
    raw = part.read_bytes()
    # EDF: where the header ends, and how many records follow it.
    end, n_records = int(raw[184:192]), int(raw[236:244])
    path = folder / f"long{rate_hz:g}.edf"
    with path.open("wb") as file:
        file.write(raw[:236] + f"{count * n_records:<8}".encode() + raw[244:end])
        for _ in range(count):
            file.write(raw[end:])
    part.unlink()
    return path


def _eight_channels(path: Path, hours: float, seed: int, rate_hz: float) -> Path:
    from edfio import read_edf

    from psgkit.simulate import simulate_night

    made = simulate_night(hours=hours, seed=seed, rate_hz=rate_hz)
    whole = made.write(path.with_name("whole.edf"))
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
