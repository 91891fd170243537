"""`adam-course copy` brings the whole course, and nothing that a learner has is ever lost."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import lesson_checks
import pytest
from lesson_checks import Lesson
from test_docs import broken_links

from adam_course import copying
from adam_course.__main__ import main
from adam_course.copying import copy, edition

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


def test_every_lesson_and_exercise_comes_with_its_code_and_outputs(copied):
    def but_for_text(data):
        notebook = json.loads(data)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                del cell["source"]
        return notebook

    names = [name for name in contents(copied) if name.endswith(".ipynb")]
    folders = [ROOT / folder for folder in ("notebooks", "exercises", "exercises/solutions")]
    expected = [path for folder in folders for path in folder.glob("[0-9][0-9]_*.ipynb")]
    assert sorted(ROOT / name for name in names) == sorted(expected)
    for name in names:
        assert but_for_text((copied / name).read_bytes()) == but_for_text(
            (ROOT / name).read_bytes()
        )


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
    gone = [f"{number:02}" for number in range(first, 17, 2)]
    copy(tmp_path, without=gone)
    assert set(contents(tmp_path)) == {
        name for name in edition() if not (name.endswith(".ipynb") and Path(name).name[:2] in gone)
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
    assert set(everything) - set(contents(tmp_path)) == {
        n for n in everything if "/solutions/" in n
    }
    for page in tmp_path.rglob("*.md"):
        assert not broken_links(page)


def test_a_learner_s_own_notebook_in_the_checkout_is_not_copied(tmp_path, monkeypatch):
    package = tmp_path / "adam_course"
    for name in ("notebooks/00_start_here.ipynb", "exercises/my_06_adam.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("mine")
    package.mkdir()
    (package / "copied_readme.md").write_text("Welcome.")
    monkeypatch.setattr(copying, "HERE", package)
    assert set(edition()) == {"notebooks/00_start_here.ipynb", "README.md"}


# ---- what stays ---------------------------------------------------------------------------------


def test_a_second_copy_changes_nothing(copied):
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*")}
    assert copy(copied) == ([], [])
    assert {path: path.stat().st_mtime_ns for path in copied.rglob("*")} == before


def test_what_differs_is_kept_and_named(tmp_path):
    mine = tmp_path / "notebooks" / "06_adam.ipynb"
    mine.parent.mkdir()
    mine.write_text("my work")
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "my_06_adam.ipynb").write_text("my answers")
    new, kept = copy(tmp_path)
    assert kept == ["notebooks/06_adam.ipynb"]
    assert set(new) == set(edition()) - set(kept)
    assert mine.read_text() == "my work"
    assert (tmp_path / "exercises" / "my_06_adam.ipynb").read_text() == "my answers"


def test_a_folder_where_a_file_would_go_is_kept(tmp_path):
    (tmp_path / "README.md").mkdir()
    assert copy(tmp_path)[1] == ["README.md"]


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_a_link_that_leads_nowhere_is_kept(tmp_path):
    (tmp_path / "README.md").symlink_to(tmp_path / "elsewhere")
    assert copy(tmp_path)[1] == ["README.md"]
    assert (tmp_path / "README.md").is_symlink() and not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("stopped", [OSError(errno.ENOSPC, "The disk is full"), KeyboardInterrupt])
def test_what_breaks_off_leaves_whole_files_and_the_same_command_goes_on(
    stopped, tmp_path, monkeypatch
):
    write, written = Path.write_bytes, []

    def breaks_off(path, data):
        if len(written) == 3:
            write(path, data[:10])
            raise stopped
        written.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", breaks_off)
    with pytest.raises((OSError, KeyboardInterrupt)):
        copy(tmp_path)
    monkeypatch.undo()
    files = edition()
    assert len(contents(tmp_path)) == 3
    assert contents(tmp_path).items() <= files.items()
    assert copy(tmp_path)[1] == []
    assert contents(tmp_path) == files


# ---- what is said -------------------------------------------------------------------------------


def test_the_command_says_what_came_what_stayed_and_what_is_next(tmp_path, capsys):
    folder = tmp_path / "my course"
    assert main(["copy", str(folder)]) == 0
    assert f"{len(edition())} new files in {folder}.\n" in capsys.readouterr().out
    (folder / "README.md").write_text("my notes")
    assert main(["copy", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"No new files in {folder}.\n")
    assert "because yours differ from the course's: README.md.\n" in said
    assert "-m jupyterlab" in said and said.endswith("open notebooks/00_start_here.ipynb.\n")


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


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path, capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(copying, "TemporaryDirectory", refuse)
    assert main(["copy", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"adam-course: {tmp_path} could not be written to: Permission denied.")
    assert said.count("\n") == 1


def test_a_package_without_lessons_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(copying, "HERE", tmp_path / "adam_course")
    assert main(["copy", str(tmp_path)]) == 2
    assert "The lessons are missing from this installation" in capsys.readouterr().err


def test_copy_needs_none_of_the_course_s_packages(tmp_path):
    command = [sys.executable, "-S", "-m", "adam_course", "copy", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path) == edition()
