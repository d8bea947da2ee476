"""Signals as the networks were trained on; psgscoring itself is the reference."""

import numpy as np
import pytest

from psgkit.measure.arousals.network.preparation import Extended, normalised

SECONDS = 400


@pytest.fixture(scope="module")
def unet():
    return pytest.importorskip("psgscoring.arousal_unet")


def noise(rate_hz: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 20.0, round(SECONDS * rate_hz))


@pytest.mark.parametrize("rate_hz", [64.0, 128.0, 200.0, 256.0, 199.5, 50.0])
def test_the_rate_is_reduced_as_psgscoring_does(unet, rate_hz: float) -> None:
    values = noise(rate_hz)
    wanted = unet.to_50hz(values, rate_hz)
    found = Extended.of(values.astype(np.float32), rate_hz).to_50_hz()
    assert len(found) == len(wanted) == 50 * SECONDS
    np.testing.assert_allclose(found, wanted, atol=2e-4)


def test_mean_and_size_are_taken_out_as_psgscoring_does(unet) -> None:
    values = noise(50.0).astype(np.float32)
    values[5000:5100] += 2000.0
    nothing = np.zeros(len(values), dtype=bool)
    np.testing.assert_array_equal(normalised(values, nothing), unet.normalize(values))


def test_a_silent_time_does_not_change_the_size_of_the_rest() -> None:
    """An hour off in three: what is beside it keeps a root mean square of one."""
    rng = np.random.default_rng(4)
    values = rng.normal(10.0, 20.0, 3 * 3600 * 50).astype(np.float32)
    is_lost = np.zeros(len(values), dtype=bool)
    is_lost[3600 * 50 : 2 * 3600 * 50] = True
    values[is_lost] = 500.0
    found = normalised(values, is_lost)
    assert (found[is_lost] == 0.0).all()
    for start_s in (3540, 2 * 3600):
        minute = found[start_s * 50 : (start_s + 60) * 50]
        assert np.sqrt(np.mean(minute**2)) == pytest.approx(1.0, abs=0.05)
        assert np.mean(minute) == pytest.approx(0.0, abs=0.05)
