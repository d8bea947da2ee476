"""Print how often an infraslow rhythm of heart rate is found, with and without one.

    python scripts/judge_infraslow_heart.py [--nights 200] [--seed 1]

Each night is 24 N2 bouts of 5 min with beats at about 60 a minute: breath, jitter, and a
slow random drift of the rate. With a rhythm, its frequency is 0.02 Hz, and its phase
drifts. Then the coherence with sigma power: both with one rhythm, or each with its own.
"""

import argparse

import numpy as np

from psgkit.domain.scoring import Scoring
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.infraslow_heart import coherence_values, infraslow_heart_values
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.sigma_power import Bout, SigmaPower

STAGES = (["N2"] * 10 + ["W"]) * 24
SECONDS = len(STAGES) * 30
HZ = 0.02
STEADY_RAD, DRIFTING_RAD = 0.02, 0.1


def rhythm(rng: np.random.Generator, drift_rad: float) -> np.ndarray:
    """Draw a rhythm of 0.02 Hz, second by second, whose phase takes random steps."""
    steps = np.cumsum(rng.normal(0, drift_rad, SECONDS))
    return np.cos(2 * np.pi * HZ * np.arange(SECONDS) + steps + rng.uniform(0, 6.28))


def make_beats(
    rng: np.random.Generator, wave: np.ndarray, depth_bpm: float, noise: float = 1.0
) -> Beats:
    """Draw the beats of one night that follow a rhythm."""
    seconds = np.arange(SECONDS)
    slow = np.zeros(SECONDS)
    steps = rng.normal(0, 0.25, SECONDS)
    for second in range(1, SECONDS):
        slow[second] = 0.97 * slow[second - 1] + steps[second]
    breath = 1.8 * np.sin(2 * np.pi * 0.25 * seconds)
    bpm = 60 + noise * (slow + breath) + depth_bpm * wave
    turns = np.concatenate(([0.0], np.cumsum(bpm / 60)))
    times = np.interp(np.arange(int(turns[-1])), turns, np.arange(len(turns)))
    times = np.sort(times + noise * rng.normal(0, 0.006, len(times)))
    return Beats(times, np.zeros(len(times), dtype=bool))


def make_night(
    seed: int, *, depth_bpm: float, shared: bool, noise: float = 1.0
) -> tuple[Beats, SigmaPower]:
    """Draw beats and sigma power; the heart is slow where sigma is high, if shared."""
    rng = np.random.default_rng([seed, 7])
    wave = rhythm(rng, DRIFTING_RAD)
    beats = make_beats(
        rng, -wave if shared else rhythm(rng, DRIFTING_RAD), depth_bpm, noise
    )
    course = 5 * (1 + 0.3 * wave).reshape(-1, 2).mean(axis=1)
    bouts = []
    for number in range(24):
        onset_s = number * 330.0
        places = (onset_s + 4.0 * np.arange(75)).astype(int) // 2
        power = (course[places] + course[places + 1]) / 2
        power *= 1 + noise * (rng.gamma(6.5, 1 / 6.5, 75) - 1)
        bouts.append(Bout(onset_s, power))
    return beats, SigmaPower({"isf": bouts}, np.zeros(0))


def found_share(nights: int, seed: int, depth_bpm: float, drift_rad: float) -> float:
    """Return the share of nights with a significant peak."""
    scoring = Scoring.from_stages(STAGES)
    timeline = Timeline.from_scoring(scoring, float(SECONDS), (0, len(STAGES)))
    hits = 0
    for night in range(nights):
        rng = np.random.default_rng(seed * 10_000 + night)
        beats = make_beats(rng, rhythm(rng, drift_rad), depth_bpm)
        p = infraslow_heart_values(beats, timeline)["isf_hr_p"]
        hits += isinstance(p, float) and p < 0.05
    return hits / nights


def coherent_share(nights: int, seed: int, *, shared: bool) -> float:
    """Return the share of nights whose coherence at 0.02 Hz is significant."""
    hits = 0
    for night in range(nights):
        made = make_night(seed * 10_000 + night, depth_bpm=1.0, shared=shared)
        p = coherence_values(*made, HZ)["isf_sigma_hr_p"]
        hits += isinstance(p, float) and p < 0.05
    return hits / nights


def main() -> None:
    """Print a line a condition."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    of = f"of {options.nights} nights"
    for words, depth_bpm, drift_rad in (
        ("without a rhythm", 0.0, STEADY_RAD),
        ("1 beat a minute, phase nearly steady", 1.0, STEADY_RAD),
        ("1 beat a minute, phase that drifts", 1.0, DRIFTING_RAD),
    ):
        share = found_share(options.nights, options.seed, depth_bpm, drift_rad)
        print(f"{words}: found in {100 * share:.1f} % {of}", flush=True)
    for words, shared in (("one rhythm", True), ("a rhythm each", False)):
        share = coherent_share(options.nights, options.seed, shared=shared)
        print(f"sigma and heart, {words}: coherent in {100 * share:.1f} % {of}")


if __name__ == "__main__":
    main()
