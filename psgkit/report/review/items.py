"""Places of a night that a person should check: arousals, REM and doubtful epochs."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from psgkit.domain.night import Night
from psgkit.domain.scoring import AROUSAL_KINDS, SCORED_STAGES, Scoring, Stage
from psgkit.report.language import _
from psgkit.report.wording import number, plain

WINDOW_S = 30.0
# Signal before an arousal: AASM asks for ten seconds of sleep.
LEAD_S = 10.0
# Between the two most probable stages.
DOUBTFUL_MARGIN = 0.2
MOST_DOUBTFUL = 100
# Of a longer interruption of REM, its first and last epochs are shown.
INTERRUPTION_EPOCHS = 4

AROUSAL, DOUBTFUL, INTERRUPTION, EDGE = "arousal", "doubtful", "interruption", "edge"
CANDIDATES = "arousal_candidates"
FAST_BANDS = ("theta", "alpha", "beta")


@dataclass(slots=True)
class Item:
    """A place to check.

    Attributes
    ----------
    kinds : list of str
        Why it is shown: arousal, doubtful, interruption, edge.
    start_s : float
        Where its window of signals begins.
    epoch : int
        Index of the epoch to judge.
    event : int
        Row of the arousal in the scoring's events; -1 where the epoch is judged.
    margin : float
        Between the two most probable stages; 1 where they are not known.
    reasons : list of str
        Evidence for the mark, as text.
    """

    kinds: list[str]
    start_s: float
    epoch: int
    event: int = -1
    margin: float = 1.0
    reasons: list[str] = field(default_factory=list)


def find_items(night: Night) -> tuple[list[Item], int]:
    """Return the places to check in order of time, and how many doubtful ones are not.

    At most `MOST_DOUBTFUL` epochs are shown only because they are doubtful: those with
    the smallest margins.
    """
    found = [*_epoch_items(night)]
    only = sorted(
        (item for item in found if item.kinds == [DOUBTFUL]), key=lambda i: i.margin
    )
    left_out = only[MOST_DOUBTFUL:]
    kept = [item for item in found if not any(item is other for other in left_out)]
    items = [*_arousal_items(night), *kept]
    return sorted(items, key=lambda item: item.start_s), len(left_out)


def window_s(scoring: Scoring) -> float:
    """Return the length of the stretch that is shown: 30 s, or a longer epoch."""
    return max(WINDOW_S, scoring.epoch_s)


def _arousal_items(night: Night) -> Iterator[Item]:
    scoring = night.scoring
    if scoring.arousals is None:
        return
    length_s = window_s(scoring)
    last_s = max(night.duration_s - length_s, 0.0)
    for row, event in scoring.events.iterrows():
        if event["kind"] not in AROUSAL_KINDS:
            continue
        onset_s = float(event["onset_s"])
        epoch = math.floor((onset_s - scoring.onset_s) / scoring.epoch_s + 1e-9)
        if 0 <= epoch < scoring.n_epochs:
            start_s = min(max(math.floor(onset_s) - LEAD_S, 0.0), math.floor(last_s))
            yield Item(
                [AROUSAL],
                start_s,
                epoch,
                event=int(str(row)),
                reasons=_reasons_of_arousal(night, event),
            )


def _reasons_of_arousal(night: Night, event: "pd.Series") -> list[str]:
    source = plain(str(event["source"]))
    words = [_("Marked by {source}.").format(source=source)] if source else []
    if event["cause"]:
        words.append(_("Cause: {cause}.").format(cause=plain(str(event["cause"]))))
    table = night.tables.get(CANDIDATES)
    if table is None or table.empty or "onset_s" not in table:
        return words
    near = table[np.abs(table["onset_s"] - event["onset_s"]) < 0.05]
    return words + ([] if near.empty else _reasons_of_candidate(near.iloc[0]))


def _reasons_of_candidate(found: "pd.Series") -> list[str]:
    """Describe the detector's evidence, from the columns of its table."""
    words = []
    if (probability := _seen(found, "arousal_probability")) is not None:
        words.append(
            _("The network gives a probability of {share}.").format(
                share=number(probability)
            )
        )
    band, ratio = _fastest(found)
    if ratio is not None:
        sentence = _("The {band} band rises to {ratio} times its level before.")
        words.append(sentence.format(band=plain(band), ratio=number(ratio)))
    if found.get("channels"):
        words.append(
            _("Seen in {channels}.").format(channels=plain(str(found["channels"])))
        )
    is_chin_known = "emg_ratio" not in found or _seen(found, "emg_ratio") is not None
    if "emg" in found and is_chin_known:
        words.append(_("The chin EMG rises.") if found["emg"] else _("Chin: no rise."))
    if (spindle_s := _seen(found, "spindle_s")) is not None and spindle_s > 0:
        words.append(
            _("A spindle covers {seconds} s of it.").format(seconds=number(spindle_s))
        )
    return words


def _fastest(found: "pd.Series") -> tuple[str, float | None]:
    """Return the fast band that rises most, and to how many times its level."""
    if (peak := _seen(found, "peak_ratio")) is not None:
        return str(found["band"]), peak
    ratios = {band: _seen(found, f"{band}_ratio") for band in FAST_BANDS}
    known = {band: ratio for band, ratio in ratios.items() if ratio is not None}
    band = max(known, key=lambda name: known[name], default="")
    return band, known.get(band)


def _seen(found: "pd.Series", column: str) -> float | None:
    if column not in found or pd.isna(found[column]):
        return None
    return float(found[column])


def _epoch_items(night: Night) -> Iterator[Item]:
    """Return an item an epoch, with every reason for which it is shown."""
    scoring = night.scoring
    margins = _margins(scoring)
    reasons: dict[int, dict[str, str]] = defaultdict(dict)
    for epoch in np.flatnonzero(margins < DOUBTFUL_MARGIN).tolist():
        reasons[epoch][DOUBTFUL] = _("Two stages are nearly equally probable.")
    for start, stop in _rem_periods(night):
        for epoch, words in (
            (start - 1, _("The next epoch begins a REM period.")),
            (start, _("A REM period begins.")),
            (stop - 1, _("A REM period ends.")),
            (stop, _("The epoch before ends a REM period.")),
        ):
            reasons[epoch].setdefault(EDGE, words)
        for epoch in _interruptions(scoring, start, stop):
            reasons[epoch][INTERRUPTION] = _("It interrupts a REM period.")
    for epoch in sorted(reasons):
        start_s = scoring.onset_s + epoch * scoring.epoch_s
        if 0 <= epoch < scoring.n_epochs and 0 <= start_s < night.duration_s:
            yield Item(
                sorted(reasons[epoch]),
                start_s,
                epoch,
                margin=float(margins[epoch]),
                reasons=list(reasons[epoch].values()),
            )


def _margins(scoring: Scoring) -> np.ndarray:
    """Return the distance of the two largest probabilities of each epoch in bed."""
    margins = np.ones(scoring.n_epochs)
    if scoring.proba is not None:
        ordered = np.sort(scoring.proba.astype(np.float64), axis=1)
        margins = np.nan_to_num(ordered[:, -1] - ordered[:, -2], nan=1.0)
    starts_s = scoring.onset_s + np.arange(scoring.n_epochs) * scoring.epoch_s
    off, on = scoring.lights_off_s, scoring.lights_on_s
    outside = (starts_s < (-math.inf if off is None else off)) | (
        starts_s >= (math.inf if on is None else on)
    )
    margins[outside | ~np.isin(scoring.stages, SCORED_STAGES)] = 1.0
    return margins


def _rem_periods(night: Night) -> Iterator[tuple[int, int]]:
    """Return first epoch, and the epoch after the last, of each REM period."""
    table = night.tables.get("rem_periods")
    if table is None:
        return
    scoring = night.scoring
    for onset_s, span_min in zip(table["onset_s"], table["span_min"], strict=True):
        start = round((float(onset_s) - scoring.onset_s) / scoring.epoch_s)
        yield start, start + round(float(span_min) * 60 / scoring.epoch_s)


def _interruptions(scoring: Scoring, start: int, stop: int) -> Iterator[int]:
    """Return the epochs to show of a REM period's interruptions."""
    run: list[int] = []
    for epoch in range(max(start, 0), min(stop, scoring.n_epochs) + 1):
        is_rem = (
            epoch >= min(stop, scoring.n_epochs) or scoring.stages[epoch] == Stage.R
        )
        if not is_rem:
            run.append(epoch)
            continue
        if len(run) > INTERRUPTION_EPOCHS:
            run = [*run[:2], *run[-2:]]
        yield from run
        run = []
