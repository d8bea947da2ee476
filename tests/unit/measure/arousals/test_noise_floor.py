"""Noise with the spectrum of a signal, and what of a night it is made of."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring
from scipy import stats

from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.roles import Role
from psgkit.measure.arousals import detector, find_arousals
from psgkit.measure.arousals.noise_floor import phase_randomised

RATE_HZ = 100.0


def _signal(n_samples: int) -> np.ndarray:
    return np.random.default_rng(1).normal(3.0, 20.0, n_samples).cumsum() / 50


@pytest.mark.parametrize("n_samples", [4000, 4001])
def test_the_noise_has_the_signals_spectrum_and_length_and_no_mean(
    n_samples: int,
) -> None:
    values = _signal(n_samples)
    kept = values.copy()
    noise = phase_randomised(values)
    assert np.array_equal(values, kept)
    assert noise.shape == values.shape
    assert noise.mean() == pytest.approx(0.0, abs=1e-9)
    ours, theirs = (np.abs(np.fft.rfft(each)) for each in (noise, values))
    # The highest frequency of an even number has no phase but a sign.
    upper = len(theirs) - 1 if n_samples % 2 == 0 else len(theirs)
    np.testing.assert_allclose(ours[1:upper], theirs[1:upper], rtol=1e-6)


def test_its_phases_are_spread_over_the_whole_circle() -> None:
    turned = np.angle(np.fft.rfft(phase_randomised(_signal(4001)))[1:])
    spread = stats.kstest(turned, stats.uniform(-np.pi, 2 * np.pi).cdf)
    assert spread.pvalue > 0.01
    assert np.abs(turned).max() > 3.1


def test_an_event_of_the_signal_is_not_in_the_noise() -> None:
    values = _signal(4000) / 100
    values[2000:2100] += 50 * np.sin(np.arange(100))
    squared = phase_randomised(values).reshape(40, 100) ** 2
    assert squared.mean(axis=1).max() < 4 * squared.mean()


def test_the_same_signal_gives_the_same_noise() -> None:
    values = _signal(4000)
    assert np.array_equal(phase_randomised(values), phase_randomised(values))


def _with_bursts(
    eeg: np.ndarray, onsets_s: tuple[float, ...], hz: float = 9.5
) -> np.ndarray:
    """Return the EEG with 7 s of a rhythm at some times."""
    shown = eeg.copy()
    for onset_s in onsets_s:
        first = round(onset_s * RATE_HZ)
        times_s = np.arange(round(7 * RATE_HZ)) / RATE_HZ
        shown[first : first + len(times_s)] += 60 * np.sin(2 * np.pi * hz * times_s)
    return shown


def _night(
    minutes: float, onsets_s: tuple[float, ...] = (), **facts: object
) -> Recording:
    """Make a central EEG of noise, with 7 s of alpha at some times."""
    rng = np.random.default_rng(3)
    n_samples = round(minutes * 60 * RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=n_samples))
    freqs_hz = np.fft.rfftfreq(n_samples, 1 / RATE_HZ)
    eeg = np.fft.irfft(spectrum / np.maximum(freqs_hz, 0.5), n_samples)
    eeg *= 20.0 / eeg.std()
    eeg = _with_bursts(eeg, onsets_s)
    channel = replace(Channel(Role.C4_M1, "C4-M1", 0, RATE_HZ), **facts)
    source = ArraySource((eeg,), (RATE_HZ,))
    return Recording("night", None, minutes * 60.0, (channel,), source)


def _mask(*windows: int):
    def artefacts(_: Channel, values: np.ndarray) -> np.ndarray:
        is_bad = np.zeros(int(len(values) / RATE_HZ / 5), dtype=bool)
        is_bad[list(windows)] = True
        return is_bad

    return artefacts


def test_half_an_hour_without_artefact_is_enough_and_five_seconds_less_is_not() -> None:
    recording, scoring = _night(40.0), make_scoring("1" * 19 + "2" * 31 + "3" * 30)
    one = find_arousals(recording, scoring, artefacts=_mask(*range(200, 206)))
    assert one.arousals.empty
    assert np.isfinite(one.noise_per_h)
    less = find_arousals(recording, scoring, artefacts=_mask(*range(200, 207)))
    assert np.isnan(less.noise_per_h)


def _noise_made_of(
    monkeypatch: pytest.MonkeyPatch, recording: Recording, stages: str, *bad: int
):
    """Return what was found, and the numbers of the windows that noise was made of."""
    given: list[np.ndarray] = []

    def keep(values: np.ndarray) -> np.ndarray:
        given.append(values)
        return phase_randomised(values)

    monkeypatch.setattr(detector, "phase_randomised", keep)
    found = find_arousals(recording, make_scoring(stages), artefacts=_mask(*bad))
    (values,) = given
    eeg = recording.signal(recording.channels[0])
    whole = (eeg - eeg.mean())[: len(eeg) // 500 * 500]
    begins = whole.reshape(-1, 500)[:, :3]
    return found, [
        int(np.abs(begins - row[:3]).sum(axis=1).argmin())
        for row in values.reshape(-1, 500)
    ]


def test_noise_is_of_clean_sleep_in_n2_and_n3_away_from_arousals(monkeypatch) -> None:
    recording = _night(45.0, (301.0, 1203.0, 2001.5))
    stages = "2" * 60 + "1R" + "3" * 28
    found, windows = _noise_made_of(monkeypatch, recording, stages, 0, 17, 539)
    arousals = found.arousals[["onset_s", "duration_s"]].to_numpy()
    assert arousals[:, 0] == pytest.approx([301.0, 1203.0, 2001.5], abs=1.5)
    starts_s = 5.0 * np.arange(540)
    expected = np.ones(540, dtype=bool)
    expected[[0, 17, 539, *range(360, 372)]] = False
    for onset_s, duration_s in arousals:
        expected &= (starts_s + 5 <= onset_s) | (starts_s > onset_s + duration_s)
    assert windows == np.flatnonzero(expected).tolist()


def test_an_hour_is_enough_of_a_long_night(monkeypatch) -> None:
    _, windows = _noise_made_of(monkeypatch, _night(61.0), "2" * 122, 3)
    assert windows == [0, 1, 2, *range(4, 721)]


def test_a_window_that_the_end_cuts_is_no_part_of_the_noise(monkeypatch) -> None:
    """40 min and 2 s are 480 windows and a part of one."""
    _, windows = _noise_made_of(monkeypatch, _night(40 + 2 / 60), "2" * 81)
    assert windows == list(range(480))


@pytest.mark.parametrize(
    ("hz", "lowpass_hz", "found"), [(9.5, None, 4), (25.0, None, 4), (25.0, 26.0, 0)]
)
def test_the_floor_is_what_is_found_an_hour_of_noise(
    monkeypatch, hz: float, lowpass_hz: float | None, found: int
) -> None:
    """Four bursts put into noise of 40 min, the last up to its end, are six an hour.

    Of an EEG that was cut off at 26 Hz nothing above 20.8 Hz is looked at.
    """
    monkeypatch.setattr(
        detector,
        "phase_randomised",
        lambda values: _with_bursts(values, (400.0, 1000.0, 1500.0, 2391.0), hz),
    )
    recording = _night(40.0, lowpass_hz=lowpass_hz)
    night = find_arousals(recording, make_scoring("2" * 80))
    assert night.arousals.empty
    assert night.noise_per_h == pytest.approx(found / (2400 / 3600))
