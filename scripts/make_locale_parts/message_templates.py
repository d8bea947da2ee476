"""Find the messages of psgkit in its source, as templates with named fields.

Messages are f-strings where they are made: what an `Issue` says and advises, why a
number is undefined, the text of an error, and what a command tells. This module reads them from the source without running it. A field
is named after its variable. Words that stand in a variable, a dictionary, a called
function or an argument are followed to where they are written, and become templates of
their own.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Piece = str | ast.expr
# Where the text of a message stands among the arguments of its call.
CALLS = {
    "Issue": (2, 3),
    "Undefined": (0,),
    "Unfit": (0,),
    "_Verdict": (2,),
    "Unusable": (1, 2),
    "MissingChannel": (0,),
    "StageMark": (3,),
    # Faults that are collected, and sentences that commands print.
    **dict.fromkeys(("refuse", "error", "note", "say", "warning"), (0,)),
    "integer": (1,),
    "number": (1,),
    "check": (),
}
KEYWORDS = ("message", "remedy", "reason", "otherwise")
# Their text stands after the label of a channel.
AFTER_LABEL = ("Unfit", "_Verdict")
# Not followed: one in rows of tuples, and what Typer and pydantic say of a value.
_OTHERS = {
    "line {number}": "read/formats",
    "Invalid value for {option}: {reason}": "typer",
    "Missing argument {name}.": "typer",
    "{value} is not one of {choices}.": "typer",
    "Input should be a valid number, unable to parse string as a number": "pydantic",
    "Input should be a valid integer, unable to parse string as an integer": "pydantic",
    "Input should be greater than or equal to {limit}": "pydantic",
    "Input should be less than or equal to {limit}": "pydantic",
}
LABEL: tuple[Piece, ...] = (ast.Name("label"), " ")
_WORD = re.compile(r"(?<!\w)[A-Za-z]?[a-z]{2,}(?!\w)")
_FILE_NAME = re.compile(r"\S*[._]\w+")
_LOGGED = re.compile(r"%[sd]")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A module's tree, with what its names hold."""

    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    nodes: list[ast.AST] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note each node, its parent, and what is imported."""
        self.nodes.append(self.tree)
        for node in self.nodes:  # which grows
            if isinstance(node, ast.ImportFrom):
                self.imported |= {alias.name for alias in node.names}
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                self.nodes.append(child)

    def function_of(self, node: ast.AST) -> Function | None:
        """Return the function that a node stands in."""
        while (node := self.parents.get(node, self.tree)) is not self.tree:
            if isinstance(node, Function):
                return node
        return None

    def imports(self, name: str) -> bool:
        """Tell whether a name comes from another module."""
        return name in self.imported

    def constant(self, name: str) -> ast.expr | None:
        """Return what a name of the module holds."""
        for node in self.tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=found)], value=value)
                    | ast.AnnAssign(
                        target=ast.Name(id=found), value=ast.expr() as value
                    )
                ) if found == name:
                    return value
        return None


@dataclass
class Templates:
    """The templates that were found, each with a place where it stands."""

    modules: Mapping[str, Module]
    found: dict[str, str] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _calls: dict[str, list[tuple[Module, ast.Call]]] = field(default_factory=dict)
    _functions: dict[str, list[tuple[Module, Function]]] = field(default_factory=dict)
    _texts: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index functions and their calls by name, and find the errors' classes."""
        calls, functions = defaultdict(list), defaultdict(list)
        errors = {"PsgkitError"}
        for module in self.modules.values():
            for node in module.nodes:
                if isinstance(node, ast.Call):
                    calls[_called(node)].append((module, node))
                elif isinstance(node, Function):
                    functions[node.name].append((module, node))
                elif isinstance(node, ast.ClassDef):
                    bases = {b.id for b in node.bases if isinstance(b, ast.Name)}
                    errors |= {node.name} if bases & errors else set()
        self._texts = CALLS | dict.fromkeys(errors - set(CALLS), (0,))
        self._calls, self._functions = dict(calls), dict(functions)

    def collect(self) -> dict[str, str]:
        """Find every template."""
        for path, module in self.modules.items():
            for node in module.nodes:
                if isinstance(node, ast.Call) and _called(node) in self._texts:
                    places = self._texts[_called(node)]
                    texts = [node.args[p] for p in places if p < len(node.args)]
                    if _called(node) == "warning":
                        texts = [_logged(node)]
                    texts += [k.value for k in node.keywords if k.arg in KEYWORDS]
                    prefix = LABEL if _called(node) in AFTER_LABEL else ()
                    for text in texts:
                        self._add(text, module, f"{path}:{node.lineno}", prefix)
        return self.found | _OTHERS

    def _add(
        self, text: ast.expr, module: Module, where: str, prefix: tuple[Piece, ...] = ()
    ) -> None:
        if id(text) in self._seen:
            return
        self._seen.add(id(text))
        if isinstance(text, ast.Starred):
            self._add(text.value, module, where)
        if isinstance(text, ast.Tuple):
            for part in text.elts:
                self._add(part, module, where)
            return
        for pieces in _variants(text, module, {}):
            template, fields = _template([*prefix, *pieces])
            literal = "".join(piece for piece in pieces if isinstance(piece, str))
            if _WORD.search(literal) and not _FILE_NAME.fullmatch(template):
                self.found.setdefault(template, where)
            for one in fields:
                follows = pieces[:3] == [pieces[0], " ", one]  # "C4-M1 is flat"
                handed = LABEL if follows else prefix if pieces == [one] else ()
                for source, home in self._sources(one, module):
                    self._add(source, home, where, handed)

    def _sources(
        self, node: ast.expr, module: Module
    ) -> Iterator[tuple[ast.expr, Module]]:
        """Yield the texts that may stand in a field."""
        match node:
            case ast.Name(id=name):
                yield from self._values_of(name, node, module)
            case ast.Subscript(value=ast.Name(id=name)):
                for home in (module, *self.modules.values()):
                    held = home.constant(name)
                    if isinstance(held, ast.Dict) and (
                        home is module or module.imports(name)
                    ):
                        yield from ((value, home) for value in held.values)
            case ast.Call(
                func=ast.Attribute(value=ast.Dict(values=parts), attr="get"),
                args=[_, *rest],
            ):
                yield from ((part, module) for part in (*parts, *rest))
            case ast.Call(func=ast.Name(id=name)) if name != "_":  # has its own
                yield from self._returned(name, module)
            case ast.Call(func=ast.Attribute(attr="join"), args=[joined]):
                yield from self._sources(joined, module)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in (
                *("strip", "lower", "rstrip", "format"),
            ):
                yield value, module
            case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
                yield part, module
            case (
                ast.List(elts=parts)
                | ast.Tuple(elts=parts)
                | ast.Set(elts=parts)
                | ast.Dict(values=parts)
                | ast.Subscript(value=ast.Dict(values=parts))
                | ast.BoolOp(values=parts)
            ):
                yield from ((part, module) for part in parts)

    def _returned(self, name: str, module: Module) -> Iterator[tuple[ast.expr, Module]]:
        """Yield what a function returns that a module has or imports."""
        for home, function in self._functions.get(name, []):
            if home is module or module.imports(name):
                for inner in ast.walk(function):
                    if isinstance(inner, ast.Return | ast.Yield) and inner.value:
                        yield inner.value, home

    def _values_of(
        self, name: str, node: ast.expr, module: Module
    ) -> Iterator[tuple[ast.expr, Module]]:
        function = module.function_of(node)
        if function is None:
            return
        for inner in ast.walk(function):
            match inner:
                case (
                    ast.Assign(targets=[target], value=value)
                    | ast.AugAssign(target=target, value=value)
                    | ast.NamedExpr(target=target, value=value)
                    | ast.Call(
                        func=ast.Attribute(value=target, attr="append"), args=[value]
                    )
                    | ast.For(target=target, iter=value)
                ):
                    yield from ((one, module) for one in _held(name, target, value))
        names = [one.arg for one in function.args.args]
        if name in names:
            for home, call in self._calls.get(function.name, []):
                is_method = names[0] in ("self", "cls")
                if is_method is isinstance(call.func, ast.Name):
                    continue  # of another function of that name
                place = names.index(name) - is_method
                if place < len(call.args):
                    yield call.args[place], home
                yield from ((k.value, home) for k in call.keywords if k.arg == name)


def message_templates(package: Path) -> dict[str, str]:
    """Return each template of a package's messages with the first place that has it."""
    modules = {
        str(path.relative_to(package)): Module(
            ast.parse(path.read_text(encoding="utf-8"))
        )
        for path in sorted(package.rglob("*.py"))
    }
    return Templates(modules).collect()


def _held(name: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    """Yield what a name holds once a value is bound to a target."""
    match target, value:
        case ast.Name(id=found), _ if found == name:
            yield value
        case ast.Tuple(elts=names), ast.Tuple(elts=rows) if rows and all(
            isinstance(row, ast.Tuple) and len(row.elts) == len(names) for row in rows
        ):
            for row in rows:
                for one, part in zip(names, row.elts, strict=True):  # type: ignore[attr-defined]
                    yield from _held(name, one, part)
        case ast.Tuple(elts=names), _ if any(
            isinstance(one, ast.Name) and one.id == name for one in names
        ):
            yield value


def _logged(node: ast.Call) -> ast.expr:
    """Return the text of a logger's call as an f-string."""
    if not isinstance(node.args[0], ast.Constant):
        return node.args[0]
    literals = _LOGGED.split(str(node.args[0].value))
    values: list[ast.expr] = [ast.Constant(literals[0])]
    for literal, value in zip(literals[1:], node.args[1:], strict=True):
        values += [ast.FormattedValue(value, -1), ast.Constant(literal)]
    return ast.JoinedStr(values)


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _variants(
    node: ast.expr, module: Module, chosen: Mapping[str, bool]
) -> Iterator[list[Piece]]:
    """Yield the pieces of a text, once for each way its conditions may go."""
    for pieces, _choice in _chosen(node, module, chosen):
        yield pieces


def _chosen(
    node: ast.expr, module: Module, chosen: Mapping[str, bool]
) -> Iterator[tuple[list[Piece], Mapping[str, bool]]]:
    match node:
        case ast.Constant(value=str() as text):
            yield [text], chosen
        case ast.JoinedStr(values=parts):
            yield from _joined(parts, module, chosen)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _joined([left, right], module, chosen)
        case ast.FormattedValue(value=value):
            yield from _chosen(value, module, chosen)
        case ast.IfExp(test=test, body=body, orelse=other):
            yield from _branches(test, body, other, module, chosen)
        case ast.BinOp(left=ast.Constant(value=str()) as text, op=ast.Mult(), right=n):
            yield from _branches(n, text, ast.Constant(""), module, chosen)
        case ast.Name(id=name) if isinstance(
            held := module.constant(name), ast.Constant
        ) and isinstance(held.value, str):
            yield [held.value], chosen
        case _:
            yield [node], chosen


def _joined(
    parts: list[ast.expr], module: Module, chosen: Mapping[str, bool]
) -> Iterator[tuple[list[Piece], Mapping[str, bool]]]:
    if not parts:
        yield [], chosen
        return
    for pieces, choice in _chosen(parts[0], module, chosen):
        for rest, last in _joined(parts[1:], module, choice):
            yield pieces + rest, last


def _branches(
    test: ast.expr,
    body: ast.expr,
    other: ast.expr,
    module: Module,
    chosen: Mapping[str, bool],
) -> Iterator[tuple[list[Piece], Mapping[str, bool]]]:
    """Yield both branches, or the one that the same condition took before."""
    condition = ast.unparse(test)
    for holds, branch in ((True, body), (False, other)):
        if chosen.get(condition, holds) is holds:
            yield from _chosen(branch, module, {**chosen, condition: holds})


def _template(pieces: list[Piece]) -> tuple[str, list[ast.expr]]:
    words, fields, counts = [], [], defaultdict(int)
    for piece in pieces:
        if isinstance(piece, str):
            words.append(piece.replace("{", "{{").replace("}", "}}"))
            continue
        name = _name(piece)
        counts[name] += 1
        number = "" if counts[name] == 1 else f"_{counts[name]}"
        words.append(f"{{{name}{number}}}")
        fields.append(piece)
    return "".join(words), fields


def _name(node: ast.expr) -> str:
    """Return the name of a field: that of the variable which matters."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().strip("_")
        case ast.Call(
            func=ast.Attribute(attr="join"), args=[ast.GeneratorExp() as one]
        ):
            return _name(one.generators[0].iter)
        case ast.Call(args=[ast.Name() | ast.Attribute() | ast.Call() as one, *_]):
            return _name(one)
        case ast.Call(func=one) | ast.Subscript(value=one) | ast.BinOp(left=one):
            return _name(one)
    return "value"
