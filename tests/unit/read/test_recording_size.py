"""What no night has is refused before memory and time are taken for it."""

import dataclasses
import time
from pathlib import Path

import pytest
from edf_makers import make_edf

from psgkit.domain.recording import Gap
from psgkit.errors import UnreadableRecording
from psgkit.read import read_recording
from psgkit.read import recording as module


@pytest.mark.parametrize(
    ("field", "count", "sentence"),
    [
        ("channels", 2_000, "has 2000 channels; psgkit reads up to 1000"),
        ("gaps", 100_000, "has 100000 gaps; psgkit reads up to 2000"),
    ],
)
def test_what_no_night_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, count: int, sentence
) -> None:
    make_edf(tmp_path / "n.edf")
    whole = read_recording(tmp_path / "n.edf")
    one = Gap(1.0, 0.5) if field == "gaps" else whole.channels[0]
    many = dataclasses.replace(whole, gaps=(one,) * count) if field == "gaps" else None
    if many is None:
        channels = tuple(dataclasses.replace(one, index=n) for n in range(count))
        many = dataclasses.replace(whole, channels=channels)
    monkeypatch.setattr(module, "read_edf", lambda *_, **__: many)
    began = time.process_time()
    with pytest.raises(UnreadableRecording, match=sentence):
        read_recording(tmp_path / "n.edf")
    assert time.process_time() - began < 2.0
