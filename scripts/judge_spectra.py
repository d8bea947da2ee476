"""Show what the signal metrics find in nights and noise whose content is known.

Prints: detectors against the truth of simulated nights, the infraslow peak with and
without a rhythm, the atonia index against lost atonia, the slope of slow-wave activity
of a night that is made to fade, and what one night costs.

Usage::

    python scripts/judge_spectra.py [--nights N] [--only PART ...]

PART is one of events, infraslow, chin, slope, cost.
"""

import argparse
import resource
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Stage
from psgkit.measure.signals import SignalResults, measure_signals
from psgkit.prepare.artefacts import channel_artefacts
from psgkit.simulate import SimulatedNight, simulate_night

IOU = 0.2  # an event is found where an overlap is at least this share of the union


def main() -> None:
    """Print every part asked for."""
    parts = {
        "events": judge_events,
        "infraslow": judge_infraslow,
        "chin": judge_chin,
        "slope": judge_slope,
        "cost": judge_cost,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    asked = parser.parse_args()
    for name in asked.only:
        parts[name](asked.nights)


def judge_events(nights: int) -> None:
    """Print precision, recall and F1 of spindles, slow waves and eye movements."""
    for seed in range(1, nights + 1):
        night = simulate_night(8, seed=seed, rate_hz=128)
        tables = measure(night).tables
        for name, kinds, stages in (
            ("spindles", {"spindle"}, {Stage.N2, Stage.N3}),
            ("slow_waves", {"slow_wave", "k_complex"}, {Stage.N2, Stage.N3}),
            ("eye_movements", {"eye_movement"}, {Stage.R}),
        ):
            truth = true_events(night, kinds, stages)
            table = tables[name]
            groups = table.groupby("channel") if "channel" in table else [("", table)]
            for channel, found in groups:
                precision, recall = agreement(found, truth)
                f1 = 2 * precision * recall / max(precision + recall, 1e-9)
                print(
                    f"night {seed} {name:13} {channel:6} precision {precision:.2f} "
                    f"recall {recall:.2f} F1 {f1:.2f}"
                )


def judge_infraslow(nights: int) -> None:
    """Print the infraslow peak of nights with a rhythm of some depth, and without."""
    for depth in (0.0, 0.3):
        for seed in range(1, nights + 1):
            night = simulate_night(
                8, seed=seed, rate_hz=128, montage="minimal", infraslow_depth=depth
            )
            numbers = values_of(measure(night))
            print(
                f"night {seed} depth {depth}: peak {numbers['isf_peak_hz']:.4f} Hz, "
                f"ratio {numbers['isf_relpeak']:.2f}, p {numbers['isf_p']:.3f}"
            )


def judge_chin(nights: int) -> None:
    """Print atonia index and raised tone as more of REM sleep loses its atonia."""
    for seed in range(1, nights + 1):
        for loss in (0.0, 0.2, 0.5):
            night = simulate_night(
                8, seed=seed, rate_hz=256, montage="minimal", atonia_loss=loss
            )
            numbers = values_of(measure(night))
            print(
                f"night {seed} atonia lost {loss:.1f}: index {numbers['rai']:.3f}, tonic "
                f"{numbers['rswa_tonic_pct__chin']:.0f} %, phasic "
                f"{numbers['rswa_phasic_pct__chin']:.0f} %"
            )


def judge_slope(nights: int) -> None:
    """Print the slope of slow-wave activity, and of the same night fading on top."""
    for seed in range(1, nights + 1):
        night = simulate_night(8, seed=seed, rate_hz=128)
        fading = replace(
            night, recording=replace(night.recording, source=Fading(night.recording))
        )
        slopes = [
            values_of(measure(one))["swa_slope_ln_per_h"] for one in (night, fading)
        ]
        print(
            f"night {seed}: slope {slopes[0]:.3f} per hour; faded by 0.2 more, "
            f"{slopes[1] - slopes[0]:+.3f}"
        )


def judge_cost(nights: int) -> None:  # noqa: ARG001 - one is enough
    """Print seconds and memory for six EEG channels, 8 h at 256 Hz."""
    night = simulate_night(8, seed=1, rate_hz=256)
    before_s, before_cpu_s = time.perf_counter(), time.process_time()
    measure(night)
    seconds = time.perf_counter() - before_s
    cpu_s = time.process_time() - before_cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"six EEG, two EOG, chin: {seconds:.1f} s ({cpu_s:.1f} s of processor), "
        f"peak {peak_mb:.0f} MB with the simulated night itself"
    )


class Fading:
    """A recording's signals with an amplitude that falls by a tenth an hour."""

    def __init__(self, recording: Recording) -> None:
        self._source = recording.source
        self._rates_hz = [channel.rate_hz for channel in recording.channels]

    def read(self, index: int, start_s: float, stop_s: float) -> np.ndarray:
        """Return a part of one signal; see `SignalSource`."""
        values = self._source.read(index, start_s, stop_s)
        hours = (start_s + np.arange(len(values)) / self._rates_hz[index]) / 3600
        return values * np.exp(-0.1 * hours)


def measure(night: SimulatedNight) -> SignalResults:
    """Measure the signals of a simulated night with its true scoring."""
    recording, scoring = night.recording, night.truth.scoring
    return measure_signals(
        recording,
        scoring,
        artefacts=lambda channel: channel_artefacts(recording, channel, scoring),
        arousals=scoring.arousals,
    )


def values_of(results: SignalResults) -> dict[str, float]:
    """Return the numbers by column."""
    return {measure.name: measure.value for measure in results.measures}


def true_events(
    night: SimulatedNight, kinds: set[str], stages: set[Stage]
) -> pd.DataFrame:
    """Return the true events of some kinds that begin in some stages."""
    events, scoring = night.truth.events, night.truth.scoring
    epochs = (events["onset_s"] // scoring.epoch_s).astype(int)
    inside = np.isin(scoring.stages[epochs], list(stages))
    return events[inside & events["kind"].isin(kinds)]


def agreement(found: pd.DataFrame, truth: pd.DataFrame) -> tuple[float, float]:
    """Return precision and recall; one event is found by one at most."""
    starts = truth["onset_s"].to_numpy(float)
    ends = starts + truth["duration_s"].to_numpy(float)
    is_used = np.zeros(len(truth), dtype=bool)
    for start, length in found[["onset_s", "duration_s"]].to_numpy(float):
        shared = np.minimum(start + length, ends) - np.maximum(start, starts)
        whole = np.maximum(start + length, ends) - np.minimum(start, starts)
        share = np.where(is_used, -1.0, shared / whole)
        if len(share) and share.max() >= IOU:
            is_used[share.argmax()] = True
    hits = int(is_used.sum())
    return hits / max(len(found), 1), hits / max(len(truth), 1)


if __name__ == "__main__":
    main()
