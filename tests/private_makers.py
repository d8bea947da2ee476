"""A recording and scorings full of what must not leave them, and a search for it."""

import base64
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import edfio
import h5py
import numpy as np

SAMPLE = Path(__file__).parents[1] / "sample_data" / "nap.edf"

# None of these occurs in psgkit's own words, in any case.
NAME, FIRST_NAME = "Zwiebelkamp", "Agathonike"
NUMBER = "QX7719405"
TECHNICIAN, HOSPITAL, EQUIPMENT = "Vlierhaag", "Hrzdorf-0042", "Nqx-Recorder"
FREE_TEXT = ("Pjotterman", "Kwassa", "Fjolla", "Tranzduzer", "Zvfilter")
RESERVED = "Rezervjk"
NOTES = ("Brzezinska", "Dremmelaar", "Ysselvoort")
WORDS = (
    *(NAME, FIRST_NAME, NUMBER, TECHNICIAN, HOSPITAL, EQUIPMENT, RESERVED),
    *(*FREE_TEXT, *NOTES),
)
# Of birth (2 May 1951) and of recording (17 September 2019), as programs write them.
DATES = (
    *("02-MAY-1951", "MAY-1951", "1951-05-02", "02.05.51", "02.05.1951", "19510502"),
    *("17-SEP-2019", "SEP-2019", "2019-09-17", "17.09.19", "17.09.2019", "20190917"),
    *("17/09/2019", "09/17/2019", "Sep 17", "17 Sep"),
)
REMARKS = (
    f"Dear {NOTES[0]} please fetch {NAME}",
    f"{NOTES[1]}",
    f"arousal of {NOTES[2]} 17.09.2019",
)


def make_private_edf(path: Path, *, minutes: int = 20) -> Path:
    """Write the first minutes of the sample nap with a person in every field."""
    import datetime as dt

    nap = edfio.read_edf(SAMPLE)
    signals = [
        edfio.EdfSignal(
            signal.data[: int(60 * minutes * signal.sampling_frequency)],
            signal.sampling_frequency,
            label=signal.label,
            transducer_type=f"{FREE_TEXT[3]} {NAME}",
            physical_dimension="uV",
            prefiltering=f"HP:0.3Hz LP:35Hz {FREE_TEXT[4]} {NAME}",
            physical_range=signal.physical_range,
        )
        for signal in nap.signals
    ]
    slow = np.resize(np.array([36.0, 36.5]), 60 * minutes)
    signals.append(edfio.EdfSignal(slow, 1, label="Temp", physical_dimension="degC"))
    whole = edfio.Edf(
        signals,
        patient=edfio.Patient(
            code=NUMBER,
            sex="F",
            birthdate=dt.date(1951, 5, 2),
            name=f"{NAME}_{FIRST_NAME}",
            additional=[FREE_TEXT[0]],
        ),
        recording=edfio.Recording(
            startdate=dt.date(2019, 9, 17),
            hospital_administration_code=HOSPITAL,
            investigator_technician_code=TECHNICIAN,
            equipment_code=EQUIPMENT,
            additional=[FREE_TEXT[1], FREE_TEXT[2]],
        ),
        starttime=dt.time(22, 58, 30),
        annotations=[
            *(
                edfio.EdfAnnotation(60 * n, None, text)
                for n, text in enumerate(REMARKS)
            ),
            *(
                edfio.EdfAnnotation(30 * n, 30, f"Sleep stage {stage}")
                for n, stage in enumerate(_stages(minutes))
            ),
            edfio.EdfAnnotation(700, 8, "Arousal"),
            edfio.EdfAnnotation(0, None, f"Scorer: {TECHNICIAN}"),
        ],
    )
    whole.write(path)
    raw = bytearray(path.read_bytes())
    raw[192:236] = f"EDF+C {RESERVED} {NAME}".encode().ljust(44)
    count = int(raw[252:256])
    reserved = 256 + count * (256 - 32)
    for signal in range(count):
        place = reserved + 32 * signal
        raw[place : place + 32] = f"{RESERVED} {NAME}".encode().ljust(32)
    path.write_bytes(raw)
    return path


def _stages(minutes: int) -> list[str]:
    night = ["W"] * 6 + ["N1"] * 2 + ["N2"] * 10 + ["N3"] * 8 + ["R"] * 8
    return (night * minutes)[: 2 * minutes]


def private_scorings(minutes: int = 20) -> dict[str, str]:
    """Return scorings of that night with notes in them, by a name of their format."""
    stages = _stages(minutes)
    codes = {"W": "0", "N1": "1", "N2": "2", "N3": "3", "R": "5"}
    profusion = "".join(f"<SleepStage>{codes[s]}</SleepStage>" for s in stages)
    notes = "".join(
        f"<ScoredEvent><Name>{remark}</Name><Start>{90 + n}</Start>"
        f"<Duration>4</Duration><Input>{NOTES[1]}</Input></ScoredEvent>"
        for n, remark in enumerate(REMARKS)
    )
    table = [f"{30 * n}\t30\t{stage}\t{REMARKS[0]}" for n, stage in enumerate(stages)]
    remarks = [f"{95 + n}\t4\t{remark}\t" for n, remark in enumerate(REMARKS)]
    luna = [f"{s}\t.\t.\t{30 * n}\t{30 * n + 30}\t." for n, s in enumerate(stages)]
    luna += [f"{remark}\t{NAME}\t.\t95\t99\t{NOTES[0]}" for remark in REMARKS]
    clock = [f"22:{58 + n // 2}:{30 * (n % 2):02}" for n in range(2)]
    embla = [
        f"RemLogic Event Export\nPatient: {NAME}\nRecording Date: 17/09/2019\n",
        "Time [hh:mm:ss]\tEvent\tDuration[s]\tLocation",
        f"{clock[0]}\tSLEEP-S0\t30\t{NOTES[0]}",
        f"{clock[1]}\tSLEEP-S2\t30\t{NOTES[0]}",
        *(f"{clock[1]}\t{remark}\t3\t" for remark in REMARKS),
    ]
    return {
        "profusion": "<CMPStudyConfig><EpochLength>30</EpochLength><ScoredEvents>"
        f"{notes}</ScoredEvents><SleepStages>{profusion}</SleepStages>"
        f"<StudyNotes>{NAME}</StudyNotes></CMPStudyConfig>",
        "table": "\n".join(
            [f"# scorer: {TECHNICIAN}", "onset\tduration\tstage\tnotes", *table]
        ),
        "trial_types": "\n".join(["onset\tduration\ttrial_type\tx", *table, *remarks]),
        "luna": "\n".join([f"# scorer: {TECHNICIAN}", *luna]),
        "remlogic": "\n".join(embla),
        "list": "\n".join([f"# {NAME}", *stages]),
    }


def leaks_in(text: str | bytes) -> list[str]:
    """Return the words and dates of the person that a text holds, in any case."""
    raw = (text.encode() if isinstance(text, str) else text).lower()
    return [
        secret
        for secret in (*WORDS, *DATES)
        if secret.lower().encode() in raw or secret.lower().encode("utf-16-le") in raw
    ]


def leaks_below(folder: Path) -> list[tuple[str, str]]:
    """Return every leak in the files of a folder, packed content unpacked."""
    return [
        (path.name, secret)
        for path in sorted(folder.rglob("*"))
        for content in (str(path.relative_to(folder)).encode(), *_contents(path))
        for secret in leaks_in(content)
    ]


def _contents(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        return
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"\x89HDF"):
        yield from _unpacked(path)
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(path) as packed_files:
            yield from (packed_files.read(name) for name in packed_files.namelist())
    if path.suffix == ".html":
        for packed in re.findall(rb"base64,([A-Za-z0-9+/=]+)", raw):
            yield base64.b64decode(packed)


def _unpacked(path: Path) -> Iterator[bytes]:
    found: list[bytes] = []

    def note(name: str, thing: h5py.Group | h5py.Dataset) -> None:
        found.append(name.encode())
        for key, value in thing.attrs.items():
            found.append(f"{key}={np.asarray(value).tolist()!r}".encode())
        if isinstance(thing, h5py.Dataset):
            values = thing[()]
            found.append(repr(np.asarray(values).tolist()).encode())
            found.append(np.asarray(values).tobytes() if thing.dtype != object else b"")

    with h5py.File(path, "r") as file:
        note("/", file)
        file.visititems(note)
    yield from found
