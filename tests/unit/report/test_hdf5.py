import datetime as dt
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
from night_makers import make_measure, make_night

from psgkit.errors import OutputError, UnreadableNight
from psgkit.report.hdf5 import FORMAT_VERSION, read_night, write_night


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "night.h5"
    write_night(make_night(), path)
    return path


@pytest.mark.parametrize(
    "night",
    [
        make_night(),
        make_night("ünï «code» 夜 \\ \0 😀"),
        make_night(with_proba=False, with_spectra=False, arousals=None, tables={}),
        make_night(results=(), issues=(), arousals=()),
        replace(make_night(), start=None, channels=(), gaps=()),
    ],
    ids=["whole", "unicode", "sparse", "empty", "no channels"],
)
def test_what_is_read_equals_what_was_written(tmp_path, night):
    write_night(night, tmp_path / "night.h5")
    assert read_night(tmp_path / "night.h5") == night


def test_the_same_night_gives_the_same_bytes(tmp_path):
    write_night(make_night(), tmp_path / "a.h5")
    write_night(make_night(), tmp_path / "b.h5")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_every_dataset_says_its_unit_and_meaning(saved):
    silent = []

    def look(name, item):
        if isinstance(item, h5py.Dataset) and not {"unit", "meaning"} <= set(
            item.attrs
        ):
            silent.append(name)

    with h5py.File(saved) as file:
        file.visititems(look)
        assert file["measures/rem_min"][()] == 25.0
        assert file["measures/rem_min"].attrs["unit"] == "minutes"
        assert file["measures/ari_per_h"].attrs["reason"] == "arousals were not scored"
        assert file["tables/rem_bouts/duration_s"].attrs["unit"] == "s"
        assert file["scoring/stages"].compression == "gzip"
        assert file.attrs["metric_version"] == 1
    assert silent == []


def test_no_date_reaches_the_file(tmp_path):
    start = dt.datetime(2019, 3, 14, 22, 47, 30)
    night = make_night()
    night = replace(night, start=start, scoring=replace(night.scoring, start=start))
    write_night(night, tmp_path / "night.h5")
    assert b"2019" not in (tmp_path / "night.h5").read_bytes()
    back = read_night(tmp_path / "night.h5")
    assert back.start == dt.datetime(1985, 1, 1, 22, 47, 30)


def test_columns_keep_their_types(tmp_path):
    table = pd.DataFrame(
        {
            "small": np.array([1, 2], dtype=np.int8),
            "single": np.array([0.5, np.nan], dtype=np.float32),
            "flag": [True, False],
            "nullable": pd.array([1, None], dtype="Int64"),
            "text": pd.array(["a", None], dtype="string"),
            "mixed": pd.Series(["a", 1.5], dtype=object),
            "missing": pd.Series([None, np.nan], dtype=object),
        }
    )
    night = make_night(tables={"types": table})
    write_night(night, tmp_path / "night.h5")
    back = read_night(tmp_path / "night.h5").tables["types"]
    assert back.dtypes.equals(table.dtypes)
    assert read_night(tmp_path / "night.h5") == night


@pytest.mark.parametrize(
    "night",
    [
        make_night(tables={"a/b": pd.DataFrame({"x": [1.0]})}),
        make_night(tables={"a": pd.DataFrame({"x/y": [1.0]})}),
        make_night(tables={"a": pd.DataFrame({"x": [object()]})}),
        make_night(results=(make_measure(".."),)),
    ],
    ids=["table", "column", "cell", "measure"],
)
def test_what_the_file_cannot_hold_is_refused_and_nothing_is_left(tmp_path, night):
    with pytest.raises(OutputError, match="cannot be saved"):
        write_night(night, tmp_path / "night.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_a_text_file_and_another_hdf5_file_are_refused(tmp_path):
    with pytest.raises(UnreadableNight, match="No file"):
        read_night(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("id,tst_min\n")
    with pytest.raises(UnreadableNight, match="not an HDF5 file"):
        read_night(tmp_path / "text.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(UnreadableNight, match="not a night that psgkit saved"):
        read_night(tmp_path / "other.h5")


def test_a_file_of_a_newer_format_is_refused(saved):
    with h5py.File(saved, "r+") as file:
        file.attrs["format_version"] = FORMAT_VERSION + 1
    with pytest.raises(UnreadableNight, match="Update psgkit"):
        read_night(saved)


def test_a_truncated_file_and_one_without_its_stages_are_refused(saved, tmp_path):
    (tmp_path / "cut.h5").write_bytes(saved.read_bytes()[:20_000])
    with pytest.raises(UnreadableNight, match="damaged"):
        read_night(tmp_path / "cut.h5")
    with h5py.File(saved, "r+") as file:
        del file["scoring/stages"]
    with pytest.raises(UnreadableNight, match="damaged"):
        read_night(saved)


def test_a_table_whose_columns_have_not_its_rows_is_refused(saved):
    with h5py.File(saved, "r+") as file:
        file["tables/rem_bouts"].attrs["rows"] = 10**12
    with pytest.raises(UnreadableNight, match="has not 1000000000000 rows"):
        read_night(saved)


@pytest.mark.parametrize(
    "link",
    [
        lambda _: h5py.ExternalLink("elsewhere.h5", "/"),
        lambda _: h5py.SoftLink("/scoring/stages"),
    ],
    ids=["external", "soft"],
)
def test_a_file_that_links_elsewhere_is_refused(saved, link):
    with h5py.File(saved, "r+") as file:
        file["tables/linked"] = link(file)
    with pytest.raises(UnreadableNight, match="links elsewhere"):
        read_night(saved)


def test_a_file_whose_data_lie_elsewhere_or_hold_references_is_refused(saved, tmp_path):
    other = tmp_path / "other.h5"
    other.write_bytes(saved.read_bytes())
    with h5py.File(saved, "r+") as file:
        layout = h5py.VirtualLayout((4,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "x", (4,))
        file.create_virtual_dataset("tables/elsewhere", layout)
    with pytest.raises(UnreadableNight, match="lie elsewhere"):
        read_night(saved)
    with h5py.File(other, "r+") as file:
        file.create_dataset("tables/refs", (1,), dtype=h5py.ref_dtype)
    with pytest.raises(UnreadableNight, match="holds references"):
        read_night(other)


def test_a_file_that_would_not_fit_in_memory_is_refused(saved):
    with h5py.File(saved, "r+") as file:
        file["tables"].create_dataset("bomb", (10**10,), "f8", chunks=(1000,))
    with pytest.raises(UnreadableNight, match="unpacks to over"):
        read_night(saved)
