"""What a night's signals give, all together: names, reasons, tables."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring
from signal_makers import make_noise

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.measure.catalogue.lookup import SIGNAL_METRICS
from psgkit.measure.signals.night_signals import measure_signals

RATE_HZ = 128.0
STAGES = "W" * 4 + "2" * 30 + "3" * 30 + "R" * 26
ROLES = (Role.F4_M1, Role.C4_M1, Role.EOG_L, Role.EOG_R, Role.EMG_CHIN)


def make_recording(*roles: Role, gap_s=None, **facts) -> Recording:
    """Make 45 min of pink noise in every channel."""
    seconds = 30 * len(STAGES)
    arrays = []
    for seed, _ in enumerate(roles):
        values = 10 * make_noise(seconds, RATE_HZ, exponent=1.0, seed=seed)
        values = values.astype(float)
        if gap_s is not None:
            values[slice(*(int(s * RATE_HZ) for s in gap_s))] = np.nan
        arrays.append(values)
    channels = tuple(
        replace(Channel(role=role, label=role.value, index=i, rate_hz=RATE_HZ), **facts)
        for i, role in enumerate(roles)
    )
    source = ArraySource(tuple(arrays), (RATE_HZ,) * len(roles))
    return Recording("night", None, float(seconds), channels, source)


def measure(recording: Recording, *, bad_s=(), arousals=None):
    def artefacts(channel: Channel, _: np.ndarray) -> np.ndarray:
        assert channel.role.kind == "eeg"
        mask = np.zeros(int(recording.duration_s // 5), dtype=bool)
        mask[[int(s // 5) for s in bad_s]] = True
        return mask

    return measure_signals(
        recording, make_scoring(STAGES), artefacts=artefacts, arousals=arousals
    )


def values_of(results) -> dict[str, float]:
    return {m.name: m.value for m in results.measures}


def reasons_of(results) -> dict[str, str]:
    return {m.name: m.reason for m in results.measures}


@pytest.fixture(scope="module")
def whole():
    return measure(make_recording(*ROLES))


def test_every_name_is_declared_once_in_the_catalogue(whole):
    names = [m.name for m in whole.measures]
    assert len(names) == len(set(names))
    assert all(len(m.where) == len(m.metric.per) for m in whole.measures)
    assert {m.metric for m in whole.measures} <= set(SIGNAL_METRICS)


def test_every_row_of_the_catalogue_is_filled(whole):
    assert {m.metric.name for m in whole.measures} == {m.name for m in SIGNAL_METRICS}


def test_a_number_is_given_or_its_absence_explained(whole):
    for measure in whole.measures:
        assert np.isnan(measure.value) == bool(measure.reason), measure.name


def test_pink_noise_has_its_power_in_every_stage(whole):
    values = values_of(whole)
    for stage in ("N2", "N3", "R"):
        expected = 100 * np.log(2)  # the integral of 100 / f over an octave
        assert values[f"bp_abs_uv2_theta__C4_M1__{stage}"] == pytest.approx(
            expected, rel=0.05
        )
        shares = [v for n, v in values.items() if n.startswith("bp_rel_frac_")]
        assert all(0 < share < 1 for share in shares if not np.isnan(share))
        assert values[f"ap_exp_low__C4_M1__{stage}"] == pytest.approx(1.0, abs=0.06)


def test_relative_powers_add_up_to_one(whole):
    values = values_of(whole)
    shares = [
        value
        for name, value in values.items()
        if name.startswith("bp_rel_frac_") and name.endswith("__C4_M1__N2")
    ]
    assert len(shares) == 5
    assert sum(shares) == pytest.approx(1)


def test_spectra_have_a_row_an_epoch_and_are_single_precision(whole):
    assert whole.spectra.keys() == {"F4_M1", "C4_M1"}
    spectra = whole.spectra["C4_M1"]
    assert spectra.psd_uv2_hz.shape == (len(STAGES), len(spectra.freqs_hz))
    assert spectra.psd_uv2_hz.dtype == np.float32


def test_tables_say_which_channel_a_row_is_of(whole):
    assert {"spectra", "spindles", "slow_waves", "swa_cycles"} <= whole.tables.keys()
    assert set(whole.tables["spectra"]["channel"]) == {"F4_M1", "C4_M1"}
    assert whole.channels_used["swa"] == "F4_M1 (F4_M1)"


def test_the_slope_of_slow_wave_activity_is_the_one_put_in():
    stages = ("2" * 40 + "R" * 12) * 4
    seconds = 30 * len(stages)
    hours = np.arange(int(seconds * RATE_HZ)) / RATE_HZ / 3600
    fading = 10 * make_noise(seconds, RATE_HZ, exponent=1.0) * np.exp(-0.3 * hours)
    channel = Channel(role=Role.F3_M2, label="F3", index=0, rate_hz=RATE_HZ)
    source = ArraySource((fading,), (RATE_HZ,))
    recording = Recording("night", None, float(seconds), (channel,), source)
    results = measure_signals(
        recording,
        make_scoring(stages),
        artefacts=lambda *_: np.zeros(seconds // 5, dtype=bool),
        arousals=None,
    )
    # Amplitude falls by 0.3 an hour, power by 0.6
    assert values_of(results)["swa_slope_ln_per_h"] == pytest.approx(-0.6, rel=0.1)


def test_a_recording_is_as_it_was_after_being_measured():
    recording = make_recording(Role.C4_M1, gap_s=(150, 510))
    before = recording.source.arrays[0].copy()
    measure(recording)
    np.testing.assert_array_equal(recording.source.arrays[0], before)


def test_a_night_without_eyes_and_chin_says_so():
    reasons = reasons_of(measure(make_recording(Role.C4_M1)))
    assert reasons["rem_density_per_min"] == "no pair of EOG_L and EOG_R"
    assert reasons["rai"] == reasons["rswa_any_pct__chin"] == "no chin EMG"


def test_a_night_without_eeg_has_every_number_of_the_night_explained():
    results = measure(make_recording(Role.EMG_CHIN))
    reasons = reasons_of(results)
    assert reasons["swa_uv2"] == "no frontal, central or Fpz channel"
    assert reasons["isf_relpeak"] == "no parietal or central EEG channel"
    nightly = {metric.name for metric in SIGNAL_METRICS if not metric.per}
    assert reasons.keys() == nightly | {"usable_pct__EMG_CHIN"}


def test_without_a_central_channel_the_missing_spindles_are_an_issue():
    results = measure(make_recording(Role.F4_M1))
    assert [issue.code for issue in results.issues] == ["no_spindle_channel"]
    assert "spindles" not in results.tables


def test_a_low_pass_of_35_hz_takes_beta_and_the_exponents():
    reasons = reasons_of(measure(make_recording(Role.C4_M1, lowpass_hz=35.0)))
    for stem in ("bp_abs_uv2_beta", "bp_rel_frac_delta", "ap_exp_low", "ap_exp_high"):
        assert reasons[f"{stem}__C4_M1__N2"].startswith(
            "C4_M1 was recorded up to 35 Hz"
        )
    assert reasons["bp_abs_uv2_sigma__C4_M1__N2"] == ""
    assert reasons["sp_density_per_min__C4_M1__N2"] == ""


def test_a_high_pass_above_the_slow_waves_takes_them():
    reasons = reasons_of(measure(make_recording(Role.C4_M1, highpass_hz=1.0)))
    assert "high-pass of 1 Hz" in reasons["swa_uv2"]
    assert "high-pass of 1 Hz" in reasons["sw_density_per_min__C4_M1__N3"]


def test_a_gap_is_left_out():
    # Twelve minutes of N2 less three: nine clean minutes are too few for a rate
    results = measure(make_recording(Role.C4_M1, gap_s=(150, 510)))
    assert reasons_of(results)["sp_density_per_min__C4_M1__N2"].startswith("9.0 clean")
    power = values_of(results)["bp_abs_uv2_theta__C4_M1__N2"]
    assert power == pytest.approx(100 * np.log(2), rel=0.05)


def test_artefacts_shorten_the_minutes_that_counts_are_divided_by():
    clean = values_of(measure(make_recording(Role.C4_M1)))
    marked = measure(make_recording(Role.C4_M1), bad_s=range(200, 380, 5))
    assert values_of(marked)["sp_density_per_min__C4_M1__N2"] >= 0
    assert clean["sp_density_per_min__C4_M1__N2"] >= 0
    assert not marked.tables["spindles"]["onset_s"].between(200, 379).any()


def test_eyes_and_chin_leave_arousals_out():
    arousals = pd.DataFrame({"onset_s": [1950.0], "duration_s": [400.0]})
    results = measure(make_recording(*ROLES), arousals=arousals)
    assert reasons_of(results)["rem_density_per_min"].startswith("6.3 clean min of REM")


def test_a_signal_that_never_changes_has_no_numbers():
    recording = make_recording(Role.C4_M1, Role.EMG_CHIN)
    flat = ArraySource(
        tuple(np.full_like(a, 5.0) for a in recording.source.arrays), (RATE_HZ,) * 2
    )
    results = measure(replace(recording, source=flat))
    known = {m.name: m.value for m in results.measures if not m.reason}
    known.pop("rai_bw_limited")
    assert known == {"usable_pct__C4_M1": 0.0, "usable_pct__EMG_CHIN": 0.0}


@pytest.mark.slow
def test_no_more_than_one_channel_is_in_memory():
    recording = make_recording(*ROLES)
    measure(recording)  # imports done
    one_channel = 8 * RATE_HZ * recording.duration_s
    peaks = []
    for roles in ((Role.C4_M1,), (Role.C4_M1, Role.O1_M2, Role.O2_M1, Role.P3_M2)):
        recording = make_recording(*roles)
        tracemalloc.start()
        measure(recording)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < one_channel
