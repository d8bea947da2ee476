"""docs/architecture.md names what is there, and nothing that is not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "psgkit"


def test_every_folder_of_the_package_stands_in_the_house() -> None:
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert not [name for name in folders if f"| `{name}/` |" not in PAGE]


def test_every_room_of_a_folder_stands_in_the_house() -> None:
    rooms = [path.parent for path in PACKAGE.glob("*/*/__init__.py")]
    assert not [
        room.name
        for room in rooms
        if room.name != "templates" and f"`{room.name}/`" not in PAGE
    ]


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", PAGE)
    assert named
    assert not [name for name in named if not (PACKAGE / name).is_file()]
