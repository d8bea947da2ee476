"""Where one EEG channel shows a shift to faster rhythms: steps 4 to 6."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from psgkit.domain.true_runs import true_runs
from psgkit.measure.arousals.bands import BoolArray, Contrast, FloatArray
from psgkit.measure.arousals.thresholds import BANDS_HZ, FAST_BANDS, HOP_S, ArousalRules

ARTEFACT_S = 5.0
SIGMA = list(BANDS_HZ).index("sigma")
BETA = list(BANDS_HZ).index("beta")


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of faster EEG.

    Attributes
    ----------
    onset_s, end_s : float
        Seconds after the recording's start.
    band : str
        The band that leads at its strongest moment.
    peak_ratio : float
        By how much that band exceeds its baseline there.
    sustained : float
        Geometric mean of the leading ratio over its length.
    channels : tuple of str
        Roles of the channels that show it.
    spindle_s : float
        How much of it is spindles.
    artefact : float
        Share of it that is artefact, in the cleanest channel that shows it.
    beta_ratio : float
        By how much beta exceeds its baseline at most.
    alpha_excess : float
        By how much alpha exceeds the night's own at most; zero outside of NREM sleep.
    """

    onset_s: float
    end_s: float
    band: str
    peak_ratio: float
    sustained: float
    channels: tuple[str, ...]
    spindle_s: float = 0.0
    artefact: float = 0.0
    beta_ratio: float = 0.0
    alpha_excess: float = 0.0

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.onset_s


def find_shifts(found: Contrast, channel: str, rules: ArousalRules) -> list[Shift]:
    """Find the stretches around a seed that stay above the edge."""
    sigma = np.nan_to_num(found.ratios[SIGMA], nan=np.inf)
    beta = np.nan_to_num(found.ratios[BETA], nan=0.0)
    is_seed = (
        (found.fast >= rules.seed)
        & (found.share_rise >= rules.fast_share_rise)
        & (sigma <= found.fast)
    )
    is_part = is_seed | ((found.fast >= rules.edge) & (found.share_rise >= 0.0))
    is_part = close_gaps(is_part, round(rules.merge_s / HOP_S))
    logs = np.log(np.maximum(found.fast, 0.1))
    shifts = []
    for first, last in true_runs(is_part).tolist():
        seeds = first + np.flatnonzero(is_seed[first:last])
        if not seeds.size:
            continue
        peak = seeds[found.fast[seeds].argmax()]
        # Windows and smoothing smear a strong arousal over two seconds on either side.
        strong = found.fast[first:last] >= rules.edge_share * found.fast[peak]
        hops = first + np.flatnonzero(strong)[[0, -1]]
        shifts.append(
            Shift(
                # A hop is a window of 1 s; its value belongs to its middle.
                onset_s=float(hops[0] * HOP_S + 0.5 - HOP_S / 2),
                end_s=float(hops[1] * HOP_S + 0.5 + HOP_S / 2),
                band=FAST_BANDS[found.leader[peak]],
                peak_ratio=float(found.fast[peak]),
                sustained=float(np.exp(logs[hops[0] : hops[1] + 1].mean())),
                channels=(channel,),
                beta_ratio=float(beta[hops[0] : hops[1] + 1].max()),
            )
        )
    return shifts


def note_spindles(shifts: Sequence[Shift], spindles: FloatArray) -> list[Shift]:
    """Return shifts with the time that spindles take in each.

    Parameters
    ----------
    shifts : sequence of Shift
    spindles : numpy.ndarray, shape (n_spindles, 2)
        Onset and end of each.
    """
    return [
        replace(shift, spindle_s=spindle_seconds(shift.onset_s, shift.end_s, spindles))
        for shift in shifts
    ]


def spindle_seconds(onset_s: float, end_s: float, spindles: FloatArray) -> float:
    """Return how much of a time is spindles, given onset and end of each."""
    onsets = np.maximum(spindles[:, 0], onset_s)
    ends = np.minimum(spindles[:, 1], end_s)
    return float(np.maximum(ends - onsets, 0.0).sum())


def note_artefacts(shifts: Sequence[Shift], artefacts: BoolArray) -> list[Shift]:
    """Return shifts with the share of each in windows of artefact.

    Parameters
    ----------
    shifts : sequence of Shift
    artefacts : numpy.ndarray of bool, shape (n_windows,)
        Windows of 5 s, of the channel that the shifts were found in.
    """
    noted = []
    for shift in shifts:
        first = max(int(shift.onset_s // ARTEFACT_S), 0)
        last = int(np.ceil(shift.end_s / ARTEFACT_S))
        windows = first + np.flatnonzero(artefacts[first:last])
        onsets = np.maximum(windows * ARTEFACT_S, shift.onset_s)
        ends = np.minimum((windows + 1) * ARTEFACT_S, shift.end_s)
        share = float(np.sum(ends - onsets) / shift.duration_s)
        noted.append(replace(shift, artefact=share))
    return noted


def join_channels(shifts: Sequence[Shift]) -> list[Shift]:
    """Join the shifts of all channels that overlap in time, in order of onset."""
    joined: list[Shift] = []
    for shift in sorted(shifts, key=lambda one: (one.onset_s, one.end_s)):
        if joined and shift.onset_s <= joined[-1].end_s:
            joined[-1] = _together(joined[-1], shift)
        else:
            joined.append(shift)
    return joined


def _together(one: Shift, other: Shift) -> Shift:
    leader = max(one, other, key=lambda shift: shift.peak_ratio)
    return Shift(
        onset_s=min(one.onset_s, other.onset_s),
        end_s=max(one.end_s, other.end_s),
        band=leader.band,
        peak_ratio=leader.peak_ratio,
        sustained=max(one.sustained, other.sustained),
        channels=tuple(sorted({*one.channels, *other.channels})),
        spindle_s=max(one.spindle_s, other.spindle_s),
        artefact=min(one.artefact, other.artefact),
        beta_ratio=max(one.beta_ratio, other.beta_ratio),
        alpha_excess=max(one.alpha_excess, other.alpha_excess),
    )


def close_gaps(is_true: BoolArray, shorter_than: int) -> BoolArray:
    """Fill the runs of False between two of True that are shorter than a number."""
    closed = is_true.copy()
    pieces = true_runs(is_true).tolist()
    for (_, end), (start, _) in pairwise(pieces):
        if start - end < shorter_than:
            closed[end:start] = True
    return closed
