"""Open some signals of an EDF or BDF file with MNE, each at its own rate.

MNE refuses a file for a blank limit of a channel that nobody needs, or for an ending
such as ``.rec``; renames equal labels; reads a whole file for its annotations; and takes
some units for volts. So MNE gets a scratch header with only the fields that samples depend
on, and the samples from the file itself.

MNE brings signals of several rates to the highest. To keep the rates and read in one pass,
the header splits each signal of a record into parts of equally many samples: 128 and 256
samples per record are three parts of 128.
"""

import math
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from psgkit.errors import UnreadableRecording
from psgkit.read.edf.header import (
    BYTES_PER_SIGNAL,
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


class MixedRatesUnsupported(UnreadableRecording):
    """MNE cannot read these signals of several rates in one pass."""


@dataclass(frozen=True)
class SignalGroup:
    """Some signals of a file, as MNE opens them.

    Parameters
    ----------
    layout : RecordLayout
        Of the file.
    signals : tuple of SignalHeader
        Every signal of the file.
    sample_bytes : int
        2 in EDF, 3 in BDF.
    members : tuple of int
        Positions in the file of the signals that are opened.
    """

    layout: RecordLayout
    signals: tuple[SignalHeader, ...]
    sample_bytes: int
    members: tuple[int, ...]

    @cached_property
    def part_samples(self) -> int:
        """Samples of a part in a data record."""
        return math.gcd(*(self.signals[index].samples for index in self.members))

    @cached_property
    def _parts(self) -> dict[int, range]:
        """Positions of the parts of each member; a cap has hundreds of members."""
        counts = [
            self.signals[index].samples // self.part_samples for index in self.members
        ]
        return {
            index: range(stop - count, stop)
            for index, count, stop in zip(
                self.members, counts, accumulate(counts), strict=True
            )
        }

    def n_parts(self, index: int) -> int:
        """Return in how many parts a signal comes."""
        return len(self._parts[index]) if index in self._parts else 1

    def picks(self, index: int) -> range:
        """Return the positions in the Raw of the parts of a signal."""
        return self._parts[index]

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
                include=[
                    _label(index, part)
                    for index in self.members
                    for part in range(self.n_parts(index))
                ],
                stim_channel=None,
                preload=False,
                verbose="ERROR",
            )
            raw.filenames = [path]
            if self._header_bytes != self.layout.header_bytes:
                # The file's own header is shorter than the one that MNE has read.
                extras = raw._raw_extras[0]  # noqa: SLF001 - MNE has no other way
                if extras["data_offset"] != self._header_bytes:
                    raise MixedRatesUnsupported(f"{path.name}: read rate by rate.")
                extras["data_offset"] = self.layout.header_bytes
        except (AttributeError, LookupError):
            raise MixedRatesUnsupported(f"{path.name}: read rate by rate.") from None
        except (OSError, ValueError, RuntimeError) as fault:
            raise UnreadableRecording(
                f"MNE could not open {path.name}: {fault}."
            ) from None
        finally:
            with suppress(OSError):
                scratch.unlink()
        return raw

    @property
    def _header_bytes(self) -> int:
        n_parts = sum(self.n_parts(index) for index in range(len(self.signals)))
        return FIXED_BYTES + BYTES_PER_SIGNAL * n_parts

    def _scratch(self, ending: str) -> Path:
        """Write the header; the data are a hole that takes no room on the disk."""
        size = self._header_bytes + self.layout.n_records * self.layout.record_bytes
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
        n_signals = (self._header_bytes - FIXED_BYTES) // BYTES_PER_SIGNAL
        parts = [
            fixed[:8],
            _PATIENT.ljust(80),
            _RECORDING.ljust(80),
            _DATE,
            _TIME,
            str(self._header_bytes).encode().ljust(8),
            b" " * 44,
            n_records.ljust(8) if len(n_records) <= 8 else b"-1".ljust(8),
            _number(fixed[244:252]),
            str(n_signals).encode().ljust(4),
        ]
        start = 0
        for name, width in SIGNAL_FIELDS.items():
            for index in range(len(self.signals)):
                at = start + index * width
                parts += [
                    self._field(name, index, part, table[at : at + width])
                    for part in range(self.n_parts(index))
                ]
            start += width * len(self.signals)
        return b"".join(parts)

    def _field(self, name: str, index: int, part: int, raw: bytes) -> bytes:
        """Return a field of a signal if its samples depend on it, else blank."""
        if name == "label":
            return _label(index, part).encode().ljust(len(raw))
        if name == "samples":
            samples = self.signals[index].samples // self.n_parts(index)
            return str(samples).encode().ljust(len(raw))
        if name in _LIMITS:
            has_scale = index in self.members and self.signals[index].has_scale
            return _number(raw) if has_scale else _LIMITS[name].ljust(len(raw))
        return b" " * len(raw)


# For a signal whose limits give no scale: it is not read.
_LIMITS = {
    "physical_min": b"0",
    "physical_max": b"1",
    "digital_min": b"0",
    "digital_max": b"1",
}


def _label(index: int, part: int) -> str:
    return f"{index}.{part}"


def _number(raw: bytes) -> bytes:
    """Return a number as Python reads it: no padding but blanks, a decimal point."""
    return raw.strip(b" \0\t\r\n").replace(b",", b".").ljust(len(raw))
