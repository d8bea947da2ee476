"""Arousals of a whole recording, small enough to be known by construction."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import MissingChannel
from psgkit.measure.arousals import ArousalRules, detect_arousals, find_arousals
from psgkit.measure.arousals.detector import _in_events

RATE_HZ = 128.0
ROLES = (Role.C4_M1, Role.O2_M1, Role.EMG_CHIN)
MINUTES = 40
ONSETS_S = (200.0, 400.0, 600.0, 900.0, 1250.0, 1700.0)


def _asleep(rng: np.random.Generator) -> np.ndarray:
    """Return noise whose power falls with the square of frequency, 20 µV."""
    spectrum = np.fft.rfft(rng.normal(size=round(MINUTES * 60 * RATE_HZ)))
    freqs = np.fft.rfftfreq(round(MINUTES * 60 * RATE_HZ), 1 / RATE_HZ)
    shaped = np.fft.irfft(spectrum / np.maximum(freqs, 0.5))
    return 20.0 * shaped / shaped.std()


def _arrays(hz: float = 9.5) -> list[np.ndarray]:
    rng = np.random.default_rng(8)
    arrays = [_asleep(rng), _asleep(rng), rng.normal(0.0, 2.0, _asleep(rng).size)]
    for onset_s in ONSETS_S:
        inside = slice(round(onset_s * RATE_HZ), round((onset_s + 7.0) * RATE_HZ))
        times = np.arange(inside.stop - inside.start) / RATE_HZ
        for eeg in arrays[:2]:
            eeg[inside] += 20.0 * np.sin(2 * np.pi * hz * times)
        arrays[2][inside] *= 4.0
    return arrays


def _recording(
    arrays: list[np.ndarray], roles: tuple[Role, ...] = ROLES, **facts: object
) -> Recording:
    channels = tuple(
        Channel(role, role.value, index, RATE_HZ) for index, role in enumerate(roles)
    )
    source = ArraySource(tuple(arrays), (RATE_HZ,) * len(arrays))
    night = Recording("night", None, MINUTES * 60.0, channels, source)
    return replace(night, **facts)  # type: ignore[arg-type]


def _scoring(stage: str = "2") -> Scoring:
    return make_scoring(stage * (2 * MINUTES))


@pytest.mark.parametrize(("hz", "band"), [(9.5, "alpha"), (21.0, "beta")])
@pytest.mark.parametrize("stage", ["2", "R"])
def test_each_arousal_is_found_where_it_is(hz: float, band: str, stage: str) -> None:
    found = detect_arousals(_recording(_arrays(hz)), _scoring(stage))
    np.testing.assert_allclose(found["onset_s"], ONSETS_S, atol=1.5)
    np.testing.assert_allclose(found["duration_s"], 7.0, atol=2.5)
    assert set(found["band"]) == {band}
    assert found["emg"].all()


def test_without_a_chin_none_is_scored_in_rem_and_it_is_said() -> None:
    found = find_arousals(_recording(_arrays()[:2], ROLES[:2]), _scoring("R"))
    assert found.arousals.empty
    assert (found.candidates["reason"] == "rem_without_emg").sum() >= len(ONSETS_S)
    assert "arousals_without_chin" in {issue.code for issue in found.issues}


def test_central_alone_serves_and_it_is_said() -> None:
    arrays = _arrays()
    recording = _recording([arrays[0], arrays[2]], (Role.C3_M2, Role.EMG_CHIN))
    found = find_arousals(recording, _scoring())
    assert len(found.arousals) == len(ONSETS_S)
    assert found.channels_used["arousals_central"] == "C3_M2 (C3_M2)"
    assert "arousals_without_occipital" in {issue.code for issue in found.issues}


def test_spindles_where_the_alpha_is_make_no_arousal() -> None:
    spindles = pd.DataFrame({"onset_s": ONSETS_S, "duration_s": 8.0})
    found = find_arousals(_recording(_arrays()), _scoring(), spindles=spindles)
    assert found.arousals.empty
    assert "spindle" in set(found.candidates["reason"])


def test_a_channel_that_is_mostly_artefact_gives_way() -> None:
    arrays = _arrays()
    roles = (Role.C4_M1, Role.C3_M2, Role.EMG_CHIN)

    def artefacts(channel: Channel, _: np.ndarray) -> np.ndarray:
        return np.full(MINUTES * 12, channel.role is Role.C4_M1)

    found = find_arousals(_recording(arrays, roles), _scoring(), artefacts=artefacts)
    assert found.channels_used["arousals_central"] == "C3_M2 (C3_M2)"
    assert len(found.arousals) == len(ONSETS_S)


def test_where_all_central_eeg_is_artefact_nothing_is_said_of_arousals() -> None:
    with pytest.raises(MissingChannel, match="needs a central EEG"):
        find_arousals(
            _recording(_arrays()),
            _scoring(),
            artefacts=lambda *_: np.ones(MINUTES * 12, dtype=bool),
        )


def test_eeg_under_a_hundred_hertz_is_refused() -> None:
    slow = [array[::2] for array in _arrays()]
    channels = tuple(
        Channel(role, role.value, index, 64.0) for index, role in enumerate(ROLES)
    )
    source = ArraySource(tuple(slow), (64.0,) * 3)
    recording = replace(_recording(slow), channels=channels, source=source)
    with pytest.raises(MissingChannel, match="100 Hz or more"):
        find_arousals(recording, _scoring())


def test_a_gap_is_no_arousal_and_no_baseline() -> None:
    arrays = _arrays()
    for array in arrays:
        array[round(1000 * RATE_HZ) : round(1100 * RATE_HZ)] = np.nan
    found = detect_arousals(_recording(arrays), _scoring())
    np.testing.assert_allclose(found["onset_s"], ONSETS_S, atol=1.5)


def test_noise_alone_has_hardly_any() -> None:
    rng = np.random.default_rng(3)
    arrays = [_asleep(rng), _asleep(rng), rng.normal(0.0, 2.0, _asleep(rng).size)]
    found = find_arousals(_recording(arrays), _scoring())
    assert len(found.arousals) <= 1


def test_looser_rules_find_more() -> None:
    recording = _recording(_arrays())
    loose = ArousalRules(seed=1.8, alone_seed=1.8, alone_sustained=1.5, alone_alpha=0.0)
    strict = len(detect_arousals(recording, _scoring()))
    assert len(detect_arousals(recording, _scoring(), rules=loose)) > strict


def test_the_same_night_gives_the_same_answer() -> None:
    first, second = (find_arousals(_recording(_arrays()), _scoring()) for _ in range(2))
    pd.testing.assert_frame_equal(first.candidates, second.candidates)


def test_an_eeg_that_stands_still_is_no_night_without_arousals() -> None:
    silent = [np.zeros(round(MINUTES * 60 * RATE_HZ))] * 3
    with pytest.raises(MissingChannel, match="needs a central EEG"):
        find_arousals(_recording(silent), _scoring())


def test_sleep_in_which_the_eeg_is_lost_is_named() -> None:
    arrays = _arrays()
    arrays[0][round(1000 * RATE_HZ) : round(1100 * RATE_HZ)] = 5.0
    stages = "2" * 34 + "W" + "2" * (2 * MINUTES - 35)  # awake from 1020 to 1050 s
    found = find_arousals(_recording(arrays), make_scoring(stages))
    assert found.lost == ((1000.0, 20.0), (1050.0, 50.0))


def test_alpha_that_swells_all_night_is_the_nights_own() -> None:
    """Eight seconds of alpha every 25 s, without muscle; six arousals with it."""
    arrays = _arrays()
    times = np.arange(round(8 * RATE_HZ)) / RATE_HZ
    swell = np.sin(np.pi * times / 8.0) * np.sin(2 * np.pi * 9.5 * times)
    for onset_s in np.arange(20.0, MINUTES * 60 - 20.0, 25.0):
        if np.abs(onset_s - np.array(ONSETS_S)).min() > 20.0:
            first = round(onset_s * RATE_HZ)
            for eeg in arrays[:2]:
                eeg[first : first + len(swell)] += 12.0 * swell
    found = find_arousals(_recording(arrays), _scoring())
    np.testing.assert_allclose(found.arousals["onset_s"], ONSETS_S, atol=1.5)
    assert (found.candidates["reason"] == "background_alpha").sum() > 20


def test_no_baseline_is_made_of_an_arousal_and_the_half_second_before_it() -> None:
    def hops(onset_s: float, end_s: float) -> list[int]:
        event = SimpleNamespace(onset_s=onset_s, end_s=end_s)
        return np.flatnonzero(_in_events([event], 40)).tolist()

    # Hops are a quarter of a second apart.
    assert hops(3.0, 5.0) == list(range(10, 20))
    assert hops(0.25, 1.0) == [0, 1, 2, 3]
    assert hops(8.0, 60.0) == list(range(30, 40))


def test_what_find_arousals_is_given_detect_arousals_passes_on() -> None:
    spindles = pd.DataFrame({"onset_s": ONSETS_S, "duration_s": 8.0})
    recording = _recording(_arrays())
    assert detect_arousals(recording, _scoring(), spindles=spindles).empty
    with pytest.raises(MissingChannel):
        detect_arousals(
            recording,
            _scoring(),
            artefacts=lambda *_: np.ones(MINUTES * 12, dtype=bool),
        )


def test_the_channels_that_were_searched_are_named() -> None:
    found = find_arousals(_recording(_arrays()), _scoring())
    assert found.channels_used == {
        "arousals_central": "C4_M1 (C4_M1)",
        "arousals_occipital": "O2_M1 (O2_M1)",
        "arousals_chin": "EMG_CHIN (EMG_CHIN)",
    }
