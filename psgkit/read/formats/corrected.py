"""The file that the page for corrections saves: a scoring, and the one it was before.

Seconds count from the recording's start. The file holds no date of the recording; its
``changes`` have the person, the time and the content of each change.
"""

import datetime as dt
import json
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import NREM_AROUSALS, Stage
from psgkit.read.scorings.listed import (
    Draft,
    EventMark,
    Format,
    Options,
    ScoringFile,
    StageMark,
)
from psgkit.read.scorings.vocabulary import group_names

NAME = "psgkit corrected scoring"
VERSION = 1
SCORER = "corrected by a person"

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1)]
_StageName = Literal["UNS", "ART", "W", "N1", "N2", "N3", "R"]
_MOST_EPOCHS = 100_000


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Event(_Strict):
    onset_s: _Finite
    duration_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    kind: Annotated[str, Field(max_length=100)]
    cause: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(max_length=200)] = ""


class _Content(_Strict):
    epoch_s: _Positive
    onset_s: _Finite
    lights_off_s: _Finite | None = None
    lights_on_s: _Finite | None = None
    kinds_scored: list[str]
    scorer: Annotated[str, Field(max_length=200)] = ""
    is_automatic: bool
    stages: Annotated[list[_StageName], Field(min_length=1, max_length=_MOST_EPOCHS)]
    events: Annotated[list[_Event], Field(max_length=_MOST_EPOCHS)]


class _File(_Content):
    format: str
    format_version: int
    start: str | None = None
    proba: (
        list[Annotated[list[_Share], Field(min_length=5, max_length=5)] | None] | None
    )
    original: _Content
    changes: Annotated[list[dict[str, JsonValue]], Field(max_length=_MOST_EPOCHS)] = []


def recognises(file: ScoringFile) -> bool:
    """Recognise the format by its name at the start."""
    head = file.head_text.lstrip()
    return head.startswith("{") and f'"{NAME}"' in head[:200]


def read(file: ScoringFile, _options: Options) -> Draft:
    """Read the corrected scoring and the one it was before."""
    found = _checked(file)
    start = _start(found.start, file)
    return _draft(
        found,
        start,
        scorer=SCORER,
        proba=_proba(found, file),
        original=_draft(found.original, start, scorer=found.original.scorer),
        changes=tuple(json.dumps(change) for change in found.changes),
    )


def _checked(file: ScoringFile) -> _File:
    try:
        content = json.loads(file.text)
    except (ValueError, RecursionError) as fault:
        raise file.fault(f"it is not JSON ({fault}). Save it again.") from None
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != VERSION:
        raise file.fault(
            f"its format_version is {quoted(str(version))}; this psgkit reads "
            f"{VERSION}. Update psgkit."
        )
    try:
        found = _File.model_validate(content)
    except ValidationError as faults:
        told = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}"
            for one in faults.errors(include_url=False)
        ]
        more = "; …" if len(told) > 5 else ""
        raise file.fault(
            f"it has faults: {'; '.join(told[:5])}{more}. Save it again."
        ) from None
    if len(found.stages) != len(found.original.stages):
        raise file.fault(
            f"it holds {len(found.stages)} stages, and {len(found.original.stages)} "
            "before the corrections. Save it again."
        )
    return found


def _draft(
    content: _Content,
    start: dt.datetime | None,
    *,
    scorer: str,
    proba: np.ndarray | None = None,
    original: Draft | None = None,
    changes: tuple[str, ...] = (),
) -> Draft:
    return Draft(
        stages=tuple(
            StageMark(
                content.onset_s + number * content.epoch_s,
                content.epoch_s,
                Stage[name],
                f"epoch {number + 1}",
            )
            for number, name in enumerate(content.stages)
        ),
        events=tuple(
            EventMark(
                event.onset_s,
                np.nan if event.duration_s is None else event.duration_s,
                f"{event.kind}:{event.cause}" if event.cause else event.kind,
                source=event.source,
            )
            for event in content.events
        ),
        start=start,
        epoch_s=content.epoch_s,
        lights_off_s=content.lights_off_s,
        lights_on_s=content.lights_on_s,
        groups_scored=frozenset(content.kinds_scored) & {*group_names(), NREM_AROUSALS},
        scorer=scorer,
        is_automatic=content.is_automatic,
        proba=proba,
        original=original,
        changes=changes,
    )


def _proba(found: _File, file: ScoringFile) -> np.ndarray | None:
    if found.proba is None:
        return None
    if len(found.proba) != len(found.stages):
        raise file.fault(
            f"it holds {len(found.stages)} stages and {len(found.proba)} rows of "
            "probabilities. Save it again."
        )
    unknown = [np.nan] * 5
    return np.array([row or unknown for row in found.proba], dtype=np.float32)


def _start(text: str | None, file: ScoringFile) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return dt.datetime.combine(UNKNOWN_DATE, dt.time.fromisoformat(text))
    except ValueError:
        raise file.fault(
            f"its start {quoted(text)} is not a time of day. Save it again."
        ) from None


FORMAT = Format(NAME, recognises, read)
