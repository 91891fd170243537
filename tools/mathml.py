"""Write formulas for a page: a line of Python becomes MathML, which screen readers can read.

``θ = θ - α * m_hat / (sqrt(v_hat) + ε)`` is a formula that can be run, and so can be checked.
A target that occurs on its own right side *becomes* (←) something new; another one *is* (=) it.
"""

import ast
import html
import re

#: What a function looks like around its argument; all others keep their names.
BRACKETS = {"abs": "||", "floor": "⌊⌋"}
OPERATORS = {ast.Add: "+", ast.Sub: "−"}


class OnOneLine(ast.NodeTransformer):
    """Turns fractions into quotients with a slash, for which // stands here."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        operator = ast.FloorDiv() if isinstance(node.op, ast.Div) else node.op
        return ast.BinOp(node.left, operator, node.right)


def formula(line):
    """Return a line of Python as a ``<math>`` element, with its text for those who see no signs.

    An assignment has fractions with a bar, an expression has them with a slash.
    """
    (node,) = ast.parse(line).body
    sign, left = "", ""
    if isinstance(node, ast.Expr):
        right = OnOneLine().visit(node.value)
    else:
        (target,) = node.targets
        left, right = show(target), node.value
        if isinstance(right, ast.Lambda):
            left, right = left + arguments(right.args.args), right.body
        used = {part.id for part in ast.walk(right) if isinstance(part, ast.Name)}
        sign = "←" if target.id in used else "="
    text = line.replace("**", "^").replace(".T", "^T").replace(" = ", f" {sign} ")
    text = text.replace(" * ", " ").replace(" @ ", " ")
    inside = f"{left}<mo>{sign}</mo>{show(right)}" if sign else show(right)
    return f'<math alttext="{html.escape(text)}" displaystyle="true">{inside}</math>'


def show(node):
    """Return a node of Python's syntax tree as MathML."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            return symbol(name)
        case ast.Constant(value=value):
            return f"<mn>{value}</mn>"
        case ast.Tuple(elts=several):
            return "<mo>,</mo>".join(map(show, several))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"<mo>−</mo>{show(operand)}"
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"<mfrac><mrow>{show(left)}</mrow><mrow>{show(right)}</mrow></mfrac>"
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            single = isinstance(right, ast.Name | ast.Constant | ast.Call)
            return f"{factor(left)}<mo>/</mo>{show(right) if single else fenced(show(right))}"
        case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult(), right=right):
            times = "·" if isinstance(leftmost(right), ast.Constant) else "&#x2062;"
            space = '<mspace width="0.17em"></mspace>' if has_a_name(right) else ""
            return f"{factor(left)}<mo>{times}</mo>{space}{factor(right)}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return power(left, right)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            last = factor(right) if isinstance(operator, ast.Sub) else show(right)
            return f"{show(left)}<mo>{OPERATORS[type(operator)]}</mo>{last}"
        case ast.Attribute(value=value, attr="T"):
            return f"<msup>{show(value)}<mi>T</mi></msup>"
        case ast.Call(func=ast.Name(id="power"), args=[base, exponent]):  # of a matrix
            return power(base, exponent)
        case ast.Call(func=ast.Name(id="sqrt"), args=[inside]):
            return f"<msqrt>{show(inside)}</msqrt>"
        case ast.Call(func=ast.Name(id=name), args=[inside]) if name in BRACKETS:
            return fenced(show(inside), *BRACKETS[name])
        case ast.Call(func=function, args=given):
            return f"{show(function)}<mo>&#x2061;</mo>{arguments(given)}"
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
            return f"{show(left)}<mo>&gt;</mo>{show(right)}"
        case ast.IfExp(test=test, body=body, orelse=other):
            words = "<mtext>&#xa0;if&#xa0;</mtext>", "<mtext>, else&#xa0;</mtext>"
            return show(body) + words[0] + show(test) + words[1] + show(other)
    raise ValueError(f"There is no sign yet for {ast.unparse(node)!r}.")


def symbol(name):
    """Return a letter with what its name adds: β1 an index, m_hat a hat, v_max a word below."""
    letter, number, below = re.fullmatch(r"([^\W\d_]+)(\d*)(?:_(\w+))?", name).groups()
    mark = f"<mi>{html.escape(letter)}</mi>"
    if below == "hat":
        return f'<mover accent="true">{mark}<mo stretchy="false">^</mo></mover>'
    if below and len(letter) > 1:  # a function with a name of two words
        return f"<mi>{letter}&#xa0;{below}</mi>"
    if number or below:
        return f"<msub>{mark}{f'<mn>{number}</mn>' if number else f'<mi>{below}</mi>'}</msub>"
    return mark


def power(base, exponent):
    """Return a power; an index of its base goes below the exponent."""
    above = f"<mrow>{show(OnOneLine().visit(exponent))}</mrow>"
    mark = show(base)
    if mark.startswith("<msub>") and isinstance(base, ast.Name):
        return f"<msubsup>{mark[6:-7]}{above}</msubsup>"
    if not isinstance(base, ast.Name | ast.Constant):
        mark = fenced(mark)
    return f"<msup>{mark}{above}</msup>"


def factor(node):
    """Return a node as it stands in a product: sums in brackets."""
    loose = isinstance(node, ast.BinOp) and type(node.op) in OPERATORS
    return fenced(show(node)) if loose else show(node)


def leftmost(node):
    """Return what a product or power begins with."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult | ast.Pow):
        node = node.left
    return node


def has_a_name(node):
    """Return whether a node is a function with a name in letters, as min(a, b) has."""
    name = node.func.id if isinstance(node, ast.Call) else ""
    return name not in ("", "sqrt", "power", *BRACKETS)


def arguments(nodes):
    """Return what a function is given, in brackets and without high fractions."""
    return fenced("<mo>,</mo>".join(show(OnOneLine().visit(node)) for node in nodes))


def fenced(inside, opening="(", closing=")"):
    """Return something between brackets that do not grow."""
    marks = (f'<mo stretchy="false" form="{form}fix">' for form in ("pre", "post"))
    first, last = marks
    return f"<mrow>{first}{opening}</mo>{inside}{last}{closing}</mo></mrow>"
