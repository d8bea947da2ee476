"""A simulated night as files: EDF+, and the truth as CSV and JSON.

Beside ``night.edf`` stand

``night_hypnogram.csv``
    Columns ``onset_s, duration_s, stage``, an epoch a row; stages are W N1 N2 N3 R ART
    UNS.
``night_events.csv``
    Columns ``onset_s, duration_s, kind, channel``, an event a row.
``night_truth.json``
    The options that the night was made with, its stages and its events.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import edfio
import pandas as pd

if TYPE_CHECKING:
    from psgkit.simulate.night import SimulatedNight


def write_night(night: "SimulatedNight", path: Path, *, annotations: bool) -> Path:
    """Write EDF+ and truth."""
    recording = night.recording
    signals = [
        edfio.EdfSignal.from_digital(
            s.counts,
            s.rate_hz,
            label=c.label,
            physical_dimension=c.unit,
            physical_range=s.physical_range,
            digital_range=s.digital_range,
        )
        for c, s in zip(recording.channels, night.signals, strict=True)
    ]
    edf = edfio.Edf(
        signals,
        starttime=recording.start.time(),
        data_record_duration=1.0,
        annotations=(),
    )
    edf.write(path)
    hypnogram(night).to_csv(path.with_name(f"{path.stem}_hypnogram.csv"), index=False)
    night.truth.events.to_csv(path.with_name(f"{path.stem}_events.csv"), index=False)
    return path


def hypnogram(night: "SimulatedNight") -> pd.DataFrame:
    """Return the stages as a table."""
    scoring = night.truth.scoring
    return pd.DataFrame(
        {
            "onset_s": [n * scoring.epoch_s for n in range(scoring.n_epochs)],
            "duration_s": scoring.epoch_s,
            "stage": scoring.stage_names,
        }
    )
