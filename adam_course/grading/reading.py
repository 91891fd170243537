"""Find the functions that an exercise asks for in a notebook, whatever state it is in.

Even to parse a stranger's file is left to the sandbox, so this imports only the standard library.
"""

import ast
import dis
import json
import re
from dataclasses import dataclass, field

BINDS = frozenset({"STORE_NAME", "STORE_GLOBAL"})
LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})
# What these magics stand before is Python; what others do is not.
PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "python", "python3"})
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
MOST_CELLS = 2000
MOST_SOURCE = 2_000_000


class Unreadable(ValueError):
    """The file is not a notebook, and the message says why."""


@dataclass
class Statement:
    """One statement at the top level of a cell."""

    node: ast.stmt
    label: str
    source: str
    binds: set = field(default_factory=set)
    loads: set = field(default_factory=set)

    def __post_init__(self):
        code = compile(ast.Module([self.node], []), self.label, "exec", dont_inherit=True)
        for inner, top in codes(code):
            for step in dis.get_instructions(inner):
                if step.opname in LOADS:
                    self.loads.add(step.argval)
                elif step.opname == "STORE_GLOBAL" or (top and step.opname in BINDS):
                    self.binds.add(step.argval)

    @property
    def is_import(self):
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_data(self):
        """Whether the names it binds are values that a later statement may change."""
        definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return not (self.is_import or isinstance(self.node, definition))

    @property
    def is_stub(self):
        """Whether it is a function as the exercise left it."""
        body = getattr(self.node, "body", None) or [None]
        rest = [one for one in body[:-1] if not is_text(one)]
        return isinstance(body[-1], ast.Raise) and not rest and "NotImplementedError" in self.loads

    def writes_into(self, names):
        """Return whether it changes an attribute or an item of one of the names."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                while isinstance(node, ast.Attribute | ast.Subscript):
                    node = node.value
                if isinstance(node, ast.Name) and node.id in names:
                    return True
        return False


def codes(code, top=True):
    """Yield (code, is it the outermost?) for a code object and those inside it."""
    yield code, top
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from codes(constant, False)


def is_text(node):
    """Return whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def programs(data, functions):
    """Return (programs, remarks) for a notebook.

    Args:
        data: the file, as bytes.
        functions: names of the functions asked for.

    Returns:
        function → what it takes to define it: ``{"cells": [[label, source, kept]], "problem"}``,
        where kept lists the numbers of the statements of that source; and remarks in sentences.

    Raises:
        Unreadable: it is not a notebook.
    """
    sources, others, remarks = cells(data)
    statements, broken = [], []
    for label, source in sources:
        found, wrong = parsed(label, source)
        statements += found
        broken += wrong
    remarks += [f"Left out, for it is not Python: {sentence}." for _, sentence in broken]
    wanted = {
        function: program(function, statements, broken, others, remarks) for function in functions
    }
    return wanted, remarks


def program(function, statements, broken, others, remarks):
    """Return what it takes to define one function."""
    own = [one for one in statements if function in one.binds]
    finished = [one for one in own if not one.is_stub]
    sentence = next((why for text, why in broken if defines(function, text)), "")
    if sentence and not finished:
        return {"cells": [], "problem": f"the code of {function} is not Python: {sentence}"}
    if not own:
        kind = next((kind for kind, text in others if defines(function, text)), "")
        where = f"stands in a {kind} cell, which is not run" if kind else "is not in the notebook"
        return {"cells": [], "problem": f"{function} {where}"}
    if len(finished) > 1:
        remarks.append(f"{function} is defined {len(finished)} times: the last one counts.")
    dropped = [one for one in own if finished and one.is_stub]
    kept = needed(function, [one for one in statements if one not in dropped])
    grouped = {}
    for one in kept:
        numbers = grouped.setdefault((one.label, one.source), [])
        numbers.append([one.node.lineno, one.node.col_offset])
    return {"cells": [[*key, numbers] for key, numbers in grouped.items()], "problem": ""}


def needed(function, statements):
    """Return the statements that a function depends on: demonstrations and checks are left out."""
    names, kept = {function}, set()
    while True:
        data = {name for one in statements if one.is_data for name in one.binds} & names
        more = {
            i
            for i, one in enumerate(statements)
            if i not in kept
            and (
                one.is_import
                or one.binds & names
                or one.writes_into(names)
                or (one.is_data and one.loads & data)
            )
        }
        if not more:
            return [statements[i] for i in sorted(kept)]
        kept |= more
        names = names.union(*(statements[i].loads for i in more))


def defines(function, text):
    """Return whether a text that is not Python seems to define a function."""
    return re.search(rf"^\s*(def\s+{function}\b|{function}\s*=)", text, re.MULTILINE) is not None


# ---- from bytes to cells ------------------------------------------------------------------------


def cells(data):
    """Return (code cells as (label, source), other cells as (kind, source), remarks).

    Raises:
        Unreadable: there are none to be found.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    text, remarks = decoded(data)
    try:
        notebook = json.loads(text)
    except RecursionError as error:
        raise Unreadable("the file is not a notebook: it is nested too deeply") from error
    except ValueError as error:
        if parses(text):
            return [("the file", text)], [], ["The file is a Python script, not a notebook."]
        raise Unreadable(
            "the file is not a notebook: it is not valid JSON; if Jupyter opens it, save it there "
            "and hand it in again"
        ) from error
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if found is None and isinstance(notebook, dict):  # nbformat 3
        sheets = notebook.get("worksheets")
        sheets = [one for one in sheets if isinstance(one, dict)] if type(sheets) is list else []
        lists = [one.get("cells") for one in sheets]
        found = [cell for one in lists if isinstance(one, list) for cell in one]
    if not isinstance(found, list) or not found:
        raise Unreadable("the file is not a notebook: it has no cells")

    code, others, size = [], [], 0
    for number, cell in enumerate(found[:MOST_CELLS], 1):
        source = source_of(cell)
        size += len(source or "")
        if source is None or size > MOST_SOURCE:
            why = "it is too long" if source else "it has no text"
            remarks.append(f"Cell {number} was left out: {why}.")
        elif cell.get("cell_type") in ("markdown", "raw", "heading"):
            others.append((cell["cell_type"], source))
        else:
            code.append((f"cell {number}", source))
    if len(found) > MOST_CELLS:
        remarks.append(f"Only the first {MOST_CELLS} of {len(found)} cells were read.")
    return code, others, remarks


def decoded(data):
    """Return (text, remarks) of a file's bytes."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), []
            except UnicodeDecodeError:
                break
    remark = "The file holds bytes that are not UTF-8: they were replaced."
    return data.decode("utf-8", errors="replace"), [remark]


def source_of(cell):
    """Return the text of a cell, or None if it has none."""
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None


# ---- from cells to statements -------------------------------------------------------------------


def parsed(label, source):
    """Return (statements, what is not Python as (text, sentence)) of a cell."""
    if parses(source) is None:
        source = without_magics(source)
    tree = parses(source)
    pieces = [(source, tree)] if tree else [(block, parses(block)) for block in blocks(source)]
    statements, broken = [], []
    for piece, tree in pieces:
        if tree is None:
            broken.append((piece, f"{label}, {reason(piece)}"))
            continue
        for node in tree.body:
            try:
                statements.append(Statement(node, label, piece))
            except NOT_PYTHON as error:  # a `return` outside a function, say
                broken.append((ast.unparse(node), f"{label}, line {node.lineno}: {error}"))
    return statements, broken


def parses(source):
    """Return the syntax tree of a source, or None if it is not Python."""
    try:
        return ast.parse(source)
    except NOT_PYTHON:
        return None


def reason(source):
    """Return why a source is not Python."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except NOT_PYTHON:
        pass
    return "it is nested too deeply or holds stray characters"


def without_magics(source):
    """Return a cell's source without what only IPython understands, line for line."""
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if found := re.match(r"%%(\w+)", lines[first]):
        if found[1] not in PYTHON_MAGICS:
            return ""
        lines[first] = ""
    lines = [re.sub(r"^(\s*)(?:[%!?].*|[\w.]+\s*\?{1,2}\s*)$", r"\1pass", line) for line in lines]
    return "\n".join(re.sub(r"^(\s*[\w, ]+=\s*)[%!].*$", r"\1None", line) for line in lines)


def blocks(source):
    """Yield the top-level blocks of a source, each behind as many empty lines as it had before."""
    lines = source.split("\n")
    inner = re.compile(r"[\s#)\]}]|(else|elif|except|finally|case)\b|$")
    starts = [
        i
        for i, line in enumerate(lines)
        if not inner.match(line) and not (i and lines[i - 1].startswith("@"))
    ]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield "\n" * start + "\n".join(lines[start:end])
