"""EDF+D: a file with breaks between data records.

edfio writes files without gaps. Here the time of each data record, which EDF+ keeps as
the first annotation of the record, is written anew, and the header says ``EDF+D``.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from psgkit.domain.recording import Gap

_RESERVED_AT = 192  # of "EDF+C" or "EDF+D"
_HEADER_BYTES = 256
_LABEL_BYTES = 16
_BEFORE_COUNTS = 216  # header bytes a signal has before its samples per record


def record_annotations(
    gaps: Sequence[Gap],
    duration_s: float,
    record_s: float,
    annotations: Sequence[tuple[float, float, str]],
) -> list[bytes]:
    """Return the annotations of each record that is kept.

    Parameters
    ----------
    gaps : sequence of Gap
        On whole records.
    duration_s, record_s : float
        Of the recording, gaps included, and of a record.
    annotations : sequence of (onset_s, duration_s, text)
        Annotations, by onset. Those within a gap are in the record before it.
    """
    starts = np.arange(0.0, duration_s, record_s)
    for gap in gaps:
        inside = (starts >= gap.onset_s) & (starts < gap.onset_s + gap.duration_s)
        starts = starts[~inside]
    blocks = [f"+{start:g}\x14\x14\x00".encode() for start in _exact(starts)]
    for onset, length, text in annotations:
        record = int(np.searchsorted(starts, onset, side="right")) - 1
        blocks[record] += f"+{onset:.3f}\x15{length:.3f}\x14{text}\x14\x00".encode()
    return blocks


def leave_gaps_out(path: Path, blocks: Sequence[bytes]) -> None:
    """Give the records of an EDF+C file their times, and call it EDF+D."""
    raw = bytearray(path.read_bytes())
    header_bytes = int(raw[184:192])
    n_signals = int(raw[252:256])
    labels = [
        bytes(raw[_HEADER_BYTES + _LABEL_BYTES * n :][:_LABEL_BYTES]).strip()
        for n in range(n_signals)
    ]
    counts_at = _HEADER_BYTES + _BEFORE_COUNTS * n_signals
    sizes = [2 * int(raw[counts_at + 8 * n :][:8]) for n in range(n_signals)]
    index = labels.index(b"EDF Annotations")
    first = header_bytes + sum(sizes[:index])
    for number, block in enumerate(blocks):
        at = first + number * sum(sizes)
        raw[at : at + sizes[index]] = block.ljust(sizes[index], b"\x00")
    raw[_RESERVED_AT : _RESERVED_AT + 5] = b"EDF+D"
    path.write_bytes(raw)


def _exact(starts: np.ndarray) -> list[float]:
    return [round(float(start), 3) for start in starts]
