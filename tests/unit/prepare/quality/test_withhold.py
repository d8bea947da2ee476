"""A unit that cannot be right: no number is made of it until the call names one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from psg_makers import TIMES_S, Signals, in_rem, make_recording, make_signals

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Gap, Recording, Unfit
from psgkit.errors import MissingChannel
from psgkit.pipeline import analyse
from psgkit.prepare.quality import (
    find_issues,
    look_at,
    withhold_amplitudes,
    withhold_channels,
    withhold_eyes,
)
from psgkit.simulate import simulate_night


def test_a_clean_recording_keeps_every_scale() -> None:
    recording = simulate_night(0.25, seed=1, montage="minimal", rate_hz=100).recording
    assert withhold_amplitudes(look_at(recording)) == recording


@pytest.mark.slow
def test_volts_labelled_as_microvolts_are_refused_until_the_unit_is_named(
    tmp_path: Path,
) -> None:
    night = simulate_night(0.25, montage="minimal", faults=["volts_as_uv"])
    path = night.write(tmp_path / "night.edf")
    with pytest.raises(MissingChannel, match="--unit V"):
        analyse(path)
    assert analyse(path, unit="V").measures["rec_min"] == pytest.approx(15)


@pytest.mark.slow
def test_with_a_scoring_the_stages_count_and_the_amplitudes_do_not(
    tmp_path: Path,
) -> None:
    night = simulate_night(0.5, montage="minimal", faults=["volts_as_uv"])
    path = night.write(tmp_path / "night.edf")
    scoring = tmp_path / "stages.txt"
    scoring.write_text("\n".join(night.truth.scoring.stage_names))
    found = analyse(path, scoring=scoring)
    assert found.measures["tst_min"] > 0
    assert "swa_uv2" in found.reasons
    assert {"unit_implausible", "range_implausible"} & {i.code for i in found.issues}


@pytest.fixture(scope="module")
def clean() -> Signals:
    return make_signals()


def judged(recording: Recording) -> Recording:
    return withhold_channels(look_at(recording), recording)


def unfit(recording: Recording) -> dict[Role, Unfit]:
    return {c.role: c.unfit for c in judged(recording).channels if c.unfit}


def test_good_channels_are_left_as_they_are(clean: Signals) -> None:
    recording = make_recording(clean)
    assert judged(recording) == recording


def test_a_channel_that_is_something_else_gives_no_number(clean: Signals) -> None:
    heart = clean[Role.ECG]
    signals = clean | {
        Role.F3_M2: np.full(TIMES_S.size, 3.0),
        Role.F4_M1: 10 * clean[Role.EMG_CHIN],
        Role.C3_M2: 0.2 * heart,
        Role.C4_M1: 100 * np.sin(2 * np.pi * 0.25 * TIMES_S) + 0.1 * clean[Role.C4_M1],
        Role.EMG_CHIN: clean[Role.C3_M2],
    }
    assert unfit(make_recording(signals)) == {
        Role.F3_M2: Unfit("is flat", stages_too=True),
        Role.F4_M1: Unfit("has the spectrum of muscle", stages_too=True),
        Role.C3_M2: Unfit("beats like a heart"),
        Role.C4_M1: Unfit(
            "has its power below 0.7 Hz, as breath or sweat has", stages_too=True
        ),
        Role.EMG_CHIN: Unfit("has the spectrum of EEG, not of muscle"),
    }


def test_a_heart_takes_the_chin_and_not_the_eyes(clean: Signals) -> None:
    heart = 0.1 * clean[Role.ECG]
    roles = (Role.EMG_CHIN, Role.EOG_L, Role.EOG_R)
    signals = clean | {role: clean[role] + heart for role in roles}
    recording = make_recording(signals)
    said = next(i for i in find_issues(recording) if i.code == "looks_like_ecg")
    assert "EOG" in said.message
    assert unfit(recording) == {Role.EMG_CHIN: Unfit("beats like a heart")}


def test_the_envelope_of_a_chin_gives_no_number_by_its_header(clean: Signals) -> None:
    filters = {Role.EMG_CHIN: {"highpass_hz": 16.0, "lowpass_hz": 0.7}}
    assert unfit(make_recording(clean, filters)) == {
        Role.EMG_CHIN: Unfit("is the envelope of an EMG")
    }


def test_eyes_that_do_not_move_opposite_give_no_number(clean: Signals) -> None:
    recording = make_recording(clean | {Role.EOG_R: -clean[Role.EOG_R]})
    found = find_issues(recording, in_rem())
    marked = withhold_eyes(recording, found)
    assert {c.role for c in marked.channels if c.unfit} == {Role.EOG_L, Role.EOG_R}
    assert withhold_eyes(recording, ()) == recording


def test_where_an_electrode_was_off_its_channel_has_no_signal(clean: Signals) -> None:
    off = (TIMES_S > 100) & (TIMES_S < 820)
    noise = np.random.default_rng(3).normal(0, 0.05, TIMES_S.size)
    signals = clean | {Role.C4_M1: np.where(off, noise, clean[Role.C4_M1])}
    recording = judged(make_recording(signals))

    ((label, gap),) = recording.lost
    assert label == "C4-M1"
    # A window of 5 s at either end may hold some of both.
    assert gap == Gap(
        pytest.approx(100, abs=5),
        pytest.approx(720, abs=10),  # type: ignore[arg-type]
    )
    assert gap.onset_s <= 100
    assert gap.onset_s + gap.duration_s >= 820
    values = recording.signal(recording.channel("C4_M1"))
    times_s = np.flatnonzero(np.isnan(values)) / 200.0
    assert times_s[[0, -1]] == pytest.approx(
        [gap.onset_s, gap.onset_s + gap.duration_s], abs=0.006
    )
    part = recording.signal(recording.channel("C4_M1"), 90.0, 110.0)
    assert np.array_equal(part, values[18000:22000], equal_nan=True)
    assert np.isfinite(recording.signal(recording.channel("C3_M2"))).all()
    assert np.isfinite(signals[Role.C4_M1]).all(), "what the source keeps was changed"


def without_scale(recording: Recording) -> set[Role]:
    """Return the channels that lose their scale; the others must be as they were."""
    kept = withhold_amplitudes(look_at(recording)).channels
    assert all(
        new == replace(old, to_uv=new.to_uv)
        for new, old in zip(kept, recording.channels, strict=True)
    )
    return {channel.role for channel in kept if channel.to_uv is None}


def test_a_channel_a_thousand_times_too_small_alone_loses_its_scale(
    clean: Signals,
) -> None:
    signals = clean | {Role.C4_M1: clean[Role.C4_M1] / 1000}
    assert without_scale(make_recording(signals)) == {Role.C4_M1}


def test_a_channel_that_no_unit_would_mend_keeps_its_scale(clean: Signals) -> None:
    """A standard deviation of 0.6 is too small for EEG in µV and too large in mV."""
    eeg = clean[Role.C4_M1]
    recording = make_recording({Role.C4_M1: eeg * 0.6 / 13.4, Role.C3_M2: eeg})
    assert {issue.code for issue in find_issues(recording)} >= {
        "amplitude_out_of_range"
    }
    assert without_scale(recording) == set()


def test_a_range_of_a_few_microvolts_alone_takes_the_scale(clean: Signals) -> None:
    narrow = {Role.C3_M2: {"limits": (-4.0, 4.0)}, Role.EMG_CHIN: {"limits": (-4, 4)}}
    assert without_scale(make_recording(clean, narrow)) == {Role.C3_M2}


@pytest.mark.parametrize(
    ("first_s", "last_s"), [(100.0, 820.0), (0.0, 700.0), (200.0, 900.0), (0.0, 600.0)]
)
def test_a_channel_is_lost_from_the_last_good_window_to_the_next(
    clean: Signals, first_s: float, last_s: float
) -> None:
    """Windows of 5 s follow one another in a quarter of an hour."""
    off = np.zeros(TIMES_S.size, dtype=bool)
    off[round(first_s * 200) : round(last_s * 200)] = True
    noise = np.random.default_rng(3).normal(0, 0.05, TIMES_S.size)
    values = np.where(off, noise, clean[Role.C4_M1])
    lost = judged(make_recording({Role.C4_M1: values})).lost
    assert lost == (("C4-M1", Gap(first_s, last_s - first_s)),)


def test_in_a_long_night_the_time_between_two_windows_is_lost_with_them() -> None:
    """Of 3,000 s 480 windows are seen, 6.25 s apart and rounded down: 6 or 7 s."""
    rate_hz, duration_s = 50.0, 3000.0
    rng = np.random.default_rng(4)
    values = rng.normal(0, 15, round(duration_s * rate_hz))
    values[round(1000 * rate_hz) : round(2000 * rate_hz)] = 0.0
    recording = replace(
        make_recording({Role.C4_M1: values}, {Role.C4_M1: {"rate_hz": rate_hz}}),
        duration_s=duration_s,
    )
    look = look_at(recording)
    whole = (look.starts_s >= 1000) & (look.starts_s + 5 <= 2000)
    before = look.starts_s[np.flatnonzero(whole)[0] - 1] + 5
    after = look.starts_s[np.flatnonzero(whole)[-1] + 1]
    assert (before < 1005, after > 1995) == (True, True)
    assert judged(recording).lost == (("C4-M1", Gap(before, after - before)),)


def test_a_channel_that_was_off_all_night_in_two_ways_is_lost_and_it_is_said(
    clean: Signals,
) -> None:
    """Flat for over half of the time, then far too large: neither is all of it."""
    values = clean[Role.C4_M1].copy()
    values[:100_000] = 0.0
    values[100_000:164_000] = np.random.default_rng(3).normal(0.0, 650.0, 64_000)
    recording = judged(make_recording({Role.C4_M1: values}))
    assert recording.channels[0].unfit is None
    assert recording.lost == (("C4-M1", Gap(0.0, 820.0)),)
    codes = {issue.code for issue in find_issues(make_recording({Role.C4_M1: values}))}
    assert {"lost_contact", "unusable_share"} <= codes


def test_a_channel_that_is_flat_all_night_is_said_to_be_once(clean: Signals) -> None:
    recording = make_recording(clean | {Role.C4_M1: np.zeros(TIMES_S.size)})
    codes = [i.code for i in find_issues(recording) if "C4-M1" in i.message]
    assert codes == ["flat"]
    assert judged(recording).lost == ()
