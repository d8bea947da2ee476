"""A cohort's table as Parquet, for programs that read columns."""

import io

import pandas as pd

from psgkit.errors import MissingExtra

PARQUET = "cohort.parquet"


def parquet_table(table: pd.DataFrame, meanings: pd.DataFrame) -> bytes:
    """Return a cohort's table as a Parquet file.

    Parameters
    ----------
    table : pandas.DataFrame
    meanings : pandas.DataFrame
        The data dictionary: ``name``, ``unit`` and ``meaning`` of every column become
        metadata of the Parquet column.

    Raises
    ------
    MissingExtra
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(
            "Parquet needs pyarrow: pip install 'psgkit[parquet]'."
        ) from None
    known = meanings.set_index("name")[["unit", "meaning"]].to_dict("index")
    plain = pa.Table.from_pandas(table, preserve_index=False)
    fields = [
        field.with_metadata(
            {name: str(text) for name, text in known[field.name].items()}
        )
        for field in plain.schema
    ]
    packed = io.BytesIO()
    parquet.write_table(
        pa.table(plain.columns, schema=pa.schema(fields, plain.schema.metadata)), packed
    )
    return packed.getvalue()
