"""The formats of scorings, one file each, in the order in which they are tried.

Formats of one program come first. General formats, a table with a header and text with
one stage per line, are tried last.
"""

from psgkit.read.formats import (
    clock_lines,
    corrected,
    domino,
    edf_plus,
    edfbrowser_xml,
    isruc,
    luna,
    noxturnal,
    nsrr,
    profusion,
    psgkit_night,
    remlogic,
    sleepware,
    stage_list,
    table,
    text,
    usleep_array,
    wfdb_annotations,
    wonambi,
    yasa_json,
)
from psgkit.read.scorings.listed import Format

FORMATS: tuple[Format, ...] = (
    edf_plus.FORMAT,
    psgkit_night.FORMAT,
    corrected.FORMAT,
    usleep_array.FORMAT,
    isruc.FORMAT,
    wfdb_annotations.FORMAT,
    profusion.FORMAT,
    nsrr.FORMAT,
    sleepware.FORMAT,
    edfbrowser_xml.FORMAT,
    wonambi.FORMAT,
    remlogic.XML,
    remlogic.TEXT,
    domino.FORMAT,
    yasa_json.FORMAT,
    stage_list.FORMAT,
    noxturnal.FORMAT,
    luna.FORMAT,
    text.FORMAT,
    clock_lines.FORMAT,
    table.FORMAT,
)
