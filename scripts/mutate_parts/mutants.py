"""What is changed: the mutants of a module, by mutmut's operators."""

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    PositionProvider,
    WhitespaceInclusivePositionProvider,
)
from mutmut.mutation import mutators

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """A module with one place changed."""

    module: str
    line: int
    column: int
    change: str
    source: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.change}"

    @property
    def path(self) -> Path:
        """The module's file."""
        return path_of(self.module)


def path_of(module: str) -> Path:
    """Return a module's file."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def drop_arguments(call: cst.Call) -> Iterator[cst.Call]:
    """Yield a call without one of its arguments, for each that is not exempt."""
    fewer = (
        changed
        for changed in mutators.operator_arg_removal(call)
        if len(changed.args) < len(call.args)
    )
    for argument, changed in zip(call.args, fewer, strict=False):
        if not is_left_out(argument):
            yield changed


def change_word(string: cst.BaseString) -> Iterator[cst.BaseString]:
    """Yield the first of mutmut's changes to a string: the others are as easy."""
    yield from list(mutators.operator_string(string))[:1]


REPLACED: dict[Callable[..., Any], Callable[..., Any] | None] = {
    mutators.operator_arg_removal: drop_arguments,
    mutators.operator_string: change_word,
    mutators.operator_assignment: None,
}
OPERATORS = tuple(
    (kind, REPLACED.get(operator, operator))
    for kind, operator in mutators.mutation_operators
    if REPLACED.get(operator, operator)
)


def is_left_out(node: cst.CSTNode) -> bool:
    """Tell whether a node and all that is in it are not changed; see the docstring."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom():
            return True
        case cst.Raise() | cst.If(test=cst.Name("TYPE_CHECKING")):
            return True
        case cst.Arg(keyword=cst.Name("strict" | "dtype")):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return name == "__all__" or bool(re.match("[A-Z][a-z]", name))
        case cst.Arg(value=cst.BaseString() as text) | (cst.BaseString() as text):
            return is_for_people(text)
    return False


def is_for_people(text: cst.BaseString) -> bool:
    """Tell whether a string has a blank in it."""
    match text:
        case cst.ConcatenatedString(left=left, right=right):
            return is_for_people(left) or is_for_people(right)
        case cst.FormattedString(parts=parts):
            literal = [p.value for p in parts if isinstance(p, cst.FormattedStringText)]
        case _:
            literal = [text_of(text)]
    return any(re.search(r"\s", piece) for piece in literal)


class Changes(cst.CSTVisitor):
    """Collects the places of a module and what is put there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Change a node in every way."""
        if is_left_out(node):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self.found += [(node, changed) for changed in operator(node)]
        return True


def find_mutants(path: Path) -> list[Mutant]:
    """Return a module's mutants, each at most once."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text()))
    spans = wrapper.resolve(WhitespaceInclusivePositionProvider)
    places = wrapper.resolve(PositionProvider)
    changes = Changes()
    wrapper.module.visit(changes)
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    original = wrapper.module.code
    seen = {ast.dump(ast.parse(original))}
    mutants = []
    for node, changed in changes.found:
        if isinstance(node, cst.Match):  # a block, whose lines are all indented
            source = wrapper.module.deep_replace(node, changed).code
        else:
            source = put(original, changed, spans[node])
        meaning = ast.dump(ast.parse(source))
        if meaning in seen:
            continue
        seen.add(meaning)
        change = difference(words(node), words(changed))
        start = places[node].start
        mutants.append(Mutant(module, start.line, start.column, change, source))
    return mutants


def put(code: str, new: cst.CSTNode, span: CodeRange) -> str:
    """Return a module's text with another piece in one place."""
    lines = code.splitlines(keepends=True)
    start, end = (
        sum(len(line) for line in lines[: at.line - 1]) + at.column
        for at in (span.start, span.end)
    )
    return code[:start] + text_of(new) + code[end:]


def text_of(node: cst.CSTNode) -> str:
    """Return a node's text."""
    return cst.Module([]).code_for_node(node)


def difference(before: str, after: str) -> str:
    """Return where two texts differ, with a little of what stands around it."""
    head = _common(before, after)
    tail = _common(before[: head - 1 : -1], after[: head - 1 : -1]) if head else 0
    start, stop = max(head - 30, 0), max(tail - 30, 0)
    return " -> ".join(text[start : len(text) - stop] for text in (before, after))


def _common(one: str, other: str) -> int:
    same = (a == b for a, b in zip(one, other, strict=False))
    return sum(itertools.takewhile(bool, same))


def words(node: cst.CSTNode) -> str:
    """Return a node's text in one line."""
    return " ".join(text_of(node).split())
