"""Print what heart and oxygen of one night of 8 h cost, beyond imports.

    python scripts/bench_body.py [--rate 256] [--network 6]

The ECG is drawn beat by beat, the saturation is flat with falls. Time is of the whole of
`heart_beats` and `measure_body`, in seconds of the processor and of the clock; memory is
the peak of what Python and numpy held beside the ECG as it is read (59 MB at 256 Hz).
``--network`` prints the cost of the network of so many EEG channels of noise instead.
"""

import argparse
import time
import tracemalloc

import numpy as np

from psgkit.domain.channels.roles import Role
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.body.night_body import measure_body
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.network.night_network import measure_network
from psgkit.measure.signals.night_signals import measure_eeg_channels
from psgkit.measure.signals.usable_time import Timeline
from psgkit.prepare.artefacts import artefact_masks

HOURS = 8
SITES = (
    *("F3", "F4", "C3", "C4", "O1", "O2", "Fp1", "Fp2", "F7", "F8"),
    *("T7", "T8", "P7", "P8", "P3", "P4", "Fz", "Cz", "Pz"),
)
STAGES = (["N2"] * 60 + ["N3"] * 40 + ["R"] * 20) * 8


def make_recording(rate_hz: float) -> Recording:
    """Return a night of ECG and saturation."""
    rng = np.random.default_rng(1)
    seconds = HOURS * 3600
    beats = 0.5 + np.cumsum(rng.normal(1.0, 0.02, seconds - 700))
    ecg = rng.normal(0, 10, round(seconds * rate_hz))
    wave = np.arange(-0.05, 0.05, 1 / rate_hz)
    for beat in beats:
        first = round((beat - 0.05) * rate_hz)
        at = (first / rate_hz - beat) + np.arange(len(wave)) / rate_hz
        ecg[first : first + len(wave)] += 1000 * np.exp(-0.5 * (at / 0.011) ** 2)
    saturation = np.full(seconds, 96.0)
    for onset in range(300, seconds - 300, 120):
        saturation[onset : onset + 30] -= 4 * np.sin(np.pi * np.arange(30) / 30)
    source = ArraySource((ecg, saturation.round()), (rate_hz, 1.0))
    channels = (
        Channel(Role.ECG, "ECG", 0, rate_hz),
        Channel(Role.SPO2, "SpO2", 1, 1.0, unit="%", to_uv=None),
    )
    return Recording("night", None, float(seconds), channels, source)


def make_eeg(rate_hz: float, count: int) -> Recording:
    """Return a night of EEG channels of noise against one mastoid."""
    rng = np.random.default_rng(1)
    size = round(HOURS * 3600 * rate_hz)
    source = ArraySource(
        tuple(20 * rng.standard_normal(size) for _ in range(count)), (rate_hz,) * count
    )
    channels = tuple(
        Channel(Role.eeg(site, "M2"), site, index, rate_hz)
        for index, site in enumerate(SITES[:count])
    )
    return Recording("night", None, HOURS * 3600.0, channels, source)


def show_network(rate_hz: float, count: int, scoring: Scoring) -> None:
    """Print what the network of one night costs."""
    recording = make_eeg(rate_hz, count)
    timeline = Timeline.from_scoring(scoring, HOURS * 3600.0, (0, len(STAGES)))
    clock, cpu = time.perf_counter(), time.process_time()
    found = measure_network(recording, timeline, artefact_masks(scoring))
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    numbers = sum(not measure.reason for measure in found.measures)
    print(
        f"network of {count}, {numbers} numbers: {clock:.1f} s, {cpu:.1f} s of processor"
    )


def run(recording: Recording, scoring: Scoring) -> int:
    """Measure heart and oxygen; return how many numbers there are."""
    eeg = measure_eeg_channels(recording, scoring, artefact_masks(scoring))
    beats_s = heart_beats(recording)
    body = measure_body(recording, scoring, eeg, Undefined("no EEG"), beats_s)
    return sum(not measure.reason for measure in body.measures)


def main() -> None:
    """Print the cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=256.0, help="of the ECG, in Hz")
    parser.add_argument("--network", type=int, metavar="N", help="of N EEG channels")
    asked = parser.parse_args()
    if asked.network:
        show_network(asked.rate, asked.network, Scoring.from_stages(STAGES))
        return
    recording = make_recording(asked.rate)
    arousals = [(300.0 * i + 100, 5.0) for i in range(1, 90)]
    scoring = Scoring.from_stages(STAGES, arousals=arousals)
    run(recording, scoring)  # imports
    clock, cpu = time.perf_counter(), time.process_time()
    numbers = run(recording, scoring)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    tracemalloc.start()
    run(recording, scoring)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    print(f"{numbers} numbers: {clock:.2f} s, {cpu:.2f} s of processor, {peak:.0f} MB")


if __name__ == "__main__":
    main()
