"""Where a channel fails, the next best takes its place; where none is left, it is said."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from makers import make_scoring
from psg_makers import RATE_HZ, Signals, make_recording, make_signals

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel, Unfit
from psgkit.errors import MissingChannel
from psgkit.measure.arousals.network.channels import network_channels

ASLEEP = make_scoring("2" * 30)
WINDOW = round(5 * RATE_HZ)


@cache
def _signals() -> Signals:
    return make_signals()


def some_signals() -> Signals:
    return {role: values.copy() for role, values in _signals().items()}


def test_eeg_eye_and_chin_are_given_at_50_hz_and_named() -> None:
    found = network_channels(make_recording(some_signals()), ASLEEP, None)
    assert found.inputs.shape == (3, 900 * 50)
    assert (np.abs(np.std(found.inputs, axis=1) - 1.0) < 0.3).all()
    assert not found.is_lost.any()
    assert found.used == {
        "arousals_central": "C4_M1 (C4-M1)",
        "arousals_eye": "EOG_L (EOG-L)",
        "arousals_chin": "EMG_CHIN (EMG-CHIN)",
    }


def test_an_eeg_that_goes_flat_is_replaced_for_that_time() -> None:
    signals = some_signals()
    whole = network_channels(make_recording(signals), ASLEEP, None).inputs[0]
    other = {role: each for role, each in signals.items() if role is not Role.C4_M1}
    c3 = network_channels(make_recording(other), ASLEEP, None).inputs[0]
    signals[Role.C4_M1][100 * WINDOW : 140 * WINDOW] = 7.0
    found = network_channels(make_recording(signals), ASLEEP, None)
    assert not found.is_lost.any()
    assert found.used["arousals_central"] == "C4_M1 (C4-M1) and C3_M2 (C3-M2)"
    inside, before = slice(510 * 50, 690 * 50), slice(0, 400 * 50)
    np.testing.assert_array_equal(found.inputs[0][inside], c3[inside])
    ratio = np.std(found.inputs[0][before]) / np.std(whole[before])
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_minutes_of_artefact_are_taken_from_another_and_seconds_are_not() -> None:
    def artefacts(channel: Channel, _: np.ndarray) -> np.ndarray:
        bad = np.zeros(180, dtype=bool)
        if channel.role is Role.C4_M1:
            bad[20:50] = bad[100:110] = True
        return bad

    found = network_channels(make_recording(some_signals()), ASLEEP, artefacts)
    assert not found.is_lost.any()
    assert found.artefacts[100:110].all()
    assert not found.artefacts[20:50].any()


def test_time_for_which_no_chin_is_left_is_lost() -> None:
    signals = some_signals()
    signals[Role.EMG_CHIN][60 * WINDOW : 80 * WINDOW] = np.nan
    found = network_channels(make_recording(signals), ASLEEP, None)
    assert np.flatnonzero(found.is_lost).tolist() == list(range(60, 80))
    assert (found.inputs[2][300 * 50 : 400 * 50] == 0.0).all()


def test_every_kind_that_does_not_serve_is_named_with_its_reason() -> None:
    signals = some_signals()
    signals[Role.EMG_CHIN][50 * WINDOW :] = 3.0
    kept = {role: signals[role] for role in (Role.C4_M1, Role.EOG_R, Role.EMG_CHIN)}
    slow = {Role.EOG_R: {"rate_hz": 49.0}}
    with pytest.raises(MissingChannel) as told:
        network_channels(make_recording(kept, slow), ASLEEP, None)
    message = str(told.value)
    assert "EOG-R has 49 samples a second, 50 are needed" in message
    assert "EMG-CHIN is lost in over 50% of sleep" in message
    assert "C4" not in message


def test_a_chin_that_carries_eeg_is_passed_over() -> None:
    recording = make_recording(some_signals())
    channels = tuple(
        replace(one, unfit=Unfit("carries EEG")) if one.role is Role.EMG_CHIN else one
        for one in recording.channels
    )
    with pytest.raises(MissingChannel, match="EMG-CHIN carries EEG"):
        network_channels(replace(recording, channels=channels), ASLEEP, None)


def test_without_sleep_nothing_can_be_missed() -> None:
    awake = make_scoring("W" * 30)
    bad = np.ones(180, dtype=bool)
    found = network_channels(make_recording(some_signals()), awake, lambda *_: bad)
    assert found.used["arousals_central"].startswith("C4_M1")
