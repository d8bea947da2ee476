"""What several tests need and is dear to make."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no finding.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real recordings and scorings, or skip."""
    folder = Path(os.environ.get("PSGKIT_REAL_DATA", "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PSGKIT_REAL_DATA")
    return folder
