"""YASA's Hypnogram JSON: stages, epoch length, start, scorer and probabilities."""

import datetime as dt
import json
import re
from typing import Any

import numpy as np

from psgkit.domain.quoting import quoted
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    stage_of,
)

_UNITS_S = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_PROBA = (("WAKE", "W"), ("N1",), ("N2",), ("N3",), ("REM", "R"))


def recognises(file: ScoringFile) -> bool:
    """Recognise the names that YASA gives."""
    head = file.head_text.lstrip()
    return head.startswith("{") and '"values"' in head[:400]


def read(file: ScoringFile, options: Options) -> Draft:
    """Read YASA's hypnogram of five stages with its other facts."""
    try:
        content = json.loads(file.text)
    except (ValueError, RecursionError) as fault:
        raise file.fault(f"it is not JSON ({fault}).") from None
    values = content.get("values") if isinstance(content, dict) else None
    if not isinstance(values, list):
        raise file.fault("its 'values' are not a list of stages.")
    if content.get("n_stages", 5) != 5:
        raise file.fault(
            f"it has {content['n_stages']} stages, and psgkit needs the five of the "
            "AASM."
        )
    epoch_s = options.epoch_s or _epoch(str(content.get("freq", "30s")), file)
    builder = DraftBuilder()
    for number, value in enumerate(values, start=1):
        stage = stage_of(str(value))
        if stage is None:
            raise file.fault(f"epoch {number} is {quoted(str(value))}, no stage.")
        builder.add_stage((number - 1) * epoch_s, epoch_s, stage, f"epoch {number}")
    return builder.build(
        start=_start(content.get("start"), file),
        epoch_s=epoch_s,
        scorer=str(content.get("scorer") or ""),
        proba=_proba(content.get("proba"), len(values), file),
    )


def _epoch(freq: str, file: ScoringFile) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h)", freq.strip().lower())
    if found is None:
        raise file.fault(f"its 'freq' is {quoted(freq)}, no length of an epoch.")
    return float(found[1]) * _UNITS_S[found[2]]


def _start(text: object, file: ScoringFile) -> dt.datetime | None:
    if text is None:
        return None
    try:
        # clock times have no zone, as in EDF
        return dt.datetime.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError:
        raise file.fault("its 'start' is not a date and time.") from None


def _proba(
    table: Any, n_epochs: int, file: ScoringFile
) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    if not isinstance(table, dict):
        return None
    columns = [
        next((table[name] for name in names if name in table), None) for names in _PROBA
    ]
    if any(column is None or len(column) != n_epochs for column in columns):
        raise file.fault("its probabilities do not have one value per epoch and stage.")
    return np.array(columns, dtype=np.float32).T


FORMAT = Format("YASA Hypnogram JSON", recognises, read)
