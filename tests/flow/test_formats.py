"""One night in six formats: the same stages, and numbers within the formats' rounding."""

import math
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from raw_makers import write_gdf

from psgkit import Night, analyse
from psgkit.read.raw import recording_of_raw

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "sample_data/nap.edf"


@pytest.fixture(scope="module")
def of_edf() -> Night:
    return analyse(SAMPLE)


@pytest.fixture(scope="module")
def raw() -> mne.io.BaseRaw:
    raw = mne.io.read_raw_edf(SAMPLE, preload=True, verbose="ERROR")
    return raw.set_annotations(None)


def write(raw: mne.io.BaseRaw, folder: Path, ending: str) -> Path:
    path = folder / f"nap{ending}"
    if ending == ".gdf":
        signals = edfio.read_edf(SAMPLE).signals
        counts = np.array([signal.digital for signal in signals])
        limit = {signal.physical_max for signal in signals}
        assert len(limit) == 1  # one scale for all channels
        labels = [signal.label for signal in signals]
        return write_gdf(path, counts, labels, rates_hz=[128] * 4, limit=limit.pop())
    if ending == ".fif":
        raw.save(path.with_name("nap_raw.fif"), fmt="single", verbose="ERROR")
        return path.with_name("nap_raw.fif")
    mne.export.export_raw(path, raw, verbose="ERROR")
    return path


def assert_same(night: Night, reference: Night) -> None:
    assert night.scoring.stage_names == reference.scoring.stage_names
    ours, theirs = night.measures.to_dict(), reference.measures.to_dict()
    assert set(ours) == set(theirs)
    # A probability depends on thresholds: a sample's last digit may cross one.
    differing = {
        name: (ours[name], value)
        for name, value in theirs.items()
        if not math.isclose(ours[name], value, rel_tol=2e-3, abs_tol=2e-3)
        and not (math.isnan(ours[name]) and math.isnan(value))
    }
    assert differing == {}


@pytest.mark.parametrize("ending", [".bdf", ".vhdr", ".set", ".fif", ".gdf"])
def test_each_format_gives_the_same_night(
    tmp_path: Path, raw: mne.io.BaseRaw, of_edf: Night, ending: str
):
    assert_same(analyse(write(raw, tmp_path, ending)), of_edf)


def test_a_raw_in_memory_gives_the_same_night(raw: mne.io.BaseRaw, of_edf: Night):
    assert_same(analyse(recording_of_raw(raw, id="nap")), of_edf)


def test_a_report_fails_where_mne_fails(monkeypatch: pytest.MonkeyPatch):
    def fail(*_, **__):
        raise RuntimeError("MNE is broken")

    monkeypatch.setattr(mne.io, "read_raw_edf", fail)
    with pytest.raises(Exception, match="MNE is broken"):
        analyse(SAMPLE)
