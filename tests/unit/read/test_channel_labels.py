"""Labels of public cohorts and of vendors' exports, each with a technician's role.

`data/channel_labels.csv` has labels that were published, and
`data/channel_label_sources.csv` where. `data/channel_words.csv` has labels in the words
of languages and vendors, made for this test: they count for no source. The roles come
from the cohorts' montage pages and the AASM's names, not from psgkit. Rows of one
montage are read together: their labels mean something only so.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from psgkit.read.labels.label_rules import read_labels

DATA = Path(__file__).parent / "data"


def read_table(name: str = "channel_labels") -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def wrong(rows: list[dict[str, str]], asked: str) -> dict[str, tuple[str, str]]:
    """Return labels whose role is not the right one, as (read, right)."""
    grouped = defaultdict(list)
    for number, row in enumerate(rows):
        grouped[row["montage"] or f"alone {number}"].append(row)
    return {
        row["label"]: (reading.role.value, row["role"])
        for group in grouped.values()
        for row, reading in zip(
            group, read_labels([row["label"] for row in group]), strict=True
        )
        if asked in row.values() and reading.role.value != row["role"]
    }


def test_the_table_is_large_enough():
    rows = read_table()

    assert len({row["label"] for row in rows}) >= 300
    assert len({row["source"] for row in rows}) >= 15


def test_each_source_is_named_with_the_place_where_its_labels_were_published():
    places = {
        row["source"]: row["published"] for row in read_table("channel_label_sources")
    }

    assert places.keys() == {row["source"] for row in read_table()}
    assert all(places.values())


@pytest.mark.parametrize("source", sorted({row["source"] for row in read_table()}))
def test_labels_have_the_role_that_a_technician_gives(source: str):
    assert wrong(read_table(), source) == {}, "label: (read, right)"


@pytest.mark.parametrize(
    "words", sorted({row["words"] for row in read_table("channel_words")})
)
def test_words_of_languages_and_vendors_have_their_role(words: str):
    assert wrong(read_table("channel_words"), words) == {}, "label: (read, right)"
