"""Scorings that are far larger than a night, made in a moment; one a kind.

`python tests/big_scorings.py` prints the seconds that each takes.
"""

# ruff: noqa: PLW0108 - a file of some MB is made when its test asks for it

import contextlib
import datetime as dt
import gzip
import io
import json
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from psgkit.domain.scoring import Scoring
from psgkit.errors import PsgkitError
from psgkit.read import read_scoring

DAY = 86_400
_STAGES = ("W", "N1", "N2", "N3", "R")
_NUMBERS = {"W": 0, "N1": 1, "N2": 2, "N3": 3, "R": 5}
_START = dt.datetime(2024, 1, 1, 22)

# A day of seconds: ten minutes of each stage in turn, so 288 min of each.
SECONDS = tuple(_STAGES[second // 600 % 5] for second in range(DAY))


def _clock(second: int) -> str:
    return f"{_START + dt.timedelta(seconds=second):%H:%M:%S}"


def _lines(row: Callable[[int, str], str], head: str = "") -> bytes:
    rows = map(row, range(DAY), SECONDS)
    return "\n".join([*([head] if head else []), *rows]).encode()


def _domino() -> bytes:
    words = {"R": "Rem", "W": "Wach"}
    head = (
        "Signal ID: SchlafProfil\\profil\nStart Time: 01.01.2024 22:00:00\nUnit: \n"
        "Signal Type: Discret\nEvents list: N3,N2,N1,Rem,Wach,Artefakt\nRate: 1 s\n"
    )
    return _lines(lambda n, s: f"{_clock(n)},000; {words.get(s, s)}", head)


def _profusion() -> bytes:
    stages = "".join(f"<SleepStage>{_NUMBERS[s]}</SleepStage>" for s in SECONDS)
    return (
        '<?xml version="1.0"?><CMPStudyConfig><EpochLength>1</EpochLength><ScoredEvents>'
        f"</ScoredEvents><SleepStages>{stages}</SleepStages></CMPStudyConfig>"
    ).encode()


# Name to the file's name, what it holds, and the options of `read_scoring`.
DAYS: dict[str, tuple[str, Callable[[], bytes], dict[str, object]]] = {
    "words": ("a.txt", lambda: _lines(lambda _, s: s), {"epoch_s": 1}),
    "numbers": ("a.txt", lambda: _lines(lambda _, s: f"{_NUMBERS[s]}"), {"epoch_s": 1}),
    "json": (
        "a.json",
        lambda: f"[{','.join(str(_NUMBERS[s]) for s in SECONDS)}]".encode(),
        {"epoch_s": 1, "codes": "rk"},
    ),
    "table": (
        "a.tsv",
        lambda: _lines(lambda n, s: f"{n}\t1\t{s}", "onset\tduration\tstage"),
        {},
    ),
    "annotations": (
        "a.tsv",
        lambda: _lines(
            lambda n, s: f"{n}\t1\tSleep stage {s}", "onset\tduration\ttrial_type"
        ),
        {},
    ),
    "clock": (
        "a.csv",
        lambda: _lines(lambda n, s: f"{_clock(n)},{s}", "time,stage"),
        {},
    ),
    "clock and ends": (
        "a.csv",
        lambda: _lines(
            lambda n, s: f"{_clock(n)},{_clock(n + 1)},{s}", "start,end,stage"
        ),
        {},
    ),
    "Noxturnal": (
        "a.csv",
        lambda: _lines(
            lambda n, s: f"{_clock(n)},{_clock(n + 1)},1,{s}",
            "Start Time,End Time,Duration,Event",
        ),
        {},
    ),
    "Luna": (
        "a.annot",
        lambda: _lines(lambda n, s: f"{s}\t.\t.\t{_clock(n)}\t{_clock(n + 1)}\t."),
        {},
    ),
    "Domino": ("profile.txt", _domino, {}),
    "Profusion": ("a.xml", _profusion, {}),
}


def _zip_of_zeros() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"<c/>" * 50_000_000)
    return packed.getvalue()


# Name to the file's name and what it holds: no scoring of a night.
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "3 million lines": ("a.txt", lambda: b"N2\n" * 3_000_000),
    "5 million numbers": ("a.json", lambda: b"[" + b"0," * 5_000_000 + b"0]"),
    "3 million tags": (
        "a.xml",
        lambda: b"<CMPStudyConfig>" + b"<a/>" * 2_900_000 + b"</CMPStudyConfig>",
    ),
    "200,000 stages": (
        "a.xml",
        lambda: (
            b"<CMPStudyConfig><EpochLength>1</EpochLength><SleepStages>"
            + b"<SleepStage>2</SleepStage>" * 200_000
            + b"</SleepStages></CMPStudyConfig>"
        ),
    ),
    "100,000 columns": (
        "a.csv",
        lambda: (
            b"onset,duration,stage"
            + b",x" * 100_000
            + b"\n"
            + (b"0,30,W" + b",1" * 100_000 + b"\n") * 30
        ),
    ),
    "200,000 names of columns": (
        "a.csv",
        lambda: (
            ",".join(f"Stage {n}" for n in range(200_000)) + "\n" + "W," * 200_000
        ).encode(),
    ),
    "a line of 11 MB": ("a.txt", lambda: b"W" * 11_000_000),
    "11 million commas": ("a.csv", lambda: b"," * 11_000_000),
    "quotes without end": ("a.csv", lambda: b'a,"' * 3_000_000),
    "a bomb of gzip": ("a.txt.gz", lambda: gzip.compress(b"W\n" * 40_000_000, 1)),
    "a bomb of zip": ("a.xlsx", _zip_of_zeros),
    "40,000 events": (
        "a.tsv",
        lambda: (
            "onset\tduration\ttrial_type\n"
            + "".join(
                f"{n * 30}\t30\tSleep stage W\n{n}\t1\tarousal {n}\n"
                for n in range(40_000)
            )
        ).encode(),
    ),
    "10,000 names of events": (
        "a.tsv",
        lambda: (
            "onset\tduration\ttrial_type\n0\t600\tSleep stage W\n"
            + "".join(
                f"{n % 600}\t1\tplm{n} arousal beinbewegung{n} weck{n}\n"
                for n in range(10_000)
            )
        ).encode(),
    ),
    "a name of 3 MB": (
        "a.tsv",
        lambda: (
            b"onset\tduration\ttrial_type\n0\t600\tSleep stage W\n9\t3\tplm"
            + b"plm" * 1_000_000
            + b"\n12\t3\t"
            + b"arousal " * 100_000
        ),
    ),
    "stages 30 years apart": (
        "a.tsv",
        lambda: b"onset\tduration\tstage\n0\t1\tW\n946080000\t1\tN2\n",
    ),
}


def read_small(folder: Path) -> Scoring:
    """Read a small file first: modules and vocabulary load once in a process."""
    small = folder / "small.txt"
    small.write_text("W\nN1\n")
    return read_scoring(small)


def read_all(paths: list[str]) -> dict[str, object]:
    """Read files; return the MB that this process grew by, and the refused files."""
    read_small(Path(paths[0]).parent)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = []
    for path in paths:
        try:
            read_scoring(path)
        except PsgkitError:
            refused.append(path)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"grown_mb": grown_kb / 1024, "refused": refused}


def _print_seconds() -> None:
    """Print the processor's seconds of each kind: read, or refused."""
    kinds = {**DAYS, **{kind: (*two, {}) for kind, two in HOSTILE.items()}}
    with tempfile.TemporaryDirectory() as folder:
        read_small(Path(folder))
        for kind, (name, make, options) in kinds.items():
            path = Path(folder, name)
            path.write_bytes(make())
            begin = time.process_time()
            with contextlib.suppress(PsgkitError):
                read_scoring(path, **options)  # type: ignore[arg-type]
            sys.stdout.write(f"{time.process_time() - begin:5.2f} s  {kind}\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.stdout.write(json.dumps(read_all(sys.argv[1:])))
    else:
        _print_seconds()
