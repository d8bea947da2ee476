"""Files to values: recordings and scorings in, `Recording` and `Scoring` out."""

from psgkit.read.edf.annotations import read_annotations, read_start
from psgkit.read.labels.electrode_positions import with_positions
from psgkit.read.recording import read_recording
from psgkit.read.scorings.reader import read_scoring

__all__ = [
    "read_annotations",
    "read_recording",
    "read_scoring",
    "read_start",
    "with_positions",
]
