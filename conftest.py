"""Files for the examples in docstrings. Each example runs as a test in their folder."""

import re
import shutil
from pathlib import Path

import pytest

HYPNOGRAM = (
    *(("W",) * 4 + ("N1",) * 2 + ("N2",) * 8 + ("N3",) * 12),
    *(("R",) * 10 + ("W",) * 2 + ("R",) * 6),
)
PARTICIPANTS = "participant_id\tage\tsex\nsub-01\t34\tF\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the examples that simulate or analyse a night as slow."""
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            source = "".join(one.source for one in item.dtest.examples)
            if re.search(r"results|simulate_night\(|analyse\(|run_cohort\(", source):
                item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _in_folder_of_examples(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the example of a docstring where its files are."""
    if isinstance(request.node, pytest.DoctestItem):
        sources = "".join(one.source for one in request.node.dtest.examples)
        wanted = "example_results" if "results" in sources else "example_recordings"
        if "import psgkit\n" in sources:
            monkeypatch.chdir(request.getfixturevalue(wanted))


@pytest.fixture(scope="session")
def example_recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a short simulated night, its scoring and a small study."""
    import psgkit  # noqa: PLC0415 - examples alone need it

    folder = tmp_path_factory.mktemp("examples")
    night = psgkit.simulate_night(
        hypnogram=HYPNOGRAM, montage="electrodes", rate_hz=128, seed=1
    )
    night.write(folder / "night.edf", annotations=True)
    psgkit.export_scoring(night.truth.scoring, folder / "night.csv", "csv")
    (folder / "my.toml").write_text('[report]\nlanguage = "nl"\n')
    (folder / "study.csv").write_text("scoring,id,diagnosis\nnight.csv,p01,control\n")
    bids = folder / "bids" / "sub-01" / "eeg"
    bids.mkdir(parents=True)
    (folder / "bids" / "participants.tsv").write_text(PARTICIPANTS)
    shutil.copy(folder / "night.edf", bids / "sub-01_task-sleep_eeg.edf")
    return folder


@pytest.fixture(scope="session")
def example_results(example_recordings: Path) -> Path:
    """Return the same folder with the night analysed, every electrode measured."""
    import psgkit  # noqa: PLC0415 - examples alone need it

    night = psgkit.analyse(
        example_recordings / "night.edf",
        scoring=example_recordings / "night.csv",
        settings=psgkit.Settings(measure={"eeg": "all"}),
    )
    psgkit.save_night(night, example_recordings / "results")
    psgkit.collect(example_recordings / "results", every=True)
    return example_recordings
