"""Each rule with a recording that breaks it; one that breaks none."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from psg_makers import (
    TIMES_S,
    Signals,
    in_rem,
    make_recording,
    make_signals,
    pink,
)

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Gap, Recording
from psgkit.prepare.quality import QUALITY_RULES, find_header_issues, find_issues

CENTRAL = Role.C4_M1


@pytest.fixture(scope="module")
def clean() -> Signals:
    return make_signals()


def codes(recording: Recording) -> list[str]:
    return [issue.code for issue in find_issues(recording, in_rem())]


def test_clean_signals_have_no_issue(clean: Signals):
    assert find_issues(make_recording(clean), in_rem()) == ()


def test_clean_signals_have_no_issue_unscored(clean: Signals):
    assert find_issues(make_recording(clean)) == ()


def flat(_: Signals) -> Signals:
    return {CENTRAL: np.full(TIMES_S.size, 3.0)}


def clipped(signals: Signals) -> Signals:
    return {CENTRAL: np.clip(200 * signals[CENTRAL], -3200, 3200)}


def volts_as_microvolts(signals: Signals) -> Signals:
    return {CENTRAL: signals[CENTRAL] * 1e-6}


def too_small_for_any_unit(signals: Signals) -> Signals:
    return {CENTRAL: signals[CENTRAL] * 0.05}


def mains(signals: Signals) -> Signals:
    return {CENTRAL: signals[CENTRAL] + 20 * np.sin(2 * np.pi * 50 * TIMES_S)}


def mains_of_sixty(signals: Signals) -> Signals:
    return {
        Role.EMG_CHIN: signals[Role.EMG_CHIN] + 20 * np.sin(2 * np.pi * 60 * TIMES_S)
    }


def off_for_twelve_minutes(signals: Signals) -> Signals:
    off = (TIMES_S > 100) & (TIMES_S < 820)
    noise = np.random.default_rng(3).normal(0, 0.05, TIMES_S.size)
    return {CENTRAL: np.where(off, noise, signals[CENTRAL])}


def pops_in_a_third(signals: Signals) -> Signals:
    pops = np.where((TIMES_S % 15) < 0.1, 900.0, 0.0)
    return {CENTRAL: signals[CENTRAL] + pops}


def railed(_: Signals) -> Signals:
    return {CENTRAL: np.full(TIMES_S.size, 3200.0)}


def pops(signals: Signals) -> Signals:
    since = TIMES_S % 37
    return {CENTRAL: signals[CENTRAL] + 300 * np.exp(-since / 0.3)}


def muscle_behind_eeg(signals: Signals) -> Signals:
    return {CENTRAL: 10 * signals[Role.EMG_CHIN]}


def heart_behind_eeg(signals: Signals) -> Signals:
    return {CENTRAL: 0.2 * signals[Role.ECG]}


def breath_behind_eeg(signals: Signals) -> Signals:
    breath = 100 * np.sin(2 * np.pi * 0.25 * TIMES_S)
    return {CENTRAL: breath + 0.1 * signals[CENTRAL]}


def eeg_behind_chin(_: Signals) -> Signals:
    slow = pink(np.random.default_rng(9), 30.0)
    return {Role.EMG_CHIN: np.convolve(slow, np.ones(20) / 20, "same")}


def another_eeg_behind_chin(signals: Signals) -> Signals:
    return {Role.EMG_CHIN: signals[Role.C3_M2]}


def one_signal_twice(signals: Signals) -> Signals:
    return {Role.C3_M2: signals[CENTRAL]}


def upside_down(signals: Signals) -> Signals:
    return {CENTRAL: -signals[CENTRAL]}


def cut_off_at_two_deviations(signals: Signals) -> Signals:
    # The file could hold 3.2 mV.
    limit = 2 * signals[CENTRAL].std()
    return {CENTRAL: np.clip(signals[CENTRAL], -limit, limit)}


def one_eye_upside_down(signals: Signals) -> Signals:
    return {Role.EOG_R: -signals[Role.EOG_R]}


def eyes_swapped(signals: Signals) -> Signals:
    return {Role.EOG_L: signals[Role.EOG_R], Role.EOG_R: signals[Role.EOG_L]}


def heart_in_eeg(signals: Signals) -> Signals:
    return {CENTRAL: signals[CENTRAL] + 0.012 * signals[Role.ECG]}


@pytest.mark.parametrize(
    ("fault", "code", "severity"),
    [
        (flat, "flat", "error"),
        (cut_off_at_two_deviations, "clipped", "warning"),
        (clipped, "clipped", "error"),
        (volts_as_microvolts, "unit_implausible", "error"),
        (too_small_for_any_unit, "amplitude_out_of_range", "warning"),
        (mains, "mains", "warning"),
        (mains_of_sixty, "mains", "warning"),
        (off_for_twelve_minutes, "lost_contact", "warning"),
        (railed, "clipped", "error"),
        (pops, "electrode_pops", "warning"),
        (pops_in_a_third, "unusable_share", "warning"),
        (muscle_behind_eeg, "eeg_is_emg", "error"),
        (heart_behind_eeg, "looks_like_ecg", "warning"),
        (breath_behind_eeg, "looks_like_respiration", "error"),
        (eeg_behind_chin, "emg_is_not_emg", "warning"),
        (another_eeg_behind_chin, "emg_is_not_emg", "warning"),
        (one_signal_twice, "same_signal", "error"),
        (upside_down, "eeg_polarity", "warning"),
        (one_eye_upside_down, "eyes_not_opposite", "warning"),
        (eyes_swapped, "eyes_swapped", "warning"),
        (heart_in_eeg, "ecg_in_eeg", "warning"),
    ],
)
def test_a_fault_is_named(
    clean: Signals, fault: Callable[[Signals], Signals], code: str, severity: str
):
    recording = make_recording(clean | fault(clean))

    found = {issue.code: issue for issue in find_issues(recording, in_rem())}

    assert code in found
    assert found[code].severity.value == severity
    assert found[code].message.endswith(".")
    assert found[code].remedy.endswith(".")


@pytest.mark.parametrize(
    "fault",
    [
        mains,
        upside_down,
        eyes_swapped,
        one_eye_upside_down,
        heart_in_eeg,
        flat,
        railed,
        pops,
        off_for_twelve_minutes,
        volts_as_microvolts,
    ],
)
def test_a_fault_is_not_called_another(
    clean: Signals, fault: Callable[[Signals], Signals]
):
    assert len(set(codes(make_recording(clean | fault(clean))))) == 1


@pytest.mark.parametrize(("sign", "found"), [(1, []), (-1, ["eeg_polarity"])])
@pytest.mark.parametrize("eye_step", [1, 2])
def test_a_lone_eeg_upside_down_is_found_against_the_eyes(
    sign: int, found: list[str], eye_step: int
):
    """Slow waves reach both eyes with the sign of the EEG; the eyes are at 100 Hz too."""
    rng = np.random.default_rng(4)
    slow = pink(rng, 30.0)
    eyes = [(0.5 * slow + pink(rng, 5.0))[::eye_step] for _ in range(2)]
    rate = {"rate_hz": 200.0 / eye_step}
    recording = make_recording(
        {CENTRAL: sign * slow, Role.EOG_L: eyes[0], Role.EOG_R: eyes[1]},
        {Role.EOG_L: rate, Role.EOG_R: rate},
    )

    assert codes(recording) == found


def drift_under_muscle(signals: Signals) -> Signals:
    """Add 80 µV of slow drift: under a hundredth of the power is the muscle's."""
    drift = 80 * np.sqrt(2) * np.sin(2 * np.pi * 0.7 * TIMES_S)
    return {Role.EMG_CHIN: signals[Role.EMG_CHIN] + drift}


def eeg_in_muscle(signals: Signals) -> Signals:
    """Add a quarter of an EEG, as a chin against a distant reference has it."""
    return {Role.EMG_CHIN: signals[Role.EMG_CHIN] + 0.25 * signals[Role.C3_M2]}


@pytest.mark.parametrize("fault", [drift_under_muscle, eeg_in_muscle])
def test_a_chin_that_sees_muscle_beside_other_things_is_left_alone(
    clean: Signals, fault: Callable[[Signals], Signals]
):
    assert codes(make_recording(clean | fault(clean))) == []


@pytest.mark.parametrize(
    ("fault", "slower"),
    [(eyes_swapped, {Role.EOG_L, Role.EOG_R}), (heart_in_eeg, {Role.ECG})],
)
def test_channels_may_have_other_rates(
    clean: Signals, fault: Callable[[Signals], Signals], slower: set[Role]
):
    signals = clean | fault(clean)
    signals = {
        role: values[::2] if role in slower else values
        for role, values in signals.items()
    }
    recording = make_recording(signals, {role: {"rate_hz": 100.0} for role in slower})

    assert len(codes(recording)) == 1


def test_volts_called_microvolts_get_the_option_that_settles_it(clean: Signals):
    recording = make_recording(clean | volts_as_microvolts(clean))

    (issue,) = find_issues(recording, in_rem())

    assert "--unit V" in issue.remedy


def test_what_several_channels_have_is_said_once(clean: Signals):
    hum = 20 * np.sin(2 * np.pi * 50 * TIMES_S)
    recording = make_recording({role: values + hum for role, values in clean.items()})

    (issue,) = find_issues(recording, in_rem())

    assert issue.code == "mains"
    assert "The same holds for F4-M1, C3-M2, C4-M1, EOG-L, EOG-R, EMG-CHIN." in (
        issue.message
    )


def test_a_derivation_is_clipped_where_an_electrode_is(clean: Signals):
    signals = clean | {
        Role.M1: np.zeros(TIMES_S.size),
        Role.C4: clipped(clean)[CENTRAL],
    }
    del signals[CENTRAL]
    recording = make_recording(signals)
    electrode, mastoid = recording.channel("C4"), recording.channel("M1")
    derived = replace(
        electrode, role=CENTRAL, reference_index=mastoid.index, limits=None
    )

    found = codes(replace(recording, channels=(*recording.channels, derived)))

    assert "clipped" in found


def test_windows_in_a_gap_are_not_judged(clean: Signals):
    halved = {
        role: np.where(TIMES_S < 450, values, np.nan) for role, values in clean.items()
    }

    assert find_issues(make_recording(halved), in_rem()) == ()


def test_a_recording_shorter_than_a_window_is_looked_at(clean: Signals):
    short = {role: values[:500] for role, values in clean.items()}

    assert find_issues(make_recording(short), in_rem()) == ()


def test_a_recording_without_signals_is_looked_at(clean: Signals):
    unknown = make_recording(clean, {role: {"to_uv": None} for role in clean})

    assert find_issues(unknown, in_rem()) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({CENTRAL: {"limits": (-0.001, 0.001)}}, "range_implausible"),
        ({CENTRAL: {"rate_hz": 64.0}}, "rate_too_low"),
        ({Role.EOG_L: {"rate_hz": 20.0}}, "rate_too_low"),
        ({Role.EMG_CHIN: {"rate_hz": 100.0}}, "rate_too_low"),
        ({CENTRAL: {"highpass_hz": 1.0}}, "highpass_too_high"),
        ({CENTRAL: {"highpass_hz": 0.5}}, "highpass_too_high"),
        ({Role.EOG_R: {"highpass_hz": 5.0}}, "highpass_too_high"),
        ({CENTRAL: {"lowpass_hz": 30.0}}, "lowpass_too_low"),
        ({Role.EMG_CHIN: {"lowpass_hz": 70.0}}, "emg_lowpass_low"),
        ({Role.EMG_CHIN: {"highpass_hz": 16.0, "lowpass_hz": 0.7}}, "emg_is_envelope"),
    ],
)
def test_a_header_is_judged_without_its_signals(
    clean: Signals, changes: dict[Role, dict[str, object]], code: str
):
    recording = make_recording(clean, changes)

    assert [issue.code for issue in find_header_issues(recording)] == [code]


@pytest.mark.parametrize(
    ("lowpass_hz", "lost"), [(35.0, "beta cannot"), (15.0, "sigma and spindles cannot")]
)
def test_a_low_pass_says_which_bands_it_takes(
    clean: Signals, lowpass_hz: float, lost: str
):
    """0.8 of 35 Hz is 28 Hz: above sigma and spindles (16 Hz), below beta (30 Hz)."""
    recording = make_recording(clean, {CENTRAL: {"lowpass_hz": lowpass_hz}})

    (issue,) = find_header_issues(recording)
    assert f"{lost} be measured" in issue.message


def test_a_right_header_has_no_issue(clean: Signals):
    assert find_header_issues(make_recording(clean)) == ()


def test_unknown_filters_are_not_judged(clean: Signals):
    unknown = {"highpass_hz": None, "lowpass_hz": None, "limits": None}

    recording = make_recording(clean, dict.fromkeys(clean, unknown))

    assert find_header_issues(recording) == ()


def test_gaps_and_long_recordings_are_said(clean: Signals):
    recording = replace(
        make_recording(clean),
        duration_s=dt.timedelta(hours=25).total_seconds(),
        gaps=(Gap(60.0, 30.0), Gap(300.0, 12.5)),
    )

    gaps, long = find_header_issues(recording)

    assert (gaps.code, long.code) == ("gaps", "longer_than_a_day")
    assert "2 gaps, 42.5 s" in gaps.message


def test_every_rule_has_a_test_that_breaks_it():
    assert len(QUALITY_RULES) == len(set(QUALITY_RULES)) == 24
