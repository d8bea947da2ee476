"""The house's own rules, held by tests where no linter holds them."""

import ast
import importlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import grimp
import pytest

import psgkit
from psgkit.settings import Settings, config_folder, load_settings

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "psgkit").rglob("*.py"))
HEAVY = ("mne", "yasa", "sklearn", "matplotlib", "h5py", "scipy", "pandas", "numba")


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a statement loads in a fresh process."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_every_public_name_is_there_and_nothing_else() -> None:
    assert psgkit.__all__ == sorted(psgkit.__all__)
    for name in psgkit.__all__:
        assert getattr(psgkit, name) is not None
    assert set(dir(psgkit)) == set(psgkit.__all__)
    assert psgkit.__version__ == version("psgkit")


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="analyze"):
        psgkit.analyze  # noqa: B018


def test_importing_psgkit_loads_no_heavy_package() -> None:
    assert loaded_by("import psgkit").isdisjoint(HEAVY)


def test_asking_for_help_loads_no_heavy_package() -> None:
    assert loaded_by("import psgkit.cli.app").isdisjoint({*HEAVY, "pydantic", "numpy"})


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_module_opens_with_a_sentence_and_stays_under_400_lines(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert text.count("\n") <= 400


@pytest.mark.parametrize(
    "folder",
    sorted({module.parent for module in MODULES}),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_folder_holds_at_most_12_modules(folder: Path) -> None:
    """Registers of a file an entry apart: formats and commands."""
    modules = [one for one in folder.glob("*.py") if one.name != "__init__.py"]
    assert len(modules) <= 12 or folder.name in {"formats", "cli"}


def test_every_module_can_be_imported() -> None:
    for module in MODULES:
        parts = module.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            importlib.import_module(".".join(p for p in parts if p != "__init__"))


def test_the_default_settings_file_holds_the_defaults() -> None:
    path = config_folder() / "default.toml"
    assert load_settings(path) == Settings()
    text = path.read_text(encoding="utf-8")
    for section, model in Settings().__class__.model_fields.items():
        assert f"[{section}]" in text
        for name in model.default.__class__.model_fields:
            assert f"\n{name} = " in text or f"\n# {name} = " in text


# Methods that turn a value into an object of MNE, or a view of a notebook, import when
# they are called.
CALLED_LATE = {
    (f"psgkit.domain.{name}", late)
    for name in ("night", "recording", "scoring")
    for late in ("psgkit.read.objects", "psgkit.report.notebook")
}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("psgkit", exclude_type_checking_imports=True)
    uses = {
        module: {
            used
            for used in graph.find_modules_directly_imported_by(module)
            if (module, used) not in CALLED_LATE
        }
        for module in graph.modules
    }
    # What uses nothing that is left stands at the end of every way: take it off.
    while ends := [module for module, used in uses.items() if not used & set(uses)]:
        for module in ends:
            del uses[module]
    assert sorted(uses) == []
