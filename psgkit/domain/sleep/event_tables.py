"""Tables of events: onset, duration, kind, cause and source."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from psgkit.errors import InputError

EVENT_COLUMNS = ("onset_s", "duration_s", "kind", "cause", "source")


def make_events(
    rows: Iterable[tuple[float, float, str, str]],
) -> pd.DataFrame:
    """Build an events table from (onset_s, duration_s, label, source) rows.

    A label is a kind, or a kind and its cause: ``arousal:limb``. Rows are ordered by
    onset, then kind. Columns have fixed types, for an empty table too.
    """
    split = (
        (onset_s, duration_s, *label.partition(":")[::2], source)
        for onset_s, duration_s, label, source in rows
    )
    return _events_table(pd.DataFrame(list(split), columns=list(EVENT_COLUMNS)))


def concat_events(*tables: pd.DataFrame) -> pd.DataFrame:
    """Join events tables into one, ordered by onset."""
    rows = [
        row
        for table in tables
        for row in table[list(EVENT_COLUMNS)].itertuples(index=False, name=None)
    ]
    return _events_table(pd.DataFrame(rows, columns=list(EVENT_COLUMNS)))


def _events_table(table: pd.DataFrame) -> pd.DataFrame:
    words = dict.fromkeys(EVENT_COLUMNS[2:], object)
    table = table.astype({"onset_s": float, "duration_s": float, **words})
    return table.sort_values(["onset_s", "kind"], kind="stable", ignore_index=True)


def arousal_events(
    arousals: pd.DataFrame | Sequence[tuple[float, float]], source: str
) -> pd.DataFrame:
    """Build an events table from arousals as a caller has them.

    Raises
    ------
    InputError
        If a table has no onset or duration.
    """
    if not isinstance(arousals, pd.DataFrame):
        return make_events((on, dur, "arousal", source) for on, dur in arousals)
    if missing := {"onset_s", "duration_s"} - set(arousals.columns):
        raise InputError(
            f"The table of arousals has no column {', '.join(sorted(missing))}."
        )
    told = {"kind": "arousal", "cause": "", "source": source}
    known = {name: arousals[name] for name in ("cause", "source") if name in arousals}
    return _events_table(arousals.assign(**told, **known)[list(EVENT_COLUMNS)])


def arousal_faults(events: pd.DataFrame) -> list[str]:
    """Name the arousals that start or last less than zero."""
    known = (events["onset_s"] >= 0) & ~(events["duration_s"] < 0)
    return [f"arousal {row + 1} is negative" for row in np.flatnonzero(~known)]
