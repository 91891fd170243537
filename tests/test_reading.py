"""A notebook is read in whatever state it is, and what an answer depends on comes along."""

import ast
import codecs
import json
import os
import zipfile
from pathlib import Path

import pytest
from submissions import RIGHT, SCALED, SETUP, body, cell, notebook

from adam_course.grading.classes import submissions
from adam_course.grading.classes.submissions import NoNotebook, Refused, find
from adam_course.grading.sandbox import reading
from adam_course.grading.sandbox.reading import Unreadable, programs
from adam_course.tasks import TASKS

TASK = "first-step"
ROOT = Path(__file__).resolve().parent.parent


def kept(data, function="first_step"):
    """Return the first words of each kept line of the program of a function, and the remarks."""
    found, remarks = programs(data, {function: TASK})
    program = found[function]
    lines = []
    for _, source, places in program["cells"]:
        lines += [source.splitlines()[line - 1][column:] for line, column in places]
    return program["problem"] or lines, remarks


def run(data, function="first_step"):
    """Return the function that a program defines."""
    import numpy as np

    found, _ = programs(data, {function: TASK})
    names = {"np": np, "__name__": "test"}
    for _, source, places in found[function]["cells"]:
        for node in ast.parse(source).body:
            if [node.lineno, node.col_offset] in places and "adam_course" not in ast.unparse(node):
                exec(compile(ast.Module([node], []), "a cell", "exec"), names)
    return names[function]


# ---- what comes along ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((ROOT / "exercises" / "solutions").glob("*.ipynb")))
def test_every_exercise_can_be_read(path):
    functions = {task.function: task.name for task in TASKS.values() if task.exercise == path.stem}
    for folder in (path.parent, path.parent.parent):
        found, remarks = programs((folder / path.name).read_bytes(), functions)
        assert list(found) == list(functions)
        assert [one["problem"] for one in found.values()] == [""] * len(functions)
        assert remarks == []


def test_helpers_imports_and_assignments_come_along_and_demonstrations_do_not():
    data = notebook(
        "import math",
        "rate = 0.1\nunused = slow_thing()",
        "def helper(x):\n    return deeper(x) * rate",
        "def deeper(x):\n    return math.sqrt(x)",
        "def other(x):\n    return 1",
        "for i in range(3):\n    print(first_step(1, 2), helper(i))",
        body("return helper(grad)"),
        "path = first_step(1, 2)",
        'check("first-step", first_step)',
    )
    lines, remarks = kept(data)
    assert lines == [
        *[line for line in SETUP.splitlines() if line],
        "import math",
        "rate = 0.1",
        "def helper(x):",
        "def deeper(x):",
        "def first_step(grad, lr):",
    ]
    assert remarks == []


@pytest.mark.parametrize(
    "change",
    [
        "table['a'] = 2",
        "table.update(a=2)",
        "for i in range(3):\n    table[i] = i",
        "fill(table)",
        "table |= {3: 4}",
        "del table['b']",
        "if table:\n    table = {}",
        "with open('x') as table: pass",
    ],
)
def test_what_changes_a_value_comes_along_with_it(change):
    lines, _ = kept(notebook("table = {}", change, body("return table")))
    assert change.splitlines()[0] in lines


def test_attributes_and_patches_come_along_with_what_they_change():
    lines, _ = kept(notebook(body(RIGHT), "first_step.calls = 0", "np.sign = None", "other.a = 1"))
    assert "first_step.calls = 0" in lines
    assert "np.sign = None" in lines
    assert "other.a = 1" not in lines


def test_names_of_a_functions_own_do_not_call_for_those_of_the_notebook():
    lines, _ = kept(notebook("m = loop()", body("m = grad\nreturn [x for x in m]"), "x = 3"))
    assert not {"m = loop()", "x = 3"} & set(lines)


def test_classes_closures_and_globals_are_followed():
    data = notebook(
        "state = []",
        "base = 1",
        "class A:\n    b = base\n    def step(self):\n        return lambda: state",
        "def first_step(grad, lr, a=A()):\n    global count\n    count += 1\n    return a.step()()",
        "count = 0",
    )
    lines, _ = kept(data)
    assert {"state = []", "base = 1", "class A:", "count = 0"} <= set(lines)


# ---- as the notebook stood at its check ---------------------------------------------------------

CHECK = 'check("first-step", first_step)'


@pytest.mark.parametrize(
    "below",
    [
        "first_step = first_step(1, 2)",
        body("return 0  # a scratch copy"),
        "def first_step(grad, lr):\n    return grad *",
        "def helper(x):\n    return 0",
        "rate = slow()",
        "for rate in rates:\n    first_step(rate, rate)",
    ],
)
def test_what_stands_below_the_check_changes_nothing(below):
    above = ("rate = 7", "def helper(x):\n    return rate", body("return helper(grad)"), CHECK)
    assert run(notebook(*above, below))(1, 2) == 7


def test_the_last_definition_that_has_a_check_below_it_counts():
    first, second = body("return 1"), body("return 2")
    assert run(notebook(first, CHECK, second, CHECK))(1, 2) == 2
    assert run(notebook(first, CHECK, second))(1, 2) == 1
    assert run(notebook(first, second, CHECK, body("return 3")))(1, 2) == 2
    stub = body("raise NotImplementedError()")
    assert run(notebook(stub, CHECK, second))(1, 2) == 2
    _, remarks = kept(notebook(first, CHECK, second, CHECK))
    assert remarks == ["first_step is defined 2 times: the last one above its last check counts."]


def test_what_stands_between_two_checks_of_a_function_changes_nothing():
    data = notebook("rate = 7", body("return rate"), CHECK, "rate = 0", CHECK)
    assert run(data)(1, 2) == 7


@pytest.mark.parametrize("check", ["verdict = " + CHECK, f"for _ in range(2):\n    {CHECK}"])
def test_a_check_is_found_in_whatever_statement_it_stands(check):
    assert run(notebook(body("return 1"), check, body("return 2")))(1, 2) == 1


def test_a_function_of_another_name_is_the_one_that_its_check_is_given():
    data = notebook("def mine(grad, lr):\n    return 8", 'check("first-step", mine)')
    found, _ = programs(data, {"first_step": TASK})
    assert found["first_step"]["problem"] == ""
    assert run(data)(1, 2) == 8
    assert run(notebook('check("first-step", lambda grad, lr: 9)'))(1, 2) == 9
    method = "class Mine:\n    def step(grad, lr):\n        return 6"
    assert run(notebook(method, 'check("first-step", Mine.step)'))(1, 2) == 6
    stub = body("raise NotImplementedError()")
    again = notebook(stub, "def second(grad, lr):\n    return 7", 'check("first-step", second)')
    assert run(again)(1, 2) == 7


def test_what_is_bound_further_down_only_comes_along_and_is_taken_from_there():
    data = notebook(
        body("return helper(grad) + len([1])"),
        CHECK,
        "def helper(x):\n    return deeper",
        "deeper = 5",
        "def len(x):\n    return 100",
        "deeper = 6",
    )
    assert run(data)(1, 2) == 6


def test_a_value_above_a_stub_leaves_the_stub_in_its_place():
    data = notebook("first_step = 3", body("raise NotImplementedError()"), CHECK)
    with pytest.raises(NotImplementedError):
        run(data)(1, 2)


@pytest.mark.parametrize(
    "demonstration",
    [
        "for rate in range(10**9):\n    print(steps * rate)",
        "ends = [first_step(rate, steps) for rate in rates]",
        "shown = np.sum(rates) + len(rates) + rates.mean()",
        "print(rates, steps)",
    ],
)
def test_a_demonstration_that_only_reads_what_an_answer_uses_stays_behind(demonstration):
    data = notebook("steps = 10", "rates = np.ones(3)", demonstration, body("return steps * rates"))
    lines, _ = kept(data)
    assert demonstration.splitlines()[0] not in lines


@pytest.mark.parametrize(
    "setting", ["sys.setrecursionlimit(5000)", "np.random.seed(0)", "np.seterr(all='ignore')"]
)
def test_settings_of_the_notebook_come_along(setting):
    lines, _ = kept(notebook("import sys", setting, body(RIGHT)))
    assert setting in lines


def test_a_program_names_the_other_functions_asked_for_that_it_calls():
    data = notebook(
        "def adam_step(theta):\n    return theta",
        "def through(x):\n    return adam_step(x)",
        "def adam(theta):\n    return through(theta)",
        SCALED,
    )
    wanted = {"adam_step": "adam-step", "adam": "adam-loop", "scaled": "scaled-gradients"}
    found, _ = programs(data, wanted)
    assert [found[name]["uses"] for name in wanted] == [[], ["adam_step"], []]


# ---- several, none, broken ----------------------------------------------------------------------


def test_of_several_definitions_the_last_counts_and_is_said():
    lines, remarks = kept(notebook(body("return 1"), body(RIGHT)))
    assert lines.count("def first_step(grad, lr):") == 2
    assert remarks == ["first_step is defined 2 times: the last one counts."]


def test_a_stub_that_was_copied_behind_the_answer_does_not_count():
    stub = 'def first_step(grad, lr):\n    """Words."""\n    raise NotImplementedError()'
    lines, remarks = kept(notebook(body(RIGHT), stub))
    assert lines.count("def first_step(grad, lr):") == 1
    assert remarks == []


def test_work_above_a_raise_that_was_left_is_no_stub():
    data = notebook(body("return 7"), body("step = lr\nraise NotImplementedError()"))
    with pytest.raises(NotImplementedError):
        run(data)(1, 2)
    assert kept(data)[1] == ["first_step is defined 2 times: the last one counts."]


def test_what_a_function_declares_global_and_sets_is_the_notebooks():
    state = "def count():\n    global calls\n    calls += 1\n    return calls"
    assert run(notebook("calls = 6", state, body("return count()")))(1, 2) == 7
    filled = "def fill():\n    global table\n    table = 7"
    assert run(notebook(filled, "fill()", body("return table")))(1, 2) == 7


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([], "first_step is not in the notebook"),
        ([cell(body(RIGHT), "markdown")], "first_step stands in a markdown cell, which is not run"),
        ([cell(body(RIGHT), "raw")], "first_step stands in a raw cell, which is not run"),
        (
            [body("return (")],
            "the code of first_step is not Python: cell 2, line 3: '(' was never closed",
        ),
        (["def first_step(grad, lr):\nreturn 1"], "the code of first_step is not Python: cell 2, "),
        (
            [body("raise NotImplementedError()"), body("return )")],
            "the code of first_step is not Python: cell 3, line 3: unmatched ')'",
        ),
    ],
)
def test_what_is_not_there_or_not_python_is_said(cells, problem):
    found, _ = kept(notebook(*cells))
    assert found.startswith(problem)


def test_a_syntax_error_costs_its_own_block_alone():
    source = f"x = 1\n{body('return (]')}\n{SCALED}\n@wrap\ndef more():\n    pass"
    lines, remarks = kept(notebook(source), "scaled")
    assert lines[-1] == "def scaled(factor):"
    assert remarks == [
        "Left out, for it is not Python: cell 2, line 4: closing parenthesis ']' does not match "
        "opening parenthesis '('."
    ]


def test_an_answer_before_a_broken_one_still_counts():
    lines, remarks = kept(notebook(body(RIGHT), body("return )")))
    assert "def first_step(grad, lr):" in lines
    assert len(remarks) == 1


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "!rm -rf /",
        "files = !ls",
        "took = %time 3",
        "np.sign?",
        "?np.sign",
        "np.sign??",
        "  %timeit 3",
        "%%time",
        "%%capture out",
    ],
)
def test_magics_are_passed_over(magic):
    source = f"if True:\n{magic}\n" if magic.startswith(" ") else f"{magic}\n"
    assert run(notebook(source + body("return 7")))(1, 2) == 7


@pytest.mark.parametrize(
    "magic", ["%%bash", "\n\n%%bash", "%%html", "%%writefile a.py", "%%javascript"]
)
def test_cells_in_other_languages_are_passed_over(magic):
    lines, remarks = kept(notebook(f"{magic}\n{body(RIGHT)}\necho 'a", body("return 7")))
    assert lines.count("def first_step(grad, lr):") == 1
    assert remarks == []


def test_a_percent_sign_in_python_stays():
    data = notebook(body("text = ('%d'\n% 7)\nreturn int(text)"))
    assert run(data)(1, 2) == 7


# ---- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"{", "it is not valid JSON"),
        (b"\x00\xff" * 50, "it is not valid JSON"),
        (b"3", "it has no cells"),
        (b"{}", "it has no cells"),
        (b'{"cells": {}}', "it has no cells"),
        (b'{"cells": []}', "it has no cells"),
        (b'{"worksheets": [{}, 3]}', "it has no cells"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(data, why):
    with pytest.raises(Unreadable, match=why):
        programs(data, {"first_step": TASK})


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_notebook_is_read_in_whatever_unicode_a_system_has_saved_it(mark, encoding):
    text = json.dumps(json.loads(notebook(body("return 'β'"))), ensure_ascii=False)
    data = mark + text.encode(encoding)
    assert run(data)(1, 2) == "β"
    assert kept(data)[1] == []


def test_a_notebook_of_the_old_format_is_read():
    old = {"cell_type": "code", "input": body("return 7").splitlines(keepends=True)}
    data = json.dumps({"worksheets": [{"cells": [old]}], "nbformat": 3}).encode()
    assert run(data)(1, 2) == 7


def test_cells_that_are_too_long_together_are_left_out(monkeypatch):
    monkeypatch.setattr(reading, "MOST_SOURCE", 1000)
    _, remarks = programs(notebook("#" * 400, "#" * 400, "#" * 400), {})
    assert remarks == ["Cell 4 was left out: it is too long."]


def test_too_many_cells_and_too_long_ones_are_left_out(monkeypatch):
    monkeypatch.setattr(reading, "MOST_CELLS", 3)
    monkeypatch.setattr(reading, "MOST_SOURCE", 1000)
    _, remarks = programs(notebook(body(RIGHT), "#" * 2000, SCALED), {})
    assert remarks == [
        "Cell 3 was left out: it is too long.",
        "Only the first 3 of 4 cells were read.",
    ]


# ---- folders and zips ---------------------------------------------------------------------------


def put(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook(name))


def zipped(root, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file() or not any(file.iterdir()):
                archive.write(file, file.relative_to(root))
    return path


LAYOUTS = {
    "nbgrader": ["submitted/ann/06_adam/06_adam.ipynb", "submitted/ben/06_adam/06_adam.ipynb"],
    "nbgrader's folder itself": ["ann/06_adam/06_adam.ipynb", "ben/ps1/my_06_adam.ipynb"],
    "a folder each": ["ann/06_adam.ipynb", "ben/06_adam.ipynb"],
    "whole repositories": ["ann/course/exercises/06_adam.ipynb", "ben/submitted/x/06_adam.ipynb"],
    "flat": ["ann.ipynb", "ben.ipynb"],
    "flat, in capitals": ["ann.IPYNB", "ben.Ipynb"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("as_zip", [False, True])
def test_the_learner_is_the_first_folder_or_file_in_every_layout(tmp_path, layout, as_zip):
    put(tmp_path / "in", *LAYOUTS[layout])
    where = (tmp_path / "in" / LAYOUTS[layout][0]).parent
    put(where, ".ipynb_checkpoints/06_adam-checkpoint.ipynb", "._ann.ipynb", ".venv/x.ipynb")
    put(tmp_path / "in", "__MACOSX/ann.ipynb", ".DS_Store", "Thumbs.db", "desktop.ini")
    root = zipped(tmp_path / "in", tmp_path / "in.zip") if as_zip else tmp_path / "in"
    found = find(root)
    assert [one.student for one in found] == ["ann", "ben"]
    assert all(one.read() == notebook(one.source) for one in found)
    assert not any(one.remarks for one in found)


@pytest.mark.parametrize(
    ("zip_name", "names", "students"),
    [
        ("week6.zip", ["week6/ann.ipynb", "week6/ben.ipynb"], ["ann", "ben"]),
        ("week6.zip", ["week6/ann/06_adam.ipynb", "week6/ben/06_adam.ipynb"], ["ann", "ben"]),
        ("week6.zip", ["week6/submitted/ann/06_adam/06_adam.ipynb"], ["ann"]),
        ("submitted.zip", ["submitted/ann/06_adam/06_adam.ipynb"], ["ann"]),
        ("ann.zip", ["ann/06_adam.ipynb"], ["ann"]),
        ("other.zip", ["ann/zoe.ipynb", "ann/ben.ipynb"], ["ann", "ann"]),
    ],
)
def test_a_folder_of_the_zips_own_name_holds_the_class(tmp_path, zip_name, names, students):
    put(tmp_path / "in", *names)
    found = find(zipped(tmp_path / "in", tmp_path / zip_name))
    assert [one.student for one in found] == students


def test_no_learner_can_hand_in_under_the_name_of_another(tmp_path):
    put(
        tmp_path,
        "mallory/submitted/zoe/06_adam/06_adam.ipynb",
        "submitted/zoe/06_adam/06_adam.ipynb",
        "zoe/06_adam/06_adam.ipynb",
    )
    assert [one.student for one in find(tmp_path)] == ["mallory", "submitted", "zoe"]
    inner = tmp_path / "alone" / "submitted"  # which is given itself: one learner has this name
    put(inner, "submitted/zoe/06_adam/06_adam.ipynb")
    assert [one.student for one in find(inner)] == ["submitted"]


OTHER_KINDS = {
    "ann.ipynb.zip": "this is no notebook: its name ends in .zip; ask for the .ipynb file",
    "ann.py": "this is no notebook: its name ends in .py; ask for the .ipynb file",
    "ann.json": "this is no notebook: its name ends in .json; ask for the .ipynb file",
    "ann": "this is no notebook: its name does not end in .ipynb; ask for the .ipynb file",
    "ann/a.py": "there is no notebook in the folder, only a.py; ask for the .ipynb file",
    "ann/06_adam/answer.pdf": (
        "there is no notebook in the folder, only answer.pdf; ask for the .ipynb file"
    ),
    "ann/": "the folder is empty",
    "ann/06_adam/": "the folder is empty",
    "ann/.DS_Store": "the folder is empty",
    "ann.ipynb/": "it is an empty folder, though its name is a notebook's",
    "ann/06_adam.ipynb/": "it is an empty folder, though its name is a notebook's",
    "ann.ipynb/a.py": "there is no notebook in the folder, only a.py; ask for the .ipynb file",
}


@pytest.mark.parametrize("name", OTHER_KINDS)
@pytest.mark.parametrize("as_zip", [False, True])
def test_whatever_else_lies_there_has_its_learner_and_a_reason(tmp_path, name, as_zip):
    put(tmp_path / "in", "zoe.ipynb")
    if name.endswith("/"):
        (tmp_path / "in" / name).mkdir(parents=True)
    else:
        put(tmp_path / "in", name)
    root = zipped(tmp_path / "in", tmp_path / "in.zip") if as_zip else tmp_path / "in"
    ann, zoe = find(root)
    assert (ann.student, zoe.student) == ("ann", "zoe")
    with pytest.raises(NoNotebook) as refused:
        ann.read()
    assert str(refused.value) == OTHER_KINDS[name]
    assert (submissions.exercise_of(ann.names) == "06_adam") is ("06_adam" in name)
    assert zoe.read() == notebook("zoe.ipynb")


@pytest.mark.parametrize(
    "name", ["ann.ipynb.txt", "ann.ipynb.json", "ann.ipynb (1)", "ann.ipynb(2).txt"]
)
def test_a_notebook_that_a_browser_has_renamed_is_read_with_a_remark(tmp_path, name):
    put(tmp_path, name)
    (one,) = find(tmp_path)
    assert (one.student, one.read()) == ("ann", notebook(name))
    assert one.remarks == (f"Its name, {name}, is not quite a notebook's; it was read as one.",)


def test_beside_a_notebook_other_files_are_passed_over(tmp_path):
    put(tmp_path, "ann/06_adam.ipynb", "ann/helpers.py", "ann/data/numbers.csv")
    (one,) = find(tmp_path)
    assert one.names[0] == "06_adam"


def test_folders_that_are_links_or_closed_are_said(tmp_path, monkeypatch):
    root = tmp_path / "in"
    put(root, "zoe.ipynb", "closed/06_adam.ipynb")
    put(tmp_path, "elsewhere/06_adam.ipynb")
    try:
        (root / "linked").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        return  # Windows lets only administrators make links
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    closed, linked, _ = find(root)
    with pytest.raises(NoNotebook, match=r"^the folder could not be read: Permission denied$"):
        closed.read()
    with pytest.raises(NoNotebook, match=r"^it is a link to another folder"):
        linked.read()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_a_zip_with_one_name_neither_hides_the_other(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for source in ("first", "second"):
            archive.writestr("ann/06_adam.ipynb", notebook(source))
    first, second = find(tmp_path / "in.zip")
    assert (first.student, second.student) == ("ann", "ann (2)")
    assert (first.read(), second.read()) == (notebook("first"), notebook("second"))
    assert first.remarks[0] == "The zip holds more than one file of this name: this is 1 of 2."
    assert second.remarks[0] == "The zip holds more than one file of this name: this is 2 of 2."


def test_a_zip_that_was_downloaded_twice_holds_the_same_class(tmp_path):
    put(tmp_path / "in", "week7/ann.ipynb", "week7/ben/06_adam.ipynb")
    found = find(zipped(tmp_path / "in", tmp_path / "week7 (1).zip"))
    assert [one.student for one in found] == ["ann", "ben"]


def test_one_notebook(tmp_path):
    put(tmp_path, "my_06_adam.ipynb")
    (one,) = find(tmp_path / "my_06_adam.ipynb")
    assert one.read() == notebook("my_06_adam.ipynb")
    assert submissions.exercise_of(one.names) == "06_adam"


def test_two_students_with_one_name_are_told_apart(tmp_path):
    put(tmp_path, "ann/06_adam/06_adam.ipynb", "ann/week6/06_adam.ipynb")
    first, second = find(tmp_path)
    assert (first.student, second.student) == ("ann", "ann (2)")
    assert first.remarks == (f"ann is the name of 2 submissions: this is {first.source}.",)
    assert second.remarks == (f"ann is the name of 2 submissions: this is {second.source}.",)


def test_two_notebooks_of_one_exercise_are_told_apart_whatever_their_names(tmp_path):
    put(tmp_path, "ann/06_adam/final.ipynb", "ann/06_adam/draft.ipynb", "ben/06_adam.ipynb")
    assert [one.student for one in find(tmp_path)] == ["ann", "ann (2)", "ben"]


def test_a_files_name_says_more_about_its_exercise_than_its_folders():
    assert submissions.exercise_of(("06_adam", "01_gradient_descent")) == "06_adam"
    assert submissions.exercise_of(("final", "My_06_Adam")) == "06_adam"


def test_an_empty_folder_named_as_the_learners_own_edition_hides_no_notebook(tmp_path):
    put(tmp_path, "ann/06_adam.ipynb")
    (tmp_path / "ann" / "my_06_adam.ipynb").mkdir()
    assert "ann/06_adam.ipynb" in [one.source for one in find(tmp_path)]


def test_the_learners_own_edition_counts_and_the_exercise_beside_it_does_not(tmp_path):
    put(tmp_path, "ann/06_adam.ipynb", "ann/my_06_adam.ipynb", "ann/01_gradient_descent.ipynb")
    assert [one.names[0] for one in find(tmp_path)] == ["01_gradient_descent", "my_06_adam"]


@pytest.mark.parametrize("path", ["nothing", "empty", "text.zip", "cut.zip"])
def test_nothing_there_is_one_sentence(tmp_path, path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("text")
    put(tmp_path / "in", *LAYOUTS["flat"])
    whole = zipped(tmp_path / "in", tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-30])
    with pytest.raises(OSError, match=rf"^[A-Z/].*{path}.*\.$"):
        find(tmp_path / path)


def test_links_pipes_and_what_is_gone_are_not_read(tmp_path):
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "in"
    put(root, "ann.ipynb", "gone.ipynb")
    try:
        (root / "link.ipynb").symlink_to(tmp_path / "secret")
    except OSError:
        return  # Windows lets only administrators make links
    found = {one.student: one for one in find(root)}
    (root / "gone.ipynb").unlink()
    with pytest.raises(Refused, match="it was there and is gone"):
        found["gone"].read()
    with pytest.raises(Refused, match="it is a link"):
        found["link"].read()
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe.ipynb")
        with pytest.raises(Refused, match="not a regular file"):
            next(one for one in find(root) if one.student == "pipe").read()


def test_what_leads_out_of_a_zip_leads_nowhere(tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.ipynb", notebook("evil"))
        archive.writestr("/etc/root.ipynb", notebook("root"))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("fine.ipynb", notebook("fine"))
    found = {one.student: one for one in find(path)}
    assert found["fine"].read() == notebook("fine")
    assert found["evil"].read() == notebook("evil")
    assert "leads out of the zip" in found["evil"].remarks[0]
    with pytest.raises(Refused, match="it is a link"):
        found["link"].read()
    assert sorted(tmp_path.iterdir()) == [path]


def test_paths_of_a_zip_may_be_written_as_on_windows(tmp_path):
    with zipfile.ZipFile(tmp_path / "week6.zip", "w") as archive:
        for name in ("ann", "ben"):
            member = zipfile.ZipInfo()
            member.filename = f"week6\\{name}\\06_adam.ipynb"
            archive.writestr(member, notebook(name))
    found = find(tmp_path / "week6.zip")
    assert [one.student for one in found] == ["ann", "ben"]
    assert [one.read() for one in found] == [notebook("ann"), notebook("ben")]


def test_a_bomb_in_a_zip_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_BYTES", 1 << 20)
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.ipynb", bytes(50 << 20))
        archive.writestr("fine.ipynb", notebook("fine"))
    bomb, fine = find(path)
    with pytest.raises(Refused, match="larger than 1 MB"):
        bomb.read()
    assert fine.read()


def test_damage_inside_a_zip_stays_with_its_file(tmp_path):
    put(tmp_path / "in", *LAYOUTS["flat"])
    path = zipped(tmp_path / "in", tmp_path / "in.zip")
    data = bytearray(path.read_bytes())
    data[60:70] = b"x" * 10
    path.write_bytes(data)
    ann, ben = find(path)
    with pytest.raises(Refused, match="the zip does not give it out whole"):
        ann.read()
    assert ben.read() == notebook("ben.ipynb")


def test_what_just_keeps_to_the_limits_is_read(tmp_path, monkeypatch):
    put(tmp_path, *(f"s{n}.ipynb" for n in range(5)))
    monkeypatch.setattr(submissions, "MOST_FILES", 5)
    monkeypatch.setattr(submissions, "MOST_BYTES", len(notebook("s0.ipynb")))
    assert [one.read() for one in find(tmp_path)] == [notebook(f"s{n}.ipynb") for n in range(5)]


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_FILES", 3)
    put(tmp_path, *(f"{n}.ipynb" for n in range(5)))
    with pytest.raises(Refused, match="holds 5 files, and the limit is 3"):
        find(tmp_path)


def test_a_notebook_builder_is_a_notebook():
    assert json.loads(notebook("x"))["nbformat"] == 4


# ---- what IPython runs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stray",
    ["    m_hat = m", ")", "# only words", "   - a point\n   - another", "else:", "\n\n", "return"],
)
def test_a_stray_cell_costs_nothing(stray):
    assert run(notebook(stray, body("return 7"), stray))(1, 2) == 7


@pytest.mark.parametrize(
    "source",
    [
        "    def first_step(grad, lr):\n        return 7",
        ">>> def first_step(grad, lr):\n...     return 7\n",
        "In [3]: def first_step(grad, lr):\n   ...:     return 7\n",
        "%time TABLE = 7\ndef first_step(grad, lr):\n    return TABLE",
        "%pylab inline\ndef first_step(grad, lr):\n    return 7",
        "%config X\ntext = ('%d %d'\n    % (7,\n    7))\ndef first_step(grad, lr):\n    return 7",
        "%config X\nodd = (1\n    != 0)\ndef first_step(grad, lr):\n    return 6 + odd",
    ],
)
def test_what_ipython_runs_is_read(source):
    data = notebook(source)
    if "%pylab" in source:
        assert any("from pylab" in line for line in kept(data)[0])
        return
    assert run(data)(1, 2) == 7


@pytest.mark.parametrize(
    "state",
    [
        "table = {}\ndef register(f):\n    table['a'] = 7\n    return f\n@register\ndef g(): pass",
        "table = {}\ndef setup():\n    global table\n    table = {'a': 7}\nsetup()",
        "table = {}\ndef fill(k):\n    table.update({k: 7})\nfill('a')",
        "table = {}\nput = table.setdefault\nput('a', 7)",
        "class Table(dict):\n    a = 1\nsetattr(Table, 'a', 7)\ntable = {'a': Table.a}",
        "found = []\nclass Base:\n    def __init_subclass__(cls):\n        found.append(7)\n"
        "class One(Base):\n    pass\ntable = {'a': found[0]}",
    ],
)
def test_what_fills_a_value_in_a_roundabout_way_comes_along(state):
    assert run(notebook(state, body("return table['a']")))(1, 2) == 7
