"""Small slips made mechanically: does a task refuse a reference with one operator changed?"""

import ast
import inspect
import sys
import textwrap

BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


class Endless(Exception):
    """A mutant ran for too many lines."""


def mutants(function, lines=20_000):
    """Yield (description, mutant) for each function that differs from this one in one place.

    Swapped are + and −, × and ÷, a power becomes a product, a comparison its neighbour, a constant
    c becomes c + 1 or 2c (defaults too), the sign in front of a term goes, a variable's use becomes
    that of another parameter, and each statement is left out once. A mutant that runs for more
    than ``lines`` lines raises Endless.
    """
    source = textwrap.dedent(inspect.getsource(function))
    count = len(list(changes(ast.parse(source))))
    for index in range(count):
        tree = ast.parse(source)
        description, change = list(changes(tree))[index]
        change()
        ast.fix_missing_locations(tree)
        names = dict(function.__globals__)
        exec(compile(tree, f"<mutant {index}>", "exec"), names)
        yield description, limited(names[function.__name__], lines)


def changes(tree):
    """Yield (description, change), where calling change makes it in the tree."""
    function = tree.body[0]
    parameters = [argument.arg for argument in function.args.args]
    for node in ast.walk(tree):
        line = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
            yield replaced(node, "op", BINARY[type(node.op)](), line)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield replaced(node, "ops", [COMPARISONS[type(node.ops[0])]()], line)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield replaced(node, "op", ast.UAdd(), line)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            for value in {node.value + 1, 2 * node.value} - {node.value}:
                yield replaced(node, "value", value, line)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            for other in parameters:
                if node.id in parameters and other != node.id:
                    yield replaced(node, "id", other, line)
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            for i, statement in enumerate(block if isinstance(block, list) else ()):
                if not isinstance(statement, ast.FunctionDef | ast.Expr):
                    yield f"without: {ast.unparse(statement)}", left_out(block, i)


def replaced(node, field, new, where):
    """Return (description, change) for another value in a field of a node."""
    before = ast.unparse(node)
    old = getattr(node, field)
    setattr(node, field, new)
    description = f"{where}: {before} → {ast.unparse(node)}"
    setattr(node, field, old)
    return description, lambda: setattr(node, field, new)


def left_out(block, i):
    """Return a change that puts `pass` in the place of a statement."""

    def change():
        block[i] = ast.Pass()

    return change


def limited(function, lines):
    """Return the function with a limit on how many lines a call may run."""

    def call(*args, **kwargs):
        left, before = lines, sys.gettrace()

        def trace(frame, event, arg):
            nonlocal left
            left -= 1
            if left < 0:
                raise Endless(f"more than {lines} lines")
            return trace if frame.f_code.co_filename.startswith("<mutant") else None

        sys.settrace(trace)
        try:
            return function(*args, **kwargs)
        finally:
            sys.settrace(before)

    return call
