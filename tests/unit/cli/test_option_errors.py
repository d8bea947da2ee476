"""What is wrong with a call is told at once, each fault once."""

import pytest

from psgkit.cli.option_errors import Door
from psgkit.errors import InputError, MissingExtra


def leave_with(fault: Exception, **empty: str) -> None:
    with Door() as door:
        door.refuse_empty(**empty)
        raise fault


def no_extra() -> None:
    raise MissingExtra("It is not installed.")


def test_nothing_wrong_lets_a_call_pass() -> None:
    with Door() as door:
        door.refuse_empty(column="stage", id=None)
        door.refuse_idle("without --scoring", align=False, codes=None)
        door.check(lambda: None)


def test_one_fault_keeps_its_kind() -> None:
    with pytest.raises(MissingExtra, match=r"^It is not installed\.$"), Door() as door:
        door.check(no_extra)


def test_what_the_block_itself_raises_is_told_after_the_others() -> None:
    with pytest.raises(InputError) as told:
        leave_with(InputError("The rest."), id=" ")
    assert str(told.value) == "--id is empty; name one, or leave it out. The rest."


def test_a_bug_passes_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        leave_with(ZeroDivisionError(), id=" ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"align": True}, "--align does nothing here; leave it out."),
        (
            {"age": 40.0, "sex": "F", "codes": None},
            "--age and --sex do nothing here; leave them out.",
        ),
        (
            {"align": True, "codes": "rk", "explain_arousals": True},
            "--align, --codes and --explain-arousals do nothing here; leave them out.",
        ),
    ],
)
def test_options_that_would_do_nothing_are_named(
    given: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError) as told, Door() as door:
        door.refuse_idle("here", **given)
    assert str(told.value) == said
