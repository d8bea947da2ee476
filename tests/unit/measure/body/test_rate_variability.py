"""RMSSD, LF and HF of beats whose variability is known, and against YASA."""

import numpy as np
import pandas as pd
import pytest
import yasa
from scipy.signal import resample_poly

from psgkit import simulate_night
from psgkit.domain.scoring import Scoring
from psgkit.measure.body.beat_correction import Beats, correct_beats
from psgkit.measure.body.rate_variability import measure_stretches, variability
from psgkit.measure.detectors.heart_beats import beats_of
from psgkit.measure.signals.usable_time import Timeline
from psgkit.simulate import SimulatedNight

STAGES = ["N2"] * 25 + ["R"] * 19


def timeline(stages: list[str] = STAGES) -> Timeline:
    scoring = Scoring.from_stages(stages)
    return Timeline.from_scoring(scoring, len(stages) * 30.0, (0, len(stages)))


def modulated(freq_hz: float, depth_s: float, until_s: float = 1320.0) -> np.ndarray:
    """Beats about 1 s apart whose interval is a sine of time."""
    beats = [0.0]
    while beats[-1] < until_s:
        phase = 2 * np.pi * freq_hz * beats[-1]
        beats.append(beats[-1] + 1.0 + depth_s * np.sin(phase))
    return np.array(beats)


def test_a_run_is_cut_into_stretches_of_five_minutes():
    stretches = measure_stretches(correct_beats(modulated(0.1, 0.03)), timeline())
    # N2 lasts 12.5 min, R 9.5 min from 750 s.
    assert stretches["onset_s"].to_list() == [0.0, 300.0, 750.0]
    assert stretches["stage"].to_list() == ["N2", "N2", "R"]


@pytest.mark.parametrize(
    ("freq_hz", "band", "other"), [(0.1, "lf_ms2", "hf_ms2"), (0.3, "hf_ms2", "lf_ms2")]
)
def test_the_power_of_a_sine_is_half_its_squared_amplitude(freq_hz, band, other):
    stretches = measure_stretches(correct_beats(modulated(freq_hz, 0.04)), timeline())
    assert stretches[band].to_numpy() == pytest.approx(40**2 / 2, rel=0.1)
    assert (stretches[other] < 0.05 * stretches[band]).all()


def test_lf_over_hf_is_the_ratio_of_the_means():
    stretches = measure_stretches(correct_beats(modulated(0.1, 0.03)), timeline())
    found = variability(stretches, "N2")
    assert found["hrv_lf_hf"] == found["hrv_lf_ms2"] / found["hrv_hf_ms2"]
    assert "no stretch" in variability(stretches, "N3")["hrv_rmssd_ms"].reason


def test_a_stretch_with_a_gap_or_with_many_corrected_beats_is_left_out():
    beats_s = modulated(0.1, 0.03)
    gap = beats_s[(beats_s < 100) | (beats_s > 110)]
    onsets = measure_stretches(correct_beats(gap), timeline())["onset_s"].to_list()
    assert onsets == [300.0, 750.0]
    flags = (beats_s > 310) & (beats_s < 330)  # 20 of 300 are over 5 %
    onsets = measure_stretches(Beats(beats_s, flags), timeline())["onset_s"].to_list()
    assert onsets == [0.0, 750.0]


def ecg_of(beats_s: np.ndarray, rate_hz: float, noise_uv: float) -> np.ndarray:
    time_s = np.arange(round(1320 * rate_hz)) / rate_hz
    ecg = np.random.default_rng(3).normal(0, noise_uv, len(time_s))
    for beat in beats_s:
        first = max(int((beat - 0.1) * rate_hz), 0)
        part = slice(first, first + round(0.2 * rate_hz))
        ecg[part] += 1000 * np.exp(-0.5 * ((time_s[part] - beat) / 0.011) ** 2)
    return ecg.astype(np.float32)


def random_beats(mean_bpm: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    count = int(1320 * mean_bpm / 60)
    breath = 0.03 * np.sin(2 * np.pi * 0.25 * 60 / mean_bpm * np.arange(count))
    beats_s = 0.4 + np.cumsum(
        60 / mean_bpm * (1 + breath + rng.normal(0, 0.008, count))
    )
    return beats_s[beats_s < 1319]


@pytest.mark.parametrize("mean_bpm", [40, 60, 90, 120])
def test_beats_are_found_at_any_rate_and_rmssd_is_true_to_5_percent(mean_bpm):
    """Half a percent of beats come early; noise is an eighth of the R wave."""
    true_s = random_beats(mean_bpm, mean_bpm)
    shown_s = true_s.copy()
    early = np.arange(100, len(true_s) - 10, 200)
    shown_s[early] -= 0.3 * 60 / mean_bpm
    found_s = beats_of(ecg_of(shown_s, 256.0, 125.0), 256.0)
    distance = np.abs(found_s[:, np.newaxis] - shown_s).min(axis=1)
    sensitivity = (np.abs(shown_s[:, np.newaxis] - found_s).min(axis=1) < 0.05).mean()
    assert sensitivity > 0.99
    assert (distance < 0.05).mean() > 0.99
    found = measure_stretches(correct_beats(found_s), timeline())
    true = measure_stretches(
        Beats(true_s, np.zeros(len(true_s), dtype=bool)), timeline()
    )
    assert len(found) == len(true) == 3
    assert found["rmssd_ms"].to_numpy() == pytest.approx(
        true["rmssd_ms"].to_numpy(), rel=0.05
    )


@pytest.fixture(scope="module")
def clean_night() -> SimulatedNight:
    """75 min of clean ECG at 256 Hz, as a night has it."""
    stages = ["N2"] * 70 + ["N3"] * 40 + ["R"] * 40
    return simulate_night(hypnogram=stages, rate_hz=256, seed=6)


@pytest.mark.slow
def test_yasa_gives_the_same_rate_and_rmssd_of_each_stage_on_a_clean_night(clean_night):
    """YASA's beats stand on samples, 4 ms apart; ours between them, as the true ones do.

    So single stretches of YASA are off by up to 1.2 % from the truth, and ours by 0.1 %.
    """
    ours, theirs, true = three_opinions(clean_night, 256.0)
    assert len(ours) >= 10
    assert np.abs(ours["hr_bpm"] - theirs["hr_mean"]).max() < 0.1
    assert np.abs(ours["rmssd_ms"] / true["rmssd_ms"] - 1).max() < 0.002
    for stage in ("N2", "N3", "R"):
        inside = ours["stage"] == stage
        assert ours["rmssd_ms"][inside].mean() == pytest.approx(
            theirs["hrv_rmssd"][inside].mean(), rel=0.01
        )


@pytest.mark.slow
def test_yasa_gives_the_same_rmssd_where_its_steps_are_small(clean_night):
    """The same night, its ECG brought to 1,024 Hz: the steps are 1 ms."""
    ours, theirs, _ = three_opinions(clean_night, 1024.0)
    assert ours["rmssd_ms"].to_numpy() == pytest.approx(
        theirs["hrv_rmssd"].to_numpy(float), rel=0.01
    )


def three_opinions(
    night: SimulatedNight, rate_hz: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the stretches by psgkit, by YASA, and of the true beats.

    Left out are those in which YASA finds another number of beats: it cuts the ECG into
    stretches first, and finds a beat at 0.05 s of some where there is none.
    """
    ecg = night.recording.signal(night.recording.channel("ECG"))
    line = Timeline.from_scoring(
        night.truth.scoring,
        night.recording.duration_s,
        (0, night.truth.scoring.n_epochs),
    )
    found = beats_of(ecg.astype(np.float32), 256.0)
    ours = measure_stretches(correct_beats(found), line)
    true_s = night.truth.beats_s
    true = measure_stretches(Beats(true_s, np.zeros(len(true_s), dtype=bool)), line)
    finer = resample_poly(ecg, round(rate_hz / 256), 1)
    codes = np.repeat(line.stages, round(rate_hz)).astype(int)
    theirs, peaks = yasa.hrv_stage(
        finer, rate_hz, hypno=codes, threshold="5min", equal_length=True
    )
    counts = pd.Series({index: len(beats) for index, beats in peaks.items()})
    theirs = theirs.assign(beats=counts).sort_values("start")
    assert ours["onset_s"].to_list() == theirs["start"].to_list()
    first = ours["onset_s"].to_numpy()
    expected = np.diff(np.searchsorted(true_s, (first, first + 300)), axis=0)[0]
    same = theirs["beats"].to_numpy() == expected
    return tuple(table.reset_index(drop=True)[same] for table in (ours, theirs, true))
