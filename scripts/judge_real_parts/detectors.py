"""The arousal detectors that stand side by side."""

import contextlib
import importlib.util
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import edfio
import numpy as np
import pandas as pd
from judge_real_parts.nights import TruthNight

from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import InputError, PsgkitError
from psgkit.measure.arousals.source import with_arousals
from psgkit.settings import ArousalSettings

CENTRAL = ("C4_M1", "C3_M2", "C4", "C3", "CZ")
LUNA_STAGES = {"W", "N1", "N2", "N3", "R"}
Find = Callable[[TruthNight, Scoring, pd.DataFrame | None], Scoring]


def by_psgkit(
    night: TruthNight,
    stages: Scoring,
    spindles: pd.DataFrame | None,
    settings: ArousalSettings,
) -> Scoring:
    """Return a scoring with the arousals that psgkit finds with some settings.

    Raises
    ------
    InputError
        If no channel serves.
    """
    counted = with_arousals(
        night.recording,
        stages,
        artefacts=night.artefacts,
        settings=settings,
        spindles=spindles,
    )
    if counted.scoring.arousals is None:
        raise InputError(" ".join(issue.message for issue in counted.issues))
    return counted.scoring


def by_luna(night: TruthNight, stages: Scoring, _: pd.DataFrame | None) -> Scoring:
    """Ask Luna's AROUSALS with a central EEG and the chin."""
    import lunapi

    with contextlib.redirect_stdout(io.StringIO()):  # its greeting
        project = lunapi.proj()
    project.silence(b=True)
    with tempfile.TemporaryDirectory() as folder:
        edf = Path(folder) / "night.edf"
        _write_two_channels(night, edf)
        lines = Path(folder) / "night.eannot"
        lines.write_text(_epochs_of_luna(stages, night.recording.duration_s))
        one = project.inst("night")
        one.attach_edf(str(edf))
        one.attach_annot(str(lines))
        one.eval("AROUSALS eeg=EEG emg=EMG")
        table = one.fetch_annots(["arousal"])
    spans = np.zeros((0, 2))
    if not table.empty:
        spans = table[["Start", "Stop"]].to_numpy(float)
    rows = ((a, b - a, "arousal", "Luna") for a, b in spans)
    return bare(stages).with_events(make_events(rows), {"arousal"})


def bare(scoring: Scoring) -> Scoring:
    """Return a scoring without its events."""
    return Scoring(
        stages=scoring.stages,
        epoch_s=scoring.epoch_s,
        onset_s=scoring.onset_s,
        start=scoring.start,
        lights_off_s=scoring.lights_off_s,
        lights_on_s=scoring.lights_on_s,
    )


def _write_two_channels(night: TruthNight, path: Path) -> None:
    recording = night.recording
    roles = [channel.role.value for channel in recording.channels]
    central = next((role for role in CENTRAL if role in roles), None)
    if central is None or "EMG_CHIN" not in roles:
        raise InputError("Luna needs a central EEG and a chin EMG.")
    signals = []
    for label, role in (("EEG", central), ("EMG", "EMG_CHIN")):
        channel = recording.channel(role)
        whole_s = int(recording.duration_s)
        values = np.nan_to_num(recording.signal(channel, 0.0, whole_s))
        values = values[: int(whole_s * channel.rate_hz)]
        signals.append(
            edfio.EdfSignal(
                values, channel.rate_hz, label=label, physical_dimension="uV"
            )
        )
    edfio.Edf(signals).write(path)


def _epochs_of_luna(stages: Scoring, duration_s: float) -> str:
    """Return a stage a line for epochs of 30 s from the recording's start."""
    lines = []
    for middle_s in np.arange(15.0, duration_s - 15.0, 30.0):
        number = int((middle_s - stages.onset_s) // stages.epoch_s)
        inside = 0 <= number < stages.n_epochs
        name = Stage(int(stages.stages[number])).name if inside else "?"
        lines.append(name if name in LUNA_STAGES else "?")
    return "\n".join(lines) + "\n"


def detectors(wanted: tuple[str, ...] = ()) -> dict[str, Find]:
    """Return the detectors that are installed, by name; some of them where wanted."""
    found: dict[str, Find] = {}
    for source in ("unet_v2_bands", "rules", "unet_v2", "unet_v1"):
        settings = ArousalSettings(source=source)
        found[source] = lambda n, s, p, settings=settings: by_psgkit(n, s, p, settings)
    if importlib.util.find_spec("lunapi"):
        found["luna"] = by_luna
    return {k: v for k, v in found.items() if not wanted or k in wanted}


def ask(
    find: Find, night: TruthNight, stages: Scoring, spindles: pd.DataFrame | None
) -> Scoring | str:
    """Return what a detector finds, or why it cannot."""
    try:
        return find(night, stages, spindles)
    except PsgkitError as fault:
        return str(fault)
