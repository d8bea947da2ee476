"""Show what the signal metrics find in nights and noise whose content is known.

Prints: detectors against the truth of simulated nights, the infraslow peak with and
without a rhythm, the atonia index against lost atonia, the decline of slow-wave
activity against the one that was put in, and what one night costs.

Usage::

    python scripts/judge_spectra.py [--nights N] [--first SEED] [--depths D ...] [--drift RAD] [--only PART ...]

PART is one of events, infraslow, chin, slope, cost.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.signal import resample_poly
from scipy.stats import binomtest

from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.results import Results
from psgkit.measure.signals.channel_reader import reduce_signal
from psgkit.measure.signals.night_signals import measure_signals
from psgkit.measure.signals.usable_time import Timeline, artefact_seconds
from psgkit.measure.spectra.infraslow import ALPHA, infraslow_values
from psgkit.measure.spectra.power import SPECTRAL_RATE_HZ
from psgkit.measure.spectra.sigma_power import SERIES, sigma_bouts
from psgkit.measure.stages.analysis_window import analysis_window
from psgkit.measure.stages.evidence import Evidence
from psgkit.prepare.artefacts import artefact_masks
from psgkit.read import read_recording, read_scoring
from psgkit.simulate import SimulatedNight, simulate_night

DEEP = {Stage.N2, Stage.N3}
RHYTHM_HZ, RHYTHM_DEPTHS = 0.02, (0.0, 0.25, 0.3)
NEAR_HZ = 0.003
CYCLES_ALIKE = ["W"] * 20 + 5 * (
    ["N1"] * 5 + ["N2"] * 50 + ["N3"] * 70 + ["N2"] * 25 + ["R"] * 40
)
IOU = 0.2  # an event is found where an overlap is at least this share of the union


def main() -> None:
    """Print every part asked for."""
    parts: dict[str, Callable[[range], None]] = {
        "events": judge_events,
        "infraslow": judge_infraslow,
        "chin": judge_chin,
        "slope": judge_slope,
        "cost": judge_cost,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=3, help="simulated (3)")
    parser.add_argument("--first", type=int, default=1, help="seed of the first night")
    parser.add_argument(
        "--depths", nargs="+", type=float, default=RHYTHM_DEPTHS, help="of the rhythm"
    )
    parser.add_argument(
        "--drift", type=float, default=0.02, help="of the rhythm's phase, rad a second"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=parts,
        default=list(parts),
        help="what to judge; all by default",
    )
    asked = parser.parse_args()
    parts["infraslow"] = partial(
        judge_infraslow, depths=asked.depths, drift_rad=asked.drift
    )
    for name in asked.only:
        parts[name](range(asked.first, asked.first + asked.nights))


def judge_events(seeds: range) -> None:
    """Print how true events are found, here and by YASA, and which are missed."""
    for seed in seeds:
        night = simulate_night(8, seed=seed, rate_hz=128)
        tables = measure(night).tables
        for name, kinds, stages in (
            ("spindles", {"spindle"}, DEEP),
            ("slow_waves", {"slow_wave", "k_complex"}, DEEP),
            ("eye_movements", {"eye_movement"}, {Stage.R}),
        ):
            truth = true_events(night, kinds, stages)
            table = tables[name]
            groups = table.groupby("channel") if "channel" in table else [("", table)]
            for channel, found in groups:
                line = f"night {seed} {name:13} {channel:6} {quality(found, truth)}"
                if channel:
                    theirs = yasa_events(night, name, channel)
                    line += f"; YASA {quality(theirs, truth)}; {same(found, theirs)}"
                print(line, flush=True)
                if name == "spindles":
                    print_recall_by_place(found, truth)


def quality(found: pd.DataFrame, truth: pd.DataFrame) -> str:
    """Say precision, recall and F1."""
    hits = is_found(found, truth).sum()
    precision, recall = hits / max(len(found), 1), hits / max(len(truth), 1)
    f1 = 2 * hits / max(len(found) + len(truth), 1)
    return f"precision {precision:.2f} recall {recall:.2f} F1 {f1:.2f}"


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """Say how many events of either are within 0.1 s of one of the other."""
    one, other = (table["onset_s"].to_numpy(float) for table in (ours, theirs))
    away = np.abs(one[:, np.newaxis] - other)
    near = (away.min(axis=1) < 0.1).sum() + (away.min(axis=0) < 0.1).sum()
    return (
        f"{near / (len(one) + len(other)):.1%} of the two programs' events are shared"
    )


def print_recall_by_place(found: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Print recall by the stage of an event and the channel that shows it best."""
    is_hit = is_found(found, truth)
    for stage, best in product(("N2", "N3"), ("C3-M2", "F3-M2")):
        chosen = ((truth["stage"] == stage) & (truth["channel"] == best)).to_numpy()
        if chosen.any():
            print(
                f"    in {stage}, largest in {best}: {is_hit[chosen].mean():.2f} of "
                f"{chosen.sum()} found"
            )


def yasa_events(night: SimulatedNight, name: str, channel: str) -> pd.DataFrame:
    """Return what YASA's own detectors find in a channel of a night at 100 Hz."""
    import yasa

    recording, scoring = night.recording, night.truth.scoring
    label = channel.replace("_", "-")
    values = resample_poly(recording.signal(recording.channel(label)), 25, 32)
    stages = np.repeat(scoring.stages, int(100 * scoring.epoch_s))
    options = {"hypno": stages, "include": (2, 3), "verbose": "ERROR"}
    if name == "spindles":
        found = yasa.spindles_detect(values, 100, freq_sp=(11, 16), **options)
    else:
        found = yasa.sw_detect(values, 100, **options)
    columns = {"Start": "onset_s", "Duration": "duration_s"}
    return found.summary().rename(columns=columns)


def judge_infraslow(
    seeds: range, depths: Sequence[float] = RHYTHM_DEPTHS, drift_rad: float = 0.02
) -> None:
    """Print the infraslow peak of nights with a rhythm and without, and how many have it.

    Whole nights of C4-M1, through the steps of a report that lead there. With a rhythm a
    night counts where the peak is significant and within 3 mHz of the rhythm, without one where it is
    significant. Spindles follow the rhythm in number and in power, so that sigma power is
    modulated by a fifth more than the depth says.
    """
    for depth in depths:
        hits = dict.fromkeys(SERIES, 0)
        called = dict.fromkeys(SERIES, 0)
        for seed in seeds:
            night = simulate_night(
                8,
                seed=seed,
                rate_hz=128,
                montage="minimal",
                infraslow_depth=depth,
                infraslow_drift_rad=drift_rad,
            )
            numbers = infraslow_numbers(night)
            for name in SERIES:
                # No frequency where the peak is not significant
                peak_hz, p = numbers[f"{name}_peak_hz"], numbers[f"{name}_p"]
                is_near = abs(peak_hz - RHYTHM_HZ) <= NEAR_HZ
                hits[name] += is_near if depth else p < ALPHA
                called[name] += p < ALPHA
            print(
                f"night {seed} depth {depth}: peak {numbers['isf_peak_hz']:.4f} Hz, "
                f"ratio {numbers['isf_relpeak']:.2f}, p {numbers['isf_p']:.3f}, "
                f"{numbers['isf_min']:.0f} min",
                flush=True,
            )
        what = f"found within {NEAR_HZ} Hz" if depth else "significant"
        for name, count in hits.items():
            low, high = wilson(count, len(seeds))
            print(
                f"depth {depth}, drift {drift_rad} rad, {name}: {what} in {count} of "
                f"{len(seeds)} nights, {count / len(seeds):.1%} (95 % interval "
                f"{low:.1%} to {high:.1%}); significant anywhere in {called[name]}",
                flush=True,
            )


def infraslow_numbers(night: SimulatedNight) -> dict[str, float]:
    """Measure the infraslow fluctuation alone, which takes a tenth of the time."""
    recording, scoring = night.recording, night.truth.scoring
    start, stop, _ = analysis_window(scoring)
    timeline = Timeline.from_scoring(scoring, recording.duration_s, (start, stop))
    n_seconds = len(timeline.stages)
    channel = recording.channel("C4-M1")
    signal_uv = recording.signal(channel)
    is_bad = artefact_seconds(artefact_masks(scoring)(channel, signal_uv), n_seconds)
    values, rate_hz, absent = reduce_signal(
        signal_uv, channel, n_seconds, SPECTRAL_RATE_HZ
    )
    timeline = timeline.without(is_bad | absent)
    bouts = {
        name: [b.series for b in sigma_bouts(values, rate_hz, timeline, series)]
        for name, series in SERIES.items()
    }
    numbers = infraslow_values(bouts).items()
    return {
        name: np.nan if isinstance(value, Undefined) else value
        for name, value in numbers
    }


def judge_chin(seeds: range) -> None:
    """Print atonia index and raised tone as more of REM sleep loses its atonia."""
    for seed in seeds:
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


def judge_slope(seeds: range) -> None:
    """Print the decline of slow-wave activity found, and the one that was put in.

    Of drawn nights, in which N3 gives way as the night goes on, and of nights whose
    five cycles have the same stages, in which waves and background alone decline.
    """
    for kind, hypnogram in (("drawn", None), ("alike", CYCLES_ALIKE)):
        errors, signs = [], 0
        for seed in seeds:
            night = simulate_night(hypnogram=hypnogram, seed=seed, rate_hz=128)
            true = true_slope(night)
            found = values_of(measure(night))["swa_slope_ln_per_h"]
            errors.append(found / true - 1)
            signs += found * true > 0
            print(
                f"night {seed}, cycles {kind}: slope {found:.3f} per hour, true "
                f"{true:.3f}, error {errors[-1]:+.1%}",
                flush=True,
            )
        sizes = np.abs(errors)
        print(
            f"cycles {kind}: sign right in {signs} of {len(seeds)} nights; error within "
            f"20 % in {np.sum(sizes <= 0.2)}, {np.median(sizes):.1%} at the median, "
            f"{sizes.max():.1%} at most"
        )


def true_slope(night: SimulatedNight) -> float:
    """Return the decline by the metric's definition, of the course that was put in.

    The slope, on the middles of the NREM periods in hours, of the logarithm of the mean
    over their N2 and N3 epochs of the truth of F3 and F4.
    """
    swa = night.truth.swa[["F3-M2", "F4-M1"]].mean(axis=1).to_numpy(float)
    scoring = night.truth.scoring
    is_deep = np.isin(scoring.stages, (Stage.N2, Stage.N3))
    middles_h, means = [], []
    for cycle in Evidence.of(scoring).cycles:
        period = slice(cycle.start, cycle.nrem_stop)
        middles_h.append((period.start + period.stop) / 2 * scoring.epoch_s / 3600)
        means.append(swa[period][is_deep[period]].mean())
    return float(np.polyfit(middles_h, np.log(means), 1)[0])


def judge_cost(seeds: range) -> None:
    """Print seconds and memory for six EEG channels, 8 h at 256 Hz, read from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.edf"
        # In a process of its own, whose memory is not counted
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(write_night, seeds.start, path).result()
        recording = read_recording(path)
        scoring = read_scoring(path.with_name("night_hypnogram.csv"))
        before_mb = peak_mb()
        before_s, before_cpu_s = time.perf_counter(), time.process_time()
        measure_recording(recording, scoring)
        seconds = time.perf_counter() - before_s
        cpu_s = time.process_time() - before_cpu_s
    print(
        f"six EEG, two EOG, chin: {seconds:.1f} s ({cpu_s:.1f} s of processor), peak "
        f"{peak_mb():.0f} MB, of which {before_mb:.0f} MB before"
    )


def write_night(seed: int, path: Path) -> None:
    """Write a night of ten channels at 256 Hz."""
    simulate_night(8, seed=seed, rate_hz=256).write(path)


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    interval = binomtest(hits, tries).proportion_ci(method="wilson")
    return interval.low, interval.high


def measure(night: SimulatedNight) -> Results:
    """Measure the signals of a simulated night with its true scoring."""
    return measure_recording(night.recording, night.truth.scoring)


def measure_recording(recording: Recording, scoring: Scoring) -> Results:
    """Measure the signals of a recording as a report does."""
    return measure_signals(
        recording,
        scoring,
        artefacts=artefact_masks(scoring),
        arousals=scoring.arousals,
    )


def values_of(results: Results) -> dict[str, float]:
    """Return the numbers by column."""
    return {measure.name: measure.value for measure in results.measures}


def true_events(
    night: SimulatedNight, kinds: set[str], stages: set[Stage]
) -> pd.DataFrame:
    """Return the true events of some kinds that begin in some stages, with the stage."""
    events, scoring = night.truth.events, night.truth.scoring
    epochs = (events["onset_s"] // scoring.epoch_s).astype(int)
    codes = scoring.stages[epochs]
    inside = np.isin(codes, list(stages)) & events["kind"].isin(kinds)
    names = np.array([Stage(int(code)).name for code in codes])
    return events.assign(stage=names)[inside]


def is_found(found: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """Tell which true events are found; one event finds one at most."""
    starts = truth["onset_s"].to_numpy(float)
    ends = starts + truth["duration_s"].to_numpy(float)
    is_used = np.zeros(len(truth), dtype=bool)
    for start, length in found[["onset_s", "duration_s"]].to_numpy(float):
        shared = np.minimum(start + length, ends) - np.maximum(start, starts)
        whole = np.maximum(start + length, ends) - np.minimum(start, starts)
        share = np.where(is_used, -1.0, shared / whole)
        if len(share) and share.max() >= IOU:
            is_used[share.argmax()] = True
    return is_used


if __name__ == "__main__":
    main()
