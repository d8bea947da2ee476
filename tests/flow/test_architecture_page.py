"""docs/architecture.md names what is there, and nothing that is not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "psgkit"


def test_every_folder_of_the_package_stands_in_the_house() -> None:
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert not [name for name in folders if f"| `{name}/` |" not in PAGE]


def test_every_module_of_many_nights_stands_in_its_table() -> None:
    table = PAGE.partition("| modules |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", table))
    modules = {path.stem for path in PACKAGE.glob("cohort/*.py")} - {"__init__"}
    # `contrast_…` stands for the parts of it.
    assert {name for name in modules if not name.startswith("contrast_")} <= named
    assert named <= modules | {"Job"}


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", PAGE)
    assert named
    assert not [name for name in named if not (PACKAGE / name).is_file()]
