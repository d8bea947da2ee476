"""Positions of the data records in the file and on the clock."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import FileIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Gap
from psgkit.errors import UnreadableRecording
from psgkit.read.edf.header import MAX_RECORDING_S, EdfHeader, SignalHeader
from psgkit.read.edf.record_times import MAX_DRIFT_S, ROUNDING_S, find_runs
from psgkit.read.edf.tals import record_onset
from psgkit.read.recording_size import check_size

BLOCK_BYTES = 1_000_000
# A device whose clock runs ahead of its sampling makes records overlap by a little.
MAX_OVERLAP_S = 0.1
# If nearly everything is a gap, the times are wrong, and gaps would fill the memory:
# 20 million samples are 160 MB, or 21 hours at 256 Hz.
MIN_RECORDED_SHARE = 0.02
MAX_SAMPLES_IN_GAPS = 20_000_000

ByteArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Segment:
    """Records without a gap between them; ``onset_s`` counts from the first record."""

    onset_s: float
    first_record: int
    n_records: int


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """Positions of the data records.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    header_bytes, record_bytes, record_s
        Where the first record starts, the size and the length of each.
    n_records : int
        Whole records in the file.
    first_onset_s : float
        Time of the first record after the start in the header: the part of a second
        that the header has no room for.
    segments : tuple of Segment
        In the order of time.
    """

    path: Path
    header_bytes: int
    record_bytes: int
    record_s: float
    n_records: int
    first_onset_s: float
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> float:
        """From the start of the first record to the end of the last."""
        # Twelve records of 0.1 s last 1.2 s, and not 1.2000000000000002.
        return round(max(_end_of(s, self.record_s) for s in self.segments), 9)

    @property
    def end_byte(self) -> int:
        """Where the last whole record ends in the file."""
        return self.header_bytes + self.n_records * self.record_bytes

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The stretches between segments."""
        ends = [round(_end_of(s, self.record_s), 9) for s in self.segments]
        return tuple(
            Gap(end, after.onset_s - end)
            for end, after in zip(ends, self.segments[1:], strict=False)
            if after.onset_s > end
        )

    def blocks(
        self, first: int, last: int, offset: int, size: int
    ) -> Iterator[tuple[int, ByteArray]]:
        """Yield the same bytes of each of some records, a part of them at a time.

        Parameters
        ----------
        first, last : int
            Records, the last one excluded.
        offset, size : int
            Which bytes of each record.

        Yields
        ------
        tuple of int and numpy.ndarray of uint8, shape (n, size)
            First record of the block, and its bytes, valid until the next block.
        """
        step = min(max(1, BLOCK_BYTES // max(size, 1)), max(last - first, 0))
        buffer = np.empty((step, size), dtype=np.uint8)
        with _open(self.path) as stream:
            for start in range(first, last, step):
                rows = buffer[: min(step, last - start)]
                for record, row in enumerate(rows, start=start):
                    stream.seek(self.header_bytes + record * self.record_bytes + offset)
                    if stream.readinto(row.data) < size:
                        raise UnreadableRecording(
                            f"{self.path.name} became shorter while it was read; wait "
                            "until it is copied."
                        )
                yield start, rows


def _open(path: Path) -> FileIO:
    """Open a file without a buffer: a few bytes of each record are read."""
    try:
        return path.open("rb", buffering=0)
    except OSError as fault:
        raise UnreadableRecording(
            f"{path.name} can no longer be read: {fault.strerror}; it was there when its "
            "header was read."
        ) from None


def find_layout(
    path: Path, header: EdfHeader, *, ignore_clock: bool = False
) -> tuple[RecordLayout, list[Issue]]:
    """Count the records of a file and lay them on the clock.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    header : EdfHeader
        Its header.
    ignore_clock : bool
        Lay the records one after another, whatever times they give.

    Raises
    ------
    UnreadableRecording
        If the file holds no whole record, or the times of its records contradict each
        other.
    """
    n_records, issues = _count_records(path, header)
    layout = RecordLayout(
        path=path,
        header_bytes=header.header_bytes,
        record_bytes=header.record_bytes,
        record_s=header.record_s,
        n_records=n_records,
        first_onset_s=0.0,
        segments=(Segment(0.0, 0, n_records),),
    )
    _check_length(layout, header.fastest_hz)
    keepers = header.annotation_signals
    if header.is_discontinuous and ignore_clock:
        issues.append(_clock_ignored())
    elif header.is_discontinuous:
        layout, more = _lay_on_clock(layout, header)
        issues += more
        _check_length(layout, header.fastest_hz)
    elif keepers:
        layout, more = _with_first_onset(layout, header, keepers[0])
        issues += more
    return layout, issues


def _clock_ignored() -> Issue:
    return Issue(
        Severity.WARNING,
        "clock_ignored",
        "The times of the data records were ignored, as the call asks; the records were "
        "read one after another. Gaps and clock times may be wrong.",
    )


def _count_records(path: Path, header: EdfHeader) -> tuple[int, list[Issue]]:
    """Count whole records by the size of the file; the header is often wrong."""
    data_bytes = path.stat().st_size - header.header_bytes
    found, rest = divmod(data_bytes, header.record_bytes)
    if found < 1:
        raise UnreadableRecording(
            f"{path.name} holds no whole data record: a record takes "
            f"{header.record_bytes} bytes and {max(data_bytes, 0)} follow the header; "
            "copy it again from its source."
        )
    declared = header.records_declared
    if declared == found:
        if rest == 0:
            return found, []
        return found, [
            Issue(
                Severity.NOTE,
                "trailing_bytes",
                f"{rest} bytes after the last data record were left unread.",
            )
        ]
    if declared > found:
        return found, [
            Issue(
                Severity.WARNING,
                "file_truncated",
                f"The header promises {declared} data records and the file holds "
                f"{found} whole ones, {found * header.record_s:g} s; these were read.",
                "Copy the file again if the end of the night is missing.",
            )
        ]
    severity = Severity.NOTE if declared == -1 else Severity.WARNING
    return found, [
        Issue(
            severity,
            "record_count",
            f"The header gives {declared} data records; the {found} that the file "
            "holds were read.",
        )
    ]


def _check_length(layout: RecordLayout, fastest_hz: float) -> None:
    name, duration_s = layout.path.name, layout.duration_s
    if duration_s > MAX_RECORDING_S:
        raise UnreadableRecording(
            f"{name} would last {duration_s / 86400:.3g} days by the times that it "
            f"gives; psgkit reads up to {MAX_RECORDING_S / 86400:.0f}. Export the night "
            "again, or repair the header."
        )
    recorded_s = layout.n_records * layout.record_s
    in_gaps = (duration_s - recorded_s) * fastest_hz
    if recorded_s < MIN_RECORDED_SHARE * duration_s and in_gaps > MAX_SAMPLES_IN_GAPS:
        raise UnreadableRecording(
            f"{name} holds {recorded_s:g} s of signal and spans {duration_s / 3600:.0f} "
            "h by the times of its records, which cannot be right; export it again."
        )


def _with_first_onset(
    layout: RecordLayout, header: EdfHeader, keeper: SignalHeader
) -> tuple[RecordLayout, list[Issue]]:
    """Read the start's fraction of a second from the first record; check the last one.

    In a continuous file it is less than a second or a record. A longer time is that of
    an annotation, where a writer leaves out the time of the record.
    """
    last = layout.n_records - 1
    size = keeper.samples * header.sample_bytes
    first_onset, last_onset = (
        record_onset(block.tobytes(), keeps_time=True)
        for record in (0, last)
        for _, block in layout.blocks(record, record + 1, keeper.offset, size)
    )
    if not 0 <= first_onset < max(1.0, layout.record_s):
        return layout, []
    layout = replace(layout, first_onset_s=first_onset)
    late_s = last_onset - first_onset - last * layout.record_s
    if math.isnan(late_s) or abs(late_s) <= max(1.0, layout.record_s):
        return layout, []
    return layout, [
        Issue(
            Severity.WARNING,
            "clock_disagrees",
            f"The file calls itself continuous, but its last record is marked {late_s:+g}"
            " s from where it stands; it was read as continuous.",
            "Export the recording as EDF+D if it was interrupted.",
        )
    ]


def _lay_on_clock(
    layout: RecordLayout, header: EdfHeader
) -> tuple[RecordLayout, list[Issue]]:
    """Find the segments of a discontinuous file from the times of its records."""
    onsets = _record_onsets(layout, header)
    first_s = float(onsets[0])
    late_s = onsets - first_s - np.arange(layout.n_records) * layout.record_s
    steps_s = np.diff(late_s)
    back = np.flatnonzero(steps_s < -MAX_OVERLAP_S)
    if back.size:
        raise UnreadableRecording(
            f"{layout.path.name}: data record {back[0] + 2} is marked "
            f"{-steps_s[back[0]]:g} s before the end of the one before it, so no "
            "sample's time is certain. Export the recording again, or read the records "
            "one after another with --ignore-clock."
        )
    # Checked first: to make segments of them takes seconds.
    check_size(layout.path.name, gaps=int((steps_s > MAX_OVERLAP_S).sum()))
    runs = find_runs(late_s, layout.record_s)
    segments = tuple(
        Segment(
            # Second zero is the first sample.
            round(run.first * layout.record_s + run.late_s, 6) if run.first else 0.0,
            run.first,
            run.n_records,
        )
        for run in runs
    )
    laid = replace(layout, first_onset_s=first_s, segments=segments)
    overlaps = sum(
        after.onset_s < _end_of(before, layout.record_s) - ROUNDING_S
        for before, after in pairwise(segments)
    )
    drift_s = max((run.drift_s for run in runs), key=abs)
    issues = [_overlap(overlaps)] if overlaps else []
    return laid, issues + ([_drift(drift_s)] if abs(drift_s) > MAX_DRIFT_S else [])


def _drift(drift_s: float) -> Issue:
    return Issue(
        Severity.NOTE,
        "clock_drift",
        f"The times of the data records drift by {drift_s:+.1f} s from the sampling rate "
        "in the header. The recording was read without a gap at that rate.",
        "Check the sampling rate in the header if events are early or late.",
    )


def _overlap(count: int) -> Issue:
    return Issue(
        Severity.NOTE,
        "records_overlap",
        f"{count} data records start up to {MAX_OVERLAP_S:g} s before the one before "
        "them ends; the later samples were kept.",
    )


def _end_of(segment: Segment, record_s: float) -> float:
    return segment.onset_s + segment.n_records * record_s


def _record_onsets(layout: RecordLayout, header: EdfHeader) -> npt.NDArray[np.float64]:
    keepers = header.annotation_signals
    if not keepers:
        raise UnreadableRecording(
            f"{layout.path.name} calls itself discontinuous and has no annotation signal "
            "with the times of its records; export it as EDF+C."
        )
    size = keepers[0].samples * header.sample_bytes
    onsets = np.array(
        [
            record_onset(row.tobytes())
            for _, block in layout.blocks(0, layout.n_records, keepers[0].offset, size)
            for row in block
        ]
    )
    lost = np.flatnonzero(np.isnan(onsets))
    if lost.size:
        raise UnreadableRecording(
            f"{layout.path.name} calls itself discontinuous and {lost.size} of its data "
            f"records give no time, the first of them number {lost[0] + 1}; export the "
            "recording again."
        )
    return onsets
