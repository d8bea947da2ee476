"""The tuple of formats: each is documented, none claims another's files."""

from pathlib import Path

import pytest

from psgkit.read.formats import FORMATS
from psgkit.read.scorings.listed import HEAD_BYTES, ScoringFile

ROOT = Path(__file__).parents[4]
WRITTEN_BY = {
    "profusion": "Compumedics Profusion XML",
    "nsrr_xml": "NSRR XML",
    "sleep-edf": "EDF+ annotations",
    "noxturnal": "Noxturnal CSV",
    "isruc": "ISRUC sheet (xlsx)",
    "boas": "table (CSV, BIDS events.tsv)",
    "dod-o/scorer_1": "list of stages (JSON)",
    "text": "one stage per line",
}


def test_every_format_has_its_row_in_the_documentation() -> None:
    text = (ROOT / "docs" / "scorings.md").read_text(encoding="utf-8")
    assert [form.name for form in FORMATS if f"| {form.name} |" not in text] == []


@pytest.mark.parametrize(("folder", "name"), WRITTEN_BY.items())
def test_a_real_file_is_recognised_by_its_own_format_first(
    real_data: Path, folder: str, name: str
) -> None:
    for path in sorted((real_data / "scoring" / folder).iterdir())[:3]:
        file = ScoringFile(path, path.read_bytes()[:HEAD_BYTES])
        first = next(form for form in FORMATS if form.recognises(file))
        assert first.name == name
