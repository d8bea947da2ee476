"""Feed damaged files to every reader, for as long as wanted, and print the counts.

    python scripts/fuzz.py --seconds 120 --seed 1

A case is a right file of which bytes were changed, cut, doubled or replaced by pieces of
the format's own language. Whatever it holds, a reader returns a value or raises a
`PsgkitError`; it takes less than two seconds and little memory. Everything else is a
finding: it is printed with its traceback's last line, the file is kept in ``--keep``, and
the exit status is 1. The same seed makes the same cases. Readers of HDF5 and EEGLAB
files, whose cases need a process of their own, get a quarter of the cases of others.
"""

import argparse
import io
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from edf_makers import EdfSignal, make_edf
from fuzz_parts import formats
from private_makers import private_scorings

import psgkit
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.domain.jobs import Job
from psgkit.errors import PsgkitError
from psgkit.pipeline import analyse_scoring
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import find_header_issues
from psgkit.read import (
    read_annotations,
    read_recording,
    read_scoring,
    read_start,
)
from psgkit.report import read_night
from psgkit.settings import Settings, load_settings

SLOW_S = 2.0
HUNG_S = 30.0
GROWN_MB = 500.0

HEADER = b"0123456789 .,-+eEXDC:/\0\xff\xb5uV"
XML = b"<>&\"'/=0123456789.- NREMWScored"
TEXT = b"0123456789.,;:\t\n\r -+\"'#WNR?eE\xff\xfe\0"
JSON = b'0123456789.,:[]{}"- WNRtruefalsn\\u'
PIECES = (
    *(b"nan", b"inf", b"-1", b"1e999", b"9" * 400, b"\0" * 40, b"", b"\xff\xfe"),
    *(b"24:61:61", b"31.02.2021", b"[" * 3000, b"<a>" * 500, b"\n" * 50, b"0x10"),
)


@dataclass(frozen=True)
class Target:
    """A reader, right files for it, and what its files are made of."""

    name: str
    seeds: tuple[bytes, ...]
    suffix: str
    alphabet: bytes
    read: Callable[[Path], object]
    within: int | None = None  # changes stay in so many first bytes
    file: str = ""  # the name of the file that is changed, where a reader knows it
    beside: tuple[tuple[str, bytes], ...] = ()  # files that belong to it


def change(raw: bytes, target: Target, chance: random.Random) -> bytes:
    """Return a damaged copy."""
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 3, 6, 12))):
        end = min(len(data), target.within or len(data))
        place = chance.randrange(max(end, 1))
        kind = chance.random()
        if kind < 0.45 and data:
            data[place] = chance.choice(target.alphabet)
        elif kind < 0.6 and data:
            data[place] = chance.randrange(256)
        elif kind < 0.7:
            length = chance.randrange(1, 60)
            data[place : place + length] = b""
        elif kind < 0.8:
            length = chance.randrange(1, 200)
            data[place:place] = data[place : place + length]
        elif kind < 0.97:
            data[place : place + chance.randrange(9)] = chance.choice(PIECES)
        else:
            del data[place:]
    return bytes(data)


def read_edf(path: Path) -> object:
    """Read all of a recording that any command reads."""
    recording = rereference(read_recording(path))
    find_header_issues(recording)
    for channel in recording.channels:
        recording.signal(channel)
    read_annotations(path)
    return read_start(path)


def read_samples(path: Path) -> object:
    """Read all of a recording of another format."""
    recording = rereference(read_recording(path))
    find_header_issues(recording)
    return [recording.signal(channel) for channel in recording.channels]


def make_targets(folder: Path) -> list[Target]:
    """Return every reader with right files for it."""
    signals = [
        EdfSignal("C4", rate=100, prefilter="HP:0.3Hz LP:35Hz"),
        EdfSignal("M1", rate=100, unit=""),
        EdfSignal("SpO2", rate=1, unit="%"),
    ]
    times = ["+0", "+1", "+2", "+3", "+30", "+31", "+32", "+33"]
    texts = {2: b"+2.5\x151\x14Arousal\x14\x00", 3: b"+0\x1530\x14Sleep stage W\x14\0"}
    edf = make_edf(
        *(folder / "n.edf", signals),
        n_records=8,
        kind="EDF+D",
        patient="X F 02-MAY-1951 X",
        onsets=times,
        texts=texts,
    ).read_bytes()
    bdf = make_edf(
        folder / "n.bdf", signals, version=b"\xffBIOSEMI", kind="24BIT"
    ).read_bytes()
    scorings = {name: text.encode() for name, text in private_scorings().items()}
    (folder / "s.txt").write_bytes(scorings["list"])
    night = analyse_scoring(Job(None, scoring=folder / "s.txt"), Settings())
    saved = (psgkit.save_night(night, folder) / "s.h5").read_bytes()
    scorings |= {
        "yasa": b'{"values": ["WAKE", "N2", "N3", "REM"], "n_stages": 5, "freq": "30s", '
        b'"start": "2020-05-06 22:00:00", "scorer": "Y"}',
        "json": b"[0, 1, 2, 3, 4, -1, 2, 2]",
        "alice": b"22:58:30 W\n22:59:00 N1\n22:59:30 N2\n",
        "domino": b"Signal ID: SchlafProfil\\profil\nStart Time: 01.02.2020 22:00:00\n"
        b"Rate: 30 s\n\n22:00:00,000; Wach\n22:00:30,000; N2\n",
        "noxturnal": b"Start Time,End Time,Event,Duration\n[],[],[],[s]\n"
        b"05/06/2020 23:59:30,x,Wake,30\n06/06/2020 00:00:00,x,N1,30\n",
        "sleepware": b'<PatientStudy><UserStaging><Stage Type="Wake" Start="0"/><Stage '
        b'Type="NonREM2" Start="60"/></UserStaging><Event Family="Neuro" Type="Arousal" '
        b'Start="9" Duration="4"/></PatientStudy>',
        "nsrr": b"<PSGAnnotation><EpochLength>30</EpochLength><ScoredEvents><ScoredEvent>"
        b"<EventType>Stages|Stages</EventType><EventConcept>Wake|0</EventConcept><Start>"
        b"0</Start><Duration>90</Duration></ScoredEvent></ScoredEvents></PSGAnnotation>",
        "embla_xml": b"<Events><Event><Type>SLEEP-S2</Type><StartTime>22:00:00</StartTime>"
        b"<StopTime>22:00:30</StopTime></Event></Events>",
    }
    is_xml = {"profusion", "sleepware", "nsrr", "embla_xml"}
    manifest = b"id,edf,scoring,age,sex,lights_off,group\nn1,a.edf,a.xml,40,F,22:47,x\n"
    toml = (ROOT / "configs" / "default.toml").read_bytes()
    edf_bytes = 256 * 5
    targets = [
        Target("EDF header", (edf,), ".edf", HEADER, read_edf, edf_bytes),
        Target("EDF records", (edf,), ".edf", b"+-0123456789\x14\x15\0. ", read_edf),
        Target("BDF", (bdf,), ".bdf", HEADER, read_edf, 256 * 4),
        Target("EDF+ scoring", (edf,), ".edf", HEADER, read_scoring),
        Target("HDF5 night", (saved,), ".h5", bytes(range(256)), read_night),
        Target("HDF5 scoring", (saved,), ".h5", bytes(range(256)), read_scoring),
        Target("manifest", (manifest,), ".csv", TEXT, read_manifest),
        Target("settings", (toml,), ".toml", TEXT, load_settings),
        Target("any bytes", (b"",), ".x", bytes(range(256)), read_scoring),
    ]
    for name, raw in scorings.items():
        alphabet = XML if name in is_xml else JSON if "json" in name else TEXT
        suffix = ".tsv" if name == "trial_types" else ".txt"
        targets.append(
            Target(f"scoring: {name}", (raw,), suffix, alphabet, read_scoring)
        )
    return [*targets, *_sheets(), *_other_formats(folder)]


def _other_formats(folder: Path) -> list[Target]:
    """Return the readers of MNE's formats, WFDB annotations and corrected scorings."""
    seeds = {
        **formats.recordings(folder),
        "scoring: WFDB": formats.annotations(folder),
        "scoring: corrected": formats.correction(),
    }
    targets = []
    for name, seed in seeds.items():
        read = read_scoring if name.startswith("scoring") else read_samples
        alphabet = JSON if seed.name.endswith(".json") else TEXT
        if not seed.name.endswith((".json", ".vhdr", ".vmrk")):
            alphabet = bytes(range(256))
        targets.append(
            Target(
                name,
                (seed.files[seed.name],),
                Path(seed.name).suffix,
                alphabet,
                lambda path, seed=seed, read=read: read(path.with_name(seed.opened)),
                # The header and the tree of a file say more than its samples.
                within=None if read is read_scoring else 6_000,
                file=seed.name,
                beside=tuple(seed.files.items()),
            )
        )
    return targets


def _sheets() -> list[Target]:
    """Return the reader of Excel sheets, where openpyxl is there."""
    try:
        import openpyxl
    except ImportError:
        return []
    book = openpyxl.Workbook()
    for row in (("Epoch", "Stage", "Events"), (1, "W", "L Out"), (2, "N2", "AR, OA")):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    raw = packed.getvalue()
    return [Target("scoring: xlsx", (raw,), ".xlsx", bytes(range(256)), read_scoring)]


def _written(home: Path, target: Target, raw: bytes) -> Path:
    """Write a case, with the files that belong to it beside."""
    if not home.exists():
        home.mkdir()
        for name, content in target.beside:
            (home / name).write_bytes(content)
    path = home / (target.file or f"case{target.suffix}")
    path.write_bytes(raw)
    return path


class Hung(BaseException):
    """A reader gave no answer for `HUNG_S`; no reader may catch this."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `Hung` in what takes longer."""

    def stop(*_: object) -> None:
        raise Hung

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def run_case(target: Target, path: Path) -> tuple[str, str]:
    """Return what became of one case, and the finding if it is one."""
    return _in_child(target, path) if needs_child(target) else _here(target, path)


def needs_child(target: Target) -> bool:
    """Return whether a case has to be ended from outside: its reader is C code."""
    return target.suffix in {".h5", ".set"}


def _in_child(target: Target, path: Path) -> tuple[str, str]:
    """Run a case where it can be ended: C code of HDF5 loops, that of scipy crashes."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=lambda: sender.send(_here(target, path))
    )
    process.start()
    sender.close()  # so that a process that dies is heard of
    try:
        answered = receiver.poll(HUNG_S)
        outcome, finding = receiver.recv() if answered else ("finding", "no answer")
    except EOFError:
        outcome, finding = "finding", "the process died"
    process.kill()
    process.join()
    return outcome, finding


def _here(target: Target, path: Path) -> tuple[str, str]:
    before_mb = peak_mb()
    began = time.process_time()  # other programs on the machine do not count
    try:
        with limited(HUNG_S):
            target.read(path)
        outcome = "read"
    except PsgkitError:
        outcome = "refused"
    except Hung as fault:
        return "finding", f"no answer after {HUNG_S:.0f} s at {_place(fault)}"
    except Exception as fault:  # noqa: BLE001 - each is a finding
        return (
            "finding",
            f"{type(fault).__name__} at {_place(fault)}: {str(fault)[:100]}",
        )
    seconds = time.process_time() - began
    if seconds > SLOW_S:
        return "finding", f"slow: {outcome}"
    if peak_mb() - before_mb > GROWN_MB:
        return "finding", f"memory: {outcome}"
    return outcome, ""


def _place(fault: BaseException) -> str:
    """Return the file and line that an exception comes from."""
    frames = traceback.extract_tb(fault.__traceback__)
    frame = [frame for frame in frames if frame.name != "stop"][-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> int:
    """Run and print; 1 where there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="at most (60)")
    parser.add_argument("--cases", type=int, default=10**9, help="at most so many")
    parser.add_argument(
        "--seed", type=int, default=0, help="the same seed makes the same cases"
    )
    parser.add_argument("--keep", type=Path, help="a folder for files with findings")
    parser.add_argument("--only", default="", help="part of a reader's name")
    given = parser.parse_args()
    warnings.simplefilter("error")
    chance = random.Random(given.seed)  # noqa: S311 - repeatable, not secret
    counts: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    slowest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        targets = [t for t in make_targets(Path(name)) if given.only in t.name]
        if not targets:
            parser.error(f"no reader has {given.only!r} in its name")
        folder = Path(name) / "cases"
        folder.mkdir()
        for number, target in enumerate(targets):
            for raw in filter(None, target.seeds):
                target.read(_written(folder / str(number), target, raw))
        # One round: the number of a reader for each of its cases.
        turns = [
            n for _ in range(4) for n, t in enumerate(targets) if not needs_child(t)
        ]
        turns += [n for n, t in enumerate(targets) if needs_child(t)]
        until = time.monotonic() + given.seconds
        for number in range(given.cases):
            if time.monotonic() > until:
                break
            turn = turns[number % len(turns)]
            target = targets[turn]
            raw = change(chance.choice(target.seeds), target, chance)
            path = _written(folder / str(turn), target, raw)
            began = time.perf_counter()
            outcome, finding = run_case(target, path)
            took = time.perf_counter() - began
            slowest[target.name] = max(slowest.get(target.name, 0.0), took)
            counts[target.name, outcome] += 1
            if finding:
                found[target.name, finding] += 1
                if given.keep and found[target.name, finding] == 1:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / f"{given.seed}-{number}{target.suffix}").write_bytes(
                        raw
                    )
    print(
        f"{'reader':24}{'cases':>8}{'read':>8}{'refused':>9}{'findings':>10}  slowest"
    )
    for target in targets:
        read, refused, bad = (
            counts[target.name, word] for word in ("read", "refused", "finding")
        )
        print(
            f"{target.name:24}{read + refused + bad:8}{read:8}{refused:9}{bad:10}"
            f"{slowest.get(target.name, 0.0):8.2f} s"
        )
    print(f"{'all':24}{counts.total():8}   seed {given.seed}, peak {peak_mb():.0f} MB")
    for (target_name, finding), times in found.most_common():
        print(f"FINDING {times}x {target_name}: {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
