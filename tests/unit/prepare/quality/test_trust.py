"""A unit that cannot be right: no number is made of it until the call names one."""

from pathlib import Path

import pytest

from psgkit.errors import MissingChannel
from psgkit.pipeline import analyse
from psgkit.prepare.quality import look_at, withhold_amplitudes
from psgkit.simulate import simulate_night


def test_a_clean_recording_keeps_every_scale() -> None:
    recording = simulate_night(0.25, seed=1, montage="minimal", rate_hz=100).recording
    assert withhold_amplitudes(look_at(recording)) == recording


def test_volts_labelled_as_microvolts_are_refused_until_the_unit_is_named(
    tmp_path: Path,
) -> None:
    night = simulate_night(0.25, montage="minimal", faults=["volts_as_uv"])
    path = night.write(tmp_path / "night.edf")
    with pytest.raises(MissingChannel, match="--unit V"):
        analyse(path)
    assert analyse(path, unit="V").measures["rec_min"] == pytest.approx(15)


def test_with_a_scoring_the_stages_count_and_the_amplitudes_do_not(
    tmp_path: Path,
) -> None:
    night = simulate_night(0.5, montage="minimal", faults=["volts_as_uv"])
    path = night.write(tmp_path / "night.edf")
    scoring = tmp_path / "stages.txt"
    scoring.write_text("\n".join(night.truth.scoring.stage_names))
    found = analyse(path, scoring=scoring)
    assert found.measures["tst_min"] > 0
    assert "swa_uv2" in found.reasons
    assert {"unit_implausible", "range_implausible"} & {i.code for i in found.issues}
