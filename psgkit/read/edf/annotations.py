"""The annotations and the start of an EDF+ or BDF+ file.

All annotations of all annotation signals are read, also where the file holds nothing
else, as hypnograms do.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from psgkit.read.edf.header import EdfHeader, read_header
from psgkit.read.edf.layout import RecordLayout, find_layout
from psgkit.read.edf.start import find_start
from psgkit.read.edf.tals import parse_tals


def read_annotations(path: str | Path) -> pd.DataFrame:
    """Read all annotations of a file.

    Parameters
    ----------
    path : str or Path
        An EDF+ or BDF+ file, with signals or without.

    Returns
    -------
    pandas.DataFrame
        Columns ``onset_s`` (after the first sample, or after the start of a file
        without signals), ``duration_s`` (NaN if not given) and ``text``,
        ordered by onset. Empty where the file has no annotations.

    Raises
    ------
    UnreadableRecording
        If the file is not EDF or BDF, or its header has faults.
    """
    header = read_header(Path(path))
    layout, _ = find_layout(Path(path), header)
    rows = list(annotation_rows(header, layout))
    table = pd.DataFrame(rows, columns=["onset_s", "duration_s", "text"])
    table = table.astype({"onset_s": float, "duration_s": float, "text": object})
    return table.sort_values("onset_s", kind="stable", ignore_index=True)


def annotation_rows(
    header: EdfHeader, layout: RecordLayout
) -> Iterator[tuple[float, float, str]]:
    """Yield onset, duration (NaN if not given) and text of each annotation."""
    for block in _annotation_blocks(header, layout):
        if block.endswith(b"\x14\x14") and block.count(b"\x14") == 2:
            continue  # most have only the time of a record
        for tal in parse_tals(block):
            for text in filter(None, tal.texts):
                yield tal.onset_s - layout.first_onset_s, tal.duration_s, text


def read_start(path: str | Path) -> dt.datetime | None:
    """Read the clock time of a file's first sample.

    Returns
    -------
    datetime.datetime or None
        With the date `psgkit.domain.clock.UNKNOWN_DATE` where only the time of day is
        known; None where neither is.

    Raises
    ------
    UnreadableRecording
        If the file is not EDF or BDF, or its header has faults.
    """
    header = read_header(Path(path))
    layout, _ = find_layout(Path(path), header)
    return find_start(header, layout.first_onset_s)


def _annotation_blocks(header: EdfHeader, layout: RecordLayout) -> list[bytes]:
    blocks = []
    for signal in header.annotation_signals:
        size = signal.samples * header.sample_bytes
        for _, records in layout.blocks(0, layout.n_records, signal.offset, size):
            blocks += [row.tobytes().rstrip(b"\0") for row in records]
    return blocks
