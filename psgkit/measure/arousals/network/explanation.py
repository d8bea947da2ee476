"""Bands, spindles and chin in each arousal of a network, for people to check.

A network gives a probability and no reason. These are the measures that the rules judge
by; they change no verdict.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.arousals.bands import contrast, moving_baseline
from psgkit.measure.arousals.candidates import spindle_seconds
from psgkit.measure.arousals.input_channels import CENTRAL_ROLES, best_eeg, chin_tone
from psgkit.measure.arousals.thresholds import (
    BANDS_HZ,
    FAST_BANDS,
    HOP_S,
    ArousalRules,
)
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.usable_time import FloatArray

BoolArray = npt.NDArray[np.bool_]

COLUMNS = (
    *("theta_ratio", "alpha_ratio", "beta_ratio", "emg_ratio"),
    *("emg", "spindle_s", "explanation"),
)


def explain(
    table: pd.DataFrame,
    recording: Recording,
    scoring: Scoring,
    artefacts: ArtefactMask | None,
    spindles: FloatArray,
    beats_s: FloatArray,
) -> pd.DataFrame:
    """Return the table of a network with the signal features of each row.

    Parameters
    ----------
    table : pandas.DataFrame
        From `arousal_table`.
    recording, scoring, artefacts
        As `find_arousals_trained` is given them.
    spindles : numpy.ndarray, shape (n_spindles, 2)
        Onset and end of each.
    beats_s : numpy.ndarray of float64
        When the heart beats.

    Returns
    -------
    pandas.DataFrame
        With ``COLUMNS``: the largest ratio of each fast band and of the chin's tone to
        the half minute before (NaN where unknown), whether the chin rises, the seconds
        of spindles, and all of it as a sentence.
    """
    rules = ArousalRules()
    onsets = table["onset_s"].to_numpy(float)
    ends = onsets + table["duration_s"].to_numpy(float)
    taken = table["is_arousal"].to_numpy(bool)
    spans = np.column_stack([onsets, ends])
    bands = _band_ratios(recording, scoring, artefacts, spans[taken], rules)
    tone = _tone_ratios(recording, beats_s, spans[taken], rules)
    seen = [
        _seen(span, bands, tone, spindle_seconds(span[0], span[1], spindles), rules)
        for span in spans
    ]
    rows = pd.DataFrame(
        [(*one.ratios, one.emg, one.spindle_s, one.sentence(rules)) for one in seen],
        columns=list(COLUMNS),
        index=table.index,
    )
    numbers = [name for name in COLUMNS if name not in {"emg", "explanation"}]
    rows = rows.astype(dict.fromkeys(numbers, float) | {"emg": bool})
    return table.join(rows.astype({"explanation": object}))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Features of one event: theta, alpha, beta and chin over the time before."""

    ratios: tuple[float, ...]
    emg: bool
    spindle_s: float

    def sentence(self, rules: ArousalRules) -> str:
        """Say it in words, the strongest band first."""
        *bands, chin = self.ratios
        known = [
            (ratio, name)
            for ratio, name in zip(bands, FAST_BANDS, strict=True)
            if ratio >= rules.edge
        ]
        words = [f"{name} {ratio:.1f} times" for ratio, name in sorted(known)[::-1]]
        if np.isnan(bands).all():
            fast = "no power before it to compare with"
        elif words:
            fast = f"{', '.join(words)} the power before it"
        else:
            fast = "no fast band stands out"
        if np.isnan(chin):
            muscle = "chin EMG unknown"
        elif self.emg:
            muscle = f"chin EMG rises to {chin:.1f} times"
        else:
            muscle = "chin EMG does not rise"
        spindle = f"{self.spindle_s:.1f} s of spindles" if self.spindle_s else ""
        return "; ".join(part for part in (fast, muscle, spindle) if part)


def _seen(
    span: FloatArray,
    bands: FloatArray | None,
    tone: FloatArray | None,
    spindle_s: float,
    rules: ArousalRules,
) -> _Seen:
    onset_s, end_s = float(span[0]), float(span[1])
    ratios = [float("nan")] * len(FAST_BANDS)
    if bands is not None:
        # A hop is a window of 1 s; what it shows stands in its middle.
        ratios = [_largest(row, onset_s - 0.5, end_s - 0.5) for row in bands]
    chin, emg = float("nan"), False
    if tone is not None:
        margin = rules.emg_margin_s
        chin = _largest(tone, onset_s - margin, end_s + margin)
        near = tone[_hops(onset_s - margin, end_s + margin)]
        emg = bool((near >= rules.emg_ratio).sum() * HOP_S >= rules.emg_least_s)
    return _Seen((*ratios, chin), emg, spindle_s)


def _hops(first_s: float, last_s: float) -> slice:
    return slice(max(round(first_s / HOP_S), 0), max(round(last_s / HOP_S), 0))


def _largest(row: FloatArray, first_s: float, last_s: float) -> float:
    values = row[_hops(first_s, last_s)]
    return float("nan") if np.isnan(values).all() else float(np.nanmax(values))


def _band_ratios(
    recording: Recording,
    scoring: Scoring,
    artefacts: ArtefactMask | None,
    arousals: FloatArray,
    rules: ArousalRules,
) -> FloatArray | None:
    eeg = best_eeg(recording, CENTRAL_ROLES, scoring, artefacts, rules)
    if eeg is None:
        return None
    usable = eeg.usable_hops() & ~_inside(arousals, eeg.powers.shape[1])
    rows = [list(BANDS_HZ).index(name) for name in FAST_BANDS]
    return contrast(eeg.powers, usable, rules).ratios[rows]


def _tone_ratios(
    recording: Recording, beats_s: FloatArray, arousals: FloatArray, rules: ArousalRules
) -> FloatArray | None:
    chin = chin_tone(recording, beats_s)
    if chin is None:
        return None
    tone = chin[1]
    usable = ~np.isnan(tone) & ~_inside(arousals, len(tone))
    baseline = moving_baseline(tone[np.newaxis], usable, rules)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(baseline > 0, tone / baseline, np.nan)


def _inside(arousals: FloatArray, n_hops: int) -> BoolArray:
    inside = np.zeros(n_hops, dtype=bool)
    for onset_s, end_s in arousals:
        inside[_hops(onset_s - 0.5, end_s)] = True
    return inside
