"""Every fault that `simulate` can make is named; a clean night has no error."""

import pytest

from psgkit.domain.issues import Severity
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import find_issues
from psgkit.read import read_recording
from psgkit.simulate import simulate_night

# An hour with all stages, and wake and REM enough for the eyes to be judged.
STAGES = [
    *["W"] * 10,
    *["N1"] * 6,
    *["N2"] * 24,
    *["N3"] * 20,
    *["N2"] * 6,
    *["R"] * 30,
    *["W"] * 6,
    *["N2"] * 18,
]


def found_in(faults: list[str]) -> dict[str, Severity]:
    night = simulate_night(hypnogram=STAGES, seed=3, rate_hz=200.0, faults=faults)
    issues = find_issues(rereference(night.recording), night.truth.scoring)
    return {issue.code: issue.severity for issue in issues}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("flat", {"flat"}),
        ("railed", {"clipped"}),
        ("line_50", {"mains"}),
        ("line_60", {"mains"}),
        ("pops", {"electrode_pops"}),
        ("swapped_eog", {"eyes_swapped"}),
        ("volts_as_uv", {"range_implausible", "unit_implausible"}),
        ("gap", {"gaps"}),
        ("volts", set()),  # the header says so: nothing is wrong
        ("mixed_rates", set()),
    ],
)
def test_a_simulated_fault_is_named(fault: str, codes: set[str]):
    assert set(found_in([fault])) == codes


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_clean_simulated_night_has_no_error(tmp_path, seed: int):  # type: ignore[no-untyped-def]
    night = simulate_night(2.0, seed=seed)
    written = night.write(tmp_path / "night.edf")
    recording = rereference(read_recording(written))

    issues = (*recording.issues, *find_issues(recording, night.truth.scoring))

    assert [issue for issue in issues if issue.severity is Severity.ERROR] == []
