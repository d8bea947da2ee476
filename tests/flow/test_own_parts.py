"""A metric, a stager, a band and arousals of one's own, as docs/howto shows them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import psgkit
from psgkit.measure.catalogue.own_rows import REGISTERED

ROOT = Path(__file__).parents[2]
_SNIPPET = re.compile(r"```python\n(.*?)```", re.DOTALL)
MAX_LINES = 20


@pytest.fixture
def nap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with night.edf and night.txt, in which a reader would be."""
    shutil.copy(ROOT / "sample_data/nap.edf", tmp_path / "night.edf")
    recording = psgkit.read_recording(tmp_path / "night.edf")
    epochs = int(recording.duration_s // 30)
    stages = (["W"] * 4 + ["N2"] * 12 + ["N3"] * 4) * epochs
    (tmp_path / "night.txt").write_text("\n".join(stages[:epochs]))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    REGISTERED.clear()


def run_page(name: str, number: int = 0) -> dict[str, Any]:
    """Run a snippet of a page of docs/howto, and return its variables."""
    page = (ROOT / "docs/howto" / name).read_text(encoding="utf-8")
    snippet = _SNIPPET.findall(page)[number]
    lines = [line for line in snippet.splitlines() if line.strip()]
    assert len(lines) <= MAX_LINES
    variables: dict[str, Any] = {"__name__": "my_module"}
    exec(compile(snippet, name, "exec"), variables)  # noqa: S102 - our own page
    return variables


@pytest.mark.slow
def test_a_metric_of_ones_own_stands_in_every_table(nap: Path) -> None:
    night = run_page("own_metric.md")["night"]
    stages = (nap / "night.txt").read_text().split()
    expected = stages.count("N2") / (stages.count("N2") + stages.count("N3"))
    assert night.measures["n2_share_frac"] == pytest.approx(expected)
    folder = nap / "results" / "night"
    wide = psgkit.collect(nap / "results")
    assert wide.loc[0, "n2_share_frac"] == pytest.approx(expected)
    told = (nap / "results/data_dictionary.csv").read_text(encoding="utf-8")
    assert "my_module.n2_share" in told
    for table in ("summary.csv", "summary_tall.csv"):
        text = (folder / f"night_{table}").read_text(encoding="utf-8")
        assert "n2_share_frac" in text, table
    again = psgkit.read_night(folder / "night.h5")
    (measure,) = (m for m in again.results if m.name == "n2_share_frac")
    assert measure.source == "my_module.n2_share"
    assert measure.metric.scale.value == "logit"


@pytest.mark.slow
def test_a_stager_of_ones_own(nap: Path) -> None:
    night = run_page("own_stager.md")["night"]
    assert night.scoring.scorer == "slow_wave_stager 1.0"
    assert night.scoring.is_automatic
    assert set(night.scoring.stage_names) <= {"W", "N2", "N3"}
    assert night.scoring.n_epochs == len((nap / "night.txt").read_text().split())


@pytest.mark.slow
@pytest.mark.usefixtures("nap")
def test_a_band_of_ones_own_is_that_part_of_the_spectrum() -> None:
    night = run_page("own_band.md")["night"]
    role = next(iter(night.spectra))
    spectrum = night.tables["spectra"].query("channel == @role and stage == 'N2'")
    inside = spectrum[spectrum["freq_hz"].between(11, 13)]
    expected = np.trapezoid(inside["psd_uv2_hz"], inside["freq_hz"])
    column = f"bp_abs_uv2_low_sigma__{role}__N2"
    assert night.measures[column] == pytest.approx(expected, rel=1e-4)
    (measure,) = (m for m in night.results if m.name == column)
    assert measure.source.endswith("a band of the settings")
    assert f"bp_abs_uv2_low_sigma__{role}" in night.epoch_table()


@pytest.mark.slow
@pytest.mark.usefixtures("nap")
def test_arousals_of_ones_own_are_counted() -> None:
    night = run_page("own_band.md", 1)["night"]
    assert night.scoring.arousals["onset_s"].tolist() == [412.5, 1290.0]
    assert night.provenance.arousal_source == "own arousals"
    table = night.epoch_table().set_index("onset_s")
    assert table.loc[[390, 1290], "arousal_n"].tolist() == [1, 1]
    assert table["arousal_n"].sum() == 2
