"""A night with what experts scored in it: as files, and read."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.channels.amplitude import FACTORS_UV
from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, PsgkitError
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import look_at, withhold_amplitudes
from psgkit.prepare.window import lay_on, mark_lights
from psgkit.read import read_recording, read_scoring
from psgkit.read.labels.channel_roles import assign_roles
from psgkit.settings import Settings

_NAMED = 5  # nights named beside a reason
ArtefactMask = Callable[[Channel], npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class TruthFiles:
    """The files of one night.

    Attributes
    ----------
    id, subject : str
    recording : pathlib.Path
        EDF or BDF, a WFDB header (``.hea``) or Dreem's HDF5 (``.h5``).
    scorings : tuple of pathlib.Path
        One an expert; the first is the one that arousals are judged by.
    beside : pathlib.Path or None
        The events, where another file than the scoring holds them.
    spindles : tuple of pathlib.Path
        DREAMS' texts of spindles, one an expert.
    codes : str or None
        What numbers of the scorings mean.
    epoch_s : float or None
        Length of an epoch where the scorings do not give it.
    channels : tuple of (str, str)
        Role and label of channels whose labels do not say their role.
    lights : tuple of str or None
        Lights-off and lights-on, where a manifest gives them.
    breathing_arousals_marked : bool
        Whether arousals at breathing events are among the marks. Where they are not, a
        detector's arousals there are neither right nor wrong.
    """

    id: str
    subject: str
    recording: Path
    scorings: tuple[Path, ...]
    beside: Path | None = None
    spindles: tuple[Path, ...] = ()
    codes: str | None = None
    epoch_s: float | None = None
    channels: tuple[tuple[str, str], ...] = ()
    lights: tuple[str | None, str | None] = (None, None)
    breathing_arousals_marked: bool = True


@dataclass(frozen=True, eq=False)
class TruthNight:
    """A night, read and prepared as a report reads it."""

    files: TruthFiles
    recording: Recording
    experts: tuple[Scoring, ...]

    @property
    def id(self) -> str:
        """Name of the night."""
        return self.files.id

    @property
    def expert(self) -> Scoring:
        """The scoring that arousals and spindles are judged by."""
        return self.experts[0]

    @property
    def artefacts(self) -> ArtefactMask:
        """The artefact mask of a channel."""
        return artefact_masks(self.expert, self.recording.artefacts)


@dataclass
class LeftOut:
    """What could not be judged, and why."""

    reasons: list[tuple[str, str]] = field(default_factory=list)

    def add(self, what: str, reason: object) -> None:
        """Note a night or a part of one."""
        self.reasons.append((what, str(reason)))

    def table(self) -> pd.DataFrame:
        """Return a row a reason, with the first nights that it is true of."""
        by_reason: dict[str, list[str]] = {}
        for what, reason in dict.fromkeys(self.reasons):
            by_reason.setdefault(reason, []).append(what)
        return pd.DataFrame(
            [
                (reason, len(names), "; ".join(names[:_NAMED]))
                for reason, names in by_reason.items()
            ],
            columns=["reason", "times", "first of them"],
        ).set_index("reason")


def read_nights(
    files: Iterable[TruthFiles], settings: Settings, left_out: LeftOut
) -> Iterator[TruthNight]:
    """Read nights one by one; note which cannot be used, and why."""
    for night in files:
        try:
            yield read_night(night, settings)
        except PsgkitError as fault:
            left_out.add(night.id, fault)


def read_night(files: TruthFiles, settings: Settings) -> TruthNight:
    """Read a night and the scorings of its experts.

    Raises
    ------
    InputError
        If the recording or one of the scorings cannot be used.
    """
    recording = withhold_amplitudes(look_at(rereference(_recording(files, settings))))
    if not files.scorings:
        raise InputError("No scoring was found for this recording.")
    layout: dict[str, Any] = settings.scoring.model_dump()
    if files.codes:
        layout["codes"] = files.codes
    if files.epoch_s:
        layout["epoch_s"] = files.epoch_s
    layout["beside"] = files.beside
    experts = []
    for path in files.scorings:
        scoring = read_scoring(path, recording_start=recording.start, **layout)
        scoring, _ = lay_on(scoring, recording, align=settings.window.align)
        scoring, _ = mark_lights(
            scoring,
            recording,
            lights_off=files.lights[0],
            lights_on=files.lights[1],
            whole_recording=settings.window.lights == "recording",
        )
        experts.append(scoring)
    return TruthNight(files, recording, tuple(experts))


def _recording(files: TruthFiles, settings: Settings) -> Recording:
    wanted = dict(files.channels)
    wanted |= settings.read.channels
    if files.recording.suffix == ".hea":
        return _of_wfdb(files, wanted)
    if files.recording.suffix == ".h5":
        return _of_dreem(files, wanted)
    reading = settings.read
    if files.channels:
        labels = read_recording(files.recording).labels
        held = {role: label for role, label in wanted.items() if label in labels}
        reading = replace_channels(settings, held)
    return read_recording(files.recording, id=files.id, settings=reading)


def replace_channels(settings: Settings, channels: dict[str, str]) -> Any:
    """Return the settings of reading with other channels."""
    return settings.read.model_copy(update={"channels": channels})


def _of_wfdb(files: TruthFiles, wanted: dict[str, str]) -> Recording:
    """Read a WFDB record with the package wfdb; its header holds the units."""
    try:
        import wfdb
    except ImportError:
        raise InputError(
            "WFDB records need the package wfdb: pip install wfdb."
        ) from None
    try:
        record = wfdb.rdrecord(
            str(files.recording.with_suffix("")), return_res=32, smooth_frames=True
        )
    except (ValueError, OSError, IndexError) as fault:
        raise InputError(
            f"The WFDB record {files.recording.name} cannot be read "
            f"({type(fault).__name__}). Check that its signal file stands beside it."
        ) from None
    signals = [record.p_signal[:, number] for number in range(record.n_sig)]
    return _recording_of(
        files,
        labels=list(record.sig_name),
        signals=signals,
        rates_hz=[float(record.fs)] * record.n_sig,
        units=list(record.units),
        wanted=wanted,
    )


def _of_dreem(files: TruthFiles, wanted: dict[str, str]) -> Recording:
    """Read an HDF5 file of DOD-H or DOD-O: ``signals/eeg/C3_M2`` and others."""
    import h5py

    labels, signals, rates, units = [], [], [], []
    try:
        with h5py.File(files.recording) as file:
            told = {
                str(one.get("path")): one.get("fs")
                for one in json.loads(file.attrs.get("description", "[]"))
            }
            for kind, group in file["signals"].items():
                for name, data in group.items():
                    path = f"signals/{kind}/{name}"
                    labels.append(name.replace("_", "-"))
                    signals.append(np.asarray(data, dtype=np.float32))
                    rate = group.attrs.get("fs", told.get(path, told.get(name)))
                    if rate is None:
                        raise InputError(f"{path} does not give its sampling rate.")
                    rates.append(float(rate))
                    units.append(str(group.attrs.get("unit", "uV")))
    except (OSError, KeyError, ValueError) as fault:
        raise InputError(
            f"{files.recording.name} is not a recording of DOD-H or DOD-O "
            f"({type(fault).__name__})."
        ) from None
    return _recording_of(files, labels, signals, rates, units, wanted)


def _recording_of(
    files: TruthFiles,
    labels: list[str],
    signals: list[npt.NDArray[Any]],
    rates_hz: list[float],
    units: list[str],
    wanted: dict[str, str],
) -> Recording:
    held = {role: label for role, label in wanted.items() if label in labels}
    roles, issues = assign_roles(labels, rates_hz, held)
    units = [unit.replace("µ", "u").replace("μ", "u") for unit in units]
    channels = tuple(
        Channel(
            role=Role(role),
            label=label,
            index=number,
            rate_hz=rate,
            unit=unit,
            to_uv=FACTORS_UV.get(unit),
        )
        for number, (role, label, rate, unit) in enumerate(
            zip(roles, labels, rates_hz, units, strict=True)
        )
    )
    made = Recording(
        id=files.id,
        start=None,
        duration_s=max(len(s) / r for s, r in zip(signals, rates_hz, strict=True)),
        channels=channels,
        source=ArraySource(tuple(signals), tuple(rates_hz)),
    )
    return replace(made, issues=tuple(issues))
