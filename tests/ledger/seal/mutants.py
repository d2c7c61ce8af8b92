"""Programs that are wrong in one place: every small change to given functions of a module."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

#: Makes a changed node out of a node.
Change = Callable[[Any], ast.AST]

#: What a comparison or an operation is changed into.
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Eq: [ast.NotEq, ast.LtE, ast.GtE],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.GtE, ast.NotEq],
    ast.LtE: [ast.Lt, ast.Gt, ast.NotEq],
    ast.Gt: [ast.GtE, ast.LtE, ast.NotEq],
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
}  # fmt: skip

#: How often the loops of one call may turn before it counts as one that does not end.
STEPS = 1_000


class Mutant(NamedTuple):
    """A change, in words, and the module that has it, compiled with its loops counted."""

    name: str
    namespace: dict[str, Any]


class Endless(Exception):
    """A loop turned more often than `STEPS` allows: no clock decides, so no machine matters."""


def mutants(source: str, functions: tuple[str, ...]) -> Iterator[Mutant]:
    """Every mutant of the named functions; the first is the module as it is, called ``."""
    tree = ast.parse(source)
    yield Mutant("", _compiled(tree))
    names: dict[str, int] = {}
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            for change, function in _changed(node):
                names[change] = names.get(change, 0) + 1
                again = f" ({names[change]})" if names[change] > 1 else ""
                copy = deepcopy(tree)
                copy.body[number] = function
                yield Mutant(change + again, _compiled(copy))


def _changed(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    signature = [function.args, *([function.returns] if function.returns else [])]
    unchanged = [function, *(part for root in signature for part in ast.walk(root))]
    for number, node in enumerate(ast.walk(function)):
        if any(node is part for part in unchanged):
            continue
        for change in _changes(node):
            copy = deepcopy(function)
            spot = list(ast.walk(copy))[number]
            new = change(spot)
            _put(copy, spot, new)
            before = ast.unparse(node).partition("\n")[0]
            after = ast.unparse(ast.fix_missing_locations(new)).partition("\n")[0]
            yield f"{function.name}: {before} => {after}", copy


def _changes(node: ast.AST) -> Iterator[Change]:
    """Functions that make a changed node of a copy of this one."""
    for kinds, changes in _CHANGES:
        if isinstance(node, kinds):
            yield from changes(node)


def _of_statement(node: Any) -> Iterator[Change]:
    """It is left out, and what it decides is decided beforehand."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # a docstring
        yield lambda spot: ast.Pass()
    if isinstance(node, ast.If | ast.While):
        yield lambda spot: _with(spot, test=ast.Constant(value=False))
    if isinstance(node, ast.If):
        yield lambda spot: _with(spot, test=ast.Constant(value=True))


def _of_comparison(node: Any) -> Iterator[Change]:
    def into(place: int, other: type[ast.cmpop]) -> Change:
        return lambda spot: _with(spot, ops=[*spot.ops[:place], other(), *spot.ops[place + 1 :]])

    for place, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield into(place, other)


def _of_and_or(node: Any) -> Iterator[Change]:
    def only(place: int) -> Change:
        return lambda spot: spot.values[place]

    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield lambda spot: _with(spot, op=other())
    for place in range(len(node.values)):
        yield only(place)


def _of_not(node: Any) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield lambda spot: spot.operand


def _of_operation(node: Any) -> Iterator[Change]:
    if type(node.op) in OPERATIONS:
        yield lambda spot: _with(spot, op=OPERATIONS[type(spot.op)]())
        yield lambda spot: spot.left


def _of_choice(node: Any) -> Iterator[Change]:
    yield lambda spot: spot.body
    yield lambda spot: spot.orelse
    yield lambda spot: _with(spot, body=spot.orelse, orelse=spot.body)


def _of_constant(node: Any) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield lambda spot: ast.Constant(value=not spot.value)
    elif node.value in (0, 1):
        yield lambda spot: ast.Constant(value=1 - spot.value)
        yield lambda spot: ast.Constant(value=spot.value + 1)


def _of_call(node: Any) -> Iterator[Change]:
    if len(node.args) == 2:
        yield lambda spot: _with(spot, args=spot.args[::-1])
        yield lambda spot: spot.args[0]
        yield lambda spot: spot.args[1]


def _of_pair(node: Any) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield lambda spot: _with(spot, elts=spot.elts[::-1])


def _of_star(node: Any) -> Iterator[Change]:
    """Nothing is put where a sequence was."""
    if isinstance(node.ctx, ast.Load):
        yield lambda spot: _with(spot, value=ast.List(elts=[], ctx=ast.Load()))


_CHANGES: list[tuple[type[ast.AST], Callable[[Any], Iterator[Change]]]] = [
    (ast.stmt, _of_statement), (ast.Compare, _of_comparison), (ast.BoolOp, _of_and_or),
    (ast.UnaryOp, _of_not), (ast.BinOp, _of_operation), (ast.IfExp, _of_choice),
    (ast.Constant, _of_constant), (ast.Call, _of_call), (ast.Tuple, _of_pair),
    (ast.Starred, _of_star),
]  # fmt: skip


def _with(node: Any, **fields: Any) -> Any:
    copy = type(node)(**{name: getattr(node, name) for name in node._fields})
    for name, value in fields.items():
        setattr(copy, name, value)
    return ast.copy_location(copy, node)


def _put(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list) and any(item is old for item in value):
                setattr(parent, name, [new if item is old else item for item in value])
                return
    raise LookupError(ast.dump(old))


def _compiled(tree: ast.Module) -> dict[str, Any]:
    """The module, with every turn of a `while` counted; a `for` ends by itself."""
    tree = deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            node.body.insert(0, ast.parse("_turn()").body[0])
    turns = [0]

    def turn() -> None:
        turns[0] += 1
        if turns[0] > STEPS:
            raise Endless

    namespace: dict[str, Any] = {"__name__": "mutant", "_turn": turn, "_turns": turns}
    exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), namespace)
    return namespace


def answer(mutant: Mutant, function: str, arguments: tuple[Any, ...]) -> Any:
    """What a mutant answers, or the exception that it ends with."""
    mutant.namespace["_turns"][0] = 0
    try:
        return mutant.namespace[function](*arguments)
    except Exception as error:
        return error
