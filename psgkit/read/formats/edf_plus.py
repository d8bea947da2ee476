"""EDF+ annotations: a hypnogram file, or the annotations of a recording itself.

Stages are the standard's texts ("Sleep stage W" … "Sleep stage R", "Sleep stage ?",
"Movement time"; Sleep-EDF, Polyman) or other words for them. Other annotations are
kept where their text names a kind of event; remarks are left out, for technicians
write names into them. Behind ``@@`` EDF+ names the channel of an annotation.
"""

import datetime as dt
import math
import re

import pandas as pd

from psgkit.domain.scoring import Stage
from psgkit.read.edf.annotations import read_annotations, read_start
from psgkit.read.formats.preamble import parse_facts
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    kind_of,
    lights_of,
    stage_of,
)

# How `psgkit export` writes facts without a field in the header.
OWN_FACTS = re.compile(r"^(Scorer|Staging|Scored|Arousals): ")
_STANDARD = re.compile(r"^(sleep )?stage |^movement time$", re.IGNORECASE)


def recognises(file: ScoringFile) -> bool:
    """Recognise by the version and by the header's length that EDF and BDF begin with."""
    is_edf = file.head[:8] in {b"0       ", b"\xffBIOSEMI"}
    return is_edf and file.head[184:192].strip().isdigit()


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events from the annotations."""
    table = read_annotations(file.path)
    if table.empty:
        raise file.fault("it is an EDF or BDF without annotations, so no scoring.")
    draft = draft_of(table, epoch_s=options.epoch_s, start=read_start(file.path))
    if not (draft.stages or draft.events or draft.lights_off_s is not None):
        raise file.fault(
            "no annotation is a sleep stage such as 'Sleep stage N2', or an event "
            "such as 'EEG arousal'."
        )
    return draft


def draft_of(
    table: pd.DataFrame, *, epoch_s: float | None, start: dt.datetime | None
) -> Draft:
    """Sort annotations into stages, events and lights.

    Parameters
    ----------
    table : pandas.DataFrame
        ``onset_s``, ``duration_s`` and ``text``. EDF+ standard texts may end in the
        channel they belong to: ``text@@channel``.
    epoch_s : float or None
        Length of an epoch, where the caller knows it.
    start : datetime.datetime or None
        Clock time of second zero.
    """
    builder = DraftBuilder()
    texts = [str(text).partition("@@")[0].strip() for text in table["text"]]
    # Beside the standard's own texts, a lone "awake" is a technician's remark.
    is_standard = any(_STANDARD.match(text) for text in texts)
    for text, onset_s, duration_s in zip(
        texts, table["onset_s"], table["duration_s"], strict=True
    ):
        may_be_stage = not is_standard or _STANDARD.match(text) is not None
        _add(
            builder, text, float(onset_s), float(duration_s), may_be_stage=may_be_stage
        )
    facts = parse_facts(text for text in texts if OWN_FACTS.match(text))
    builder.groups_scored |= facts.groups_scored
    return builder.build(
        start=start,
        epoch_s=epoch_s,
        scorer=facts.scorer,
        is_automatic=facts.is_automatic,
        arousal_source=facts.arousal_source,
    )


def _add(
    builder: DraftBuilder,
    text: str,
    onset_s: float,
    duration_s: float,
    *,
    may_be_stage: bool,
) -> None:
    """Note one annotation."""
    if OWN_FACTS.match(text):
        return
    state = lights_of(text)
    if state is not None:
        builder.add_lights(state, onset_s)
        return
    kind = kind_of(text)
    stage = stage_of(text) if may_be_stage else None
    if stage is not None and (kind is None or stage not in {Stage.ART, Stage.UNS}):
        has_length = math.isfinite(duration_s) and duration_s > 0
        builder.add_stage(
            onset_s,
            duration_s if has_length else None,
            stage,
            f"the annotation at {onset_s:g} s",
        )
        return
    builder.add_event(onset_s, duration_s, text, "notes")


FORMAT = Format("EDF+ annotations", recognises, read)
