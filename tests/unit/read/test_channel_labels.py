"""Labels of public cohorts and of vendors' exports, each with a technician's role.

`data/channel_labels.csv` names the source of each label. Labels of cohorts come from
what users of these data published (channel lists, NSRR's alias files, loaders of the
data); the roles from the cohorts' montage pages and the AASM's names, not from psgkit.
Rows of one montage are read together: their labels mean something only so.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from psgkit.read.labels.label_rules import read_labels

TABLE = Path(__file__).parent / "data" / "channel_labels.csv"


def read_table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def groups() -> dict[str, list[dict[str, str]]]:
    grouped = defaultdict(list)
    for number, row in enumerate(read_table()):
        grouped[row["montage"] or f"alone {number}"].append(row)
    return grouped


def test_the_table_is_large_enough():
    rows = read_table()

    assert len({row["label"] for row in rows}) >= 300
    assert len({row["source"] for row in rows}) >= 15


@pytest.mark.parametrize("source", sorted({row["source"] for row in read_table()}))
def test_labels_have_the_role_that_a_technician_gives(source: str):
    wrong = {
        row["label"]: (reading.role.value, row["role"])
        for rows in groups().values()
        for row, reading in zip(
            rows, read_labels([row["label"] for row in rows]), strict=True
        )
        if row["source"] == source and reading.role.value != row["role"]
    }

    assert wrong == {}, "label: (read, right)"
