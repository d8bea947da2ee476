"""Open the signals of one rate of an EDF or BDF file with MNE.

MNE refuses a file for a blank limit of a channel that nobody needs, or for an ending
such as ``.rec``; renames equal labels; reads a whole file for its annotations; and takes
some units for volts. So MNE gets the header from a scratch file in which only the fields
are left that samples depend on, and the samples from the file itself.
"""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psgkit.errors import UnreadableRecording
from psgkit.read.edf.header import (
    FIXED_BYTES,
    SIGNAL_FIELDS,
    SignalHeader,
)
from psgkit.read.edf.layout import RecordLayout

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Without a patient and with EDF's own unknown date.
_PATIENT = b"X X X X"
_RECORDING = b"Startdate X X X X"
_DATE, _TIME = b"01.01.85", b"00.00.00"


@dataclass(frozen=True, slots=True)
class RateGroup:
    """The signals of a file that have one rate, as MNE opens them.

    Parameters
    ----------
    layout : RecordLayout
        Of the file.
    signals : tuple of SignalHeader
        Every signal of the file.
    sample_bytes : int
        2 in EDF, 3 in BDF.
    members : tuple of int
        Positions in the file of the signals with this rate.
    """

    layout: RecordLayout
    signals: tuple[SignalHeader, ...]
    sample_bytes: int
    members: tuple[int, ...]

    def __call__(self) -> "BaseRaw":
        """Open the signals: values in the file's own units, gaps left out.

        Raises
        ------
        UnreadableRecording
            If MNE refuses the file.
        """
        import mne  # noqa: PLC0415 - a header is read without it

        is_bdf = self.sample_bytes == 3
        open_raw = mne.io.read_raw_bdf if is_bdf else mne.io.read_raw_edf
        path = self.layout.path
        scratch = self._scratch(".bdf" if is_bdf else ".edf")
        try:
            raw = open_raw(
                scratch,
                include=[_label(index) for index in self.members],
                stim_channel=None,
                preload=False,
                verbose="ERROR",
            )
            raw.filenames = [path]
        except (OSError, ValueError, RuntimeError) as fault:
            raise UnreadableRecording(
                f"MNE could not open {path.name}: {fault}."
            ) from None
        finally:
            with suppress(OSError):
                scratch.unlink()
        return raw

    def _scratch(self, ending: str) -> Path:
        """Write the header; the data are a hole that takes no room on the disk."""
        size = self.layout.header_bytes
        size += self.layout.n_records * self.layout.record_bytes
        with tempfile.NamedTemporaryFile(suffix=ending, delete=False) as stream:
            stream.write(self._header())
            stream.truncate(size)
        return Path(stream.name)

    def _header(self) -> bytes:
        layout = self.layout
        with layout.path.open("rb") as stream:
            fixed = stream.read(FIXED_BYTES)
            table = stream.read(layout.header_bytes - FIXED_BYTES)
        n_records = str(layout.n_records).encode()
        parts = [
            fixed[:8],
            _PATIENT.ljust(80),
            _RECORDING.ljust(80),
            _DATE,
            _TIME,
            str(layout.header_bytes).encode().ljust(8),
            b" " * 44,
            n_records.ljust(8) if len(n_records) <= 8 else b"-1".ljust(8),
            _number(fixed[244:252]),
            str(len(self.signals)).encode().ljust(4),
        ]
        start = 0
        for name, width in SIGNAL_FIELDS.items():
            for index in range(len(self.signals)):
                at = start + index * width
                parts.append(self._field(name, index, table[at : at + width]))
            start += width * len(self.signals)
        return b"".join(parts)

    def _field(self, name: str, index: int, raw: bytes) -> bytes:
        """Return a field of a signal: what samples depend on, else blank."""
        if name == "label":
            return _label(index).encode().ljust(len(raw))
        if name == "samples":
            return str(self.signals[index].samples).encode().ljust(len(raw))
        if name in _LIMITS:
            has_scale = index in self.members and self.signals[index].has_scale
            return _number(raw) if has_scale else _LIMITS[name].ljust(len(raw))
        return b" " * len(raw)


# Of a signal whose own limits give no scale: it is not read.
_LIMITS = {
    "physical_min": b"0",
    "physical_max": b"1",
    "digital_min": b"0",
    "digital_max": b"1",
}


def _label(index: int) -> str:
    return f"signal {index}"


def _number(raw: bytes) -> bytes:
    """Return a number as Python reads it: no padding but blanks, a decimal point."""
    return raw.strip(b" \0\t\r\n").replace(b",", b".").ljust(len(raw))
