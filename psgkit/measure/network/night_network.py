"""Rearrangement of the network of one night, by band and stage (METRICS section M)."""

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Measure, Undefined
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Stage
from psgkit.domain.signals.trace import trace_of
from psgkit.domain.true_runs import true_runs
from psgkit.measure.catalogue.lookup import all_undefined, measures_of
from psgkit.measure.catalogue.signals.eeg_rows import NETWORK
from psgkit.measure.network.connectivity import EPOCH_S, NETWORK_BANDS
from psgkit.measure.network.rearrangement import (
    FEWEST_CHANNELS,
    Rearrangement,
    rearrangement,
)
from psgkit.measure.results import Results
from psgkit.measure.signals.channel_reader import ArtefactMask, reduce_signal
from psgkit.measure.signals.usable_time import (
    BoolArray,
    Timeline,
    artefact_seconds,
)
from psgkit.measure.spectra.electrodes import (
    AVERAGE,
    ElectrodeSet,
    choose_electrodes,
    electrode_name,
)
from psgkit.measure.spectra.power import Float32Array, band_limit

STAGES = (Stage.N2, Stage.N3, Stage.R)
RATE_HZ = 64.0
# Pairs grow with the square of the channels; the 10-20 system covers the head.
_SITES = (
    *("Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"),
    *("P7", "P3", "Pz", "P4", "P8", "O1", "O2"),
)


def measure_network(
    recording: Recording, timeline: Timeline, artefacts: ArtefactMask
) -> Results:
    """Measure how the coupling of channels rearranges.

    Parameters
    ----------
    recording : Recording
    timeline : Timeline
        Of the analysed window.
    artefacts : callable
        Gives the artefact mask of an EEG channel and its signal.

    Returns
    -------
    Results
        Table ``network``, one row per band and stage; as the channels used, sites and
        their reference, which must be equal in nights that are compared.

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    measures: list[Measure] = []
    chosen = choose_electrodes(recording)
    channels = network_channels(chosen)
    if len(channels) < FEWEST_CHANNELS:
        few = Undefined(
            f"{len(channels)} scalp EEG channels share a reference and a rate; "
            f"{FEWEST_CHANNELS} are needed"
        )
        for band in NETWORK_BANDS:
            for stage in STAGES:
                measures += all_undefined(NETWORK, few, band, stage.name)
        return Results(measures=tuple(measures))
    sites = " + ".join(electrode_name(channel) for channel in channels)
    values, rate_hz, is_bad = _signals(recording, chosen, channels, timeline, artefacts)
    rows = []
    for stage in STAGES:
        bouts = clean_bouts(values, rate_hz, timeline.without(is_bad), stage)
        for band, one in rearrangement(bouts, rate_hz).items():
            limits = (band_limit(channel, NETWORK_BANDS[band]) for channel in channels)
            limit = next((limit for limit in limits if limit is not None), None)
            value = one.z if isinstance(one, Rearrangement) else one
            measures += measures_of({"net_rearr": limit or value}, band, stage.name)
            if isinstance(one, Rearrangement) and limit is None:
                row = (band, stage.name, len(channels), one.steps, one.change)
                rows.append((*row, one.z, one.p))
    names = ("band", "stage", "channels_n", "steps_n", "change", "z", "p")
    return Results(
        measures=tuple(measures),
        tables={"network": pd.DataFrame(rows, columns=list(names))},
        channels_used={"network": f"{sites} against {chosen.reference}"},
    )


def network_channels(chosen: ElectrodeSet) -> tuple[Channel, ...]:
    """Return the channels of the network; of more than 19, the electrodes of the 10-20 system."""
    if len(chosen.channels) <= len(_SITES):
        return chosen.channels
    return tuple(c for c in chosen.channels if electrode_name(c) in _SITES)


def clean_bouts(
    values: Float32Array, rate_hz: float, timeline: Timeline, stage: Stage
) -> list[Float32Array]:
    """Return stretches of two or more clean epochs of 30 s that follow each other.

    Returns
    -------
    list of numpy.ndarray of float32, shape (n_channels, n_samples)
    """
    bouts = []
    for first, last in true_runs(timeline.epoch_stages == stage).tolist():
        start_s = float(timeline.epoch_starts_s[first])
        count = int((last - first) * timeline.epoch_s / EPOCH_S + 1e-6)
        starts_s = start_s + EPOCH_S * np.arange(count, dtype=np.float64)
        for begin, end in true_runs(~timeline.touches_bad(starts_s, EPOCH_S)).tolist():
            at = round(float(starts_s[begin]) * rate_hz)
            size = int((end - begin) * EPOCH_S * rate_hz + 1e-6)
            if end - begin >= 2 and at + size <= values.shape[1]:
                bouts.append(values[:, at : at + size])
    return bouts


def _signals(
    recording: Recording,
    chosen: ElectrodeSet,
    channels: tuple[Channel, ...],
    timeline: Timeline,
    artefacts: ArtefactMask,
) -> tuple[Float32Array, float, BoolArray]:
    """Return the channels re-referenced alike, their rate, and the bad seconds of any."""
    n_seconds = len(timeline.stages)
    is_bad = np.zeros(n_seconds, dtype=bool)
    kept, rate_hz = [], RATE_HZ
    for channel in (*channels, *chosen.mastoids):
        signal_uv = trace_of(recording, channel)
        mask = artefact_seconds(artefacts(channel, signal_uv), n_seconds)
        values, rate_hz, absent = reduce_signal(signal_uv, channel, n_seconds, RATE_HZ)
        is_bad |= absent
        # A mastoid against a distant ground can be loud while the scalp is quiet.
        if channel in channels:
            is_bad |= mask
        kept.append(values)
    together = np.stack(kept[: len(channels)])
    if chosen.mastoids:
        together -= np.mean(kept[len(channels) :], axis=0)
    elif chosen.reference == AVERAGE:
        together -= together.mean(axis=0)
    return together, rate_hz, is_bad
