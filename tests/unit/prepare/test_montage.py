"""Derivations of the AASM manual from electrodes recorded one by one."""

from dataclasses import replace

import numpy as np
import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.prepare.montage import rereference

# A montage is written as "label=role"; each channel is a constant: its place, 1, 2, …


def make(montage: str, **changes: object) -> Recording:
    pairs = [pair.split("=") for pair in montage.split("|")]
    channels = tuple(
        replace(Channel(Role(role), label, index, 100.0), **changes)  # type: ignore[arg-type]
        for index, (label, role) in enumerate(pairs)
    )
    arrays = tuple(np.full(100, place + 1.0) for place in range(len(pairs)))
    return Recording(
        "made", None, 1.0, channels, ArraySource(arrays, (100.0,) * len(pairs))
    )


def derived(recording: Recording) -> dict[str, str]:
    """Return the label of each derivation by its role."""
    return {
        channel.role.value: channel.label
        for channel in rereference(recording).channels
        if channel.reference_index is not None
    }


def test_each_electrode_goes_against_the_other_side():
    recording = make("C3=C3|C4=C4|O1=O1|F4=F4|M1=M1|M2=M2")

    assert derived(recording) == {
        "C3_M2": "C3 - M2",
        "C4_M1": "C4 - M1",
        "O1_M2": "O1 - M2",
        "F4_M1": "F4 - M1",
    }


def test_a_derivation_is_the_difference():
    recording = rereference(make("C4=C4|M1=M1"))

    channel = recording.channel("C4_M1")
    assert recording.signal(channel).tolist() == [1.0 - 2.0] * 100


def test_the_electrodes_stay_and_the_derivation_is_said():
    recording = rereference(make("C4=C4|M1=M1"))

    assert [c.role.value for c in recording.channels] == ["C4", "M1", "C4_M1"]
    assert [issue.code for issue in recording.issues] == ["rereferenced"]


def test_the_same_side_serves_where_the_other_is_lacking():
    assert derived(make("C3=C3|M1=M1")) == {"C3_M1": "C3 - M1"}


def test_both_eyes_go_against_one_mastoid_and_give_their_roles_up():
    recording = make("LOC=EOG_L|ROC=EOG_R|A1=M1|A2=M2")

    assert derived(recording) == {"EOG_L": "LOC - A2", "EOG_R": "ROC - A2"}
    roles = [channel.role for channel in rereference(recording).channels[:2]]
    assert roles == [Role.OTHER, Role.OTHER]


@pytest.mark.parametrize(
    ("montage", "label"),
    [
        ("Chin1=EMG_CHIN|Chin2=EMG", "Chin2 - Chin1"),
        ("EMG Chin 1=EMG_CHIN|EMG Chin 3=EMG", "EMG Chin 3 - EMG Chin 1"),
        ("L Chin=EMG_CHIN|R Chin=EMG", "L Chin - R Chin"),
        ("LChin=EMG_CHIN|RChin=EMG|CChin=EMG", "RChin - CChin"),
        ("1=EMG|2=EMG|F=EMG", "1 - F"),
    ],
)
def test_two_electrodes_of_the_chin_make_its_emg(montage: str, label: str):
    recording = rereference(make(montage))

    assert [c.label for c in recording.channels if c.role is Role.EMG_CHIN] == [label]


@pytest.mark.parametrize(
    "montage",
    [
        "C4-M1=C4_M1|M1=M1|E1-M2=EOG_L|M2=M2|Chin1-Chin2=EMG_CHIN",
        "C4=C4|E1=EOG_L|EMG=EMG_CHIN",
        "C4-Ref=C4|M1=M1",
        "LOC-A2=EOG_L|ROC-A1=EOG_R|A1=M1|A2=M2",
        "E1M2=EOG_L|M2=M2",
        "F7=EEG|M2=M2",
        "EMG1=EMG_CHIN|EMG2=EMG",
        "EOG horizontal=EOG_H|M2=M2",
    ],
)
def test_what_says_a_reference_or_has_none_is_left_alone(montage: str):
    recording = make(montage)

    assert rereference(recording) is recording


def test_one_reference_in_both_labels_cancels():
    recording = make("EEG C4-Ref=C4|EEG A1-Ref=M1")

    assert derived(recording) == {"C4_M1": "EEG C4-Ref - EEG A1-Ref"}


@pytest.mark.parametrize("change", [{"rate_hz": 50.0}, {"to_uv": 1e3}, {"to_uv": None}])
def test_only_like_is_subtracted_from_like(change: dict[str, float | None]):
    recording = make("C4=C4|M1=M1")
    mastoid = replace(recording.channels[1], **change)  # type: ignore[arg-type]
    recording = replace(recording, channels=(recording.channels[0], mastoid))

    assert rereference(recording) is recording


def test_a_unit_that_is_not_known_is_not_subtracted():
    recording = make("C4=C4|M1=M1", to_uv=None)

    assert rereference(recording) is recording


def test_a_derivation_that_was_recorded_is_not_made_again():
    recording = make("C4=C4|M1=M1|C4-M1=C4_M1")

    assert rereference(recording) is recording


def test_the_narrower_filter_holds_for_a_derivation():
    recording = make(
        "C4=C4|M1=M1", highpass_hz=0.3, lowpass_hz=70.0, limits=(-5.0, 5.0)
    )
    mastoid = replace(recording.channels[1], highpass_hz=0.5, lowpass_hz=None)
    recording = replace(recording, channels=(recording.channels[0], mastoid))

    channel = rereference(recording).channel("C4_M1")

    assert (channel.highpass_hz, channel.lowpass_hz) == (0.5, 70.0)
    assert channel.limits is None


def test_deriving_twice_changes_nothing_more():
    once = rereference(make("C4=C4|M1=M1|Chin1=EMG_CHIN|Chin2=EMG|E1=EOG_L|E2=EOG_R"))

    assert rereference(once) is once
