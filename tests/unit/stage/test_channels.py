"""Which channels are staged, and what is said of those that cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import ArraySource, Channel, Gap, Recording, Unfit
from psgkit.stage.channels import candidates, choose_channels, left_out, no_eeg


def _recording(*channels: Channel) -> Recording:
    source = ArraySource((np.zeros(0),), (100.0,))
    return Recording("night", None, 600.0, channels, source)


def _channel(role: Role, label: str = "", **facts: object) -> Channel:
    return Channel(role, label or role.value, 0, **{"rate_hz": 256.0, **facts})  # type: ignore[arg-type]


def _labels(recording: Recording, kind: Kind) -> list[str]:
    return [channel.label for channel in candidates(recording, kind)[0]]


def test_a_central_channel_against_the_opposite_mastoid_comes_first() -> None:
    roles = (Role.O1_M2, Role.F4_M1, Role.C3_M2, Role.C4_M1)
    recording = _recording(*(_channel(role) for role in roles))
    assert _labels(recording, Kind.EEG) == ["C4_M1", "C3_M2", "F4_M1", "O1_M2"]


def test_sleep_edf_is_staged_on_fpz_cz() -> None:
    recording = _recording(_channel(Role.PZ_OZ), _channel(Role.FPZ_CZ))
    assert _labels(recording, Kind.EEG) == ["Fpz_Cz", "Pz_Oz"]


def test_an_eeg_of_unknown_place_is_better_than_none() -> None:
    recording = _recording(_channel(Role.EEG_OTHER, "EEG 7"), _channel(Role.ECG))
    assert _labels(recording, Kind.EEG) == ["EEG 7"]


def test_the_left_eye_comes_before_the_right_and_a_leg_is_no_chin() -> None:
    recording = _recording(
        *(_channel(role) for role in (Role.EOG_R, Role.EOG_L, Role.LEG_L))
    )
    assert _labels(recording, Kind.EOG) == ["EOG_L", "EOG_R"]
    assert _labels(recording, Kind.EMG) == []


def test_a_channel_without_unit_is_refused_with_the_option_that_helps() -> None:
    recording = _recording(_channel(Role.C4_M1, "C4-A1", unit="", to_uv=None))
    usable, unusable = candidates(recording, Kind.EEG)
    assert not usable
    message = str(no_eeg(recording, unusable))
    assert "C4-A1: it has no unit; give its unit with --unit uV" in message


@pytest.mark.parametrize(("rate_hz", "is_usable"), [(80.0, False), (81.0, True)])
def test_yasa_needs_a_recording_of_more_than_80_hz(
    *, rate_hz: float, is_usable: bool
) -> None:
    recording = _recording(_channel(Role.C4_M1, rate_hz=rate_hz))
    assert bool(_labels(recording, Kind.EEG)) is is_usable


@pytest.mark.parametrize(
    ("role", "kind"), [(Role.EOG_L, Kind.EOG), (Role.C3_M2, Kind.EEG)]
)
def test_a_slow_channel_is_staged_beside_a_faster_one(role: Role, kind: Kind) -> None:
    # SHHS1: EOG at 50 Hz, EEG at 125 Hz; MNE brings both to 125 Hz.
    beside = _channel(Role.ECG, rate_hz=125.0)
    assert _labels(_recording(_channel(role, rate_hz=50.0), beside), kind) == [role]
    assert _labels(_recording(_channel(role, rate_hz=50.0)), kind) == []


def test_an_emg_of_one_sample_a_second_is_left_out_and_said() -> None:
    recording = _recording(
        _channel(Role.EMG_CHIN, "EMG submental", rate_hz=1.0), _channel(Role.C4_M1)
    )
    usable, unusable = candidates(recording, Kind.EMG)
    assert not usable
    issue = left_out(Kind.EMG, unusable)
    assert issue.code == "staging_without_emg"
    assert "EMG submental: 1 Hz, YASA needs more than 20 Hz" in issue.message


def test_without_any_eeg_the_labels_and_the_option_are_named() -> None:
    recording = _recording(_channel(Role.OTHER, "Foo"), _channel(Role.ECG, "Heart"))
    message = str(no_eeg(recording, ()))
    assert "Foo, Heart" in message
    assert "--channel eeg=LABEL" in message


def test_a_spare_comes_before_an_unfit_channel_which_comes_before_none() -> None:
    heart = _channel(Role.C4_M1, unfit=Unfit("beats like a heart"))
    assert _labels(_recording(heart, _channel(Role.O1_M2)), Kind.EEG) == [
        "O1_M2",
        "C4_M1",
    ]
    assert _labels(_recording(heart), Kind.EEG) == ["C4_M1"]


def test_what_must_not_be_staged_is_refused_with_the_reason() -> None:
    muscle = Unfit("has the spectrum of muscle", stages_too=True)
    recording = _recording(_channel(Role.C4_M1, "C4-A1", unfit=muscle))
    usable, unusable = candidates(recording, Kind.EEG)
    assert not usable
    message = str(no_eeg(recording, unusable))
    assert "C4-A1: it has the spectrum of muscle; check the electrode of" in message


def test_a_channel_that_was_off_for_less_comes_first() -> None:
    recording = replace(
        _recording(*(_channel(r) for r in (Role.C4_M1, Role.C3_M2, Role.O1_M2))),
        lost=(("C4_M1", Gap(0.0, 900.0)), ("C3_M2", Gap(60.0, 600.0))),
    )
    assert _labels(recording, Kind.EEG) == ["O1_M2", "C3_M2", "C4_M1"]


def test_128_channels_without_a_site_are_staged_on_the_first_and_it_is_said() -> None:
    channels = [_channel(Role.EEG_OTHER, f"EEG {n}") for n in range(1, 129)]
    seen, issues = choose_channels(_recording(*channels), lambda _, channel: channel)
    assert seen[Kind.EEG].label == "EEG 1"
    issue = next(issue for issue in issues if issue.code == "staging_site_unknown")
    assert issue.message.startswith(
        "Staged on EEG 1, whose electrode position is unknown"
    )
    central = _recording(_channel(Role.C4_M1))
    _, issues = choose_channels(central, lambda _, channel: channel)
    assert "staging_site_unknown" not in {issue.code for issue in issues}


def test_128_channels_that_cannot_be_staged_are_named_in_one_sentence() -> None:
    channels = [
        _channel(Role.EEG_OTHER, f"EEG {n}", unfit=Unfit("is flat", stages_too=True))
        for n in range(1, 129)
    ]
    recording = _recording(*channels)
    _, unusable = candidates(recording, Kind.EEG)
    assert len(unusable) == 128
    message = str(no_eeg(recording, unusable))
    assert "(EEG 1, EEG 2, EEG 3 and 125 more: it is flat" in message
    assert len(message) < 200
