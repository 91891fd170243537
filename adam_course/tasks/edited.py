"""A mistake as what it is: a change of the reference's source."""

import difflib
import inspect
import textwrap
from ast import get_docstring, parse
from functools import cache, cached_property


def edited(reference, *changes, **others):
    """Return the reference with some changes of its source, a function to be called like it.

    ``edited(adam_step, "grad**2 → grad")`` forgets the square. The changes are made one after the
    other; without anything behind its arrow, a change leaves out what stands before it.

    Args:
        reference: a function of a module; its docstring stays out of this.
        changes: "old → new" each. Old stands exactly once in the source, as it is by then.
        others: functions that take the place of those which the reference calls by these names, as
            in ``edited(adam, adam_step=edited(adam_step, "grad**2 → grad"))``.

    Raises:
        ValueError: a change does not say what becomes of what, or does not apply exactly once; the
            reference knows no function of one of the other names.
    """
    return Edited(reference, changes, others)


class Edited:
    """What `edited` returns.

    Attributes:
        reference: the function that was changed.
        source: its source after the changes.
        others: name → function for what it calls instead.
    """

    def __init__(self, reference, changes, others):
        self.reference, self.others = reference, others
        self.source = source_of(reference)
        for change in changes:
            self.source = changed(self.source, change, reference.__name__)
        for name in others:
            if name not in reference.__code__.co_names:
                raise ValueError(f"{reference.__name__} does not call {name}.")

    def __call__(self, *given, **named):
        return self.function(*given, **named)

    @cached_property
    def function(self):
        """The changed function; compiled when it is first called, for there are many."""
        name = self.reference.__name__
        names = {**self.reference.__globals__, **self.others}
        exec(compile(self.source, f"<{name}, edited>", "exec"), names)
        return names[name]

    def diff(self):
        """Return the lines that go, after "-", those that come, after "+", and those around them.

        Where lines are left out between two changes stands "…".
        """
        before, after = source_of(self.reference).splitlines(), self.source.splitlines()
        lines = list(difflib.unified_diff(before, after, n=1, lineterm=""))[3:]
        lines = ["…" if line.startswith("@@") else f"{line[0]} {line[1:]}" for line in lines]
        for other in self.others.values():
            more = other.diff() if isinstance(other, Edited) else []
            lines += ["…", *more] if lines and more else more
        return lines


@cache
def source_of(function):
    """Return the source of a function, without the indentation of the whole and its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    (node,) = parse(source).body
    lines = source.splitlines(keepends=True)
    if get_docstring(node) is not None:
        first = node.body[0]
        del lines[first.lineno - 1 : first.end_lineno]
    return "".join(lines)


def changed(source, change, name):
    """Return a source after a change, "old → new".

    Raises:
        ValueError: the change does not apply exactly once.
    """
    old, arrow, new = f"{change} ".partition(" → ")
    if not (arrow and old) or old == new[:-1]:
        raise ValueError(f"{name}: “{change}” does not say what becomes of what (old → new).")
    count = source.count(old)
    if count != 1:
        times = "does not stand" if count == 0 else f"stands {count} times"
        raise ValueError(f"{name}: “{old}” {times} in its source, and should stand there once.")
    return source.replace(old, new[:-1])
