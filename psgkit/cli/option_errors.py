"""Collect all faults of a call, so that one correction is enough."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from psgkit.errors import InputError, listed


class Door:
    """Collects the faults of a call and raises them together at the end of its block.

    Examples
    --------
    >>> with Door() as door:
    ...     door.refuse("One.")
    ...     door.refuse("Two.")
    Traceback (most recent call last):
    psgkit.errors.InputError: One. Two.
    """

    def __init__(self) -> None:
        self._faults: list[InputError] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise the faults; errors other than InputError pass unchanged."""
        if fault is not None and not isinstance(fault, InputError):
            return
        if fault is not None:
            self._faults.append(fault)
        if len(self._faults) == 1:
            raise self._faults[0]
        if self._faults:
            raise InputError(" ".join(map(str, self._faults))) from None

    def refuse(self, sentence: str) -> None:
        """Note a fault."""
        self._faults.append(InputError(sentence))

    def check(self, check: Callable[[], object]) -> None:
        """Run a check and collect its error."""
        try:
            check()
        except InputError as fault:
            self._faults.append(fault)

    def refuse_empty(self, **given: str | None) -> None:
        """Refuse options with an empty text."""
        for name, text in given.items():
            if text is not None and not text.strip():
                self.refuse(f"{_option(name)} is empty; name one, or leave it out.")

    def refuse_idle(self, why: str, **given: object) -> None:
        """Refuse options without an effect.

        Parameters
        ----------
        why : str
            Ends the sentence, such as ``"without --scoring"``.
        **given
            Options by their names in the code; None and False are not given.
        """
        idle = [_option(name) for name, value in given.items() if value]
        if idle:
            self.refuse(
                f"{listed(idle)} does nothing {why}; leave it out."
                if len(idle) == 1
                else f"{listed(idle)} do nothing {why}; leave them out."
            )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
