"""`find_arousals_trained`: the arousals of a night by a trained network."""

from dataclasses import replace

import numpy as np
import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.measure.arousals.candidate_table import ArousalsFound, lost_spans
from psgkit.measure.arousals.candidates import ARTEFACT_S, close_gaps
from psgkit.measure.arousals.detector import intervals
from psgkit.measure.arousals.input_channels import windows_of
from psgkit.measure.arousals.network.channels import network_channels
from psgkit.measure.arousals.network.events import arousal_table, probable_spans
from psgkit.measure.arousals.network.explanation import Evidence, explain
from psgkit.measure.arousals.network.probabilities import (
    MARGIN,
    arousal_probabilities,
)
from psgkit.measure.arousals.network.second_look import looked_at_again
from psgkit.measure.arousals.network.weights import (
    PUBLISHED,
    SECOND_LOOK,
    WEIGHTS,
    detector_name,
)
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.usable_time import FloatArray

# An arousal begins in sleep, and may go on into the wake that follows.
AROUND_SLEEP_S = 120.0


def find_arousals_trained(
    recording: Recording,
    scoring: Scoring,
    *,
    source: str,
    artefacts: ArtefactMask | None = None,
    spindles: pd.DataFrame | None = None,
    beats_s: FloatArray | None = None,
) -> ArousalsFound:
    """Find the arousals of a night with a trained network.

    Parameters
    ----------
    recording : Recording
        With a central EEG, an EOG and a chin EMG.
    scoring : Scoring
        Aligned with the recording. The network does not see it; arousals begin in its
        sleep, or within 10 s after it.
    source : {"unet_v1", "unet_v2", "unet_v2_bands"}
        One of psgscoring's networks, at its own threshold. With ``_bands``, bands and
        chin decide where the network is unsure.
    artefacts : callable, optional
        Gives the artefact mask of a channel. Minutes of artefact in the EEG are taken
        from another; in a shorter one the network judges for itself.
    spindles : pandas.DataFrame, optional
        ``onset_s`` and ``duration_s``, for the explanations.
    beats_s : numpy.ndarray of float64, optional
        When the heart beats, for the explanations: no rise of the chin.

    Returns
    -------
    ArousalsFound
        Its candidates are what passed the network's threshold, with
        ``arousal_probability``, the highest within it, and what bands, spindles and
        chin did there. Reasons are ``not_asleep``, ``signal_lost``, ``joined``, and
        those of a second look, ``unconfirmed`` and ``no_shift``.

    Raises
    ------
    MissingChannel
        If one of the three channels is not there, or cannot be used.
    InputError
        If the weights are missing or not those that were released.
    """
    weight = source.removesuffix(SECOND_LOOK)
    channels = network_channels(recording, scoring, artefacts)
    n_windows = len(channels.is_lost)
    is_asleep = windows_of(scoring, n_windows, SLEEP_STAGES)
    probabilities = arousal_probabilities(
        channels.inputs, _wanted_seconds(is_asleep), weight
    )
    channels = replace(channels, inputs=channels.inputs[:, :0])  # 40 MB of a day
    threshold = WEIGHTS[weight].threshold
    table = arousal_table(probable_spans(probabilities, threshold), scoring, channels)
    taken = table[table["is_arousal"]]
    evidence = Evidence.of(
        recording,
        scoring,
        artefacts=artefacts,
        spindles=intervals(spindles),
        beats_s=heart_beats(recording) if beats_s is None else beats_s,
        arousals=intervals(taken),
    )
    if source.endswith(SECOND_LOOK):
        spans = looked_at_again(probabilities, threshold, evidence)
        table = arousal_table(spans, scoring, channels)
    return ArousalsFound(
        candidates=explain(table, evidence),
        channels_used=channels.used,
        issues=(_by_network(source, weight),),
        lost=lost_spans(channels.is_lost & is_asleep),
    )


def _wanted_seconds(is_asleep: "np.ndarray") -> "np.ndarray":
    """Return the seconds in sleep and around it; breaks that would cost more are in."""
    around = round(AROUND_SLEEP_S / ARTEFACT_S)
    near = np.convolve(is_asleep, np.ones(2 * around + 1), mode="same") > 0
    shortest_break = round(2 * MARGIN / 50 / ARTEFACT_S) + 1
    return np.repeat(close_gaps(near, shortest_break), round(ARTEFACT_S))


def _by_network(source: str, weight: str) -> Issue:
    name, published = detector_name(source), PUBLISHED[weight]
    message = (
        f"Arousals were detected by a trained network, {name}. Its authors report "
        f"{published}. It has not been validated on your laboratory's scoring."
    )
    if source != weight:
        message = (
            f"Arousals were detected by a trained network, {name}; where it was unsure, "
            "bands and chin EMG decided. The authors of the network report "
            f"{published}. It has not been validated on your laboratory's scoring."
        )
    return Issue(
        Severity.NOTE,
        "arousals_by_network",
        message,
        "Score some nights and compare with psgkit compare.",
    )
