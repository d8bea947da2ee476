"""Signals for the page: a few stretches at 100 Hz, eight bits a sample."""

import base64
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import Channel, Recording

RATE_HZ = 100.0
# Each piece has its own scale, so that a movement does not flatten its neighbours.
PIECE_S = 30.0
# Signal read on both sides, so that the filter of resampling has no edge.
_REACH_S = 2.0
_MISSING = -128
_LARGEST = 127
_UNITS = {"uV": "µV", "UV": "µV"}

_EEG = (
    *(Role.C4_M1, Role.C3_M2, Role.C4_M2, Role.C3_M1, Role.C4_M1M2, Role.C3_M1M2),
    *(Role.F4_M1, Role.F3_M2, Role.O2_M1, Role.O1_M2, Role.FPZ_CZ, Role.PZ_OZ),
    *(Role.CZ_M1, Role.CZ_M2, Role.C4, Role.C3, Role.CZ),
)
_FLOW = (Role.PRESSURE, Role.AIRFLOW)

Stretch = tuple[float, float]


def choose_channels(recording: Recording) -> list[Channel]:
    """Return EEG, both eyes and chin, and flow, saturation and ECG where they are.

    Among EEG channels, those without a fault and with the least lost time go first;
    an occipital channel, which shows alpha, is below the central one.
    """
    eeg = _first_eeg(recording, _EEG)
    occipital = _first_eeg(recording, (Role.O2_M1, Role.O1_M2, Role.O2_M2, Role.O1_M1))
    wanted = [
        eeg or next(iter(recording.of_kind(Kind.EEG)), None),
        occipital,
        recording.find([Role.EOG_L]) or recording.find([Role.EOG_H]),
        recording.find([Role.EOG_R]) or recording.find([Role.EOG_V]),
        recording.find([Role.EMG_CHIN]),
        recording.find(_FLOW),
        recording.find([Role.SPO2]),
        recording.find([Role.ECG]),
    ]
    return list(dict.fromkeys(channel for channel in wanted if channel is not None))


def _first_eeg(recording: Recording, roles: tuple[Role, ...]) -> Channel | None:
    place = {role: number for number, role in enumerate(roles)}
    found = [channel for channel in recording.channels if channel.role in place]
    return min(
        found,
        key=lambda channel: (
            channel.unfit is not None,
            sum(gap.duration_s for gap in recording.lost_of(channel)),
            place[channel.role],
        ),
        default=None,
    )


def join_stretches(
    starts_s: Iterable[float], length_s: float, end_s: float
) -> list[Stretch]:
    """Join windows that overlap; each stretch begins and ends on a whole second."""
    joined: list[Stretch] = []
    for start_s in sorted(starts_s):
        first, last = np.floor(start_s), min(np.ceil(start_s + length_s), end_s)
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], float(last))
        else:
            joined.append((float(first), float(last)))
    return joined


def cut_pieces(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Cut stretches into pieces of at most 30 s."""
    return [
        (float(at), min(float(at) + PIECE_S, stop))
        for start, stop in stretches
        for at in np.arange(start, stop, PIECE_S)
    ]


def pack_signals(
    recording: Recording, channels: list[Channel], stretches: list[Stretch]
) -> list[dict[str, Any]]:
    """Return each channel's facts and its samples, piece by piece.

    A sample is ``offset + code * step``; the code -128 is a missing sample.
    """
    packed: list[dict[str, Any]] = [
        {
            "label": channel.label,
            "kind": channel.role.kind.value,
            "unit": _unit(channel),
            "rate_hz": packed_rate(channel.rate_hz),
            "pieces": [],
        }
        for channel in channels
    ]
    for start_s, stop_s in stretches:
        before_s = max(start_s - _REACH_S, 0.0)
        read = recording.signals(channels, before_s, stop_s + _REACH_S)
        for channel, facts, values in zip(channels, packed, read, strict=True):
            rate_hz = facts["rate_hz"]
            resampled = bring_to_rate(values, channel.rate_hz)
            for first_s, last_s in cut_pieces([(start_s, stop_s)]):
                first = round((first_s - before_s) * rate_hz)
                last = round((last_s - before_s) * rate_hz)
                facts["pieces"].append(_pack(resampled[first:last], first_s))
    return packed


def packed_rate(rate_hz: float) -> float:
    """Return the rate at which a channel is shown: 100 Hz, or its own where lower."""
    return min(rate_hz, RATE_HZ)


def bring_to_rate(
    values: npt.NDArray[np.float64], rate_hz: float
) -> npt.NDArray[np.float64]:
    """Resample to 100 Hz; a channel of a lower rate keeps its own."""
    if rate_hz <= RATE_HZ or not len(values):
        return values
    from scipy.signal import resample_poly  # noqa: PLC0415 - costs a second

    ratio = (Fraction(RATE_HZ) / Fraction(rate_hz)).limit_denominator(1000)
    is_missing = np.isnan(values)
    level = 0.0 if is_missing.all() else float(np.nanmedian(values))
    filled = np.where(is_missing, 0.0, values - level)
    found: npt.NDArray[np.float64] = (
        resample_poly(filled, ratio.numerator, ratio.denominator) + level
    )
    nearest = np.round(np.arange(len(found)) * rate_hz / RATE_HZ).astype(np.int64)
    found[is_missing[np.minimum(nearest, len(values) - 1)]] = np.nan
    return found


def _pack(values: npt.NDArray[np.float64], start_s: float) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    step = (high - low) / (2 * _LARGEST) or 1.0
    offset = (high + low) / 2
    codes = np.full(len(values), _MISSING, dtype=np.int8)
    is_known = np.isfinite(values)
    codes[is_known] = np.clip(
        np.round((values[is_known] - offset) / step), -_LARGEST, _LARGEST
    ).astype(np.int8)
    return {
        "start_s": start_s,
        "step": step,
        "offset": offset,
        "data": base64.b64encode(codes.tobytes()).decode("ascii"),
    }


def _unit(channel: Channel) -> str:
    unit = "uV" if channel.to_uv is not None else channel.unit
    return _UNITS.get(unit, unit)
