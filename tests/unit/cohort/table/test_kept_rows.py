"""Rows that are kept: the same tables, without reading nights that did not change."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from night_makers import make_measure, make_night

import psgkit
from psgkit.cohort.table import kept_rows
from psgkit.cohort.table.collect import collect
from psgkit.store.seal import sealed

ROWS = Path(".psgkit", "rows.json")
TABLES = (
    *("cohort.csv", "failures.csv", "data_dictionary.csv"),
    *("cohort.xlsx", "cohort.html"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kept")
    psgkit.save_night(make_night("n1"), out)
    results = (make_measure("tst_min", 300.5), make_measure("swa_uv2__C3_M2__N3", -1.5))
    psgkit.save_night(make_night("n2", results=results), out)
    collect(out)
    return out


@pytest.fixture
def out(tmp_path: Path, made: Path) -> Path:
    # With times, as a copy of a whole study by rsync or tar keeps them.
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read, as they are."""
    names: list[str] = []
    right = kept_rows.read_night_numbers

    def noting(path, known):
        names.append(path.name)
        return right(path, known)

    monkeypatch.setattr(kept_rows, "read_night_numbers", noting)
    return names


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES}


def test_a_night_that_did_not_change_is_not_read_again(out, read) -> None:
    before, table = contents(out), collect(out)
    assert read == []
    assert contents(out) == before
    pd.testing.assert_frame_equal(table, collect(out, verify=True))
    assert sorted(read) == ["n1.h5", "n2.h5"]
    assert contents(out) == before


def test_tables_that_would_be_the_same_are_not_written(out) -> None:
    before = {name: (out / name).stat().st_mtime_ns for name in TABLES}
    collect(out)
    assert {name: (out / name).stat().st_mtime_ns for name in TABLES} == before


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_was_changed_or_removed_is_made_again(out, name: str) -> None:
    right = contents(out)
    (out / name).write_bytes(b"changed")
    collect(out)
    assert contents(out) == right
    (out / name).unlink()
    collect(out)
    assert contents(out) == right


def test_another_language_or_no_page_makes_the_page_anew(out) -> None:
    collect(out, language="nl")
    assert 'lang="nl"' in (out / "cohort.html").read_text("utf-8")
    collect(out, page=False)
    assert not (out / "cohort.html").exists()
    collect(out)
    assert 'lang="en"' in (out / "cohort.html").read_text("utf-8")


def test_a_night_made_again_is_read_though_size_and_time_are_the_same(
    out, read
) -> None:
    file = out / "n2" / "n2.h5"
    before = file.stat()
    results = (make_measure("tst_min", 300.6), make_measure("swa_uv2__C3_M2__N3", -1.5))
    psgkit.save_night(make_night("n2", results=results), out)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    table = collect(out).set_index("id")
    assert table.loc["n2", "tst_min"] == 300.6
    assert read == ["n2.h5"]


def test_a_night_that_was_damaged_or_removed_has_no_numbers(out) -> None:
    file = out / "n2" / "n2.h5"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    table = collect(out).set_index("id")
    assert table.loc["n2", "status"] == "failed"
    assert pd.isna(table.loc["n2", "tst_min"])
    file.unlink()
    assert collect(out)["id"].tolist() == ["n1"]


def test_a_bit_flipped_with_its_time_kept_is_found_by_verify(out) -> None:
    file = out / "n2" / "n2.h5"
    before, raw = file.stat(), bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    table = collect(out, verify=True).set_index("id")
    assert table.loc["n2", "status"] == "failed"


def wrong_type(content: dict) -> object:
    return content | {"nights": [1, 2]}


def wrong_row(content: dict) -> object:
    night = dict.fromkeys(content["nights"])
    return content | {"nights": night}


def other_version(content: dict) -> object:
    return content | {"writer": "psgkit 9.9"}


@pytest.mark.parametrize("change", [wrong_type, wrong_row, other_version, list])
def test_kept_rows_of_another_kind_are_not_used(out, read, change) -> None:
    right = contents(out)
    raw = (out / ROWS).read_bytes()
    content = json.loads(raw[: raw.rindex(b"\npsgkit sha-256")])
    (out / ROWS).write_bytes(sealed(json.dumps(change(content)).encode()))
    collect(out)
    assert sorted(read) == ["n1.h5", "n2.h5"]
    assert contents(out) == right


def test_one_digit_changed_in_the_kept_rows_is_noticed(out, read) -> None:
    right = contents(out)
    raw = (out / ROWS).read_bytes()
    assert b"300.5" in raw
    (out / ROWS).write_bytes(raw.replace(b"300.5", b"301.5"))
    collect(out)
    assert sorted(read) == ["n1.h5", "n2.h5"]
    assert contents(out) == right


def test_a_folder_that_keeps_no_rows_still_gets_its_tables(out) -> None:
    right = contents(out)
    (out / ROWS).unlink()
    (out / ROWS).mkdir()  # nothing can be written under this name
    assert len(collect(out)) == 2
    assert contents(out) == right
