"""The formats of scorings, one file each, in the order in which they are tried."""

from psgkit.read.draft import Format
from psgkit.read.formats import (
    edf_plus,
    profusion,
    stage_list,
    table,
    text,
)

FORMATS: tuple[Format, ...] = (
    edf_plus.FORMAT,
    profusion.FORMAT,
    stage_list.FORMAT,
    text.FORMAT,
    table.FORMAT,
)
