"""A night with known truth.

`simulate_night` makes polysomnograms in which every stage and event is known, for tests,
teaching, and to test how well a metric can be found. See docs/simulation.md.
"""

from psgkit.simulate.faults import Fault, FaultKind
from psgkit.simulate.montages import MontageName
from psgkit.simulate.night import SimulatedNight, Truth, simulate_night

__all__ = [
    "Fault",
    "FaultKind",
    "MontageName",
    "SimulatedNight",
    "Truth",
    "simulate_night",
]
