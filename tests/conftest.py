"""What several tests need and is dear to make."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: a busy machine must not fail a law. HYPOTHESIS_PROFILE=thorough tries more.
settings.register_profile("patient", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real recordings and scorings, or skip."""
    folder = Path(os.environ.get("PSGKIT_REAL_DATA", "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PSGKIT_REAL_DATA")
    return folder
