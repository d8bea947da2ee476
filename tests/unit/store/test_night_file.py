import datetime as dt
import json
import tracemalloc
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
from night_makers import make_measure, make_night, tampered, write_night

from psgkit.domain.metrics import Scale
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.errors import InputError, OutputError, PsgkitError, UnreadableNight
from psgkit.read import read_scoring
from psgkit.store.night_file import read_night
from psgkit.store.seal import FORMAT_VERSION, Seal, look_at_seal


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
        assert file.attrs["metric_version"] == METRIC_VERSION
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


@pytest.mark.parametrize(
    ("version", "remedy"),
    [(FORMAT_VERSION + 1, "Update psgkit"), (0, "Make it again"), (-1, "Make it")],
)
@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_a_file_of_a_format_that_is_not_known_is_refused(saved, read, version, remedy):
    with tampered(saved) as file:
        file.attrs["format_version"] = version
    with pytest.raises(InputError, match=f"format version {version}; .* {remedy}"):
        read(saved)


def test_a_file_that_lost_its_seal_is_not_opened(saved):
    with h5py.File(saved, "r+") as file:
        file.attrs["id"] = "changed"
    assert look_at_seal(saved) is Seal.NONE
    for read in (read_night, read_scoring):
        with pytest.raises(InputError, match="lost the seal"):
            read(saved)


def test_the_row_of_each_metric_is_in_the_file(saved):
    night = read_night(saved)
    rows = {measure.metric.name: measure.metric for measure in night.results}
    assert rows["rem_wmean_min_b2m"].label == "REM continuity, weighted mean bout"
    assert rows["rem_wmean_min_b2m"].headline
    assert rows["ari_per_h"].denominator == ("tst_min",)
    assert rows["ari_per_h"].plausible == (2, 100)
    assert rows["bp_abs_uv2_sigma"].per == ("chan", "stage")
    assert rows["bp_abs_uv2_sigma"].scale is Scale.LOG


def test_a_file_of_an_older_metric_version_says_so(saved):
    with tampered(saved) as file:
        told = json.loads(file["provenance"].asstr()[()]) | {"metric_version": 0}
        file["provenance"][()] = json.dumps(told)
    assert read_night(saved).provenance.metric_version == 0


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_one_bit_of_a_number_that_changed_is_noticed(saved, read):
    raw = bytearray(saved.read_bytes())
    with h5py.File(saved) as file:
        place = file["measures/rem_min"].id.get_offset()
    raw[place + 2] ^= 1
    saved.write_bytes(raw)
    with h5py.File(saved) as file:
        assert 25.0 < file["measures/rem_min"][()] < 25.01
    with pytest.raises(InputError, match="damaged, or was changed"):
        read(saved)


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_a_file_that_another_program_changed_is_refused(saved, read):
    with h5py.File(saved, "r+") as file:
        file["measures/rem_min"][()] = 26.0
    with pytest.raises(InputError, match="changed by another program"):
        read(saved)


def test_a_truncated_file_and_one_without_its_stages_are_refused(saved, tmp_path):
    (tmp_path / "cut.h5").write_bytes(saved.read_bytes()[:20_000])
    with pytest.raises(UnreadableNight, match="damaged"):
        read_night(tmp_path / "cut.h5")
    with tampered(saved) as file:
        del file["scoring/stages"]
    with pytest.raises(UnreadableNight, match="damaged"):
        read_night(saved)


def test_a_table_whose_columns_have_not_its_rows_is_refused(saved):
    with tampered(saved) as file:
        file["tables/rem_bouts"].attrs["rows"] = 10**12
    with pytest.raises(UnreadableNight, match="has not 1000000000000 rows"):
        read_night(saved)


HOSTILE = {
    "external": lambda _: h5py.ExternalLink("elsewhere.h5", "/"),
    "soft": lambda _: h5py.SoftLink("/scoring/stages"),
    "loop": lambda _: h5py.SoftLink("/scoring/events/linked"),
    "circle": lambda file: file["scoring"],
    "type": lambda _: np.dtype("f8"),
}


@pytest.mark.parametrize("read", [read_night, read_scoring])
@pytest.mark.parametrize("link", HOSTILE)
def test_a_file_that_links_elsewhere_or_in_circles_is_refused(saved, link, read):
    with tampered(saved) as file:
        file["scoring/events/linked"] = HOSTILE[link](file)
    with pytest.raises(InputError, match=r"elsewhere|outside the file|is there twice"):
        read(saved)


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_ways_that_double_at_every_step_are_not_walked(saved, read):
    with tampered(saved) as file:
        group = file["scoring"]
        for _ in range(64):
            below = group.create_group("a")
            group["b"] = below
            group = below
    with pytest.raises(InputError, match="is there twice"):
        read(saved)


REFERENCE = {
    "object": (h5py.ref_dtype, lambda file: file["scoring"].ref),
    "region": (h5py.regionref_dtype, lambda file: file["scoring/stages"].regionref[:2]),
}


@pytest.mark.parametrize("read", [read_night, read_scoring])
@pytest.mark.parametrize("column", ["linked", "kind"])
@pytest.mark.parametrize("kind", REFERENCE)
def test_a_file_that_holds_references_is_refused(saved, kind, column, read):
    dtype, refer = REFERENCE[kind]
    with tampered(saved) as file:
        events = file["scoring/events"]
        if column in events:
            del events[column]
        events.create_dataset(column, (1,), dtype=dtype)[0] = refer(file)
    with pytest.raises(InputError, match="holds references"):
        read(saved)


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_references_within_rows_are_refused(saved, read):
    with tampered(saved) as file:
        rows = np.dtype([("at", h5py.ref_dtype), ("x", "f8")])
        file["scoring"].create_dataset("rows", (2,), dtype=rows)
    with pytest.raises(InputError, match="holds references"):
        read(saved)


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_an_attribute_that_is_a_reference_gives_no_number(saved, read):
    with tampered(saved) as file:
        file["scoring"].attrs["epoch_s"] = file["scoring/stages"].ref
    with pytest.raises(InputError):
        read(saved)


@pytest.mark.parametrize("read", [read_night, read_scoring])
def test_groups_without_end_are_refused(saved, read):
    with tampered(saved) as file:
        group = file["scoring/events"]
        for _ in range(3000):
            group = group.create_group("g")
        group["stages"] = h5py.SoftLink("/scoring/stages")
    with pytest.raises(InputError, match="links elsewhere"):
        read(saved)


def test_a_file_whose_data_lie_elsewhere_or_hold_references_is_refused(saved, tmp_path):
    other = tmp_path / "other.h5"
    other.write_bytes(saved.read_bytes())
    with tampered(saved) as file:
        layout = h5py.VirtualLayout((4,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "x", (4,))
        file.create_virtual_dataset("tables/elsewhere", layout)
    with pytest.raises(UnreadableNight, match="outside the file"):
        read_night(saved)
    with tampered(other) as file:
        file.create_dataset("tables/refs", (1,), dtype=h5py.ref_dtype)
    with pytest.raises(UnreadableNight, match="holds references"):
        read_night(other)


def test_a_file_that_would_not_fit_in_memory_is_refused(saved):
    with tampered(saved) as file:
        file["tables"].create_dataset("bomb", (10**10,), "f8", chunks=(1000,))
    with pytest.raises(UnreadableNight, match="unpacks to over"):
        read_night(saved)


def test_stages_of_30000_years_are_refused_before_memory_is_taken(saved):
    with tampered(saved) as file:
        stages = file["scoring/stages"]
        attributes, kind = dict(stages.attrs), stages.dtype
        del file["scoring/stages"]
        # 3.9e9 epochs; chunks that were never written take no room in the file.
        stages = file["scoring"].create_dataset(
            "stages", (3_900_000_000,), kind, chunks=(1_000_000,)
        )
        stages.attrs.update(attributes)
    assert saved.stat().st_size < 5_000_000
    for open_it in (read_night, read_scoring):
        tracemalloc.start()
        with pytest.raises(PsgkitError, match="unpacks to over"):
            open_it(saved)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 50e6
