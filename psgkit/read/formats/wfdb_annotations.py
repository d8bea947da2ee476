"""PhysioNet's annotations of a record (WFDB): ``.st``, ``.atr``, ``.arousal`` and others.

A binary file of words of 16 bits, little endian: a code in the upper 6 bits, a time step in
the lower 10. A text follows the annotation that it belongs to. Two sets of texts are known.
The MIT-BIH polysomnographic database has one per epoch of 30 s: a stage (``W``, ``1`` to
``4``, ``R``, ``MT``) and, in any number, ``H`` hypopnoea, ``OA``, ``CA`` apnoeas, ``L``
leg movement, ``A`` arousal, and ``HA``, ``X``, ``CAA``, ``LA`` with an arousal. The
Challenge of 2018 has a stage where it changes, and events between ``(arousal_rera`` and
``arousal_rera)``. The sampling rate is in the file, or in the record's header
(``.hea``) beside it, which also gives the end of the last stage.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.listed import (
    HEAD_BYTES,
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import stage_of

EPOCH_S = 30.0
# Codes of the format: a step of 32 bits, a text, and fields that take no time.
_SKIP, _AUX, _NO_ANNOTATION = 59, 63, 0
_FIELDS = {60, 61, 62}
_RATE = re.compile(r"## time resolution: (\d+\.?\d*)")
_SUFFIXES = {".st", ".sta", ".atr", ".arousal", ".hypn", ".apn", ".ann"}
_STAGES = {
    "W": Stage.W,
    "1": Stage.N1,
    "2": Stage.N2,
    "3": Stage.N3,
    "4": Stage.N3,
    "R": Stage.R,
    "MT": Stage.ART,
    "M": Stage.ART,
    "U": Stage.UNS,
}
# The event of each note, and whether an arousal belongs to it.
_NOTES = {
    "H": ("hypopnea", False),
    "HA": ("hypopnea", True),
    "OA": ("obstructive apnea", False),
    "X": ("obstructive apnea", True),
    "CA": ("central apnea", False),
    "CAA": ("central apnea", True),
    "L": ("leg movement", False),
    "LA": ("leg movement", True),
    "A": ("arousal", False),
}
# Codes of events in the Challenge of 2018.
_EVENTS = {
    "resp_obstructiveapnea": "obstructive apnea",
    "resp_centralapnea": "central apnea",
    "resp_mixedapnea": "mixed apnea",
    "resp_hypopnea": "hypopnea",
    "resp_hypoventilation": "hypoventilation",
    "resp_cheynestokesbreath": "cheyne stokes breathing",
    "resp_partialobstructive": "partial obstruction",
    "arousal_rera": "rera",
    "arousal_plm": "plm arousal",
    "arousal_snore": "snore arousal",
    "arousal_noise": "arousal noise",
    "arousal_spontaneous": "spontaneous arousal",
    "arousal_bruxism": "bruxism arousal",
    "arousal": "arousal",
}


def recognises(file: ScoringFile) -> bool:
    """Recognise by the suffix and by bytes that are not text."""
    is_binary = b"\x00" in file.head[:64] or not file.head_text
    return file.path.suffix.lower() in _SUFFIXES and is_binary


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the notes."""
    notes, rate_hz, end_s = _notes(file)
    builder = DraftBuilder()
    staged: list[tuple[float, Stage]] = []
    opened: dict[str, float] = {}
    for sample, note in notes:
        onset_s = sample / rate_hz
        word, *more = note.split() or [""]
        if word in _STAGES or stage_of(word) is not None:
            stage = _STAGES.get(word) or stage_of(word)
            staged.append((onset_s, Stage.W if stage is None else stage))
            _add_notes(builder, more, onset_s)
        elif note.startswith("("):
            opened[note[1:].strip()] = onset_s
        elif note.endswith(")"):
            name = note[:-1].strip()
            begin_s = opened.pop(name, math.nan)
            if math.isfinite(begin_s):
                _add_event(builder, name, begin_s, onset_s - begin_s)
        elif note:
            _add_notes(builder, [word, *more], onset_s)
    for name, begin_s in opened.items():
        _add_event(builder, name, begin_s, math.nan)
    _add_stages(builder, staged, end_s, options.epoch_s or EPOCH_S)
    return builder.build(epoch_s=options.epoch_s or EPOCH_S)


def _notes(file: ScoringFile) -> tuple[list[tuple[int, str]], float, float | None]:
    """Return the notes with their samples, the rate, and the record's end in seconds."""
    notes: list[tuple[int, str]] = []
    rate_hz, end_s = _rate_and_end(file.path.with_suffix(".hea"))
    is_definition = False
    for sample, text in _texts(file):
        if found := _RATE.match(text):
            rate_hz = float(found[1])
        is_definition |= text == "## annotation type definitions"
        if text and not text.startswith("##") and not is_definition:
            notes.append((sample, text))
        is_definition &= text != "## end of definitions"
    if not 0 < rate_hz < math.inf:
        raise file.fault(
            f"it does not say its sampling rate. Put the record's header "
            f"{file.path.stem}.hea beside it."
        )
    return notes, rate_hz, end_s


def _rate_and_end(header: Path) -> tuple[float, float | None]:
    """Return sampling rate (or 0) and end in seconds that a record's header states."""
    try:
        lines = header.read_bytes()[:HEAD_BYTES].decode("latin-1").splitlines()
    except OSError:
        return 0.0, None
    # Its first line: name, number of signals, rate, number of samples, clock time, date.
    first = next((line for line in lines if line and line[0] != "#"), "")
    found = re.match(r"\S+\s+\d+\s+(\d+\.?\d*)\S*(?:\s+(\d{1,15})\b)?", first)
    rate_hz = float(found[1]) if found else 0.0
    n_samples = int(found[2] or 0) if found else 0
    return rate_hz, n_samples / rate_hz if n_samples and rate_hz else None


def _texts(file: ScoringFile) -> Iterator[tuple[int, str]]:
    """Return the texts of annotations, each with its sample."""
    content = file.content
    place, sample, annotation = 0, 0, _NO_ANNOTATION
    while place + 1 < len(content):
        word = int.from_bytes(content[place : place + 2], "little")
        code, step = word >> 10, word & 0x3FF
        place += 2
        if code == _AUX:
            text = content[place : place + step]
            if len(text) < step:
                raise file.fault("it ends in the middle of an annotation.")
            if annotation != _NO_ANNOTATION:
                yield sample, text.decode("latin-1").strip("\x00 \t\r\n")
            place += step + step % 2
        elif code == _SKIP:
            high, low = content[place : place + 2], content[place + 2 : place + 4]
            sample += int.from_bytes(low + high, "little", signed=True)
            place += 4
        elif code not in _FIELDS:
            sample += step
            annotation = code


def _add_notes(builder: DraftBuilder, notes: list[str], onset_s: float) -> None:
    """Note the events of an epoch: they start with it, and their length is not known."""
    arousals = 0
    for note in notes:
        text, with_arousal = _NOTES.get(note, (note, False))
        builder.add_event(onset_s, math.nan, text)
        arousals += with_arousal
    for _ in range(arousals):
        builder.add_event(onset_s, math.nan, "arousal")


def _add_event(
    builder: DraftBuilder, name: str, onset_s: float, duration_s: float
) -> None:
    text = _EVENTS.get(name, name.replace("_", " "))
    builder.add_event(onset_s, round(duration_s, 6), text)


def _add_stages(
    builder: DraftBuilder,
    staged: list[tuple[float, Stage]],
    end_s: float | None,
    epoch_s: float,
) -> None:
    """Note stages, each until the next; the last until the record's end."""
    if not staged:
        return
    staged.sort(key=lambda pair: pair[0])
    onsets = [onset_s for onset_s, _ in staged]
    steps = [b - a for a, b in pairwise(onsets)]
    by_epoch = sum(abs(step - epoch_s) < 1 for step in steps) > 0.9 * len(steps)
    # a stage of slpdb is one epoch; a missing one is unscored
    lasting = [epoch_s] * len(steps) if by_epoch and steps else steps
    rest_s = 0.0 if end_s is None else (end_s - onsets[-1]) // epoch_s * epoch_s
    lasting = [*lasting, epoch_s if by_epoch and steps else max(epoch_s, rest_s)]
    if end_s is None and not by_epoch:
        builder.issues.append(
            Issue(
                Severity.WARNING,
                "last_stage_one_epoch",
                "Stages last until the next, and the file does not say where the last "
                "ends. It was read as one epoch.",
                "Put the record's header (.hea) beside the annotations.",
            )
        )
    for number, ((onset_s, stage), length_s) in enumerate(
        zip(staged, lasting, strict=True), start=1
    ):
        builder.add_stage(onset_s, length_s, stage, f"stage {number}")


FORMAT = Format("PhysioNet annotations (WFDB)", recognises, read)
