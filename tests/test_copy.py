"""`adam-course copy` brings the whole course, and nothing that a learner has is ever lost."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import lesson_checks
import pytest
from lesson_checks import Lesson
from test_docs import broken_links

import make
from adam_course import __version__, copying, doctor
from adam_course.__main__ import main
from adam_course.copying import RECORD, Copied, copy, edition, place

ROOT = Path(__file__).resolve().parent.parent


def contents(folder):
    """Return what a folder holds: the bytes of each file by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the course."""
    folder = tmp_path_factory.mktemp("copied")
    copy(folder)
    return folder


# ---- what comes ---------------------------------------------------------------------------------


def test_every_lesson_comes_without_outputs_and_every_exercise_as_it_is(copied):
    def but_for_text(path):
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                del cell["source"]
            elif path.parent == ROOT / "notebooks":
                cell.update(outputs=[], execution_count=None)
        return notebook

    names = [name for name in contents(copied) if name.endswith(".ipynb")]
    folders = [ROOT / folder for folder in ("notebooks", "exercises", "exercises/solutions")]
    expected = [path for folder in folders for path in folder.glob("[0-9][0-9]_*.ipynb")]
    assert sorted(ROOT / name for name in names) == sorted(expected)
    for name in names:
        assert but_for_text(copied / name) == but_for_text(ROOT / name), name


def test_a_lesson_that_is_to_be_read_keeps_its_outputs():
    name = "notebooks/06_adam.ipynb"
    here, there = edition(with_outputs=[name]), edition()
    assert b"<img" in here[name] and b"<img" not in there[name]
    assert here | {name: b""} == there | {name: b""}


def test_help_says_the_rule_in_a_sentence(capsys):
    with pytest.raises(SystemExit):
        main(["copy", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "a file that you have only read or run is replaced when the course's text is new" in said


def test_every_link_in_a_copy_leads_somewhere(copied):
    pages = {page.name: broken_links(page) for page in copied.rglob("*.md")}
    assert len(pages) > 4
    assert not any(pages.values()), pages
    lessons = map(Lesson, copied.rglob("*.ipynb"))
    assert not [
        f"{one}: {line}" for one in lessons for line in lesson_checks.links_lead_somewhere(one)
    ]


def test_a_link_to_what_is_not_copied_becomes_its_words():
    page = (
        b"[Here](b.md#x), [out](../c.md#x), [o](o.md), [below](e/f.md), [web](https://a.org), "
        b"x[i](j), [ [up](../d)"
    )
    files = {"docs/a.md": page, "docs/b.md": b"", "d": b""}
    expected = b"[Here](b.md#x), out, o, below, [web](https://a.org), x[i](j), [ [up](../d)"
    assert copying.linked("docs/a.md", page, files) == expected


@pytest.mark.parametrize("first", [1, 2])
def test_any_lessons_can_be_left_out_and_no_link_leads_to_them(first, tmp_path):
    gone = [f"{number:02}" for number in range(first, 19, 2)]
    copy(tmp_path, without=gone)
    assert set(contents(tmp_path)) == {
        *(n for n in edition() if not (n.endswith(".ipynb") and Path(n).name[:2] in gone)),
        RECORD,
    }
    pages = {page.name: broken_links(page) for page in tmp_path.rglob("*.md")}
    assert not any(pages.values()), pages
    notebooks = map(Lesson, tmp_path.rglob("*.ipynb"))
    assert not [line for one in notebooks for line in lesson_checks.links_lead_somewhere(one)]


def test_several_lessons_are_left_out_by_the_command_and_progress_does_not_miss_them(
    tmp_path, capsys
):
    assert main(["copy", str(tmp_path), "--without", "12", "14"]) == 0
    assert not list(tmp_path.rglob("12_*")) + list(tmp_path.rglob("14_*"))
    (tmp_path / "exercises" / "13_real_networks.ipynb").unlink()
    for path in (tmp_path / "exercises").glob("0*.ipynb"):
        path.unlink()
    capsys.readouterr()
    assert main(["progress", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "12_the_family" not in said and "14_adam" not in said
    assert "its notebook is not here" in said and "13_real_networks" in said


@pytest.mark.parametrize("number", ["00", "99", "adam"])
def test_what_cannot_be_left_out_is_named_and_nothing_is_copied(number, tmp_path, capsys):
    assert main(["copy", str(tmp_path / "new"), "--without", number]) == 2
    assert f"There is no lesson {number} to leave out: those that can be" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_solutions_can_be_kept_back(tmp_path):
    assert main(["copy", str(tmp_path), "--no-solutions"]) == 0
    everything = edition()
    assert everything.keys() - contents(tmp_path).keys() == {
        n for n in everything if "/solutions/" in n
    }
    for page in tmp_path.rglob("*.md"):
        assert not broken_links(page)


def test_a_learner_s_own_notebook_in_the_checkout_is_not_copied(tmp_path, monkeypatch):
    package = tmp_path / "adam_course"
    for name in ("notebooks/00_start_here.ipynb", "exercises/my_06_adam.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(said_by("mine"))
    package.mkdir()
    (package / "copied_readme.md").write_text("Welcome.")
    monkeypatch.setattr(copying, "HERE", package)
    assert set(edition()) == {"notebooks/00_start_here.ipynb", "README.md"}


# ---- what is renewed, and what stays ------------------------------------------------------------

LESSON, EXERCISE = "notebooks/06_adam.ipynb", "exercises/06_adam.ipynb"


def said_by(source, **metadata):
    """A notebook with one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": [source]}
    cell |= {"outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return f"{json.dumps(notebook, indent=1)}\n".encode()


def run_in_jupyter(path):
    """Change a notebook as running it from top to bottom does, the last cell too."""
    notebook = json.loads(path.read_bytes())
    for number, cell in enumerate(notebook["cells"], 1):
        cell["source"] = "".join(cell["source"])
        cell["metadata"]["scrolled"] = True
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "mine"}]
    empty = {"cell_type": "code", "id": "z", "metadata": {}, "source": [], "outputs": []}
    notebook["cells"].append(empty | {"execution_count": None})
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    path.write_text(json.dumps(notebook))
    return path.read_bytes()


def write_in(path):
    """Change a notebook as somebody does who writes in it."""
    notebook = json.loads(path.read_bytes())
    notebook["cells"][-1]["source"] += ["\n# my own idea"]
    path.write_text(json.dumps(notebook))
    return path.read_bytes()


class Course:
    """A small course of which there can be a newer edition."""

    def __init__(self, root):
        self.root = root
        for name in ("00_start_here", "06_adam", "12_the_family"):
            self.write(f"notebooks/{name}.ipynb", said_by("one"))
        self.write(EXERCISE, said_by("task"))
        self.write("exercises/solutions/06_adam.ipynb", said_by("solution"))
        self.write("docs/glossary.md", b"Words.")
        self.write("adam_course/copied_readme.md", b"Welcome.")

    def write(self, name, data):
        """Put a file into the course."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_bytes(data)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small course, from which everything is copied."""
    monkeypatch.setattr(copying, "HERE", tmp_path / "course" / "adam_course")
    return Course(tmp_path / "course")


@pytest.fixture
def mine(tmp_path, small):
    """A learner's folder of the small course."""
    copy(tmp_path / "mine")
    return tmp_path / "mine"


def counts(done):
    """Return how many files came to what, but for nothing."""
    kinds = ("new", "renewed", "removed", "yours", "beside", "deleted")
    return {kind: len(found) for kind in kinds if (found := getattr(done, kind))}


def test_a_second_copy_changes_nothing(copied):
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*")}
    done = copy(copied)
    assert not counts(done) and not done.damaged
    assert str(done) == f"In {copied}: nothing new."
    assert {path: path.stat().st_mtime_ns for path in copied.rglob("*")} == before


def test_the_record_says_the_version_and_the_hash_of_each_file(copied):
    record = json.loads((copied / RECORD).read_bytes())
    assert record["version"] == __version__
    assert {name: sha for name, (sha, _) in record["files"].items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in edition().items()
    }


def test_what_was_not_touched_is_renewed(mine, small):
    small.write(LESSON, said_by("two"))
    small.write(EXERCISE, said_by("task", tags=["new"]))
    small.write("docs/glossary.md", b"More words.")
    small.write("notebooks/13_real_networks.ipynb", said_by("new"))
    assert counts(done := copy(mine)) == {"new": 1, "renewed": 3}
    assert str(done) == f"In {mine}: 1 new file, 3 renewed."
    assert contents(mine).items() >= edition().items()
    assert not counts(copy(mine))


def test_a_notebook_that_was_only_run_keeps_its_outputs_until_its_text_is_new(mine, small):
    ran = run_in_jupyter(mine / LESSON)
    small.write(LESSON, said_by("one", tags=["new"]))
    assert counts(done := copy(mine)) == {"yours": 1}
    assert str(done) == f"In {mine}: nothing new, 1 as you left it."
    assert (mine / LESSON).read_bytes() == ran
    small.write(LESSON, said_by("two"))
    assert counts(copy(mine)) == {"renewed": 1}
    assert (mine / LESSON).read_bytes() == edition()[LESSON]


def test_what_was_written_in_stays_and_the_new_one_lies_beside(mine, small):
    written, page = write_in(mine / EXERCISE), mine / "docs" / "glossary.md"
    page.write_text("My words.")
    assert counts(copy(mine)) == {"yours": 2}
    small.write(EXERCISE, said_by("task, mended"))
    small.write("docs/glossary.md", b"More words.")
    done = copy(mine)
    assert done.beside == ["exercises/06_adam.new.ipynb", "docs/glossary.new.md"]
    assert str(done).startswith(f"In {mine}: 2 beside yours.\nWhere the course differs from what")
    assert str(done).endswith(": exercises/06_adam.new.ipynb, docs/glossary.new.md.")
    assert (mine / EXERCISE).read_bytes() == written and page.read_text() == "My words."
    assert (mine / done.beside[0]).read_bytes() == edition()[EXERCISE]
    assert (mine / done.beside[1]).read_bytes() == b"More words."
    assert counts(copy(mine)) == {"yours": 2}, "it is said once"


def test_a_newer_edition_takes_the_place_of_the_one_beside_unless_somebody_wrote_there(mine, small):
    write_in(mine / EXERCISE)
    small.write(EXERCISE, said_by("two"))
    copy(mine)
    run_in_jupyter(mine / "exercises" / "06_adam.new.ipynb")
    small.write(EXERCISE, said_by("three"))
    assert copy(mine).beside == ["exercises/06_adam.new.ipynb"]
    assert (mine / "exercises" / "06_adam.new.ipynb").read_bytes() == said_by("three")
    written = write_in(mine / "exercises" / "06_adam.new.ipynb")
    small.write(EXERCISE, said_by("four"))
    assert copy(mine).beside == ["exercises/06_adam.new2.ipynb"]
    assert (mine / "exercises" / "06_adam.new.ipynb").read_bytes() == written


def test_of_many_files_some_are_named():
    done = Copied("mine", beside=[f"{number}.ipynb" for number in range(9)])
    assert str(done).endswith("0.ipynb, 1.ipynb, 2.ipynb, 3.ipynb, 4.ipynb and 4 more.")


def test_who_takes_the_new_one_for_their_own_is_renewed_again(mine, small):
    write_in(mine / EXERCISE)
    small.write(EXERCISE, said_by("two"))
    copy(mine)
    (mine / "exercises" / "06_adam.new.ipynb").replace(mine / EXERCISE)
    assert not counts(copy(mine))
    small.write(EXERCISE, said_by("three"))
    assert counts(copy(mine)) == {"renewed": 1}


def test_what_was_deleted_comes_back_only_when_asked(mine, small):
    (mine / LESSON).unlink()
    small.write(LESSON, said_by("two"))
    assert counts(done := copy(mine)) == {"deleted": 1}
    assert "1 that you deleted (`adam-course copy --restore` brings it back)." in str(done)
    assert not (mine / LESSON).exists()
    assert counts(copy(mine, restore=True)) == {"new": 1}
    assert (mine / LESSON).read_bytes() == said_by("two")


def test_what_the_course_has_no_longer_goes_unless_somebody_used_it(mine, small):
    ran = run_in_jupyter(mine / LESSON)
    for name in (LESSON, "notebooks/12_the_family.ipynb"):
        (small.root / name).unlink()
    done = copy(mine)
    assert counts(done) == {"removed": 1}
    assert "has them no longer: notebooks/12_the_family.ipynb." in str(done)
    assert (mine / LESSON).read_bytes() == ran
    assert not counts(copy(mine)), "it is theirs now, and not spoken of"


def test_what_was_left_out_stays_out_until_it_is_asked_for(tmp_path, small):
    folder = tmp_path / "class"
    assert main(["copy", str(folder), "--without", "12", "--no-solutions"]) == 0
    before = contents(folder)
    assert not counts(copy(folder, restore=True))
    assert contents(folder) == before
    assert main(["copy", str(folder), "--solutions"]) == 0
    assert contents(folder).keys() - before.keys() == {"exercises/solutions/06_adam.ipynb"}
    assert main(["copy", str(folder), "--without"]) == 0
    assert contents(folder).items() >= edition().items()


def test_a_number_that_was_left_out_and_is_gone_from_the_course_stops_nothing(tmp_path, small):
    copy(tmp_path / "class", without=["12"])
    (small.root / "notebooks" / "12_the_family.ipynb").unlink()
    assert not counts(copy(tmp_path / "class"))


def test_a_learner_s_own_files_are_never_touched(mine, small):
    own = ("answers.json", "log/01.json", "exercises/my_06_adam.ipynb", "notebooks/mine.ipynb")
    for name in own:
        (mine / name).parent.mkdir(exist_ok=True)
        (mine / name).write_text("mine")
    small.write(LESSON, said_by("two"))
    copy(mine)
    copy(mine, restore=True)
    assert {(mine / name).read_text() for name in own} == {"mine"}


def test_a_half_written_notebook_of_a_learner_stays(mine, small):
    half = (mine / EXERCISE).read_bytes()[:50]
    (mine / EXERCISE).write_bytes(half)
    small.write(EXERCISE, said_by("two"))
    assert copy(mine).beside == ["exercises/06_adam.new.ipynb"]
    assert (mine / EXERCISE).read_bytes() == half


def test_of_a_copy_without_a_record_all_that_differs_is_kept(mine, small):
    (mine / RECORD).unlink()
    ran, written = run_in_jupyter(mine / LESSON), write_in(mine / EXERCISE)
    done = copy(mine)
    assert counts(done) == {"yours": 1, "beside": 1} and not done.damaged
    assert (mine / LESSON).read_bytes() == ran and (mine / EXERCISE).read_bytes() == written
    assert counts(copy(mine)) == {"yours": 2}


DAMAGED = {
    "empty": b"",
    "half-written": b'{"version": "0.2.0", "files": {"README.md": ["12',
    "no JSON": b"my notes",
    "no text": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "without files": b'{"version": "0.2.0"}',
    "of another form": b'{"version": 1, "solutions": 1, "without": [], "files": {"a": "1"}}',
}


@pytest.mark.parametrize("record", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_one_sentence_and_everything_that_differs_is_kept(record, mine, capsys):
    written = write_in(mine / EXERCISE)
    (mine / RECORD).write_bytes(record)
    assert main(["copy", str(mine), "--brief"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3 and said[2].startswith(f"The list of what was copied, {RECORD}, could")
    assert (mine / EXERCISE).read_bytes() == written
    assert counts(done := copy(mine)) == {"yours": 1} and not done.damaged


@pytest.mark.parametrize("name", ["../notes.md", "/notes.md", "docs/../../notes.md"])
def test_a_record_leads_to_no_file_outside_of_the_folder(name, mine, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("mine")
    record = json.loads((mine / RECORD).read_bytes())
    name = str(notes) if name.startswith("/") else name
    record["files"][name] = copying.hashes(b"mine")
    (mine / RECORD).write_text(json.dumps(record))
    assert not copy(mine).removed
    assert notes.read_text() == "mine"


def test_a_folder_where_a_file_would_go_is_kept(mine, small, tmp_path):
    (tmp_path / "new" / "README.md").mkdir(parents=True)
    assert copy(tmp_path / "new").beside == ["README.new.md"]
    assert place({"README.md": b"Welcome."}, tmp_path / "new") == ([], ["README.md"])


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_a_link_that_leads_nowhere_is_kept(small, tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "README.md").symlink_to(tmp_path / "elsewhere")
    assert copy(folder).beside == ["README.new.md"]
    assert (folder / "README.md").is_symlink() and not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["my course", "Kurs (2) – Größe", "a'b & c%d"])
def test_a_folder_may_have_any_name(name, small, tmp_path, capsys):
    assert main(["copy", str(tmp_path / name)]) == 0
    assert contents(tmp_path / name).items() >= edition().items()
    small.write(LESSON, said_by("two"))
    assert counts(copy(tmp_path / name)) == {"renewed": 1}
    assert "\\" not in (tmp_path / name / RECORD).read_text(), "paths as everywhere"


def test_a_lesson_that_is_damaged_in_the_course_is_one_sentence(mine, small, capsys):
    before = contents(mine)
    small.write(LESSON, b"<<<<<<< mine")
    assert main(["copy", str(mine)]) == 2
    assert capsys.readouterr().err.endswith("06_adam.ipynb is damaged: set the course up again.\n")
    assert contents(mine) == before


def test_the_course_itself_is_no_learner_s_folder(small, capsys, monkeypatch):
    before = contents(small.root)
    monkeypatch.chdir(small.root)
    assert main(["copy", "."]) == 2
    said = capsys.readouterr().err
    assert said.endswith("is the course itself: name a folder of your own, as my_course.\n")
    assert contents(small.root) == before


# ---- what breaks off ----------------------------------------------------------------------------

FULL = OSError(errno.ENOSPC, "The disk is full")


class Breaking:
    """Lets so many files be written, and breaks off within the next one, and all that follow."""

    def __init__(self, monkeypatch, left, stopped):
        self.left, self.stopped, self.write = left, stopped, Path.write_bytes
        monkeypatch.setattr(Path, "write_bytes", lambda path, data: self(path, data))

    def __call__(self, path, data):
        self.left -= 1
        if self.left < 0:
            self.write(path, data[:10])
            raise self.stopped
        return self.write(path, data)


@pytest.mark.parametrize("stopped", [FULL, KeyboardInterrupt()], ids=["disk full", "interrupted"])
def test_what_breaks_off_leaves_whole_files_and_the_same_command_goes_on(
    stopped, tmp_path, monkeypatch
):
    with monkeypatch.context() as patched:
        Breaking(patched, 3, stopped)
        with pytest.raises((OSError, KeyboardInterrupt)):
            copy(tmp_path)
    files = edition()
    assert len(contents(tmp_path)) == 3
    assert contents(tmp_path).items() <= files.items()
    assert counts(copy(tmp_path)) == {"new": len(files) - 3}
    assert without_record(tmp_path) == files


@pytest.mark.parametrize("stopped", [FULL, KeyboardInterrupt()], ids=["disk full", "interrupted"])
@pytest.mark.parametrize("left", [0, 1, 2, 3, 4])
def test_a_renewal_that_breaks_off_leaves_each_file_old_or_new(
    left, stopped, mine, small, monkeypatch
):
    written, before = write_in(mine / EXERCISE), contents(mine)
    for name in (LESSON, EXERCISE, "notebooks/13_real_networks.ipynb"):
        small.write(name, said_by("two"))
    with monkeypatch.context() as patched:
        Breaking(patched, left, stopped)
        if left < 4:  # three files and the record
            with pytest.raises((OSError, KeyboardInterrupt)):
                copy(mine)
        else:
            copy(mine)
    for name, data in contents(mine).items():
        assert name == RECORD or data in (before.get(name), said_by("two")), name
    json.loads((mine / RECORD).read_bytes())
    copy(mine)
    assert (mine / EXERCISE).read_bytes() == written
    assert (mine / "exercises" / "06_adam.new.ipynb").read_bytes() == said_by("two")
    assert without_record(mine).keys() == {*edition(), "exercises/06_adam.new.ipynb"}
    assert counts(copy(mine)) == {"yours": 1}


def test_after_one_interruption_the_record_knows_what_came(mine, small, monkeypatch):
    small.write("notebooks/00_start_here.ipynb", said_by("two"))
    small.write(LESSON, said_by("two"))
    put = copying.put

    def once(folder, name, data):
        if name == LESSON:
            raise KeyboardInterrupt
        put(folder, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(copying, "put", once)
        with pytest.raises(KeyboardInterrupt):
            copy(mine)
    run_in_jupyter(mine / "notebooks" / "00_start_here.ipynb")
    small.write("notebooks/00_start_here.ipynb", said_by("three"))
    assert counts(copy(mine)) == {"renewed": 2}


def without_record(folder):
    """Return what a folder holds but for the record."""
    return {name: data for name, data in contents(folder).items() if name != RECORD}


# ---- what is said -------------------------------------------------------------------------------


def test_the_command_says_what_came_what_stayed_and_what_is_next(tmp_path, capsys):
    folder = tmp_path / "my course"
    assert main(["copy", str(folder)]) == 0
    assert f"In {folder}: {len(edition())} new files.\n" in capsys.readouterr().out
    (folder / "README.md").write_text("my notes")
    assert main(["copy", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"In {folder}: nothing new, 1 as you left it.\n")
    assert "-m jupyterlab" in said and said.endswith("open notebooks/00_start_here.ipynb.\n")


def test_without_a_name_the_folder_is_the_one_around_or_my_course(
    small, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["copy", "--brief"]) == 0
    assert capsys.readouterr().out == f"In my_course: {len(edition())} new files.\n"
    for inside in (tmp_path, tmp_path / "my_course", tmp_path / "my_course" / "exercises"):
        monkeypatch.chdir(inside)
        assert main(["copy", "--brief"]) == 0
        assert capsys.readouterr().out == f"In {tmp_path / 'my_course'}: nothing new.\n"


def test_progress_looks_into_the_learner_s_own_folder(tmp_path, capsys, monkeypatch):
    copy(tmp_path / "my_course", without=["12"])
    (tmp_path / "my_course" / "notes.ipynb").write_bytes(said_by("mine"))
    for name in edition(without=["12"]):
        if name.startswith("exercises/") and name != EXERCISE:
            (tmp_path / "my_course" / name).unlink()
    for inside in (tmp_path, tmp_path / "my_course" / "notebooks"):
        monkeypatch.chdir(inside)
        assert main(["progress"]) == 0
        said = capsys.readouterr().out
        assert "12_the_family" not in said and "06_adam                   0 of 7" in said


def test_the_doctor_knows_the_learner_s_own_folder(mine, monkeypatch):
    def found():
        return [(one.state, one.sentence) for one in doctor.own()]

    monkeypatch.chdir(mine.parent)
    assert found() == []
    monkeypatch.chdir(mine / "notebooks")
    assert found() == [(doctor.GOOD, f"{mine}, your own folder.")]
    monkeypatch.setattr(doctor, "__version__", "9.9")
    assert found()[0][1].endswith(f"is of version {__version__} of the course.")
    (mine / RECORD).write_text("")
    assert found() == [(doctor.OPTIONAL, f"the list of what was copied to {mine} cannot be read.")]


@pytest.mark.parametrize("place", ["file", "file/folder", "folder"])
def test_a_file_where_a_folder_is_needed_is_one_sentence(place, tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notebooks").write_text("mine too")
    assert main(["copy", str(tmp_path / place)]) == 2
    said = capsys.readouterr()
    assert said.err.endswith(": a file is where a folder is needed. Name another folder.\n")
    assert said.err.count("\n") == 1 and not said.out
    assert len(contents(tmp_path)) == 2


@pytest.fixture
def read_only(monkeypatch):
    """No folder can be written to, for whoever is root too."""

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(copying, "TemporaryDirectory", refuse)


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path, capsys, read_only):
    assert main(["copy", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"adam-course: {tmp_path} could not be written to: Permission denied.")
    assert said.count("\n") == 1


def test_where_nothing_is_new_nothing_is_written(mine, read_only):
    assert not counts(copy(mine))


def test_a_package_without_lessons_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(copying, "HERE", tmp_path / "adam_course")
    assert main(["copy", str(tmp_path)]) == 2
    assert "The lessons are missing from this installation" in capsys.readouterr().err


def test_copy_needs_none_of_the_course_s_packages(tmp_path):
    command = [sys.executable, "-S", "-m", "adam_course", "copy", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert without_record(tmp_path) == edition()


# ---- make lab -----------------------------------------------------------------------------------


def test_make_lab_opens_a_folder_in_which_saving_changes_no_tracked_file(
    tmp_path, monkeypatch, capfd
):
    """A small checkout: a lesson in it is opened, run and saved."""
    checkout = tmp_path / "a checkout"
    (checkout / "exercises").mkdir(parents=True)
    for name in ("adam_course", "notebooks", "docs"):
        hidden = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, checkout / name, ignore=hidden)
    for name in (".gitignore", "make.py", "exercises/06_adam.ipynb"):
        shutil.copy(ROOT / name, checkout / name)

    def git(*words):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        command = ("git", *identity, *words)
        return subprocess.run(command, cwd=checkout, check=True, capture_output=True).stdout

    for words in (("init",), ("add", "-A"), ("commit", "-m", "The course")):
        git(*words)
    (checkout / "exercises" / "my_06_adam.ipynb").write_bytes(said_by("mine"))
    for name, value in {"ROOT": checkout, "OWN": checkout / "my_course"}.items():
        monkeypatch.setattr(make, name, value)
    monkeypatch.setattr(make, "course", lambda: Path(sys.executable))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert make.lab(["--version"]) == 0
    made = capfd.readouterr().out.splitlines()
    assert made[0].startswith("In my_course: ") and made[0].endswith(" new files.")
    assert (checkout / "my_course" / "exercises" / "my_06_adam.ipynb").read_bytes() == said_by(
        "mine"
    )

    lesson = checkout / "my_course" / "notebooks" / "00_start_here.ipynb"
    words = ("-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", lesson)
    subprocess.run([sys.executable, *words], cwd=checkout, check=True, capture_output=True)
    ran = lesson.read_bytes()
    assert b'"text/html"' in ran and b'"execution_count": null' not in ran
    assert make.lab(["--version"]) == 0
    said = capfd.readouterr().out.splitlines()
    assert said == ["In my_course: nothing new, 1 as you left it.", *made[1:]]
    assert lesson.read_bytes() == ran
    assert git("status", "--porcelain") == b""


def test_make_lab_opens_lesson_00_in_that_folder_and_passes_options_on(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(make, "OWN", tmp_path / "my_course")
    monkeypatch.setattr(make, "course", lambda: "python")
    monkeypatch.setattr(make, "run", lambda *words: calls.append(words) or 0)
    (tmp_path / "my_course").mkdir()
    assert make.lab(["--no-browser", "--port=8890"]) == 0
    assert calls[0] == ("python", "-m", "adam_course", "copy", "my_course", "--brief")
    assert f"--ServerApp.root_dir={tmp_path / 'my_course'}" in calls[1]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in calls[1]
    assert calls[1][-2:] == ("--no-browser", "--port=8890")


def test_make_lab_opens_nothing_where_the_folder_cannot_be_made(monkeypatch):
    calls = []
    monkeypatch.setattr(make, "course", lambda: "python")
    monkeypatch.setattr(make, "run", lambda *words: calls.append(words) or 2)
    assert make.lab([]) == 2 and len(calls) == 1
