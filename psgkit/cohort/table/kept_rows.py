"""Rows of nights whose files did not change, kept from one `collect` to the next.

Reading a night costs some 30 ms, reading its kept row a hundredth of that. Below the
output folder, ``.psgkit/rows.json`` holds the rows, each with the size, the time and the
seal of the night's file. The file has its own seal: a damaged file is not used.
"""

import json
import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from psgkit._version import __version__
from psgkit.cohort.batch.state import STATE_FOLDER
from psgkit.domain.metrics import Measure, find_metric
from psgkit.domain.night import Night
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.errors import OutputError
from psgkit.report.tables import FORMAT_VERSION, summary_row
from psgkit.store.files import make_folder, refuse_link, write_whole
from psgkit.store.night_file import read_night_numbers
from psgkit.store.night_measures import metric_table, metrics_from
from psgkit.store.seal import read_sealed, seal_line, sealed

# Rows of another version may have other columns.
WRITER = f"psgkit {__version__}, metrics {METRIC_VERSION}, tables {FORMAT_VERSION}"

_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class NightRow:
    """One saved night's part of the tables of a cohort.

    Attributes
    ----------
    id : str
    cells : mapping of str to object
        The columns of the wide row, without the id.
    recording_sha256, scoring_sha256 : str
        Hashes of the night's inputs; empty without an input.
    """

    id: str
    cells: Mapping[str, Any]
    recording_sha256: str
    scoring_sha256: str

    @classmethod
    def of(cls, night: Night) -> "NightRow":
        """Take the row of a night that was read."""
        cells = {k: v for k, v in summary_row(night).items() if k != "id"}
        source = night.provenance
        return cls(night.id, cells, source.recording_sha256, source.scoring_sha256)


class KeptRows:
    """The rows of a folder's nights, and which tables were made of them.

    Parameters
    ----------
    out : pathlib.Path
        The output folder of a cohort.
    verify : bool
        Whether every night is read from its file, also where that did not change.
    """

    def __init__(self, out: Path, *, verify: bool = False) -> None:
        self._out = out
        self._path = out / STATE_FOLDER / "rows.json"
        self._kept: dict[str, tuple[list[Any], NightRow]] = {}
        self._used: dict[str, tuple[list[Any], NightRow]] = {}
        self._known: dict[str, Measure] = {}
        self._tables: dict[str, Any] = {}
        if not verify:
            with suppress(*_FAULTS):
                self._load()

    def read(self, file: Path, measures: dict[str, Measure]) -> NightRow:
        """Return the row of a saved night, from its file where that has changed.

        Parameters
        ----------
        file : pathlib.Path
            The night's ``.h5`` file.
        measures : dict of str to Measure
            One measure of each name so far; new ones are added.

        Raises
        ------
        UnreadableNight
            As `read_night_numbers`.
        """
        name = file.relative_to(self._out).as_posix()
        # Taken before reading, so that a change during the reading is seen.
        facts = _facts(file)
        before, row = self._kept.get(name, (None, None))
        if row is None or facts is None or facts != before:
            row = NightRow.of(read_night_numbers(file, measures))
        for column in row.cells:
            if column not in measures and column in self._known:
                measures[column] = self._known[column]
        if facts is not None:
            self._used[name] = facts, row
        return row

    def are_tables_of(self, digest: str) -> bool:
        """Return whether the folder's tables have the same sources, unchanged."""
        files = self._tables.get("files")
        return (
            isinstance(files, dict)
            and self._tables.get("digest") == digest
            and files == {name: _facts(self._out / name) for name in files}
        )

    def save(
        self, measures: Mapping[str, Measure], digest: str, tables: Collection[str]
    ) -> None:
        """Keep the rows that were read, and the sources of the tables in the folder.

        Where the folder cannot be written, the next call reads every night again.
        """
        layouts: dict[tuple[str, ...], int] = {}
        nights = {
            name: [
                facts,
                row.id,
                row.recording_sha256,
                row.scoring_sha256,
                layouts.setdefault(tuple(row.cells), len(layouts)),
                list(row.cells.values()),
            ]
            for name, (facts, row) in self._used.items()
        }
        metrics = {found.metric.name: found.metric for found in measures.values()}
        content = {
            "writer": WRITER,
            "metrics": metric_table(metrics.values()).to_dict("records"),
            "measures": list(measures),
            "layouts": list(layouts),
            "nights": nights,
            "tables": {
                "digest": digest,
                "files": {name: _facts(self._out / name) for name in tables},
            },
        }
        with suppress(OSError, OutputError):
            refuse_link(self._path.parent)
            make_folder(self._path.parent)
            write_whole(self._path, sealed(json.dumps(content).encode()))

    def _load(self) -> None:
        content = json.loads(read_sealed(self._path))
        if content["writer"] != WRITER:
            return
        metrics = metrics_from(pd.DataFrame(content["metrics"]))
        known = {}
        for name in content["measures"]:
            metric, where = find_metric(name, metrics) or (None, ())
            if metric is None:
                return
            known[name] = Measure(metric, math.nan, where)
        layouts = content["layouts"]
        kept = {
            name: (
                facts,
                NightRow(id, dict(zip(layouts[at], cells, strict=True)), *sha),
            )
            for name, (facts, id, *sha, at, cells) in content["nights"].items()
        }
        self._kept, self._known, self._tables = kept, known, content["tables"]


def _facts(file: Path) -> list[Any] | None:
    """Return the size, the time and the last bytes of a file."""
    try:
        found = file.stat()
        return [found.st_size, found.st_mtime_ns, seal_line(file)]
    except OSError:
        return None
