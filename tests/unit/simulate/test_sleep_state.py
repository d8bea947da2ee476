"""Times, drifts and noise have the statistics that were asked for."""

import numpy as np
import pytest
from scipy.signal import welch

from psgkit.simulate.signals.noise import n_windows, shaped_noise, window_freqs_hz
from psgkit.simulate.sleep_state import State, Timeline, draw_times, wander


def night(codes: list[int], rate_hz: float = 100.0) -> Timeline:
    stages = np.array(codes, dtype=np.int8)
    return Timeline(stages, 30.0, 30.0 * len(codes), rate_hz, seed=1)


def test_events_come_at_the_rate_asked_for_in_spite_of_the_gap_between_them():
    rate = np.full(36000, 6.0)  # 3600 events in ten hours
    times = draw_times(rate, np.random.default_rng(0), gap_s=2.0)
    assert len(times) == pytest.approx(3600, rel=0.05)
    assert np.diff(times).min() >= 2.0


def test_no_event_comes_where_the_rate_is_zero():
    rate = np.zeros(600)
    rate[100:200] = 30.0
    times = draw_times(rate, np.random.default_rng(0))
    assert len(times) > 20
    assert times.min() >= 100.0
    assert times.max() <= 200.0
    assert draw_times(np.zeros(60), np.random.default_rng(0)).size == 0


def test_a_drift_has_unit_size_however_short_it_is():
    rng = np.random.default_rng(0)
    for n_steps in (1, 30, 3000):
        drifts = [wander(n_steps, 60.0, rng) for _ in range(400)]
        assert all(len(drift) == n_steps for drift in drifts)
        ends = [drift[0] for drift in drifts]
        assert np.std(ends) == pytest.approx(1.0, abs=0.12)


def test_the_eyes_are_closed_before_sleep_and_open_in_long_wakes():
    states = night([0] * 20 + [2] * 4).states
    assert (states[560:600] == State.RELAXED).all()
    assert (states[:600] == State.ACTIVE).any()
    assert (states[600:] == State.N2).all()


def test_artefact_and_unscored_epochs_are_artefact():
    assert (night([-1, -2]).states == State.ARTEFACT).all()


def test_states_blur_into_each_other_but_always_add_up():
    weights = night([2] * 10 + [4] * 10).weights(2.0, blur_s=4.0)
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert 0.2 < weights[150, State.REM] < 0.8
    assert weights[20, State.N2] == pytest.approx(1.0)


def test_shaped_noise_has_the_power_asked_for():
    timeline = night([2] * 120)
    freqs = window_freqs_hz(100.0)
    psd = np.where((freqs >= 8) & (freqs <= 12), 5.0, 0.5).astype(np.float32)
    rows = np.broadcast_to(psd, (n_windows(timeline), len(freqs)))
    noise = shaped_noise(rows, timeline, timeline.rng("noise"))
    assert len(noise) == timeline.n_samples
    at, measured = welch(noise, 100.0, nperseg=400)
    assert measured[(at > 8.5) & (at < 11.5)].mean() == pytest.approx(5.0, rel=0.05)
    assert measured[(at > 20) & (at < 40)].mean() == pytest.approx(0.5, rel=0.05)


def test_shaped_noise_is_as_strong_everywhere():
    # Windows overlap by half; a wrong weight would beat every two seconds.
    timeline = night([2] * 240)
    freqs = window_freqs_hz(100.0)
    rows = np.ones((n_windows(timeline), len(freqs)), dtype=np.float32)
    noise = shaped_noise(rows, timeline, timeline.rng("noise"))
    folded = noise.reshape(-1, 200)
    assert (folded**2).mean(axis=0).std() < 0.06 * (folded**2).mean()
