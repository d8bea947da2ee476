"""A chin, eye or EEG lost for part of a night: a right index, or none and why.

A night of 5 h with 20 arousals an hour put in. The index must be within a tenth of the
one that the whole recording gives, or absent. How far that one is from the truth is what
`scripts/judge_arousals.py` prints: an eighth too low here.
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
from psgkit.simulate.digital import DIGITAL_MAX, Digital, DigitalSource, digitise

pytestmark = pytest.mark.slow

CHIN = "Chin1-Chin2"
INDICES = ("ari_per_h", "ari_nrem_per_h", "ari_rem_per_h")
BLIND = "a channel of the arousal detector is lost in over a tenth of this sleep"


@dataclass(frozen=True)
class Found:
    """What was found in a night."""

    values: dict[str, float]
    reasons: dict[str, str]
    detector: str
    used: dict[str, str]
    codes: set[str]


@pytest.fixture(scope="module")
def night() -> SimulatedNight:
    return simulate_night(5.0, seed=1301, rate_hz=128, arousals_per_h=20.0)


def flat(
    night: SimulatedNight, labels: tuple[str, ...], seconds: int
) -> SimulatedNight:
    """Return the night with channels that hold zero for so long from 3,000 s on."""
    signals = list(night.signals)
    for channel in night.recording.channels:
        if channel.label in labels:
            signal = signals[channel.index]
            counts = signal.counts.copy()
            first = round(3000 * signal.rate_hz)
            counts[first : first + round(seconds * signal.rate_hz)] = 0
            signals[channel.index] = replace(signal, counts=counts)
    return with_signals(night, signals)


def with_signals(night: SimulatedNight, signals: list[Digital]) -> SimulatedNight:
    source = DigitalSource(tuple(signals))
    return replace(
        night, recording=replace(night.recording, source=source), signals=tuple(signals)
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


@pytest.fixture(scope="module")
def whole(night: SimulatedNight) -> dict[str, float]:
    found = found_in(night)
    assert found.detector == detector_name(NETWORK)
    assert not np.isnan(list(found.values.values())).any()
    return found.values


def check_right_or_absent(found: Found, whole: dict[str, float]) -> None:
    for name in INDICES:
        value = found.values[name]
        if np.isnan(value):
            assert found.reasons[name]
        else:
            assert value == pytest.approx(whole[name], rel=0.10), name


@pytest.mark.parametrize(
    ("labels", "seconds"),
    [
        ((CHIN,), 900),
        (("C4-M1", "C3-M2"), 900),
        (("E1-M2", "E2-M2"), 900),
        (("C4-M1",), 3600),
    ],
)
def test_a_quarter_of_an_hour_or_a_channel_with_a_spare_costs_no_index(
    night, whole, labels, seconds
) -> None:
    found = found_in(flat(night, labels, seconds))
    assert found.detector == detector_name(NETWORK)
    assert not np.isnan(found.values["ari_per_h"])
    check_right_or_absent(found, whole)


def test_an_hour_without_a_chin_gives_no_index_and_the_reason(night, whole) -> None:
    found = found_in(flat(night, (CHIN,), 3600))
    assert np.isnan(found.values["ari_per_h"])
    assert found.reasons["ari_per_h"] == BLIND
    check_right_or_absent(found, whole)


def test_without_a_chin_those_of_rem_sleep_are_absent(night, whole) -> None:
    channels = tuple(c for c in night.recording.channels if c.label != CHIN)
    found = found_in(
        replace(night, recording=replace(night.recording, channels=channels))
    )
    assert {"arousals_exploratory", "arousals_without_chin"} <= found.codes
    assert np.isnan([found.values["ari_per_h"], found.values["ari_rem_per_h"]]).all()
    check_right_or_absent(found, whole)


def with_eeg_in_chin(night: SimulatedNight, own: float, eeg: float) -> SimulatedNight:
    """Return the night with a chin that is a share of its own and one of C3."""
    index = {c.label: c.index for c in night.recording.channels}
    chin, brain = (night.signals[index[label]] for label in (CHIN, "C3-M2"))
    mixed = sum(
        share
        * signal.counts.astype(np.float32)
        * np.float32(signal.limit / DIGITAL_MAX)
        for share, signal in ((own, chin), (eeg, brain))
    )
    signals = list(night.signals)
    signals[index[CHIN]] = digitise(mixed, chin.limit, chin.rate_hz, is_positive=False)
    return with_signals(night, signals)


def test_eeg_that_leaks_into_the_chin_does_not_move_the_index(night, whole) -> None:
    check_right_or_absent(found_in(with_eeg_in_chin(night, 1.0, 0.5)), whole)


def test_eeg_in_place_of_the_chin_gives_none_of_rem_sleep(night, whole) -> None:
    found = found_in(with_eeg_in_chin(night, 0.0, 1.0))
    assert "arousals_exploratory" in found.codes
    assert np.isnan([found.values["ari_per_h"], found.values["ari_rem_per_h"]]).all()
    check_right_or_absent(found, whole)


def test_flat_channels_give_no_number(night) -> None:
    signals = [
        replace(signal, counts=np.zeros_like(signal.counts)) for signal in night.signals
    ]
    found = found_in(with_signals(night, signals))
    assert np.isnan(list(found.values.values())).all()
    assert all(found.reasons.values())
