"""Spindles of every detector against experts', on the channel that they looked at."""

import re
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from judge_real_parts.matching import Spans, f1, match
from judge_real_parts.nights import LeftOut, TruthNight

from psgkit.domain.recording import Channel
from psgkit.errors import InputError
from psgkit.measure.detectors.spindles import SPINDLE_DETECTORS

EXPERTS = "expert against expert"
LEAST_RATE_HZ = 75.0
LUNA_HZ = 13.5
NREM = (2, 3)
_HEADING = re.compile(r"\[vis_spindles\s*/\s*([^\]]+)\]", re.IGNORECASE)


@dataclass
class SpindleTally:
    """A row a night, detector and expert: counts of events and of partners."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def add(
        self, night: str, who: str, expert: str, found: Spans, truth: Spans
    ) -> None:
        """Match two lists of spindles."""
        hit, _ = match(found, truth)
        self.rows.append(
            {
                "night": night,
                "who": who,
                "expert": expert,
                "found": len(found),
                "truth": len(truth),
                "hits": int(hit.sum()),
                "F1": f1(float(hit.sum()), len(found), len(truth)),
            }
        )


def judge_night(night: TruthNight, tally: SpindleTally, left_out: LeftOut) -> None:
    """Ask every detector for the spindles of a night; N2 and N3 alone count."""
    if not night.files.spindles:
        return
    wanted_s = _nrem_seconds(night)
    experts = {}
    for number, path in enumerate(night.files.spindles, start=1):
        spans = read_spindles(path)
        experts[f"expert {number}"] = spans[_inside(spans, wanted_s)]
    try:
        channel = _channel(night)
    except InputError as fault:
        left_out.add(f"{night.id}, spindles", fault)
        return
    values = np.nan_to_num(np.asarray(night.recording.signal(channel), float))
    rate_hz = channel.rate_hz
    seconds = (np.arange(len(values)) / rate_hz).astype(int)
    wanted = wanted_s[np.minimum(seconds, len(wanted_s) - 1)]
    for name, find in SPINDLE_DETECTORS.items():
        table = find(values, rate_hz, wanted)
        onsets = table["onset_s"].to_numpy(float)
        found = np.column_stack([onsets, onsets + table["duration_s"].to_numpy(float)])
        for expert, truth in experts.items():
            tally.add(night.id, name, expert, found, truth)
    for (one, first), (_, second) in combinations(experts.items(), 2):
        tally.add(night.id, EXPERTS, one, second, first)


def read_spindles(path: Path) -> Spans:
    """Read DREAMS' text: a heading, then onset and duration in seconds a line."""
    rows = []
    for line in path.read_text(encoding="latin-1").splitlines():
        words = line.replace(",", ".").split()
        try:
            onset, duration = float(words[0]), float(words[1])
        except (ValueError, IndexError):
            continue  # the heading, and empty lines
        rows.append((onset, onset + duration))
    return np.array(rows, dtype=float).reshape(-1, 2)


def table(tally: SpindleTally) -> pd.DataFrame:
    """Return F1 of each detector: mean, lowest and highest over nights and experts."""
    rows = pd.DataFrame(tally.rows)
    groups = rows.groupby("who", sort=False)
    sums = groups[["hits", "found", "truth"]].sum()
    return pd.DataFrame(
        {
            "nights": groups["night"].nunique(),
            "F1, mean": groups["F1"].mean(),
            "lowest": groups["F1"].min(),
            "highest": groups["F1"].max(),
            "precision": sums["hits"] / sums["found"],
            "recall": sums["hits"] / sums["truth"],
        }
    ).rename_axis("detector")


def _channel(night: TruthNight) -> Channel:
    """Return the channel that the experts looked at, else a central EEG."""
    with night.files.spindles[0].open(encoding="latin-1") as lines:
        heading = _HEADING.search(lines.readline())
    label = heading.group(1).strip() if heading else ""
    recording = night.recording
    same = [c for c in recording.channels if _plain(c.label) == _plain(label)]
    roles = {c.role.value: c for c in recording.channels}
    central = [roles[role] for role in ("C3_M2", "C4_M1", "CZ") if role in roles]
    for channel in (*same, *central):
        if channel.rate_hz < LEAST_RATE_HZ:
            raise InputError(
                f"{channel.label} has {channel.rate_hz:g} Hz. Spindles need "
                f"{LEAST_RATE_HZ:g} Hz or more."
            )
        return channel
    raise InputError(f"The recording has no channel {label or 'C3, C4 or Cz'}.")


def _plain(label: str) -> str:
    return re.sub(r"[^a-z0-9]", "", label.lower().removeprefix("eeg"))


def _nrem_seconds(night: TruthNight) -> npt.NDArray[np.bool_]:
    scoring = night.expert
    middles_s = np.arange(int(np.ceil(night.recording.duration_s))) + 0.5
    epochs = np.floor((middles_s - scoring.onset_s) / scoring.epoch_s).astype(int)
    inside = (epochs >= 0) & (epochs < scoring.n_epochs)
    wanted = np.zeros(len(middles_s), dtype=bool)
    wanted[inside] = np.isin(scoring.stages[epochs[inside]], NREM)
    return wanted


def _inside(spans: Spans, wanted_s: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    middles = spans.mean(axis=1).astype(int)
    return wanted_s[np.clip(middles, 0, len(wanted_s) - 1)]
