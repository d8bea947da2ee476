"""Nights that several tests look at; each takes a second to make."""

import pytest

from psgkit.simulate import SimulatedNight, simulate_night


@pytest.fixture(scope="session")
def nap() -> SimulatedNight:
    """Return two hours with all stages and the full AASM montage."""
    return simulate_night(2.0, seed=5, rate_hz=128, arousals_per_h=20.0)


@pytest.fixture(scope="session")
def stage_blocks() -> SimulatedNight:
    """Return twenty minutes of each stage, one after the other, without arousals."""
    stages = [name for name in ("W", "N1", "N2", "N3", "R") for _ in range(40)]
    return simulate_night(hypnogram=stages, seed=3, rate_hz=128, arousals_per_h=0.0)
