"""The slow-wave detector against waves and phases that are known in closed form."""

import numpy as np
import pytest
from scipy import signal

from psgkit.measure.detectors.slow_wave_detector import (
    COLUMNS,
    Amplitudes,
    _quadrature,
    find_slow_waves,
    sigma_in_waves,
    slow_signal,
)

RATE_HZ = 100.0


def _waves(*heights_uv: float, hz: float = 1.0, lead_s: float = 1.0) -> np.ndarray:
    """Return silence, then whole periods of a sine that go down first, then silence.

    Each period has its own size; the moments of zero lie between two samples.
    """
    lead = np.full(round(lead_s * RATE_HZ), 1e-6)
    size = round(RATE_HZ / hz)
    turn = 2 * np.pi * (np.arange(size) + 0.5) / size
    return np.concatenate(
        [lead, *(-height * np.sin(turn) for height in heights_uv), -lead]
    )


def _found(slow: np.ndarray, **limits: tuple[float, float]):
    everywhere = np.ones(len(slow), dtype=bool)
    return find_slow_waves(slow, RATE_HZ, everywhere, Amplitudes(**limits))


def test_a_period_of_a_sine_is_a_wave_of_its_own_size_and_length() -> None:
    """60 µV at 1 Hz from second one: down to -60 at 1.25 s, up to 60 at 1.75 s.

    Crossings are the last samples before the sign changes, as in YASA: 0.99, 1.49, 1.99.
    """
    found = _found(_waves(60.0))
    assert tuple(found.columns) == COLUMNS
    (row,) = found.to_numpy()
    onset_s, trough_s, duration_s, ptp_uv, slope_uvs = row
    assert (onset_s, duration_s) == pytest.approx((0.99, 1.0))
    assert trough_s == pytest.approx(1.245, abs=0.006)
    assert ptp_uv == pytest.approx(120.0, rel=1e-3)
    assert slope_uvs == pytest.approx(60.0 / (1.49 - trough_s), rel=1e-3)


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({}, 1),
        # a trough of 60 µV and its peak of 60, 120 between them
        ({"negative": (60.5, 200.0)}, 0),
        ({"negative": (40.0, 59.5)}, 0),
        ({"positive": (60.5, 150.0)}, 0),
        ({"positive": (10.0, 59.5)}, 0),
        ({"ptp": (120.5, 350.0)}, 0),
        ({"ptp": (75.0, 119.5)}, 0),
        ({"negative": (59, 61), "positive": (59, 61), "ptp": (119, 121)}, 1),
    ],
)
def test_a_wave_is_within_all_limits_of_size(limits: dict, count: int) -> None:
    assert len(_found(_waves(60.0), **limits)) == count


def test_the_limits_are_those_of_yasa() -> None:
    assert Amplitudes() == Amplitudes((40, 200), (10, 150), (75, 350))


def _halves(negative_s: float, positive_s: float) -> np.ndarray:
    """Half a sine down, then half a sine up, each of its own length."""
    parts = [np.full(300, 1e-6)]
    for seconds, sign in ((negative_s, -1), (positive_s, 1)):
        size = round(seconds * RATE_HZ)
        parts.append(sign * 60 * np.sin(np.pi * (np.arange(size) + 0.5) / size))
    return np.concatenate([*parts, np.full(300, -1e-6)])


@pytest.mark.parametrize(
    ("negative_s", "positive_s", "count"),
    [
        *((0.32, 0.5, 1), (0.29, 0.5, 0), (1.47, 0.5, 1), (1.52, 0.5, 0)),
        *((0.5, 0.12, 1), (0.5, 0.09, 0), (0.5, 0.98, 1), (0.5, 1.02, 0)),
        # a limit itself is outside
        *((0.3, 0.5, 0), (1.5, 0.5, 0), (0.5, 0.1, 0), (0.5, 1.0, 0)),
    ],
)
def test_each_half_of_a_wave_has_its_own_length(
    negative_s: float, positive_s: float, count: int
) -> None:
    found = _found(_halves(negative_s, positive_s))
    assert len(found) == count
    if count:
        assert found["duration_s"][0] == pytest.approx(negative_s + positive_s)


def _straight(*turns: tuple[float, int]) -> np.ndarray:
    """Return silence, then straight lines to each height at each sample, and silence."""
    at = [0, 100, *(sample for _, sample in turns), turns[-1][1] + 100]
    return np.interp(np.arange(at[-1]), at, [1e-6, 1e-6, *(h for h, _ in turns), -1e-6])


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({"negative": (60, 200), "positive": (60, 150)}, 1),
        ({"negative": (40, 60), "positive": (10, 60)}, 1),
        ({"ptp": (120, 350)}, 0),
        ({"ptp": (75, 120)}, 0),
    ],
)
def test_limits_of_trough_and_peak_are_inside_and_those_between_them_not(
    limits: dict, count: int
) -> None:
    """As in YASA: scipy's find_peaks takes both ends, the way between is compared."""
    assert (
        len(_found(_straight((-60, 125), (60, 175), (-1e-6, 200)), **limits)) == count
    )


def test_a_half_wave_that_ends_with_its_trough_or_peak_is_none() -> None:
    """The next sample has the other sign, so that the crossing is where they are."""
    assert len(_found(_straight((-60, 150), (60, 155), (-1e-6, 200)))) == 1
    assert len(_found(_straight((-60, 150), (60, 151), (-1e-6, 200)))) == 0
    assert len(_found(_straight((-60, 125), (60, 190), (-1e-6, 195)))) == 1
    assert len(_found(_straight((-60, 125), (60, 190), (-1e-6, 191)))) == 0


def test_waves_follow_one_another_each_with_its_own_peak() -> None:
    found = _found(_waves(60.0, 80.0, 100.0))
    assert found["onset_s"].tolist() == pytest.approx([0.99, 1.99, 2.99])
    assert found["ptp_uv"].to_numpy() == pytest.approx([120, 160, 200], rel=1e-3)
    assert found.index.tolist() == [0, 1, 2]


def test_a_wave_too_small_between_two_takes_nothing_from_them() -> None:
    found = _found(_waves(60.0, 8.0, 100.0))
    assert found["onset_s"].tolist() == pytest.approx([0.99, 2.99])


def test_two_troughs_in_one_half_wave_are_no_wave() -> None:
    slow = _waves(60.0, 60.0, 60.0)
    # a notch in the second trough, which leaves -56 µV to either side of -36
    slow[219:231] *= np.abs(np.linspace(-1, 1, 12)) * 0.4 + 0.6
    troughs, _ = signal.find_peaks(-slow, height=(40, 200))
    assert len(troughs) == 4
    assert _found(slow)["onset_s"].tolist() == pytest.approx([0.99, 2.99])


def test_two_troughs_before_one_peak_are_no_wave() -> None:
    """Between the second and the third half-wave the sign changes and back, too low."""
    slow = np.concatenate([_halves(0.5, 0.2)[:370], _halves(0.5, 0.5)[300:]])
    slow[350:370] *= 5 / 60  # this peak is too small
    assert len(_found(slow)) == 1
    slow[350:370] = -1e-6  # and here is none: one half-wave with two troughs
    assert len(_found(slow)) == 0


def test_what_the_signal_begins_or_ends_in_is_no_wave() -> None:
    whole = _waves(60.0, 60.0, 60.0)
    assert len(_found(whole)) == 3
    assert len(_found(whole[110:])) == 2  # begins in the first trough
    assert len(_found(whole[:380])) == 2  # ends in the last peak
    assert len(_found(whole[:340])) == 2  # ends before it


def test_troughs_and_peaks_are_looked_for_where_they_are_wanted() -> None:
    slow = _waves(60.0, 60.0, 60.0)
    for unwanted in (slice(215, 235), slice(265, 285)):  # the second trough, its peak
        wanted = np.ones(len(slow), dtype=bool)
        wanted[unwanted] = False
        found = find_slow_waves(slow, RATE_HZ, wanted, Amplitudes())
        assert found["onset_s"].tolist() == pytest.approx([0.99, 2.99])


@pytest.mark.parametrize("slow", [np.zeros(500), np.full(500, 3.0), _waves(20.0)])
def test_without_a_wave_the_table_is_empty_and_of_numbers(slow: np.ndarray) -> None:
    found = _found(slow)
    assert tuple(found.columns) == COLUMNS
    assert found.empty
    assert set(found.dtypes) == {np.dtype(float)}


@pytest.mark.parametrize("length", [1000, 1125])
def test_a_quarter_of_a_period_after_a_cosine_stands_a_sine(length: int) -> None:
    """Both lengths are quick for an FFT; the second is odd."""
    turn = 2 * np.pi * 7 * np.arange(length) / length
    assert _quadrature(np.cos(turn)) == pytest.approx(np.sin(turn), abs=1e-5)
    assert _quadrature(np.sin(turn)) == pytest.approx(-np.cos(turn), abs=1e-5)


@pytest.mark.parametrize("length", [6, 7, 997, 1000, 1125])
def test_the_quadrature_is_scipys(length: int) -> None:
    """With zeros behind it up to a length that is quick, 1000 for 997."""
    values = np.random.default_rng(length).normal(2.0, 20.0, length)
    padded = {7: 8, 997: 1000}.get(length, length)
    expected = signal.hilbert(values, padded).imag[:length]
    assert _quadrature(values).shape == (length,)
    np.testing.assert_allclose(_quadrature(values), expected, atol=1e-4)


def test_neither_a_constant_nor_the_highest_frequency_has_a_quarter() -> None:
    sign = (-1.0) ** np.arange(1000)
    assert np.abs(_quadrature(5 + 3 * sign)).max() < 1e-5


def _carrier(
    depth: float, at: float, seconds: int = 60
) -> tuple[np.ndarray, np.ndarray]:
    """Return a slow wave of 1 Hz whose trough is at half seconds, and sigma on it.

    Sigma of 14 Hz swells by some depth, most at a phase of the wave; 0 is its peak.
    """
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    turn = 2 * np.pi * times_s
    slow = 50 * np.cos(turn)
    swell = 10 * (1 + depth * np.cos(turn - at))
    return slow, slow + swell * np.cos(2 * np.pi * 14 * times_s)


@pytest.mark.parametrize("at", [-2.0, -0.5, 0.0, 1.0, 2.5])
def test_sigma_has_its_phase_and_its_strength(at: float) -> None:
    """Within 1 s lie 201 samples: two periods and one sample.

    An amplitude 1 + d cos(φ - a), freed of its mean and scaled to a standard deviation
    of one, is √2 cos(φ - a); times exp(iφ) and averaged that is √2 / 2 in size.
    """
    slow, values = _carrier(0.2, at)
    troughs_s = np.arange(20.5, 40.0)
    peak_phases, ndpac, phases = sigma_in_waves(slow, values, RATE_HZ, troughs_s)
    turn = np.angle(np.exp(1j * (peak_phases - at)))
    assert np.abs(turn).max() < 0.1
    turn = 2 * np.pi * np.arange(-100, 101) / 100 + np.pi
    swell = np.cos(turn - at) - np.cos(turn - at).mean()
    expected = abs(np.sum(swell * np.exp(1j * turn))) / swell.std(ddof=1) / 201
    assert expected == pytest.approx(np.sqrt(0.5), abs=0.01)
    np.testing.assert_allclose(ndpac, expected, rtol=1e-3)
    assert phases.shape == (20, 201)
    # the trough in the middle, the way through the circle at a hundredth a sample
    assert np.abs(phases[:, 100]) == pytest.approx(np.full(20, np.pi), abs=1e-3)
    steps = np.angle(np.exp(1j * np.diff(phases, axis=1)))
    np.testing.assert_allclose(steps, 2 * np.pi / 100, atol=2e-3)


def test_coupling_that_chance_gives_is_none() -> None:
    """Özkurt: below 2 n erfinv(0.95)² it may be chance; with n of 201, 0.138."""
    slow, values = _carrier(0.2, 0.0)
    rng = np.random.default_rng(1)
    noise = values - slow + rng.normal(0.0, 20.0, len(slow))
    troughs_s = np.arange(5.5, 55.0)
    _, ndpac, _ = sigma_in_waves(slow, slow + noise, RATE_HZ, troughs_s)
    assert (ndpac == 0).any()
    assert 0.138 < ndpac[ndpac > 0].min() < 0.2


def test_a_wave_within_a_second_of_an_end_has_no_phase() -> None:
    slow, values = _carrier(0.2, 0.0, seconds=10)
    troughs_s = np.array([0.5, 0.99, 1.0, 8.99, 9.0])
    peak_phases, ndpac, phases = sigma_in_waves(slow, values, RATE_HZ, troughs_s)
    is_known = [False, False, True, True, False]
    assert np.isfinite(peak_phases).tolist() == is_known
    assert np.isfinite(ndpac).tolist() == is_known
    assert np.isfinite(phases).all(axis=1).tolist() == is_known


def test_the_slow_signal_holds_what_lies_from_0_3_to_1_5_hertz() -> None:
    times_s = np.arange(12000) / RATE_HZ
    middle = slice(3000, 9000)
    for hz, share in ((0.05, 0.0), (0.3, 1.0), (0.9, 1.0), (1.5, 1.0), (1.9, 0.0)):
        passed = slow_signal(np.sin(2 * np.pi * hz * times_s), RATE_HZ)[middle]
        amplitude = np.sqrt(2 * np.mean(passed**2))
        assert amplitude == pytest.approx(share, abs=0.12 if hz != 1.9 else 0.05), hz
