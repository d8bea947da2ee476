"""Ectopic, missed and extra beats, put into beats whose times are known."""

import neurokit2
import numpy as np
import pytest

from psgkit.measure.body.beat_correction import correct_beats

N_BEATS = 3000


def sinus_beats(seed: int = 0) -> np.ndarray:
    """Beats that breath moves, with a little jitter."""
    rng = np.random.default_rng(seed)
    breath = 0.04 * np.sin(2 * np.pi * 0.25 * np.arange(N_BEATS))
    return np.cumsum(0.95 + breath + rng.normal(0, 0.01, N_BEATS))


def rmssd_ms(beats_s: np.ndarray) -> float:
    return 1000 * float(np.sqrt(np.mean(np.diff(beats_s, 2) ** 2)))


def test_clean_beats_stay_as_they_are():
    beats = correct_beats(sinus_beats())
    assert beats.times_s == pytest.approx(sinus_beats())
    assert not beats.is_corrected.any()


def with_errors() -> tuple[np.ndarray, int]:
    """One in a hundred: premature, missed and extra beats far from each other."""
    true = sinus_beats(1)
    found, missed, extra = true.copy(), [], []
    for number, place in enumerate(range(50, N_BEATS - 50, 100)):
        match number % 3:
            case 0:
                found[place] -= 0.3
            case 1:
                missed.append(place)
            case 2:
                extra.append(true[place] + 0.4)
    return np.sort(np.append(np.delete(found, missed), extra)), number + 1


def test_errors_are_found_and_the_variability_is_that_of_the_sinus_beats():
    found, n_errors = with_errors()
    beats = correct_beats(found)
    assert len(beats) == N_BEATS
    assert rmssd_ms(found) > 2 * rmssd_ms(sinus_beats(1))
    assert rmssd_ms(beats.times_s) == pytest.approx(rmssd_ms(sinus_beats(1)), rel=0.05)
    assert n_errors <= beats.is_corrected.sum() <= 2.5 * n_errors


def test_neurokit_corrects_the_same_errors():
    """NeuroKit2's method "Kubios" follows the same paper, without our least change."""
    found, _ = with_errors()
    samples = np.round(1000 * found).astype(int)
    theirs = neurokit2.signal_fixpeaks(
        samples, sampling_rate=1000, method="Kubios", iterative=False
    )[1]
    ours = correct_beats(found)
    assert abs(len(theirs) - len(ours)) <= 1
    # Each beat of ours has one of theirs beside it, but for those that they move too.
    distance = np.abs(ours.times_s[:, np.newaxis] - theirs / 1000).min(axis=1)
    assert np.percentile(distance, 80) < 0.001
    assert distance.max() < 0.2


def test_a_gap_parts_the_beats_and_no_beat_is_put_into_it():
    true = sinus_beats(2)
    found = np.concatenate((true[:1000], true[1000:] + 60))
    beats = correct_beats(found)
    assert len(beats) == N_BEATS
    assert np.isnan(beats.intervals_s).sum() == 1
    assert not beats.is_corrected.any()


def test_few_beats_are_left_as_they_are():
    for n_beats in (0, 1, 5, 11):
        assert len(correct_beats(sinus_beats()[:n_beats])) == n_beats
