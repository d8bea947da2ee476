"""A chin, eye or EEG lost for part of a night: a right index, or none and why.

Nights of 4 h with 20 arousals an hour put in. Within a tenth of the truth is what the
index must be; it may also be absent.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from psgkit.domain.scoring import Scoring, make_events
from psgkit.measure.arousals.network import NETWORK, detector_name
from psgkit.measure.arousals.source import with_arousals
from psgkit.measure.night import measure_scored
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.quality import look_at, withhold_amplitudes, withhold_channels
from psgkit.settings import ArousalSettings
from psgkit.simulate import SimulatedNight, simulate_night
from psgkit.simulate.digital import DIGITAL_MAX, DigitalSource, digitise

pytestmark = pytest.mark.slow

CHIN = "Chin1-Chin2"
INDICES = ("ari_per_h", "ari_nrem_per_h", "ari_rem_per_h")
BLIND = "a channel of the arousal detector is lost in over a tenth of this sleep"


@dataclass(frozen=True)
class Found:
    """What was found in a night, beside the truth."""

    values: dict[str, float]
    reasons: dict[str, str]
    truth: dict[str, float]
    detector: str
    used: dict[str, str]
    codes: set[str]


def made(*faults: str) -> SimulatedNight:
    return simulate_night(
        4.0, seed=1301, rate_hz=128, arousals_per_h=20.0, faults=faults
    )


def found_in(night: SimulatedNight) -> Found:
    """Withhold, detect and count as a report does."""
    truth = night.truth.scoring
    bare = replace(truth, events=make_events(()), kinds_scored=frozenset())
    look = look_at(night.recording)
    recording = withhold_channels(look, withhold_amplitudes(look))
    counted = with_arousals(
        recording,
        bare,
        artefacts=artefact_masks(bare, recording.artefacts),
        settings=ArousalSettings(),
    )
    values, reasons = indices(counted.scoring)
    return Found(
        values,
        reasons,
        indices(truth)[0],
        counted.detector,
        counted.channels_used,
        {issue.code for issue in counted.issues},
    )


def indices(scoring: Scoring) -> tuple[dict[str, float], dict[str, str]]:
    measures = {one.name: one for one in measure_scored(scoring).measures}
    return (
        {name: float(measures[name].value) for name in INDICES},
        {name: measures[name].reason for name in INDICES},
    )


def check_right_or_absent(found: Found) -> None:
    for name in INDICES:
        value, truth = found.values[name], found.truth[name]
        if np.isnan(value):
            assert found.reasons[name]
        else:
            assert value == pytest.approx(truth, rel=0.10), name


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [f"flat:{CHIN}@3000+900"],
        ["flat:C4-M1@3000+3600"],
        ["flat:C4-M1@3000+900", "flat:C3-M2@3000+900"],
        ["flat:E1-M2@3000+3600"],
        ["flat:E1-M2@3000+900", "flat:E2-M2@3000+900"],
        ["railed:C4-M1@3000+3600"],
    ],
)
def test_a_quarter_of_an_hour_or_a_spare_channel_costs_no_index(faults) -> None:
    found = found_in(made(*faults))
    assert found.detector == detector_name(NETWORK)
    assert not np.isnan(found.values["ari_per_h"])
    check_right_or_absent(found)


@pytest.mark.parametrize(
    "faults",
    [
        [f"flat:{CHIN}@3000+3600"],
        ["flat:C4-M1@3000+3600", "flat:C3-M2@3000+3600"],
        ["flat:E1-M2@3000+3600", "flat:E2-M2@3000+3600"],
    ],
)
def test_an_hour_without_any_gives_no_index_and_the_reason(faults) -> None:
    found = found_in(made(*faults))
    assert np.isnan(found.values["ari_per_h"])
    assert found.reasons["ari_per_h"] == BLIND
    check_right_or_absent(found)


def test_without_a_chin_those_of_rem_sleep_are_absent() -> None:
    night = made()
    channels = tuple(c for c in night.recording.channels if c.label != CHIN)
    found = found_in(
        replace(night, recording=replace(night.recording, channels=channels))
    )
    assert {"arousals_exploratory", "arousals_without_chin"} <= found.codes
    assert np.isnan([found.values["ari_per_h"], found.values["ari_rem_per_h"]]).all()
    check_right_or_absent(found)


def test_eeg_that_leaks_into_the_chin_gives_none_of_rem_sleep() -> None:
    """The chin is half of C3 and a little of its own: the spectrum of EEG."""
    night = made()
    index = {c.label: c.index for c in night.recording.channels}
    chin, eeg = (night.signals[index[label]] for label in (CHIN, "C3-M2"))
    mixed = sum(
        share
        * signal.counts.astype(np.float32)
        * np.float32(signal.limit / DIGITAL_MAX)
        for share, signal in ((1.0, chin), (0.5, eeg))
    )
    signals = list(night.signals)
    signals[index[CHIN]] = digitise(mixed, chin.limit, chin.rate_hz, is_positive=False)
    recording = replace(night.recording, source=DigitalSource(tuple(signals)))
    found = found_in(replace(night, recording=recording, signals=tuple(signals)))
    assert "arousals_exploratory" in found.codes
    assert np.isnan([found.values["ari_per_h"], found.values["ari_rem_per_h"]]).all()
    check_right_or_absent(found)


def test_flat_channels_give_no_number() -> None:
    stretch = "@0+14400"
    every = [f"flat:{label}{stretch}" for label in ("C4-M1", "C3-M2")]
    found = found_in(made(*every))
    assert np.isnan(list(found.values.values())).all()
    assert "arousals_not_found" in found.codes
    assert all(found.reasons.values())
