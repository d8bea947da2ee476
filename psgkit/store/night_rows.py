"""Channels, gaps and issues as tables of the HDF5 file."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from psgkit.domain.channels.roles import Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.night import Night
from psgkit.domain.recording import Channel, Unfit

UNIT_OF_CHANNEL = {"unit": "physical unit as the file gives it, possibly empty"}


def channel_table(night: Night) -> pd.DataFrame:
    """Return the channels as a table; NaN and -1 are missing values."""
    rows = [
        {
            "role": channel.role.value,
            "label": channel.label,
            "index": channel.index,
            "rate_hz": channel.rate_hz,
            "unit": channel.unit,
            "to_uv": _or_nan(channel.to_uv),
            "highpass_hz": _or_nan(channel.highpass_hz),
            "lowpass_hz": _or_nan(channel.lowpass_hz),
            "limit_low": channel.limits[0] if channel.limits else np.nan,
            "limit_high": channel.limits[1] if channel.limits else np.nan,
            "reference_index": (
                -1 if channel.reference_index is None else channel.reference_index
            ),
            "unfit": channel.unfit.why if channel.unfit else "",
            "unfit_stages_too": bool(channel.unfit and channel.unfit.stages_too),
        }
        for channel in night.channels
    ]
    return pd.DataFrame(rows)


def channels_from(table: pd.DataFrame) -> tuple[Channel, ...]:
    """Return the channels of a channel table."""
    return tuple(
        Channel(
            role=Role(row["role"]),
            label=row["label"],
            index=int(row["index"]),
            rate_hz=float(row["rate_hz"]),
            unit=row["unit"],
            to_uv=_or_none(row["to_uv"]),
            highpass_hz=_or_none(row["highpass_hz"]),
            lowpass_hz=_or_none(row["lowpass_hz"]),
            limits=(
                None
                if np.isnan(row["limit_low"])
                else (float(row["limit_low"]), float(row["limit_high"]))
            ),
            reference_index=(
                None if row["reference_index"] < 0 else int(row["reference_index"])
            ),
            unfit=_unfit(row),
        )
        for row in table.to_dict("records")
    )


def _unfit(row: dict[Hashable, Any]) -> Unfit | None:
    """Return the reason why a channel is unfit; None in files of older versions."""
    why = row.get("unfit", "")
    return Unfit(why, bool(row["unfit_stages_too"])) if why else None


def gap_table(night: Night) -> pd.DataFrame:
    """Return the gaps as a table."""
    return pd.DataFrame(
        {
            "onset_s": [float(gap.onset_s) for gap in night.gaps],
            "duration_s": [float(gap.duration_s) for gap in night.gaps],
        },
        dtype=float,
    )


def issue_table(night: Night) -> pd.DataFrame:
    """Return the issues as a table."""
    rows = [(i.severity.value, i.code, i.message, i.remedy) for i in night.issues]
    names = ["severity", "code", "message", "remedy"]
    return pd.DataFrame(rows, columns=names, dtype=object)


def issues_from(table: pd.DataFrame) -> tuple[Issue, ...]:
    """Return the issues of an issue table."""
    return tuple(
        Issue(Severity(row["severity"]), row["code"], row["message"], row["remedy"])
        for row in table.to_dict("records")
    )


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
