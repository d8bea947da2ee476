"""A full disk is told in one sentence, without HDF5's own words."""

from pathlib import Path

import h5py
import pytest
from night_makers import make_night

from psgkit.errors import OutputError
from psgkit.store.night_file import write_night

# What h5py 3.16 raised on a tmpfs of 1200 KiB that was full.
FLUSH = (
    "Disable slist on flush dest failure failed (file write failed: time = Sun Nov 22 "
    "08:12:02 2026\n, filename = '/mnt/S06/.8aaac40c24ca3b5e.part', file descriptor = "
    "4, errno = 28, error message = 'No space left on device', buf = 0x557c42429001)"
)


@pytest.mark.parametrize("fault", [RuntimeError(FLUSH), OSError(FLUSH)])
def test_a_full_disk_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(h5py.Group, "create_group", fail)
    with pytest.raises(OutputError) as caught:
        write_night(make_night(), tmp_path / "n.h5")
    assert str(caught.value) == (
        "n.h5 was not written: the disk is full. Free some space."
    )
    assert list(tmp_path.iterdir()) == []
