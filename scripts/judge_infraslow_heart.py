"""Print how often an infraslow rhythm of heart rate is found, with and without one.

    python scripts/judge_infraslow_heart.py [--nights 200] [--seed 1]

Each night is 24 N2 bouts of 5 min with beats at about 60 a minute: breath, jitter, and a
slow random drift of the rate. With a rhythm, its frequency is 0.02 Hz, and its phase
drifts.
"""

import argparse

import numpy as np

from psgkit.domain.scoring import Scoring
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.infraslow_heart import infraslow_heart_values
from psgkit.measure.signals.usable_time import Timeline

STAGES = (["N2"] * 10 + ["W"]) * 24
SECONDS = len(STAGES) * 30


def make_beats(seed: int, depth_bpm: float, drift_rad: float) -> Beats:
    """Draw the beats of one night; the drift is of the phase, a second."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(SECONDS)
    slow = np.zeros(SECONDS)
    noise = rng.normal(0, 0.25, SECONDS)
    for second in range(1, SECONDS):
        slow[second] = 0.97 * slow[second - 1] + noise[second]
    phase = 2 * np.pi * 0.02 * seconds + np.cumsum(rng.normal(0, drift_rad, SECONDS))
    breath = 1.8 * np.sin(2 * np.pi * 0.25 * seconds)
    bpm = 60 + slow + breath + depth_bpm * np.cos(phase)
    turns = np.concatenate(([0.0], np.cumsum(bpm / 60)))
    times = np.interp(np.arange(int(turns[-1])), turns, np.arange(len(turns)))
    times = np.sort(times + rng.normal(0, 0.006, len(times)))
    return Beats(times, np.zeros(len(times), dtype=bool))


def found_share(nights: int, seed: int, depth_bpm: float, drift_rad: float) -> float:
    """Return the share of nights with a significant peak."""
    scoring = Scoring.from_stages(STAGES)
    timeline = Timeline.from_scoring(scoring, float(SECONDS), (0, len(STAGES)))
    hits = 0
    for night in range(nights):
        beats = make_beats(seed * 10_000 + night, depth_bpm, drift_rad)
        p = infraslow_heart_values(beats, timeline)["isf_hr_p"]
        hits += isinstance(p, float) and p < 0.05
    return hits / nights


def main() -> None:
    """Print a line a condition."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for words, depth_bpm, drift_rad in (
        ("without a rhythm", 0.0, 0.02),
        ("1 beat a minute, phase nearly steady", 1.0, 0.02),
        ("1 beat a minute, phase that drifts", 1.0, 0.1),
    ):
        share = found_share(options.nights, options.seed, depth_bpm, drift_rad)
        print(f"{words}: found in {100 * share:.1f} % of {options.nights} nights")


if __name__ == "__main__":
    main()
