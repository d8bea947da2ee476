"""A cohort's table as Parquet."""

import pandas as pd
import pytest

pytest.importorskip("pyarrow")
from pyarrow import BufferReader, parquet  # the extra

from psgkit.cohort.table.parquet import parquet_table


def test_a_parquet_file_holds_the_table_with_its_units() -> None:
    table = pd.DataFrame({"id": ["a", "b"], "n3_min": [61.5, None]})
    meanings = pd.DataFrame(
        {
            "name": ["id", "n3_min"],
            "unit": ["", "minutes"],
            "meaning": ["name of the night", "Time in N3."],
        }
    )
    found = parquet.read_table(BufferReader(parquet_table(table, meanings)))
    assert found.to_pydict() == {"id": ["a", "b"], "n3_min": [61.5, None]}
    assert found.schema.field("n3_min").metadata == {
        b"unit": b"minutes",
        b"meaning": b"Time in N3.",
    }
