"""What the signal metrics find in simulated nights, against what was put in.

`scripts/judge_spectra.py` prints the same for any number of nights.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Stage
from psgkit.measure.results import Results
from psgkit.measure.signals.night_signals import measure_signals
from psgkit.prepare.artefacts import artefact_masks
from psgkit.simulate import SimulatedNight, simulate_night

pytestmark = pytest.mark.slow

# Five cycles of one kind: no change of stages from cycle to cycle bends the slope
CYCLE = ["N2"] * 20 + ["N3"] * 60 + ["N2"] * 20 + ["R"] * 30
STAGES = ["W"] * 10 + CYCLE * 5 + ["W"] * 4


class Fading:
    """A recording's signals with an amplitude that falls by a tenth an hour."""

    def __init__(self, recording: Recording) -> None:
        self._source = recording.source
        self._rates_hz = [channel.rate_hz for channel in recording.channels]

    def read(self, index: int, start_s: float, stop_s: float) -> np.ndarray:
        values = self._source.read(index, start_s, stop_s)
        hours = (start_s + np.arange(len(values)) / self._rates_hz[index]) / 3600
        return values * np.exp(-0.1 * hours)

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[np.ndarray]:
        return [self.read(index, start_s, stop_s) for index in indices]


def measure(night: SimulatedNight) -> Results:
    recording, scoring = night.recording, night.truth.scoring
    return measure_signals(
        recording,
        scoring,
        artefacts=artefact_masks(scoring),
        arousals=scoring.arousals,
    )


def values_of(results: Results) -> dict[str, float]:
    return {measure.name: measure.value for measure in results.measures}


@pytest.fixture(scope="module")
def night() -> SimulatedNight:
    return simulate_night(hypnogram=STAGES, seed=3, rate_hz=128)


@pytest.fixture(scope="module")
def results(night) -> Results:
    return measure(night)


def f1(found, night, kinds, stages) -> float:
    """Match events that share a fifth of their union, one to one."""
    events, scoring = night.truth.events, night.truth.scoring
    epochs = (events["onset_s"] // 30).astype(int)
    inside = np.isin(scoring.stages[epochs], stages) & events["kind"].isin(kinds)
    starts = events.loc[inside, "onset_s"].to_numpy()
    ends = starts + events.loc[inside, "duration_s"].to_numpy()
    is_used = np.zeros(len(starts), dtype=bool)
    for start, length in found[["onset_s", "duration_s"]].to_numpy(float):
        shared = np.minimum(start + length, ends) - np.maximum(start, starts)
        union = np.maximum(start + length, ends) - np.minimum(start, starts)
        share = np.where(is_used, -1, shared / union)
        is_used[share.argmax()] |= share.max() >= 0.2
    return 2 * is_used.sum() / (len(found) + len(starts))


# Floors: the detectors are YASA's, their agreement with the simulated truth is a little
# above; a change to them must not lead to worse.
@pytest.mark.parametrize(
    ("table", "channel", "kinds", "floor"),
    [
        ("spindles", "C4_M1", ["spindle"], 0.45),
        ("slow_waves", "F3_M2", ["slow_wave", "k_complex"], 0.7),
    ],
)
def test_events_of_nrem_sleep_are_the_true_ones(
    night, results, table, channel, kinds, floor
):
    rows = results.tables[table]
    found = rows[rows["channel"] == channel]
    assert f1(found, night, kinds, (Stage.N2, Stage.N3)) >= floor


def test_eye_movements_are_the_true_ones(night, results):
    found = results.tables["eye_movements"]
    assert f1(found, night, ["eye_movement"], (Stage.R,)) >= 0.6


def test_the_infraslow_rhythm_is_found_where_it_was_put(results):
    values = values_of(results)
    assert values["isf_p"] < 0.05
    assert values["isf_peak_hz"] == pytest.approx(0.02, abs=0.003)


def test_slow_wave_activity_declines_as_it_was_made_to(night, results):
    # The truth of each epoch is worked out from what the night is made of; its decline
    # is that of the metric: the middles of the NREM periods, the N2 and N3 in them.
    swa = night.truth.swa[["F3-M2", "F4-M1"]].mean(axis=1).to_numpy()
    firsts = 10 + len(CYCLE) * np.arange(5)
    means = [swa[first : first + 100].mean() for first in firsts]
    true = np.polyfit(firsts / 120, np.log(means), 1)[0]
    assert true < 0
    assert values_of(results)["swa_slope_ln_per_h"] == pytest.approx(true, rel=0.2)
    found = results.tables["swa_cycles"]["swa_uv2"].to_numpy()
    assert found == pytest.approx(np.array(means), rel=0.1)


def test_a_fall_of_slow_wave_activity_is_found_as_steep_as_it_is(night, results):
    fading = replace(
        night, recording=replace(night.recording, source=Fading(night.recording))
    )
    slopes = [
        values_of(found)["swa_slope_ln_per_h"] for found in (results, measure(fading))
    ]
    # Amplitude falls by 0.1 an hour in natural logarithms, power by 0.2, on top
    assert slopes[1] - slopes[0] == pytest.approx(-0.2, rel=0.2)


def test_the_atonia_index_falls_with_lost_atonia():
    stages = ["W"] * 4 + (["N2"] * 20 + ["R"] * 40) * 3
    nights = [
        simulate_night(hypnogram=stages, seed=5, montage="minimal", atonia_loss=loss)
        for loss in (0.0, 0.2, 0.5)
    ]
    found = [values_of(measure(night)) for night in nights]
    indices = [values["rai"] for values in found]
    assert indices[0] > 0.9  # Ferri 2010: above 0.9 in young controls
    assert indices == sorted(indices, reverse=True)
    raised = [values["rswa_any_pct__chin"] for values in found]
    assert raised == sorted(raised)
