"""Put something else behind a label and print what psgkit would measure, and does.

The figures of docs/evidence/quality.md: a simulated hour whose channels
are disturbed one at a time. Each row has the rules that fire, and each number three
times: of the undisturbed hour, of the disturbed one as if no rule had fired, and as
psgkit gives it (``-`` where it is withheld). ``--staging`` stages nights of four hours
with the same disturbances, without what the rules withhold, against the true stages.

Usage::

    python scripts/judge_quality.py [--staging] [--nights N] [--only WORD]

``--only`` keeps the rows that hold a word.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from psgkit.domain.recording import ArraySource, FloatArray, Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.night import measure_night
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.quality import (
    find_issues,
    look_at,
    withhold_channels,
    withhold_eyes,
)
from psgkit.settings import ArousalSettings
from psgkit.simulate import simulate_night
from psgkit.stage import stage_recording

STAGES = (
    *(("W",) * 10 + ("N1",) * 6 + ("N2",) * 24 + ("N3",) * 20 + ("N2",) * 6),
    *(("R",) * 30 + ("W",) * 6 + ("N2",) * 18),
)
RATE_HZ = 256.0
STAGING_RATE_HZ = 128.0
C4, O2, CHIN, LEFT, RIGHT = "C4_M1", "O2_M1", "EMG_CHIN", "EOG_L", "EOG_R"
KEPT = (C4, O2, LEFT, RIGHT, CHIN, "ECG")
OF_CHIN = ("rai", "rswa_phasic_pct__chin", "rem_ari_per_h", "ari_nrem_per_h")
OF_EEG = (
    *("swa_uv2", "bp_abs_uv2_delta__C4_M1__N2", "bp_abs_uv2_sigma__C4_M1__N2"),
    *("sp_density_per_min__C4_M1__N2",),
)
OF_EYES = ("rem_density_per_min",)

Signals = dict[str, FloatArray]
Disturb = Callable[[Signals, FloatArray], FloatArray]


def wave(hz: float, size_uv: float, times_s: FloatArray) -> FloatArray:
    """Return a sine."""
    return np.asarray(size_uv * np.sin(2 * np.pi * hz * times_s))


def off(values: FloatArray, times_s: FloatArray, first_s: float) -> FloatArray:
    """Return a signal that is noise of 0.05 µV for thirteen minutes."""
    noise = np.random.default_rng(5).normal(0.0, 0.05, len(values))
    is_off = (times_s >= first_s) & (times_s < first_s + 780.0)
    return np.where(is_off, noise, values)


# What is done to which channel. The simulated QRS complex has 1.3 mV from peak to peak.
ROWS: dict[str, tuple[str, Disturb]] = {
    "chin: C4 behind its label": (CHIN, lambda s, _: s[C4]),
    "chin: with as much EEG": (CHIN, lambda s, _: s[CHIN] + s[C4]),
    "chin: 7 µV of ECG": (CHIN, lambda s, _: s[CHIN] + 0.005 * s["ECG"]),
    "chin: 13 µV of ECG": (CHIN, lambda s, _: s[CHIN] + 0.01 * s["ECG"]),
    "chin: 26 µV of ECG": (CHIN, lambda s, _: s[CHIN] + 0.02 * s["ECG"]),
    "chin: 80 µV of drift": (CHIN, lambda s, t: s[CHIN] + wave(0.7, 80.0, t)),
    "chin: off in REM": (CHIN, lambda s, t: off(s[CHIN], t, 2100.0)),
    "EEG: 26 µV of ECG": (C4, lambda s, _: s[C4] + 0.02 * s["ECG"]),
    "EEG: 65 µV of ECG": (C4, lambda s, _: s[C4] + 0.05 * s["ECG"]),
    "EEG: 100 µV of breath": (C4, lambda s, t: s[C4] + wave(0.25, 100.0, t)),
    "EEG: five times the chin": (C4, lambda s, _: s[C4] + 5 * s[CHIN]),
    "EEG: off for 13 min": (C4, lambda s, t: off(s[C4], t, 360.0)),
    "EEG: flat from 5 %": (C4, lambda s, t: np.where(t < t[-1] / 20, s[C4], 3.0)),
    "eye: 26 µV of ECG": (LEFT, lambda s, _: s[LEFT] + 0.02 * s["ECG"]),
    "eye: 130 µV of ECG": (LEFT, lambda s, _: s[LEFT] + 0.1 * s["ECG"]),
    "eye: upside down": (RIGHT, lambda s, _: -s[RIGHT]),
}


def main() -> None:
    """Print every row asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--staging", action="store_true", help="stage, do not measure")
    parser.add_argument("--nights", type=int, default=3, help="to stage, one each seed")
    parser.add_argument("--only", default="", help="rows that hold this word")
    asked = parser.parse_args()
    rows = {name: row for name, row in ROWS.items() if asked.only in name}
    if asked.staging:
        for seed in range(1, asked.nights + 1):
            judge_staging(seed, rows)
    else:
        judge_numbers(rows)


def judge_numbers(rows: dict[str, tuple[str, Disturb]]) -> None:
    """Print what fires in each row, and its numbers."""
    night = simulate_night(hypnogram=STAGES, seed=3, rate_hz=RATE_HZ)
    scoring = Scoring.from_stages(night.truth.scoring.stage_names)
    signals = read(night.recording)
    true = numbers(build(night.recording, signals), scoring)
    for name, (role, disturb) in rows.items():
        times_s = np.arange(len(signals[role])) / RATE_HZ
        recording = build(night.recording, signals | {role: disturb(signals, times_s)})
        look = look_at(recording, scoring)
        found = find_issues(recording, scoring, look=look)
        judged = withhold_eyes(withhold_channels(look, recording), found)
        before, after = numbers(recording, scoring), numbers(judged, scoring)
        print(f"{name}: {', '.join(issue.code for issue in found) or 'nothing fires'}")
        shown = OF_CHIN if role == CHIN else OF_EEG if role == C4 else OF_EYES
        for stem in shown:
            of = (values.get(stem, np.nan) for values in (true, before, after))
            print(f"    {stem:30}" + "".join(f"{_word(value):>10}" for value in of))


def judge_staging(seed: int, rows: dict[str, tuple[str, Disturb]]) -> None:
    """Print the share of epochs that are staged right."""
    night = simulate_night(4.0, seed=seed, rate_hz=STAGING_RATE_HZ)
    signals, true = read(night.recording), night.truth.scoring.stages
    print(f"night {seed}: {_right(build(night.recording, signals), true):.3f}")
    without = {role: values for role, values in signals.items() if role != CHIN}
    print(f"    no chin: {_right(build(night.recording, without), true):.3f}")
    for name, (role, disturb) in rows.items():
        times_s = np.arange(len(signals[role])) / STAGING_RATE_HZ
        # O2 would stand in for an unfit C4.
        disturbed = signals | {role: disturb(signals, times_s)}
        del disturbed[O2]
        share = _right(build(night.recording, disturbed), true)
        print(f"    {name}: {share:.3f}")


def read(recording: Recording) -> Signals:
    """Return the signals that are disturbed, by role."""
    return {role: recording.signal(recording.channel(role)) for role in KEPT}


def build(recording: Recording, signals: Signals) -> Recording:
    """Return a recording of these signals in µV, without limits."""
    channels = tuple(
        replace(recording.channel(role), index=index, to_uv=1.0, unit="uV", limits=None)
        for index, role in enumerate(signals)
    )
    source = ArraySource(tuple(signals.values()), tuple(c.rate_hz for c in channels))
    return replace(recording, channels=channels, source=source)


def numbers(recording: Recording, scoring: Scoring) -> dict[str, float]:
    """Return every number of a recording."""
    measured = measure_night(
        recording,
        scoring,
        artefacts=artefact_masks(scoring),
        settings=ArousalSettings(),
    )
    return {measure.name: measure.value for measure in measured.measures}


def _right(recording: Recording, true: Iterable[int]) -> float:
    found = stage_recording(recording).scoring.stages
    return float(np.mean(found == np.asarray(true)[: len(found)]))


def _word(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.3g}"


if __name__ == "__main__":
    main()
