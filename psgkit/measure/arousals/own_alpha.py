"""The night's own alpha power, and the height of a shift above it.

In some people alpha swells and fades in NREM sleep without an arousal. Without a rise of
chin EMG or of beta, only alpha well above the night's usual alpha is counted.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.stages import stages_at
from psgkit.measure.arousals.bands import BoolArray, FloatArray
from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.thresholds import BANDS_HZ, HOP_S, ArousalRules

NREM = (Stage.N1, Stage.N2, Stage.N3)
ALPHA = list(BANDS_HZ).index("alpha")


def own_alpha(
    powers: FloatArray, is_usable: BoolArray, scoring: Scoring, rules: ArousalRules
) -> FloatArray:
    """Return the night's own alpha at each hop: a high quantile over its stage.

    Parameters
    ----------
    powers : numpy.ndarray, shape (n_bands, n_hops)
        Smoothed.
    is_usable : numpy.ndarray of bool, shape (n_hops,)
        No artefact.
    scoring : Scoring
    rules : ArousalRules

    Returns
    -------
    numpy.ndarray, shape (n_hops,)
        In µV²; NaN outside of NREM sleep.
    """
    seconds = np.arange(powers.shape[1]) * HOP_S + 0.5
    stages = stages_at(scoring, seconds)
    own = np.full(powers.shape[1], np.nan)
    for stage in NREM:
        of_stage = stages == stage
        known = powers[ALPHA, of_stage & is_usable]
        if known.size:
            own[of_stage] = np.quantile(known, rules.own_alpha_quantile)
    return own


def note_alpha(
    shifts: Sequence[Shift], powers: FloatArray, own: FloatArray
) -> list[Shift]:
    """Return shifts with how far their alpha exceeds the night's own."""
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.nan_to_num(powers[ALPHA] / own, nan=0.0)
    noted = []
    for shift in shifts:
        first = max(round((shift.onset_s - 0.5) / HOP_S), 0)
        last = max(round((shift.end_s - 0.5) / HOP_S), first + 1)
        peak = excess[first:last].max(initial=0.0)
        noted.append(replace(shift, alpha_excess=float(peak)))
    return noted
