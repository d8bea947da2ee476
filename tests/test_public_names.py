"""Every public name explains itself: its parts, its errors, and an example that runs."""

import doctest
import inspect

import pytest

import psgkit

NAMES = [name for name in psgkit.__all__ if name != "__version__"]
VALUES = {name: getattr(psgkit, name) for name in NAMES}
FUNCTIONS = [name for name in NAMES if not inspect.isclass(VALUES[name])]
# An error has a message, and a word of a list has a value: neither has parts to name.
CLASSES = [
    name
    for name in NAMES
    if inspect.isclass(VALUES[name])
    and not issubclass(VALUES[name], Exception | str | int)
]


def docstring(name: str) -> str:
    return inspect.getdoc(VALUES[name]) or ""


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_an_example_that_runs(name: str) -> None:
    examples = doctest.DocTestParser().get_examples(docstring(name))
    assert any("psgkit." in one.source for one in examples)
    assert not any(one.options.get(doctest.SKIP) for one in examples)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_names_parameters_and_result(name: str) -> None:
    text = docstring(name)
    described = text.partition("Parameters\n-----")[2].partition("\nReturns\n")[0]
    for parameter in inspect.signature(VALUES[name]).parameters:
        assert parameter in described
    assert "\nReturns\n" in text or "\nYields\n" in text


@pytest.mark.parametrize("name", CLASSES)
def test_a_public_class_names_its_attributes(name: str) -> None:
    described = docstring(name).partition("Attributes\n-----")[2]
    fields = getattr(VALUES[name], "__dataclass_fields__", None)
    for attribute in fields or VALUES[name].model_fields:
        assert attribute in described
