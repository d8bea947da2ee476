"""Bands, spindles and chin in each arousal of a network, for people to check.

A network gives a probability and no reason. These are the measures that the rules judge
by. They also decide where the network is unsure (`second_look`).
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


@dataclass(frozen=True, slots=True)
class Seen:
    """Features of one event: bands and chin over the time before, and spindles.

    Attributes
    ----------
    ratios : numpy.ndarray, shape (3, n_hops)
        Theta, alpha and beta over the half minute before, every 0.25 s; NaN where
        unknown.
    chin_ratio : float
        The highest of the chin's tone over the half minute before; NaN if unknown.
    emg : bool
        Whether the chin rises.
    spindle_s : float
        How much of it is spindles.
    """

    ratios: FloatArray
    chin_ratio: float
    emg: bool
    spindle_s: float

    @property
    def largest(self) -> list[float]:
        """The highest ratio of each band; NaN if unknown."""
        return [
            float("nan") if np.isnan(row).all() else float(np.nanmax(row))
            for row in self.ratios
        ]

    def sentence(self, rules: ArousalRules) -> str:
        """Return it as a sentence, the strongest band first."""
        bands = self.largest
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
        if np.isnan(self.chin_ratio):
            muscle = "chin EMG unknown"
        elif self.emg:
            muscle = f"chin EMG rises to {self.chin_ratio:.1f} times"
        else:
            muscle = "chin EMG does not rise"
        spindle = f"{self.spindle_s:.1f} s of spindles" if self.spindle_s else ""
        return "; ".join(part for part in (fast, muscle, spindle) if part)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Bands and chin of a night, against the half minute before each moment.

    Attributes
    ----------
    bands : numpy.ndarray, shape (3, n_hops), or None
        Theta, alpha and beta; None without a usable central EEG.
    tone : numpy.ndarray, shape (n_hops,), or None
        Of the chin; None without one.
    spindles : numpy.ndarray, shape (n_spindles, 2)
        Onset and end of each.
    rules : ArousalRules
    """

    bands: FloatArray | None
    tone: FloatArray | None
    spindles: FloatArray
    rules: ArousalRules

    @classmethod
    def of(
        cls,
        recording: Recording,
        scoring: Scoring,
        *,
        artefacts: ArtefactMask | None,
        spindles: FloatArray,
        beats_s: FloatArray,
        arousals: FloatArray,
    ) -> "Evidence":
        """Measure a night; its arousals, shape (n, 2), are in no baseline."""
        rules = ArousalRules()
        return cls(
            _band_ratios(recording, scoring, artefacts, arousals, rules),
            _tone_ratios(recording, beats_s, arousals, rules),
            spindles,
            rules,
        )

    def seen(self, onset_s: float, end_s: float) -> Seen:
        """Return the changes from an onset to an end."""
        ratios = np.full((len(FAST_BANDS), 1), np.nan)
        if self.bands is not None:
            # A hop is a window of 1 s; its value belongs to its middle.
            ratios = self.bands[:, _hops(onset_s - 0.5, end_s - 0.5)]
        chin, emg = float("nan"), False
        if self.tone is not None:
            margin = self.rules.emg_margin_s
            near = self.tone[_hops(onset_s - margin, end_s + margin)]
            chin = float("nan") if np.isnan(near).all() else float(np.nanmax(near))
            rises = (near >= self.rules.emg_ratio).sum() * HOP_S
            emg = bool(rises >= self.rules.emg_least_s)
        spindle_s = spindle_seconds(onset_s, end_s, self.spindles)
        return Seen(ratios, chin, emg, spindle_s)


def explain(table: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the table of a network with the signal features of each row.

    Parameters
    ----------
    table : pandas.DataFrame
        From `arousal_table`.
    evidence : Evidence

    Returns
    -------
    pandas.DataFrame
        With ``COLUMNS``: the largest ratio of each fast band and of the chin's tone to
        the half minute before (NaN where unknown), whether the chin rises, the seconds
        of spindles, and all of it as a sentence.
    """
    onsets_s = table["onset_s"].to_numpy(float)
    ends_s = onsets_s + table["duration_s"].to_numpy(float)
    seen = [evidence.seen(*span) for span in zip(onsets_s, ends_s, strict=True)]
    rows = pd.DataFrame(
        [
            (
                *one.largest,
                *(one.chin_ratio, one.emg, one.spindle_s),
                one.sentence(evidence.rules),
            )
            for one in seen
        ],
        columns=list(COLUMNS),
        index=table.index,
    )
    numbers = [name for name in COLUMNS if name not in {"emg", "explanation"}]
    rows = rows.astype(dict.fromkeys(numbers, float) | {"emg": bool})
    return table.join(rows.astype({"explanation": object}))


def _hops(first_s: float, last_s: float) -> slice:
    return slice(max(round(first_s / HOP_S), 0), max(round(last_s / HOP_S), 0))


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
