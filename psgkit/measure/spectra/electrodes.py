"""Spectra and slow-wave activity of every scalp electrode, re-referenced alike.

A cap of 256 electrodes is 11 GB for a night. It is read once, some minutes of all
electrodes at a time, and of each epoch only the mean spectrum is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Undefined
from psgkit.domain.night import Spectra
from psgkit.domain.recording import Channel, FloatArray, Recording
from psgkit.domain.scoring import SCORED_STAGES, SLEEP_STAGES, Scoring, Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.results import Results
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.power import (
    BANDS,
    MIN_CLEAN_SHARE,
    STEP_S,
    WINDOW_S,
    Float32Array,
    band_limit,
    stage_spectrum,
    taper_psd,
)
from psgkit.measure.spectra.swa import NREM, SWA_BAND
from psgkit.measure.stages.analysis_window import analysis_window

MAX_HZ = 35.0
CHUNK_BYTES = 300_000_000  # of all electrodes in double precision
# Fewer electrodes do not cover the head, and their average is not a reference.
LEAST_FOR_AVERAGE = 16
PART_S = 5.0  # for artefacts
MAX_UV = 500.0
FLAT_UV = 0.1
# An electrode as loud as this against the others takes no part in their average.
LOUD_RATIO = 5.0
OUTLIER_Z = 3.0
MIN_PARTS = 30

AVERAGE, LINKED_MASTOIDS = "average", "M1M2"

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ElectrodeSet:
    """Electrodes that can be re-referenced alike.

    Attributes
    ----------
    channels : tuple of Channel
        One per electrode, with the same sampling rate and recorded reference.
    mastoids : tuple of Channel
        M1 and M2, whose mean is subtracted; empty where it is not.
    reference : str
        Reference of the numbers: ``"M1M2"``, ``"average"``, or the recorded reference.
    left_out : tuple of Channel
        Other EEG channels.
    """

    channels: tuple[Channel, ...]
    mastoids: tuple[Channel, ...]
    reference: str
    left_out: tuple[Channel, ...]


def choose_electrodes(recording: Recording) -> ElectrodeSet:
    """Choose the electrodes to measure, and their common reference."""
    fit = recording.without_unfit()
    eeg = [
        channel
        for channel in fit.of_kind(Kind.EEG)
        if channel.to_uv is not None and channel.reference_index is None
    ]
    groups: dict[tuple[str, float], list[Channel]] = {}
    for channel in eeg:
        groups.setdefault((channel.role.reference, channel.rate_hz), []).append(channel)
    if not groups:
        return ElectrodeSet((), (), "", ())
    (recorded, rate_hz), group = max(groups.items(), key=lambda item: len(item[1]))
    by_name = {electrode_name(channel): channel for channel in reversed(group)}
    chosen = tuple(channel for channel in group if channel in by_name.values())
    left_out = tuple(channel for channel in eeg if channel not in chosen)
    mastoids = tuple(
        mastoid
        for mastoid in (fit.find([Role.M1]), fit.find([Role.M2]))
        if mastoid is not None
        and mastoid.rate_hz == rate_hz
        and mastoid.to_uv is not None
    )
    if not recorded and len(mastoids) == 2:
        return ElectrodeSet(chosen, mastoids, LINKED_MASTOIDS, left_out)
    if len(chosen) >= LEAST_FOR_AVERAGE:
        return ElectrodeSet(chosen, (), AVERAGE, left_out)
    return ElectrodeSet(chosen, (), recorded or "as recorded", left_out)


def electrode_name(channel: Channel) -> str:
    """Return the electrode of a channel; its label where the electrode is not known."""
    return channel.label if channel.role is Role.EEG_OTHER else channel.role.site


def measure_electrodes(recording: Recording, scoring: Scoring) -> Results:
    """Measure every scalp electrode of a recording.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Aligned with the recording.

    Returns
    -------
    Results
        Tables ``electrodes`` (one row per electrode: position, reference, clean minutes and
        slow-wave activity), ``electrode_power`` (electrode, stage, band) and
        ``electrode_spectra`` (electrode, stage, frequency). Empty without EEG.
    """
    chosen = choose_electrodes(recording)
    if not chosen.channels:
        return Results()
    start, stop, _ = analysis_window(scoring)
    timeline = Timeline.from_scoring(scoring, recording.duration_s, (start, stop))
    night = _Night.of(chosen, timeline)
    for first, last, values in _chunks(recording, chosen, timeline):
        night.add(first, last, values)
    night.drop_outliers(timeline)
    return Results(tables=_tables(chosen, night, timeline), issues=_issues(chosen))


@dataclass(frozen=True, slots=True, eq=False)
class _Night:
    """Results kept of each electrode and epoch, without signals.

    Attributes
    ----------
    psd_uv2_hz : numpy.ndarray of float32, shape (n_electrodes, n_epochs, n_freqs)
        NaN where over half of the epoch is artefact.
    sd_uv : numpy.ndarray of float32, shape (n_electrodes, n_epochs, n_parts)
        Of each part of 5 s; NaN where it is artefact.
    """

    rate_hz: float
    freqs_hz: FloatArray
    psd_uv2_hz: Float32Array
    sd_uv: Float32Array

    @classmethod
    def of(cls, chosen: ElectrodeSet, timeline: Timeline) -> "_Night":
        rate_hz = chosen.channels[0].rate_hz
        every = np.fft.rfftfreq(round(WINDOW_S * rate_hz), 1 / rate_hz)
        freqs = np.asarray(every[every <= MAX_HZ + 1e-9], dtype=np.float64)
        shape = len(chosen.channels), len(timeline.epoch_stages)
        parts = int(timeline.epoch_s / PART_S)
        return cls(
            rate_hz,
            freqs,
            np.full((*shape, len(freqs)), np.nan, np.float32),
            np.full((*shape, parts), np.nan, np.float32),
        )

    def add(self, first: int, last: int, values: Float32Array) -> None:
        """Add epochs; ``values`` has the shape (n_electrodes, n_epochs, n_samples)."""
        n_parts = self.sd_uv.shape[2]
        size = int(PART_S * self.rate_hz)
        for number, electrode in enumerate(values):
            parts = electrode[:, : n_parts * size].reshape(len(electrode), n_parts, -1)
            is_good = _is_good(parts)
            self.sd_uv[number, first:last] = np.where(
                is_good, parts.std(axis=2), np.nan
            )
            self.psd_uv2_hz[number, first:last] = self._spectra(electrode, is_good)

    def _spectra(self, epochs: Float32Array, is_good: BoolArray) -> Float32Array:
        """Average the spectra of the windows of each epoch that touch no artefact."""
        length = round(WINDOW_S * self.rate_hz)
        offsets_s = np.arange(0.0, is_good.shape[1] * PART_S - WINDOW_S + 1e-6, STEP_S)
        starts = np.round(offsets_s * self.rate_hz).astype(int)
        first_part = (offsets_s / PART_S + 1e-9).astype(int)
        last_part = ((offsets_s + WINDOW_S) / PART_S - 1e-9).astype(int)
        is_clean = is_good[:, first_part] & is_good[:, last_part]
        windows = epochs[:, starts[:, np.newaxis] + np.arange(length)]
        windows = np.where(is_clean[:, :, np.newaxis], windows, np.float32(0))
        psd = taper_psd(windows, self.rate_hz)[..., : len(self.freqs_hz)]
        count = is_clean.sum(axis=1)
        mean = psd.sum(axis=1) / np.maximum(count, 1)[:, np.newaxis]
        mean[count < MIN_CLEAN_SHARE * is_clean.shape[1]] = np.nan
        return np.asarray(mean, np.float32)

    def drop_outliers(self, timeline: Timeline) -> None:
        """Leave out epochs with 5 s of unusual size for their stage."""
        for stage in SLEEP_STAGES:
            of_stage = np.flatnonzero(timeline.epoch_stages == stage)
            for number in range(len(self.sd_uv)):
                logs = np.log(self.sd_uv[number, of_stage] + 1)
                known = np.isfinite(logs)
                if known.sum() < MIN_PARTS:
                    continue
                far = np.abs(logs - logs[known].mean()) > OUTLIER_Z * logs[known].std()
                self.psd_uv2_hz[number, of_stage[far.any(axis=1)]] = np.nan

    def spectra(self, number: int) -> Spectra:
        """Return the spectra of one electrode."""
        return Spectra(self.freqs_hz, self.psd_uv2_hz[number])


def _chunks(
    recording: Recording, chosen: ElectrodeSet, timeline: Timeline
) -> Iterator[tuple[int, int, Float32Array]]:
    """Yield epochs of all electrodes, re-referenced: first epoch, last, and values."""
    channels = (*chosen.channels, *chosen.mastoids)
    rate_hz, epoch_s = channels[0].rate_hz, timeline.epoch_s
    size = int(epoch_s * rate_hz + 1e-6)
    inside = np.flatnonzero(
        (timeline.epoch_starts_s >= 0)
        & (timeline.epoch_starts_s + epoch_s <= recording.duration_s + 1e-6)
        & (timeline.epoch_stages != Stage.UNS)
    )
    if not inside.size:
        return
    step = max(1, int(CHUNK_BYTES / (8 * size * len(channels))))
    for first in range(int(inside[0]), int(inside[-1]) + 1, step):
        last = min(first + step, int(inside[-1]) + 1)
        start_s = float(timeline.epoch_starts_s[first])
        signals = recording.source.read_many(
            [channel.index for channel in channels],
            start_s,
            start_s + (last - first) * epoch_s,
        )
        values = np.full((len(channels), (last - first) * size), np.nan, np.float32)
        for row, channel, signal in zip(values, channels, signals, strict=True):
            known = signal[: row.size] * (channel.to_uv or 1.0)
            is_known = np.isfinite(known)
            # Offsets of a cap's electrodes differ by some millivolts.
            centre = known[is_known].mean() if is_known.any() else 0.0
            row[: known.size] = known - centre
        _drop_bad_parts(values.reshape(-1, last - first, size), int(PART_S * rate_hz))
        yield first, last, _rereference(values, chosen).reshape(-1, last - first, size)


def _drop_bad_parts(values: Float32Array, size: int) -> None:
    """Replace 5 s without an electrode by NaN, before re-referencing.

    The average of the others would give a flat electrode a signal.
    """
    n_parts = values.shape[2] // size
    for electrode in values:
        parts = electrode[:, : n_parts * size].reshape(len(electrode), n_parts, size)
        bad = ~_is_good(parts)
        for part in range(n_parts):
            electrode[bad[:, part], part * size : (part + 1) * size] = np.nan


def _is_good(parts: Float32Array) -> BoolArray:
    """Return which parts are neither flat nor beyond 500 µV nor in a gap."""
    middle = parts.mean(axis=-1, keepdims=True)
    # A gap makes both NaN, so the part does not count.
    largest = np.abs(parts - middle).max(axis=-1)
    return np.asarray((largest <= MAX_UV) & (parts.std(axis=-1) > FLAT_UV))


def _rereference(values: Float32Array, chosen: ElectrodeSet) -> Float32Array:
    """Subtract the common reference, shape (n_electrodes, n_samples)."""
    scalp = values[: len(chosen.channels)]
    if chosen.mastoids:
        return np.asarray(scalp - values[len(chosen.channels) :].mean(axis=0))
    if chosen.reference != AVERAGE:
        return scalp
    known = np.isfinite(scalp)
    count = np.maximum(known.sum(axis=1), 1)
    size = np.sqrt(np.square(np.where(known, scalp, 0)).sum(axis=1) / count)
    alive = known.any(axis=1)
    if not alive.any():
        return scalp
    takes_part = alive & (size < LOUD_RATIO * np.median(size[alive]))
    total = np.where(known[takes_part], scalp[takes_part], 0).sum(axis=0)
    return np.asarray(scalp - total / np.maximum(known[takes_part].sum(axis=0), 1))


def _tables(
    chosen: ElectrodeSet, night: _Night, timeline: Timeline
) -> dict[str, pd.DataFrame]:
    electrodes, powers, spectra = [], [], []
    n_sleep = int(np.isin(timeline.epoch_stages, SLEEP_STAGES).sum())
    for number, channel in enumerate(chosen.channels):
        name, own = electrode_name(channel), night.spectra(number)
        is_known = ~np.isnan(own.psd_uv2_hz[:, 0])
        clean = int((is_known & np.isin(timeline.epoch_stages, SLEEP_STAGES)).sum())
        electrodes.append(
            (
                name,
                channel.label,
                *(channel.position_m or (np.nan, np.nan, np.nan)),
                chosen.reference,
                100 * clean / n_sleep if n_sleep else np.nan,
                _power(channel, own, timeline, NREM, SWA_BAND),
                _power(channel, own, timeline, (Stage.N3,), SWA_BAND),
            )
        )
        for stage in SCORED_STAGES:
            minutes = float((is_known & (timeline.epoch_stages == stage)).sum())
            minutes *= timeline.epoch_s / 60
            powers += [
                (
                    name,
                    stage.name,
                    band,
                    _power(channel, own, timeline, (stage,), limits),
                    minutes,
                )
                for band, limits in BANDS.items()
                if limits[1] <= MAX_HZ
            ]
            mean = stage_spectrum(own, timeline, (stage,))
            if not isinstance(mean, Undefined):
                spectra.append(
                    pd.DataFrame(
                        {
                            "electrode": name,
                            "stage": stage.name,
                            "freq_hz": own.freqs_hz,
                            "psd_uv2_hz": mean,
                        }
                    )
                )
    tables = {
        "electrodes": pd.DataFrame(
            electrodes,
            columns=[
                *("electrode", "label", "x_m", "y_m", "z_m", "reference"),
                *("usable_pct", "swa_uv2", "swa_n3_uv2"),
            ],
        ),
        "electrode_power": pd.DataFrame(
            powers, columns=["electrode", "stage", "band", "power_uv2", "clean_min"]
        ),
    }
    if spectra:
        tables["electrode_spectra"] = pd.concat(spectra, ignore_index=True)
    return tables


def _power(
    channel: Channel,
    spectra: Spectra,
    timeline: Timeline,
    stages: tuple[Stage, ...],
    band: tuple[float, float],
) -> float:
    """Return the power of a band, NaN below a clean minute or outside the pass-band."""
    mean = stage_spectrum(spectra, timeline, stages)
    if isinstance(mean, Undefined) or band_limit(channel, band) is not None:
        return float("nan")
    return float(band_power(spectra.freqs_hz, mean, band))


def _issues(chosen: ElectrodeSet) -> tuple[Issue, ...]:
    if not chosen.left_out:
        return ()
    labels = ", ".join(channel.label for channel in chosen.left_out[:8])
    return (
        Issue(
            Severity.NOTE,
            "electrodes_left_out",
            f"{len(chosen.left_out)} EEG channels have another reference or rate than "
            f"the {len(chosen.channels)} electrodes of the topography and were left out "
            f"of it: {labels}{', ...' if len(chosen.left_out) > 8 else ''}.",
        ),
    )
