"""Heart beats in the chin are no twitches: left out where an ECG tells, refused else.

On a simulated hour, so that the truth is known: its own chin, and the same chin with
thirteen microvolts of its ECG, which by themselves look like a burst a second.
"""

from dataclasses import replace

import numpy as np
import pytest

from psgkit.domain.metrics import Measure
from psgkit.domain.recording import ArraySource, FloatArray, Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.night import NightMeasured, measure_night
from psgkit.prepare.artefacts import artefact_masks
from psgkit.settings import ArousalSettings
from psgkit.simulate import simulate_night

STAGES = ["N2"] * 30 + ["R"] * 50
SHARE = 0.01  # of 1.3 mV from peak to peak
OF_CHIN = ("rai", "rswa_tonic_pct__chin", "rswa_phasic_pct__chin", "rswa_any_pct__chin")

Signals = dict[str, FloatArray]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return simulate_night(
        hypnogram=STAGES, seed=3, rate_hz=200, arousals_per_h={"N2": 10, "R": 15}
    ).recording


@pytest.fixture(scope="module")
def signals(recording: Recording) -> Signals:
    roles = ("C4_M1", "EMG_CHIN", "ECG")
    return {role: recording.signal(recording.channel(role)) for role in roles}


def _measured(recording: Recording, signals: Signals) -> dict[str, Measure]:
    found = _night(recording, signals)
    return {measure.name: measure for measure in found.measures}


def _used(recording: Recording, signals: Signals) -> dict[str, str]:
    return _night(recording, signals).channels_used


def _night(recording: Recording, signals: Signals) -> NightMeasured:
    channels = tuple(
        replace(recording.channel(role), index=index, to_uv=1.0, unit="uV", limits=None)
        for index, role in enumerate(signals)
    )
    source = ArraySource(tuple(signals.values()), tuple(c.rate_hz for c in channels))
    scoring = Scoring.from_stages(STAGES)
    return measure_night(
        replace(recording, channels=channels, source=source),
        scoring,
        artefacts=artefact_masks(scoring),
        settings=ArousalSettings(),
    )


def test_with_an_ecg_the_chin_is_what_it_would_be_without_the_heart(
    recording: Recording, signals: Signals
) -> None:
    beating = signals | {"EMG_CHIN": signals["EMG_CHIN"] + SHARE * signals["ECG"]}
    clean, found = _measured(recording, signals), _measured(recording, beating)
    for name in OF_CHIN:
        off = 0.01 if name == "rai" else 2.0  # percent
        assert found[name].value == pytest.approx(clean[name].value, abs=off), name
    assert found["ari_rem_per_h"].value == clean["ari_rem_per_h"].value > 0


def test_without_an_ecg_bursts_cannot_be_told_from_beats(
    recording: Recording, signals: Signals
) -> None:
    beating = signals["EMG_CHIN"] + SHARE * signals["ECG"]
    found = _measured(recording, {"C4_M1": signals["C4_M1"], "EMG_CHIN": beating})
    for name in ("rswa_phasic_pct__chin", "rswa_any_pct__chin"):
        assert np.isnan(found[name].value)
        assert found[name].reason.startswith("heart beats fill the chin EMG")
    assert found["rswa_tonic_pct__chin"].value == 0
    assert found["rai"].value > 0.95


def test_an_ecg_is_named_as_used_where_it_beats(
    recording: Recording, signals: Signals
) -> None:
    assert _used(recording, signals)["heart_beats"] == "ECG (ECG)"
    asleep = signals | {"ECG": signals["C4_M1"]}
    assert "heart_beats" not in _used(recording, asleep)


def test_a_chin_without_heart_needs_no_ecg(
    recording: Recording, signals: Signals
) -> None:
    chin = {role: signals[role] for role in ("C4_M1", "EMG_CHIN")}
    found = _measured(recording, chin)
    assert 0 < found["rswa_phasic_pct__chin"].value < 15
