"""Whatever stands in a header, the outcome is a recording or an `InputError`.

PSGKIT_FUZZ_CASES=5000 runs as many cases as a release wants; fewer by default.
"""

import os
import sys
import time
from pathlib import Path

import pytest
from edf_makers import EdfSignal, make_edf
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from psgkit.errors import InputError
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import find_header_issues
from psgkit.read import read_annotations, read_recording, read_start

N_CASES = int(os.environ.get("PSGKIT_FUZZ_CASES", "200"))
N_SIGNALS = 4
HEADER_BYTES = 256 * (N_SIGNALS + 1)
RECORD_BYTES = 2 * (100 + 100 + 1) + 120
# Bytes that headers are made of, and some that they are not.
ALPHABET = b"0123456789 .,-+eEXDC:/\0\xff\xb5aMuV"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a right EDF+D file with a gap, mixed rates and a blank unit."""
    return make_edf(
        tmp_path_factory.mktemp("fuzz") / "night.edf",
        [
            EdfSignal("C4", rate=100, prefilter="HP:0.3Hz LP:35Hz"),
            EdfSignal("M1", rate=100, unit=""),
            EdfSignal("SpO2", rate=1, unit="%"),
        ],
        n_records=8,
        kind="EDF+D",
        patient="X F 02-MAY-1951 X",
        onsets=["+0", "+1", "+2", "+3", "+30", "+31", "+32", "+33"],
        texts={2: b"+2.5\x151\x14Arousal\x14\x00"},
    )


def changes() -> st.SearchStrategy[list[tuple[int, int]]]:
    byte = st.one_of(st.sampled_from(list(ALPHABET)), st.integers(0, 255))
    # A third each: anywhere, where numbers are computed from, the times of the records.
    place = st.one_of(
        st.integers(0, HEADER_BYTES - 1),
        st.integers(184, 255),
        st.builds(
            lambda record, byte: HEADER_BYTES + record * RECORD_BYTES + 402 + byte,
            st.integers(0, 7),
            st.integers(0, 20),
        ),
    )
    return st.lists(st.tuples(place, byte), min_size=1, max_size=12)


@pytest.mark.slow
@given(changes=changes())
@example(changes=[(746, ord("e"))])  # a digital minimum of -3e768
@settings(
    max_examples=N_CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_changed_header_gives_a_recording_or_an_input_error(
    original: Path, changes: list[tuple[int, int]]
):
    raw = bytearray(original.read_bytes())
    for place, byte in changes:
        raw[place] = byte
    path = original.with_name("changed.edf")
    path.write_bytes(raw)
    before_mb = _peak_mb()
    began = time.perf_counter()

    try:
        recording = rereference(read_recording(path))
        find_header_issues(recording)
        for channel in recording.channels:
            recording.signal(channel)
        read_annotations(path)
        read_start(path)
    except InputError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 - every outcome counts

    assert time.perf_counter() - began < 2.0
    assert _peak_mb() - before_mb < 300


@given(st.binary(max_size=3000))
@settings(max_examples=max(N_CASES // 4, 50), deadline=None)
def test_any_bytes_give_a_recording_or_an_input_error(original: Path, content: bytes):
    path = original.with_name("any.edf")
    path.write_bytes(b"0       " + content)

    with pytest.raises(InputError):
        read_recording(path)


def _peak_mb() -> float:
    """Return the most memory that this process has held, 0 where it cannot be told."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
