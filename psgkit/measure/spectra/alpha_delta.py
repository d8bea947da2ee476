"""Alpha in deep sleep, and delta against beta: METRICS section F, "Ratios"."""

import numpy as np
from scipy import stats

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.power import (
    ALPHA_BELOW_SPINDLES,
    BANDS,
    WindowSpectra,
)

MIN_WINDOWS = 150  # ten minutes of windows that do not overlap


def log_ratio(freqs_hz: FloatArray, psd: FloatArray, over: str, under: str) -> float:
    """Return the natural logarithm of one band's power over another's."""
    powers = [band_power(freqs_hz, psd, BANDS[band]) for band in (over, under)]
    return float(np.log(powers[0] / powers[1]))


def alpha_delta_ratio(freqs_hz: FloatArray, psd: FloatArray) -> float:
    """Return the natural logarithm of the ratio of power from 8 to 11 Hz to delta power."""
    alpha = band_power(freqs_hz, psd, ALPHA_BELOW_SPINDLES)
    return float(np.log(alpha / band_power(freqs_hz, psd, BANDS["delta"])))


def alpha_delta_correlation(windows: WindowSpectra, timeline: Timeline) -> Value:
    """Correlate alpha with delta over the 4-s windows of N3 (Spearman).

    Positive where alpha rides on delta (phasic alpha), near zero where it is tonic.
    Every other window is taken, as neighbours overlap.
    """
    chosen = windows.psd_uv2_hz[timeline.epoch_stages == Stage.N3, ::2]
    chosen = chosen.reshape(-1, chosen.shape[-1])
    chosen = chosen[~np.isnan(chosen[:, 0])]
    if len(chosen) < MIN_WINDOWS:
        few = Undefined(
            f"{len(chosen)} clean window{'' if len(chosen) == 1 else 's'} of 4 s in N3, "
            f"{MIN_WINDOWS} are needed"
        )
        return timeline.naming_gaps(few, (Stage.N3,))
    alpha = band_power(windows.freqs_hz, chosen, ALPHA_BELOW_SPINDLES)
    delta = band_power(windows.freqs_hz, chosen, BANDS["delta"])
    return float(stats.spearmanr(alpha, delta).statistic)
