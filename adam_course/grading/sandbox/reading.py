"""Find the functions that an exercise asks for in a notebook, whatever state it is in.

Each is taken as the notebook stood at its check: from the statements up to the first
`check("task", function)` below its definition come those that it depends on. What stands further
down changes nothing. Even to parse a stranger's file is left to the sandbox, so this imports only
the standard library.
"""

import ast
import builtins
import json
import re
import symtable
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

# What these magics stand before is Python; what others do is not.
PYTHON_MAGICS = frozenset({"time", "capture", "prun"})
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
BUILTINS = frozenset(vars(builtins))
MOST_CELLS = 2000
MOST_SOURCE = 2_000_000
MOST_SHOWN = 20_000  # letters of an answer that are kept
# Methods that leave their object as it is, and functions that leave their arguments so: a
# statement that only calls these on a value need not come along with it. All others may change it.
METHODS = """
abs all any argmax argmin argsort astype conj copy count cumprod cumsum diagonal dot endswith
flatten format get index item items join keys max mean min nonzero prod ravel repeat reshape round
split squeeze startswith std sum tobytes tolist trace transpose values var
"""
LEAVE_AS_IT_IS = frozenset(METHODS.split())
CHANGE = frozenset(
    {"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask", "shuffle", "at"}
)
PURE = BUILTINS - {"delattr", "eval", "exec", "iter", "map", "next", "setattr", "vars"}
# Calls at the top level that change how everything after them works.
SETTINGS = frozenset(
    {"filterwarnings", "seed", "set_printoptions", "seterr", "setrecursionlimit", "simplefilter"}
)


class Unreadable(ValueError):
    """The file is not a notebook, and the message says why."""


@dataclass
class Statement:
    """One statement at the top level of a cell."""

    node: ast.stmt
    label: str
    source: str
    text: str
    binds: set = field(default_factory=set)
    loads: set = field(default_factory=set)

    def __post_init__(self):
        if isinstance(self.node, ast.Assign) and isinstance(self.node.value, ast.Constant):
            names = [target.id for target in self.node.targets if isinstance(target, ast.Name)]
            if len(names) == len(self.node.targets):  # as `x = 1`: there may be very many
                self.binds.update(names)
                return
        for table in tables(symtable.symtable(self.text, self.label, "exec")):
            top = table.get_type() == "module"
            for symbol in table.get_symbols():
                if top or symbol.is_global():
                    bound = symbol.is_assigned() or symbol.is_imported()
                    if bound:
                        self.binds.add(symbol.get_name())
                    if symbol.is_referenced() or (
                        bound and not top
                    ):  # `count += 1` is no reference
                        self.loads.add(symbol.get_name())

    @cached_property
    def is_import(self):
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @cached_property
    def is_data(self):
        """Whether the names it binds are values that a later statement may change."""
        definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return not (self.is_import or isinstance(self.node, definition))

    @property
    def own_name(self):
        """Name of the function or class that it defines, or of a method that it keeps, or ""."""
        value = getattr(self.node, "value", None)
        if isinstance(self.node, ast.Assign) and isinstance(value, ast.Attribute):
            return root(self.node.targets[0])  # as `add = powers.append`
        return getattr(self.node, "name", "") if not self.is_data else ""

    @cached_property
    def is_constant(self):
        """Whether it binds its names to numbers, texts or the like, which nothing can change."""
        value = getattr(self.node, "value", None)
        inner = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)
        return isinstance(self.node, ast.Assign | ast.AnnAssign) and all(
            isinstance(node, (*inner, ast.expr_context)) for node in ast.walk(value or ast.Pass())
        )

    @cached_property
    def is_stub(self):
        """Whether it is a function as the exercise left it."""
        body = getattr(self.node, "body", None)
        if not isinstance(body, list):
            return False
        rest = [one for one in body[:-1] if not is_text(one)]
        return isinstance(body[-1], ast.Raise) and not rest and "NotImplementedError" in self.loads

    @cached_property
    def is_setting(self):
        """Whether it is a call that changes how everything after it works, as `np.seterr(…)`."""
        call = getattr(self.node, "value", None)
        return isinstance(call, ast.Call) and getattr(call.func, "attr", "") in SETTINGS

    @cached_property
    def checks(self):
        """The tasks that it checks, each with the expression that it hands in, None if none."""
        if not self.is_data or "check" not in self.text:
            return {}
        calls = [node for node in ast.walk(self.node) if isinstance(node, ast.Call)]
        return {
            one.args[0].value: one.args[1] if one.args[1:] else None
            for one in calls
            if called(one) == "check" and one.args and isinstance(one.args[0], ast.Constant)
        }

    def may_change(self, names, values, changers):
        """Return whether it may change what the names stand for.

        Args:
            names: any that are needed: an item or an attribute of them may be set.
            values: those of them that are bound to values: a call may change them too.
            changers: functions of the notebook that may change them.
        """
        above = [*getattr(self.node, "decorator_list", ()), *getattr(self.node, "bases", ())]
        if (names | changers) & {root(getattr(one, "func", one)) for one in above}:
            return True
        value = getattr(self.node, "value", None)
        if isinstance(self.node, ast.Assign) and isinstance(value, ast.Attribute):
            return root(value) in values  # as `add = powers.append`
        for node in ast.walk(self.node):
            if isinstance(node, ast.Attribute | ast.Subscript):
                if not isinstance(node.ctx, ast.Load) and root(node) in names:
                    return True
            elif isinstance(node, ast.Call):
                given = {root(one) for one in [*node.args, *(one.value for one in node.keywords)]}
                own = isinstance(node.func, ast.Attribute) and root(node.func) in values
                if own and called(node) not in LEAVE_AS_IT_IS:
                    return True
                if called(node) in ("setattr", "delattr") and given & names:
                    return True
                if self.is_data and (
                    root(node.func) in changers or (given & values and not is_pure(node))
                ):
                    return True
        return False


def tables(table):
    """Yield a symbol table and those inside it."""
    yield table
    for inner in table.get_children():
        yield from tables(inner)


def root(node):
    """Return the name that an expression as `a.b[1].c` or `*a` begins with, "" if none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called(call):
    """Return the last name of what a call calls: `step` of `adam.step(…)`."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def is_pure(call):
    """Return whether a call is known to leave its arguments as they are."""
    if isinstance(call.func, ast.Name):
        return call.func.id in PURE
    by_name = {keyword.arg for keyword in call.keywords}
    return root(call.func) in ("np", "numpy", "math", "plt") and not (
        called(call) in CHANGE or "out" in by_name
    )


def is_text(node):
    """Return whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def programs(data, wanted):
    """Return (programs, remarks) for a notebook.

    Args:
        data: the file, as bytes.
        wanted: dict of each function asked for and the task that it answers.

    Returns:
        function → what it takes to define it: ``{"cells": [[label, source, kept]], "uses",
        "problem", "answer"}``, where kept lists the places (line, column) of the statements of
        that source, uses the other functions asked for that it loads, and answer is the text of
        the function and of what it needs besides these; and remarks in sentences.

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
    found = {
        function: program(function, wanted, statements, broken, others, remarks)
        for function in wanted
    }
    for function, one in found.items():
        one["uses"] = [name for name in wanted if name in one["uses"] and name != function]
    return found, remarks


def written(data, parts, given):
    """Return part → what a learner wrote there, for the parts that a person marks.

    A part is the cell of that name and the learner's own cells right below it.

    Args:
        data: the file, as bytes.
        parts: dict of a part's cell and the heading above it, by which its text is found in a
            file that has lost the cells' names.
        given: names of all cells of the exercise as it is handed out.

    Raises:
        Unreadable: it is not a notebook.
    """
    found, part, heading = {}, "", ""
    for cell in listed(data)[0][:MOST_CELLS]:
        source = source_of(cell)
        if source is None:
            continue
        name, text = name_of(cell), cell.get("cell_type") != "code"
        first = source.strip().partition("\n")[0]
        if text and first.startswith("#"):
            heading = first
        if name in parts:
            part = name
        elif name in given or (not name and (not text or first.startswith("#"))):
            part = ""
        elif not name and heading in parts.values():
            part = next(own for own, line in parts.items() if line == heading)
        if part:
            found[part] = f"{found[part]}\n\n{source}" if part in found else source
            found[part] = found[part][:MOST_SHOWN]
    return found


def name_of(cell):
    """Return the name of a cell: nbgrader's, or its own; "" if it has none."""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    own = metadata.get("nbgrader")
    own = own if isinstance(own, dict) else {}
    names = (own.get("grade_id"), cell.get("id"), metadata.get("id"))
    return next((name for name in names if name and isinstance(name, str)), "")


def program(function, wanted, statements, broken, others, remarks):
    """Return what it takes to define one function of those wanted."""
    task, of_others = wanted[function], set(wanted) - {function}
    statements = [*handed_in(function, task, statements)]
    own = [i for i, one in enumerate(statements) if function in one.binds]
    finished = [i for i in own if not statements[i].is_stub]
    sentence = next((why for text, why in broken if defines(function, text)), "")
    if sentence and not finished:
        why = f"the code of {function} is not Python: {sentence}"
        return {"cells": [], "uses": (), "problem": why, "answer": ""}
    if not own:
        kind = next((kind for kind, text in others if defines(function, text)), "")
        where = f"stands in a {kind} cell, which is not run" if kind else "is not in the notebook"
        return {"cells": [], "uses": (), "problem": f"{function} {where}", "answer": ""}

    checks = [i for i, one in enumerate(statements) if task in one.checks]
    checked = [i for i in finished if checks and i < checks[-1]]
    end = len(statements)
    if checked:  # or nothing that is finished has a check below it: the whole notebook counts
        end = next(i for i in checks if i > checked[-1])
    written = [i for i in finished if not statements[i].is_data]
    if len(written) > 1:
        which = "the last one above its last check" if checked else "the last one"
        remarks.append(f"{function} is defined {len(written)} times: {which} counts.")
    stubs = set(own) - set(finished) if any(i < end for i in written) else set()
    above = [one for i, one in enumerate(statements[:end]) if i not in stubs]
    kept = needed(function, above, statements[end:])
    grouped = defaultdict(list)
    for one in kept:
        grouped[one.label, one.source].append([one.node.lineno, one.node.col_offset])
    uses = set().union(*(one.loads for one in kept))
    return {
        "cells": [[*key, places] for key, places in grouped.items()],
        "uses": uses,
        "problem": "",
        "answer": "\n\n".join(
            one.text for one in kept if not one.is_import and one.own_name not in of_others
        )[:MOST_SHOWN],
    }


def handed_in(function, task, statements):
    """Yield the statements, and before a check of something else a statement that names it so.

    `check("adam-step", my_step)` hands in `my_step`: before it goes `adam_step = my_step`.
    """
    for one in statements:
        given = one.checks.get(task)
        if isinstance(given, ast.Name | ast.Attribute | ast.Lambda) and root(given) != function:
            text = f"{function} = {ast.unparse(given)}"
            yield Statement(ast.parse(text).body[0], f"{one.label}, check", text, text)
        yield one


def needed(function, above, below):
    """Return the statements that a function depends on: demonstrations and checks are left out.

    Args:
        above: the statements above its check.
        below: those further down, of which only what is bound nowhere above may come along.
    """
    binding, first_below = defaultdict(list), {}
    for i, one in enumerate(above):
        for name in one.binds:
            binding[name].append(i)
    for i, one in reversed(list(enumerate(below, len(above)))):
        first_below |= dict.fromkeys(one.binds, i)
    statements = above + below
    kept = {i for i, one in enumerate(above) if one.is_import or one.is_setting}
    names, values, changers, waiting = set(), set(), set(), [function]
    while waiting:
        new = set()
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                new.update(binding[name])
                if name in first_below and not binding[name] and name not in BUILTINS:
                    new.add(first_below[name])
                if any(above[i].is_data and not above[i].is_constant for i in binding[name]):
                    values.add(name)
                # A function that sets it as a global, or the class whose methods register things.
                definitions = [above[i] for i in binding[name] if not above[i].is_data]
                changers |= {one.own_name for one in definitions} - {name, function, ""}
                if any(isinstance(one.node, ast.ClassDef) for one in definitions):
                    values.add(name)
                waiting += {load for i in new - kept for load in statements[i].loads}
                kept |= new
        related = names | changers
        changing = [i for i, one in enumerate(above) if i not in kept and one.loads & related]
        for i in changing:
            if above[i].may_change(names, values, changers):
                kept.add(i)
                waiting += above[i].loads
                changers |= {above[i].own_name} - {function, ""}
    return [statements[i] for i in sorted(kept)]


def defines(function, text):
    """Return whether a text that is not Python seems to define a function."""
    return re.search(rf"^\s*(def\s+{function}\b|{function}\s*=)", text, re.MULTILINE) is not None


# ---- from bytes to cells ------------------------------------------------------------------------


def listed(data):
    """Return (a notebook's cells as they are, remarks); of a script, its text.

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
            return text, ["The file is a Python script, not a notebook."]
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
    return found, remarks


def cells(data):
    """Return (code cells as (label, source), other cells as (kind, source), remarks).

    Raises:
        Unreadable: there are none to be found.
    """
    found, remarks = listed(data)
    if isinstance(found, str):
        return [("the file", found)], [], remarks
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
    tree = parses(source)
    if tree is None:
        source = without_magics(source)
        tree = parses(source)
    pieces = [(source, tree)] if tree else [(block, parses(block)) for block in blocks(source)]
    statements, broken = [], []
    for piece, tree in pieces:
        if tree is None:
            broken.append((piece, f"{label}, {reason(piece)}"))
            continue
        lines, sound = piece.encode().splitlines(keepends=True), compiles(tree)
        for node in tree.body:
            try:
                if not sound:
                    compile(ast.Module([node], []), label, "exec", dont_inherit=True)
                statements.append(Statement(node, label, piece, segment(node, lines)))
            except NOT_PYTHON as error:  # a `return` outside a function, say
                broken.append((ast.unparse(node), f"{label}, line {node.lineno}: {error}"))
    return statements, broken


def compiles(tree):
    """Return whether a syntax tree can be compiled: one with a `return` at its top cannot."""
    try:
        compile(tree, "", "exec", dont_inherit=True)
    except NOT_PYTHON:
        return False
    return True


def segment(node, lines):
    """Return the text of a statement, given the lines of its source as bytes."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    own = lines[first - 1 : node.end_lineno]
    own[-1] = own[-1][: node.end_col_offset]
    if first == node.lineno:
        own[0] = own[0][node.col_offset :]
    return b"".join(own).decode()


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
    lines = without_prompts(source.split("\n"))
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if found := re.match(r"%%(\w+)", lines[first]):
        if found[1] not in PYTHON_MAGICS:
            return ""
        lines[first] = ""
    depth = 0
    for i, line in enumerate(lines):
        if not depth:  # inside of brackets a % divides
            line = re.sub(r"^(\s*)%time\s+", r"\1", line)
            line = re.sub(r"^(\s*)%pylab\b.*$", r"\1from pylab import *", line)
            line = re.sub(r"^(\s*)(?:[%!?].*|[\w.]+\s*\?{1,2}\s*)$", r"\1pass", line)
            lines[i] = re.sub(r"^(\s*[\w, ]+=\s*)[%!].*$", r"\1None", line)
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", lines[i])
        depth = max(0, depth + len(re.findall(r"[(\[{]", bare)) - len(re.findall(r"[)\]}]", bare)))
    return "\n".join(lines)


def without_prompts(lines):
    """Return lines without what IPython takes off their left: prompts, the first one's indent."""
    first = next((line for line in lines if line.strip()), "")
    if found := re.match(r"\s*(>>> |In \[\d+\]: )", first):
        kind = r"(?:>>>|\.\.\.) ?" if found[1] == ">>> " else r"(?:In \[\d+\]| *\.\.\.): ?"
        lines = [re.sub(rf"^\s*{kind}", "", line) for line in lines]
        first = ""
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def blocks(source):
    """Yield the top-level blocks of a source, each behind as many empty lines as it had before."""
    lines = source.split("\n")
    inner = re.compile(r"[\s#)\]}]|(else|elif|except|finally|case)\b|$")
    starts = [
        i
        for i, line in enumerate(lines)
        if not inner.match(line) and not (i and lines[i - 1].startswith("@"))
    ]
    if starts[:1] != [0]:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield "\n" * start + "\n".join(lines[start:end])
