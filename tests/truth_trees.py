"""Small trees of the shapes in which scored data sets are shared, of simulated nights."""

from pathlib import Path
from xml.sax.saxutils import escape

import edfio
import numpy as np

from psgkit.domain.scoring import Scoring, Stage
from psgkit.simulate import SimulatedNight, simulate_night

STAGES = ["W"] * 4 + ["N1"] * 2 + ["N2"] * 24 + ["N3"] * 8 + ["N2"] * 6 + ["R"] * 12
# What DREAMS' hypnograms call the stages: 5 wake, 4 REM, 3 to 0 S1 to S4.
_DREAMS = {Stage.W: 5, Stage.R: 4, Stage.N1: 3, Stage.N2: 2, Stage.N3: 1}
_NSRR = {
    Stage.W: "Wake|0",
    Stage.N1: "Stage 1 sleep|1",
    Stage.N2: "Stage 2 sleep|2",
    Stage.N3: "Stage 3 sleep|3",
    Stage.R: "REM sleep|5",
}


def make_night(seed: int = 41, arousals_per_h: float = 25.0) -> SimulatedNight:
    """Make 28 min of C4-M1, both eyes and the chin."""
    return simulate_night(
        hypnogram=STAGES,
        seed=seed,
        montage="minimal",
        rate_hz=100,
        arousals_per_h=arousals_per_h,
    )


def write_dreams(folder: Path, night: SimulatedNight) -> None:
    """Write an excerpt, its hypnogram of 5-s epochs, and spindles of two experts.

    The first expert marks every spindle that was put in, the second every other one.
    """
    write_edf(night, folder / "excerpt1.edf", ("C3-A1", "EOG1-A1", "EOG2-A1", "EMG"))
    codes = np.repeat(night.truth.scoring.stages, 6)
    lines = [str(_DREAMS[Stage(int(code))]) for code in codes]
    (folder / "Hypnogram_excerpt1.txt").write_text(
        "\n".join(["[hypnogram]", *lines]) + "\n"
    )
    events = night.truth.events
    spindles = events[events["kind"] == "spindle"][["onset_s", "duration_s"]].to_numpy()
    for number, rows in enumerate((spindles, spindles[::2]), start=1):
        text = "".join(f"{onset:.2f}\t{length:.2f}\n" for onset, length in rows)
        (folder / f"Visual_scoring{number}_excerpt1.txt").write_text(
            "[vis_Spindles/C3-A1]\n" + text
        )


def write_shhs(folder: Path, night: SimulatedNight, number: int) -> None:
    """Write an EDF with SHHS' labels and an NSRR XML, in the folders of the set."""
    name = f"shhs1-{number}"
    edfs = folder / "edfs" / "shhs1"
    xmls = folder / "annotations-events-nsrr" / "shhs1"
    for place in (edfs, xmls):
        place.mkdir(parents=True, exist_ok=True)
    write_edf(night, edfs / f"{name}.edf", ("EEG", "EOG(L)", "EOG(R)", "EMG"))
    (xmls / f"{name}-nsrr.xml").write_text(nsrr_xml(night.truth.scoring))


def nsrr_xml(scoring: Scoring) -> str:
    """Return a scoring as NSRR's XML: an event an epoch, then the arousals."""
    length_s = scoring.n_epochs * scoring.epoch_s
    rows = [
        ("", "Recording Start Time", 0.0, length_s, "<ClockTime>00.00.00</ClockTime>")
    ]
    for number, code in enumerate(scoring.stages):
        concept = _NSRR[Stage(int(code))]
        onset_s = number * scoring.epoch_s
        rows.append(("Stages|Stages", concept, onset_s, scoring.epoch_s, ""))
    for event in scoring.arousals.itertuples():
        concept = "Arousal|Arousal ()"
        rows.append(("Arousals|Arousals", concept, event.onset_s, event.duration_s, ""))
    events = "".join(
        f"<ScoredEvent><EventType>{kind}</EventType><EventConcept>{escape(concept)}"
        f"</EventConcept><Start>{onset:.2f}</Start><Duration>{length:.2f}</Duration>"
        f"{more}</ScoredEvent>"
        for kind, concept, onset, length, more in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><PSGAnnotation><SoftwareVersion>Compumedics'
        "</SoftwareVersion><EpochLength>30</EpochLength><ScoredEvents>"
        f"{events}</ScoredEvents></PSGAnnotation>"
    )


def write_physionet2018(folder: Path, night: SimulatedNight) -> None:
    """Write a WFDB record with its arousals, as the Challenge of 2018 has them."""
    import wfdb

    place = folder / "tr03-0005"
    place.mkdir(parents=True)
    recording, scoring = night.recording, night.truth.scoring
    rate = int(recording.channels[0].rate_hz)
    signals = np.column_stack([recording.signal(c) for c in recording.channels])
    wfdb.wrsamp(
        "tr03-0005",
        fs=rate,
        units=["uV"] * signals.shape[1],
        sig_name=[c.label for c in recording.channels],
        p_signal=signals.astype(float),
        fmt=["16"] * signals.shape[1],
        write_dir=str(place),
    )
    notes: list[tuple[int, str]] = []
    names = scoring.stage_names
    for number, name in enumerate(names):
        if number == 0 or name != names[number - 1]:
            notes.append((round(number * 30 * rate), name))
    for event in scoring.arousals.itertuples():
        begin = round(event.onset_s * rate)
        end = round((event.onset_s + event.duration_s) * rate)
        notes += [(begin, "(arousal_spontaneous"), (end, "arousal_spontaneous)")]
    notes.sort()
    wfdb.wrann(
        "tr03-0005",
        "arousal",
        np.array([max(sample, 1) for sample, _ in notes]),
        symbol=['"'] * len(notes),
        aux_note=[note for _, note in notes],
        write_dir=str(place),
    )


def write_dod(folder: Path, night: SimulatedNight) -> None:
    """Write an HDF5 file as DOD-O has it, and two experts' JSON of codes."""
    import json

    import h5py

    labels = {"C4-M1": "eeg/C4_M1", "E1-M2": "eog/EOG1", "E2-M2": "eog/EOG2"}
    labels["Chin1-Chin2"] = "emg/EMG"
    with h5py.File(folder / "night.h5", "w") as file:
        for channel in night.recording.channels:
            path = f"signals/{labels[channel.label]}"
            file[path] = night.recording.signal(channel)
            file[path].parent.attrs["fs"] = channel.rate_hz
    stages = night.truth.scoring.stages.tolist()
    for number, codes in ((1, stages), (2, [2 if c == 3 else c for c in stages])):
        place = folder / f"scorer_{number}"
        place.mkdir()
        (place / "night.json").write_text(json.dumps(codes))


def write_edf(night: SimulatedNight, path: Path, labels: tuple[str, ...]) -> None:
    """Write the channels of a night under other labels."""
    recording = night.recording
    signals = [
        edfio.EdfSignal(
            recording.signal(channel).astype(float),
            channel.rate_hz,
            label=label,
            physical_dimension="uV",
        )
        for channel, label in zip(recording.channels, labels, strict=True)
    ]
    edfio.Edf(signals).write(path)
