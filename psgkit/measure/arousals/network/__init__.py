"""Arousals found by a trained network: psgscoring's U-Nets.

The networks (Rombaut et al., psgscoring, BSD-3-Clause; after Ehrlich et al. 2024,
Scientific Reports 14) read EEG, EOG and chin EMG at 50 Hz and give a probability of
arousal for each sample. psgkit takes their weights from the installed psgscoring, checks
them, and does what psgscoring does around them in parts of a night: psgscoring is the
reference of the tests, not the run time, for importing it takes seconds.
"""

from psgkit.measure.arousals.network.detector import find_arousals_trained
from psgkit.measure.arousals.network.weights import (
    NETWORK,
    PUBLISHED,
    detector_name,
)

__all__ = ["NETWORK", "PUBLISHED", "detector_name", "find_arousals_trained"]
