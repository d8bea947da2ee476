"""Recordings that once were read wrongly: each does as the README beside them says.

The folder is `cases/recordings` of the real data; its README names the fault of each
file and what is right. A row here is one sentence of it.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from psgkit.cohort.jobs.discovery import find_jobs
from psgkit.domain.recording import Recording
from psgkit.errors import InputError
from psgkit.pipeline import analyse
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import find_header_issues
from psgkit.read import read_recording
from psgkit.settings import ReadSettings


def inspected(path: Path, **settings: object) -> tuple[Recording, str]:
    """Return what `psgkit inspect` reads, and all its sentences."""
    wanted = ReadSettings(**settings)  # type: ignore[arg-type]  # by name
    recording = rereference(read_recording(path, settings=wanted))
    issues = (*recording.issues, *find_header_issues(recording))
    return recording, " ".join(f"{i.message} {i.remedy}" for i in issues)


def roles_of(path: Path) -> dict[str, str]:
    return {c.role.value: c.label for c in inspected(path)[0].channels}


def mass_is_c4_against_linked_ears_with_both_eyes(path: Path) -> None:
    roles = roles_of(path)

    assert roles["C4_M1M2"] == "EEG C4-LER"
    assert roles["EOG_L"] == "EOG Left Horiz"
    assert roles["EOG_R"] == "EOG Right Horiz"


def biosemi_c3_and_c4_are_no_places_of_the_10_20(path: Path) -> None:
    recording, _ = inspected(path)
    electrodes = [c for c in recording.channels if c.label != "Status"]

    assert len(electrodes) == 128
    assert {c.role.value for c in electrodes} == {
        f"BioSemi128-{c.label}" for c in electrodes
    }


def the_only_eeg_has_equal_limits_and_report_says_so(path: Path) -> None:
    _, said = inspected(path)
    sentence = "The header's limits of C4-M1 are equal"

    assert sentence in said
    with pytest.raises(InputError, match=sentence):
        analyse(path)


def an_unneeded_channel_without_limits_stays_unread(path: Path) -> None:
    recording, said = inspected(path)
    lost = {"blank_limits_other": "SpO2", "lim_pleth_nan": "Pleth"}[path.stem]

    assert f"The header's limits of {lost} are blank or not numbers" in said
    for channel in recording.channels:
        values = recording.signal(channel)
        assert np.isnan(values).all() == (channel.label == lost)


def lights_among_the_annotations_are_used_and_said(path: Path) -> None:
    night = analyse(path)

    assert (night.scoring.lights_off_s, night.scoring.lights_on_s) == (60.0, 540.0)
    said = [i.message for i in night.issues if i.code == "lights_marked"]
    # 60 s and 540 s after 22:30:00
    assert "lights-off at 22:31:00 and lights-on at 22:39:00" in said[0]


def millivolts_that_are_microvolts_are_refused_and_uv_is_named_first(
    path: Path,
) -> None:
    with pytest.raises(InputError, match=r"Use --unit uV\b"):
        analyse(path)
    analyse(path, unit="uV")


def units_go_by_channel(path: Path) -> None:
    recording, said = inspected(path)
    to_uv = {c.label: c.to_uv for c in recording.channels}

    assert to_uv == {"C4-M1": 1.0, "E1-M2": 1.0, "E2-M2": 1.0, "Chin1-Chin2": 1000.0}
    assert '--unit "C4-M1=uV"' in said
    confirmed, _ = inspected(path, units={"C4-M1": "uV", "EOG": "uV"})
    assert [c.to_uv for c in confirmed.channels] == [1.0, 1.0, 1.0, 1000.0]


def the_amplitude_says_microvolts(path: Path) -> None:
    recording, said = inspected(path)

    assert "the amplitude says uV" in said
    assert "--unit uV" in said
    assert {c.to_uv for c in recording.channels} == {1.0}


def the_start_may_be_padded_with_spaces(path: Path) -> None:
    recording, _ = inspected(path)

    assert recording.start is not None
    assert recording.start.time() == dt.time(22, 5, 3)


def an_annotation_does_not_move_the_start(path: Path) -> None:
    recording, _ = inspected(path)

    assert recording.start is not None
    assert recording.start.time() == dt.time(22, 30)


def an_edf_by_another_name_is_found_and_read(path: Path) -> None:
    (job,) = find_jobs([path])

    assert job.recording == path
    assert path in {found.recording for found in find_jobs([path.parent])}
    assert roles_of(path)["C4_M1"] == "C4-M1"


def a_compressed_edf_is_found_and_refused_as_compressed(path: Path) -> None:
    assert path in {found.recording for found in find_jobs([path.parent])}
    with pytest.raises(InputError, match=r"compressed.*gunzip"):
        inspected(path)
    with pytest.raises(InputError, match=r"compressed.*gunzip"):
        analyse(path)


def electrodes_against_fpz_are_subtracted(path: Path) -> None:
    roles = roles_of(path)

    assert roles["C3_M2"] == "C3-Fpz - M2-Fpz"
    assert roles["C4_M1"] == "C4-Fpz - M1-Fpz"


def marks_are_no_eeg(path: Path) -> None:
    recording, _ = inspected(path)
    eeg = [c.label for c in recording.channels if c.role.kind == "eeg"]

    assert eeg == ["EEG C4-Ref", "EEG C4-Ref - EEG A1-Ref"]


CASES: dict[str, Callable[[Path], None]] = {
    "mass_ss3.edf": mass_is_c4_against_linked_ears_with_both_eyes,
    "biosemi128.bdf": biosemi_c3_and_c4_are_no_places_of_the_10_20,
    "phys_zero_eeg.edf": the_only_eeg_has_equal_limits_and_report_says_so,
    "blank_limits_other.edf": an_unneeded_channel_without_limits_stays_unread,
    "lim_pleth_nan.edf": an_unneeded_channel_without_limits_stays_unread,
    "lights_marked.edf": lights_among_the_annotations_are_used_and_said,
    "cfs_mv.edf": millivolts_that_are_microvolts_are_refused_and_uv_is_named_first,
    "mixed_units.edf": units_go_by_channel,
    "unit_dotV.edf": the_amplitude_says_microvolts,
    "time_spaces.edf": the_start_may_be_padded_with_spaces,
    "tal_first_is_annotation.edf": an_annotation_does_not_move_the_start,
    "night.rec": an_edf_by_another_name_is_found_and_read,
    "compressed.edf.gz": a_compressed_edf_is_found_and_refused_as_compressed,
    "compumedics_fpz.edf": electrodes_against_fpz_are_subtracted,
    "nk_marks.edf": marks_are_no_eeg,
}


def test_every_file_has_a_case(real_data: Path):
    files = {file.name for file in (real_data / "cases" / "recordings").iterdir()}

    assert files == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_recording_does_as_its_readme_says(real_data: Path, name: str):
    CASES[name](real_data / "cases" / "recordings" / name)
