"""Electrodes recorded one by one give the derivations that were recorded as such."""

from pathlib import Path

import numpy as np
import pytest

from psgkit.prepare.montage import rereference
from psgkit.read import read_recording
from psgkit.simulate import simulate_night


@pytest.mark.slow
def test_derived_signals_are_those_of_the_other_montage(tmp_path: Path):
    recordings = {}
    for montage in ("aasm", "electrodes"):
        night = simulate_night(0.25, seed=4, montage=montage, rate_hz=200.0)
        path = night.write(tmp_path / f"{montage}.edf")
        recordings[montage] = rereference(read_recording(path))

    for role in ("F3_M2", "C4_M1", "O2_M1", "EOG_L", "EOG_R"):
        recorded, derived = (
            recording.signal(recording.channel(role))
            for recording in recordings.values()
        )

        # The two are simulated apart and share all but noise of a fraction of a µV.
        assert np.std(derived - recorded) < 0.03 * np.std(recorded)
