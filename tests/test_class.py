"""A class from the platform's files to the platform's files: taken in, graded, handed back."""

import json
import os
import shutil
import time
from datetime import UTC, datetime, timedelta

import pytest
from a_class import CANVAS, FULL, HALF, MOODLE, csv_of, folder_of, made, moodle_row, rows_of, zip_of
from hypothesis import given
from hypothesis import strategies as st
from submissions import SCALED, notebook
from test_results import Page

from adam_course.__main__ import main
from adam_course.grading.classes import files, folder, platforms, received, results, tables
from adam_course.grading.classes.policy import Policy, Score
from adam_course.grading.classes.roster import Person, Roster

ADA = "Ada Lovelace_123456_assignsubmission_file"
PEOPLE = ("s1,Ada Lovelace,ada@x.org,A", "s2,Emmy Noether,emmy@x.org,B")
WORKSHEET = "Grades-CS-06_adam-17.csv"


@pytest.fixture
def place(tmp_path):
    """A class of two."""
    return made(tmp_path / "class", *PEOPLE)


def attempts(place):
    return folder.Class(place).received.attempts


def kept(place):
    """Return (id, exercise, attempt) of what was taken in."""
    return sorted((one.id, one.exercise, one.attempt) for one in attempts(place))


def snapshot(place):
    """Return path → bytes of all files of a class."""
    found = (path for path in place.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(place)): path.read_bytes() for path in found}


def grade(place, *words):
    return main(["class", "grade", str(place), "--no-sandbox", "--seed", "5", *words])


def book(place):
    """Return (student, exercise) → row of the gradebook."""
    head, *rows = rows_of(place / "grades" / "gradebook.csv")
    rows = [dict(zip(head, row, strict=True)) for row in rows]
    return {(row["student_id"], row["assignment"]): row for row in rows}


# ---- new ----------------------------------------------------------------------------------------


def test_a_new_class_overwrites_nothing(tmp_path, capsys):
    assert main(["class", "new", str(tmp_path / "c")]) == 0
    assert capsys.readouterr().out == f"New in {tmp_path / 'c'}: roster.csv, policy.toml.\n"
    (tmp_path / "c" / "roster.csv").write_text("mine")
    assert main(["class", "new", str(tmp_path / "c")]) == 0
    assert (tmp_path / "c" / "roster.csv").read_text() == "mine"
    assert "nothing, for all of it is there" in capsys.readouterr().out


def test_a_new_class_may_begin_with_a_platforms_list(tmp_path):
    (tmp_path / "p.csv").write_text('"First name",Surname,"Email address"\nAnn,Bo,a@x.org\n')
    assert main(["class", "new", str(tmp_path / "c"), "--roster", str(tmp_path / "p.csv")]) == 0
    assert [one.id for one in folder.Class(tmp_path / "c").roster] == ["a@x.org"]


@pytest.mark.parametrize("command", ["grade", "import", "export"])
def test_what_is_no_class_is_one_sentence(tmp_path, capsys, command):
    more = {"grade": [], "import": ["x.zip"], "export": ["x.csv", "--for", "moodle"]}[command]
    assert main(["class", command, str(tmp_path), *more]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"adam-course: {tmp_path} is no class, for it has no roster.csv:")
    assert said.count("\n") == 1


def test_a_policy_that_names_a_stranger_is_one_sentence(tmp_path):
    text = '[[overrides]]\nid = "s9"\nexercise = "6"\npoints = 3\nreason = "x"\n'
    place = made(tmp_path / "c", *PEOPLE, policy=text)
    with pytest.raises(ValueError, match=r"overrides name 's9', and nobody in roster.csv has"):
        folder.Class(place)


# ---- import -------------------------------------------------------------------------------------

#: A download of two people's notebooks: name → bytes.
DOWNLOADS = {
    "Moodle's folders": {
        f"{ADA}/06_adam.ipynb": FULL,
        "Noether Emmy_123457_assignsubmission_file/06_adam.ipynb": HALF,
    },
    "Moodle's folders, older": {
        f"{ADA}_/06_adam.ipynb": FULL,
        "Emmy Noether_123457_assignsubmission_file_/deep/in/06_adam.ipynb": HALF,
    },
    "Moodle's flat names": {
        f"{ADA}_06_adam.ipynb": FULL,
        "Emmy Noether_123457_assignsubmission_file_06_adam (1).ipynb": HALF,
    },
    "Canvas' names": {
        "lovelaceada_LATE_12346_67891_06_adam-1.ipynb": FULL,
        "noetheremmy_12347_67892_06_adam.ipynb": HALF,
    },
    "folders of one's own": {"s1/06_adam.ipynb": FULL, "emmy@x.org/06_adam.ipynb": HALF},
}


@pytest.mark.parametrize("how", ["folder", "zip"])
@pytest.mark.parametrize("download", DOWNLOADS)
def test_what_a_platform_hands_out_is_matched_to_people(tmp_path, place, download, how):
    if how == "zip":
        source = zip_of(tmp_path / "download.zip", DOWNLOADS[download])
    else:
        source = folder_of(tmp_path / "download", DOWNLOADS[download])
    done = folder.receive(place, [source])
    assert done == (2, 0, 2, (), ())
    assert kept(place) == [("s1", "06_adam", 1), ("s2", "06_adam", 1)]
    assert (place / "submitted" / "s1" / "06_adam.ipynb").read_bytes() == FULL
    assert (place / "submitted" / "s2" / "06_adam.ipynb").read_bytes() == HALF
    late = {one.id: one.lateness for one in attempts(place)}
    assert late == {"s1": "LATE" * download.startswith("Canvas"), "s2": ""}


def test_a_second_import_adds_what_is_new_and_replaces_nothing(tmp_path, place):
    first = zip_of(tmp_path / "first.zip", {f"{ADA}/06_adam.ipynb": HALF})
    assert folder.receive(place, [first]).new == 1
    before = snapshot(place)
    assert folder.receive(place, [first]) == (0, 1, 1, (), ())
    assert snapshot(place) == before
    files = {f"{ADA}/06_adam.ipynb": FULL, f"{ADA}/07_bias_correction.ipynb": HALF}
    assert folder.receive(place, [zip_of(tmp_path / "second.zip", files)]).new == 2
    assert kept(place) == [
        ("s1", "06_adam", 1),
        ("s1", "06_adam", 2),
        ("s1", "07_bias_correction", 1),
    ]
    own = place / "submitted" / "s1"
    assert (own / "06_adam.ipynb").read_bytes() == FULL
    assert (own / ".attempts" / "06_adam-1.ipynb").read_bytes() == HALF
    assert folder.receive(place, [first]).new == 0  # an older download changes nothing
    assert (own / "06_adam.ipynb").read_bytes() == FULL


def test_of_several_files_in_one_hand_in_the_newest_counts(tmp_path, place):
    files = {
        "lovelaceada_12346_900_06_adam.ipynb": HALF,
        "lovelaceada_12346_1000_06_adam-1.ipynb": FULL,
        "noetheremmy_12347_902_my_06_adam.ipynb": FULL,
        "noetheremmy_12347_902_06_adam.ipynb": HALF,
    }
    folder.receive(place, [zip_of(tmp_path / "c.zip", files)])
    for id in ("s1", "s2"):
        assert (place / "submitted" / id / "06_adam.ipynb").read_bytes() == FULL


def test_moodles_worksheet_says_who_and_when(tmp_path):
    place = made(tmp_path / "c", "s1,Ann Bo,ann1@x.org,", "s2,Ann Bo,ann2@x.org,")
    names = [f"Ann Bo_{n}_assignsubmission_file/06_adam.ipynb" for n in (11, 12)]
    source = zip_of(tmp_path / "x.zip", dict(zip(names, (FULL, HALF), strict=True)))
    done = folder.receive(place, [source])
    assert done.new == 0
    assert done.unmatched[0] == "Ann Bo (06_adam.ipynb): that may be Ann Bo (s1) and Ann Bo (s2)"
    when = ("Friday, 5 March 2021, 11:59\u202fPM", "Saturday, March 6, 2021, 12:05 AM")
    late = {"Status": "Submitted for grading - 5 mins 3 secs late - Graded"}
    rows = [moodle_row(11, "Ann Bo", "Ann2@x.org", when[0])]
    rows += [moodle_row(12, "Ann Bo", "ann1@x.org", when[1], **late)]
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, *rows]), encoding="utf-8")
    done = folder.receive(place, [tmp_path / WORKSHEET])  # from what was kept
    assert (done.new, done.unmatched) == (2, ())
    found = {one.id: (one.handed_in, one.lateness) for one in attempts(place)}
    assert found["s2"] == (datetime(2021, 3, 5, 23, 59, tzinfo=UTC), "")
    assert found["s1"] == (datetime(2021, 3, 6, 0, 5, tzinfo=UTC), "5 mins 3 secs late")
    assert not [path for path in (place / "unmatched").rglob("*") if path.is_file()]
    assert (place / "submitted" / "s2" / "06_adam.ipynb").read_bytes() == FULL


def test_a_namesake_who_is_not_in_the_roster_is_not_taken_for_who_is(tmp_path, place):
    name = "Ada Lovelace_9_assignsubmission_file/06_adam.ipynb"
    source = zip_of(tmp_path / "x.zip", {name: FULL})
    row = moodle_row(9, "Ada Lovelace", "another@x.org", "Friday, 5 March 2021, 11:59 PM")
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, row]), encoding="utf-8")
    done = folder.receive(place, [source, tmp_path / WORKSHEET])
    why = "somebody of that name in the roster has another address or number"
    assert (done.new, done.unmatched) == (0, (f"Ada Lovelace (06_adam.ipynb): {why}",))
    assert not attempts(place)


def test_a_namesake_with_another_number_in_canvas_is_somebody_else(tmp_path):
    place = made(tmp_path / "c", "77,Ann Bo,12345", columns="id,name,canvas id")
    source = zip_of(tmp_path / "x.zip", {"boann_12346_5_06_adam.ipynb": FULL})
    assert folder.receive(place, [source]).new == 0
    source = zip_of(tmp_path / "x.zip", {"boann_12345_5_06_adam.ipynb": FULL})
    assert folder.receive(place, [source]).new == 1


def test_a_time_in_the_worksheet_that_cannot_be_is_said_and_not_taken(tmp_path, place):
    source = zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": FULL})
    row = moodle_row(123456, "Ada Lovelace", "ada@x.org", "Friday, 5 March 9999, 11:59 PM")
    (tmp_path / "w.csv").write_text(csv_of([MOODLE, row]), encoding="utf-8")
    done = folder.receive(place, [source, tmp_path / "w.csv"])
    (note,) = done.notes
    assert note.endswith("w.csv, line 2: 05 March 9999 cannot be meant: it is more than a year "
                         "ahead; no time was taken.")  # fmt: skip
    assert (done.new, attempts(place)[0].handed_in) == (1, None)


def test_the_worksheet_may_come_later_and_adds_the_times(tmp_path, place):
    source = zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": FULL})
    folder.receive(place, [source])
    row = moodle_row(123456, "Ada Lovelace", "ada@x.org", "Friday, 5 March 2021, 11:59 PM")
    (tmp_path / "w.csv").write_text(csv_of([MOODLE, row]), encoding="utf-8")
    assert folder.receive(place, [source, tmp_path / "w.csv"]) == (0, 1, 1, (), ())
    (one,) = attempts(place)
    assert one.handed_in == datetime(2021, 3, 5, 23, 59, tzinfo=UTC)


def test_a_time_zone_that_is_set_later_holds_for_what_is_here(tmp_path, place):
    source = zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": FULL})
    row = moodle_row(123456, "Ada Lovelace", "ada@x.org", "Friday, 5 March 2021, 11:50 PM")
    (tmp_path / "w.csv").write_text(csv_of([MOODLE, row]), encoding="utf-8")
    folder.receive(place, [source, tmp_path / "w.csv"])
    due = 'time_zone = "Europe/Berlin"\n[deadlines]\n06_adam = 2021-03-05\n'
    (place / "policy.toml").write_text(due)
    assert folder.receive(place, [source, tmp_path / "w.csv"]).again == 1
    (one,) = attempts(place)
    assert one.handed_in == datetime(2021, 3, 5, 22, 50, tzinfo=UTC)
    assert grade(place) == 0
    found = book(place)["s1", "06_adam"]
    assert (found["duedate"], found["timestamp"]) == ("2021-03-05 23:59", "2021-03-05 23:50")
    assert "late" not in found["reason"]


def test_canvas_gradebook_says_who_has_a_number(tmp_path):
    place = made(tmp_path / "c", "77,Ann Bo,,", "78,Ann Bo,,")
    rows = [CANVAS, ["Bo, Ann", "12346", "78", "ann", "One"]]
    (tmp_path / "g.csv").write_text(csv_of(rows), encoding="utf-8")
    source = zip_of(tmp_path / "x.zip", {"boann_12346_5_06_adam.ipynb": FULL})
    assert folder.receive(place, [source, tmp_path / "g.csv"]).new == 1
    assert kept(place) == [("78", "06_adam", 1)]


def test_a_roster_that_was_canvas_gradebook_knows_its_numbers(tmp_path):
    place = tmp_path / "c"
    rows = [CANVAS, ["Bo, Ann", "11", "77", "x", "One"], ["Bo, Ann", "12", "78", "y", "One"]]
    (tmp_path / "g.csv").write_text(csv_of(rows), encoding="utf-8")
    folder.new(place, tmp_path / "g.csv")
    files = {"boann_12_5_06_adam.ipynb": FULL, "boann_LATE_11_6_06_adam.ipynb": HALF}
    assert folder.receive(place, [zip_of(tmp_path / "x.zip", files)]).new == 2
    assert (place / "submitted" / "78" / "06_adam.ipynb").read_bytes() == FULL


def test_what_nobody_is_found_for_is_kept_beside_what_was_kept_before(tmp_path, place):
    name = "Who Else_5_assignsubmission_file/06_adam.ipynb"
    for data in (FULL, HALF, FULL):
        folder.receive(place, [zip_of(tmp_path / "x.zip", {name: data})])
    left = [path for path in (place / "unmatched").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in left) == sorted([FULL, HALF])
    with (place / "roster.csv").open("a") as file:
        file.write("s3,Who Else,,\n")
    other = zip_of(tmp_path / "y.zip", {"s2/07_bias_correction.ipynb": FULL})
    done = folder.receive(place, [other], "05_rmsprop")  # which is about what comes in now
    assert (done.new, done.unmatched) == (3, ())
    assert kept(place) == [("s2", "05_rmsprop", 1), *(("s3", "06_adam", n) for n in (1, 2))]


def test_who_cannot_be_matched_is_named_and_kept_and_found_when_the_roster_is_mended(
    tmp_path, place, capsys
):
    files = {
        "Who Else_5_assignsubmission_file/06_adam.ipynb": FULL,
        "anon_Ab1_77_06_adam.ipynb": HALF,
        f"{ADA}/final.ipynb": notebook("x = 1"),
    }
    source = zip_of(tmp_path / "x.zip", files)
    words = ["class", "import", str(place), str(source)]
    assert main(words) == main(words) == 1
    said = capsys.readouterr().err
    assert "3 could not be matched, and are kept in" in said
    assert "\n  Who Else (06_adam.ipynb): nobody in the roster is that" in said
    assert "\n  Ada Lovelace (final.ipynb): which exercise it is cannot be told; name it" in said
    left = [path for path in (place / "unmatched").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in left) == sorted(files.values())
    with (place / "roster.csv").open("a") as file:
        file.write("s3,Who Else,,\n")
    other = zip_of(tmp_path / "other.zip", {"s2/06_adam.ipynb": FULL})
    done = folder.receive(place, [other])
    assert (done.new, len(done.unmatched)) == (2, 2)
    assert (place / "submitted" / "s3" / "06_adam.ipynb").read_bytes() == FULL


def test_the_exercise_is_named_or_found_from_names_and_functions(tmp_path, place):
    files = {f"{ADA}/final.ipynb": FULL, "Emmy Noether_3_assignsubmission_file/a.ipynb": SOME}
    folder.receive(place, [zip_of(tmp_path / "CS-07_bias_correction-4.zip", files)])
    assert {one.exercise for one in attempts(place)} == {"07_bias_correction"}
    folder.receive(place, [zip_of(tmp_path / "CS-4.zip", {f"{ADA}/final.ipynb": FULL})])
    assert ("s1", "06_adam", 1) in kept(place)
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/y.ipynb": SOME})], "05_rmsprop")
    assert ("s1", "05_rmsprop", 1) in kept(place)
    with pytest.raises(ValueError, match="There is no exercise '99'"):
        folder.receive(place, [tmp_path / "x.zip"], "99")


SOME = notebook("x = 1")


def test_what_is_no_notebook_has_a_row_unless_a_notebook_lies_beside_it(tmp_path, place):
    files = {
        f"{ADA}/06_adam.pdf": b"%PDF",
        "Emmy Noether_3_assignsubmission_file/notes.txt": b"notes",
        "Emmy Noether_3_assignsubmission_file/06_adam.ipynb": FULL,
        "Emmy Noether_3_assignsubmission_onlinetext/onlinetext.html": b"<p>hello",
    }
    done = folder.receive(place, [zip_of(tmp_path / "x.zip", files)])
    assert (done.new, done.notes) == (2, ("Passed over, beside notebooks: 2 other files.",))
    assert grade(place) == 0
    row = book(place)["s1", "06_adam"]
    assert (row["score"], row["max_score"]) == ("0.0", "13.0")
    assert row["reason"].startswith(
        "This is no notebook: its name ends in .pdf; ask for the .ipynb"
    )


def test_a_notebook_that_somebody_put_there_counts_and_is_kept(tmp_path, place):
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": HALF})])
    by_hand = place / "submitted" / "s1" / "06_adam.ipynb"
    by_hand.write_bytes(FULL)
    assert grade(place) == 0
    assert book(place)["s1", "06_adam"]["score"] == "2.0"
    later = zip_of(tmp_path / "y.zip", {f"{ADA}/06_adam.ipynb": SOME})
    folder.receive(place, [later])
    assert kept(place) == [("s1", "06_adam", 1), ("s1", "06_adam", 2), ("s1", "06_adam", 3)]
    assert (by_hand.parent / ".attempts" / "06_adam-2.ipynb").read_bytes() == FULL
    assert by_hand.read_bytes() == SOME


HOSTILE = [
    "../../evil",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "CON",
    "a/b\\c:d*?",
    "x" * 300,
]


@pytest.mark.parametrize("id", HOSTILE)
def test_hostile_names_are_kept_shown_and_graded(tmp_path, id):
    place = made(tmp_path / "in" / "c")
    rows = [["id", "name"], [id, f"=HYPERLINK({id})"]]
    (place / "roster.csv").write_text(csv_of(rows, bom=""), encoding="utf-8")
    source = folder_of(
        tmp_path / "in" / "d", {"Nobody_1_assignsubmission_file/06_adam.ipynb": FULL}
    )
    row = moodle_row(1, "Nobody")
    row[1] = f"=HYPERLINK({id})"
    (tmp_path / "in" / "w-06_adam.csv").write_text(csv_of([MOODLE, row]), encoding="utf-8")
    assert folder.receive(place, [source, tmp_path / "in" / "w-06_adam.csv"]).new == 1
    assert grade(place) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    assert {path.parent.name for path in (tmp_path / "in").rglob("w-*")} == {"in"}
    ((student, _),) = book(place)
    assert tables.plain(student) == id
    assert not student.startswith(tables.FORMULA)
    for name in ("received.csv", "gradebook.csv"):
        for cells in rows_of(next(place.rglob(name))):
            assert not [cell for cell in cells if cell.lstrip().startswith(tables.FORMULA)]
    assert "<script>alert" not in (place / "grades" / "class.html").read_text()
    out, filled = folder.give_back(place, "moodle", tmp_path / "in" / "w-06_adam.csv")
    assert filled.count == 1
    assert rows_of(out)[1][1] == row[1]  # the platform's own cell stays as it was


def test_what_leads_out_of_a_zip_stays_in_the_class(tmp_path, place):
    files = {"../../../evil_1_assignsubmission_file/06_adam.ipynb": FULL, "/etc/x:y.ipynb": FULL}
    assert folder.receive(place, [zip_of(tmp_path / "x.zip", files)]).new == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class", "x.zip"]
    assert len([path for path in (place / "unmatched").rglob("*") if path.is_file()]) == 2


def test_a_link_is_not_followed_and_a_bad_source_changes_nothing(tmp_path, place):
    own = folder_of(tmp_path / "d", {f"{ADA}/06_adam.ipynb": FULL})
    (tmp_path / "secret").write_bytes(FULL)
    try:
        (own / ADA / "07_bias_correction.ipynb").symlink_to(tmp_path / "secret")
    except OSError:
        return  # Windows lets only administrators make links
    done = folder.receive(place, [own])
    assert done.new == 1
    assert done.notes == (
        "Ada Lovelace (07_bias_correction.ipynb) could not be read: it is a link to another file.",
    )
    before = snapshot(place)
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "who.csv").write_text("a,b\n1,2\n")
    for name, says in [("cut.zip", "damaged zip"), ("who.csv", "neither"), ("no.zip", "no file")]:
        with pytest.raises((OSError, ValueError), match=says):
            folder.receive(place, [own, tmp_path / name])
    assert snapshot(place) == before


@pytest.mark.parametrize("moment", range(8))
def test_an_import_that_breaks_off_is_done_by_the_next_one(tmp_path, place, monkeypatch, moment):
    handed = {
        f"{ADA}/06_adam.ipynb": FULL,
        f"{ADA}/07_bias_correction.ipynb": HALF,
        "Who Else_5_assignsubmission_file/06_adam.ipynb": HALF,
        "Emmy Noether_3_assignsubmission_file/06_adam.ipynb": HALF,
    }
    source = zip_of(tmp_path / "x.zip", handed)
    whole = made(tmp_path / "whole", *PEOPLE)
    folder.receive(whole, [source])
    replace, calls = os.replace, []

    def broken(*words):
        calls.append(words)
        if len(calls) > moment:
            raise OSError(28, "No space left on device")
        replace(*words)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", broken)
        with pytest.raises(OSError, match="No space left"):
            folder.receive(place, [source])
    assert not list(place.rglob("*.part"))
    folder.receive(place, [source])
    assert snapshot(place) == snapshot(whole)


def test_two_at_work_in_one_class_wait_for_each_other(tmp_path, place):
    with (
        folder.alone(place),
        pytest.raises(files.InUse, match=r"^Somebody is at work in .*ended\.$"),
    ):
        folder.receive(place, [tmp_path])


def test_a_time_in_the_table_of_attempts_may_be_mended_by_hand(tmp_path, place):
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": FULL})])
    path = place / "submitted" / "received.csv"
    head, row = rows_of(path)
    row[head.index("handed_in")] = "2021-03-06 10:30"
    path.write_text(csv_of([head, row], delimiter=";"), encoding="utf-8")
    assert attempts(place)[0].handed_in == datetime(2021, 3, 6, 10, 30, tzinfo=UTC)
    for text, says in {
        "yesterday": "'yesterday' is no time; write it as",
        "9999-12-31 23:59": "31 December 9999 cannot be meant: it is more than a year ahead.",
        "1999-12-31 23:59": "31 December 1999 cannot be meant: it is before 2000.",
    }.items():
        row[head.index("handed_in")] = text
        path.write_text(csv_of([head, row]), encoding="utf-8")
        with pytest.raises(ValueError, match=f"received.csv, line 2: {says}"):
            attempts(place)
    row[head.index("attempt")], row[head.index("handed_in")] = "first", ""
    path.write_text(csv_of([head, row]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: the attempt is not a number from 1\."):
        attempts(place)
    path.write_text("id,exercise\n")
    with pytest.raises(ValueError, match=r"received\.csv has lost its column attempt"):
        attempts(place)


# ---- grade --------------------------------------------------------------------------------------


def test_overrides_survive_every_run_and_changes_are_told(tmp_path, place, capsys):
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": HALF})])
    assert grade(place) == 0
    assert capsys.readouterr().out.startswith("1 of 2 graded with seed 5: see ")
    changes = place / "grades" / "changes.csv"
    assert rows_of(changes) == [list(folder.CHANGES)]
    override = (
        '[[overrides]]\nid = "s1"\nexercise = "6"\npoints = 4\nrule = "viva"\nreason = "+good"\n'
    )
    (place / "policy.toml").write_text(override)
    for _ in range(2):
        assert grade(place) == 0
        assert book(place)["s1", "06_adam"]["score"] == "4.0"
    assert "Changed: 1 with other points than before; see" in (said := capsys.readouterr().out)
    assert "other points" not in said.splitlines()[-1]
    (one,) = rows_of(changes)[1:]
    assert one[1:7] == ["s1", "Ada Lovelace", "06_adam", "1", "4", "13"]
    assert one[7] == "4 points were given, by the rule “viva”: +good."
    assert datetime.fromisoformat(one[0]).tzinfo
    (place / "policy.toml").write_text("")
    folder.receive(place, [zip_of(tmp_path / "y.zip", {f"{ADA}/06_adam.ipynb": FULL})])
    assert grade(place) == 0
    (_, two) = rows_of(changes)[1:]
    assert two[4:6] == ["4", "2"]
    assert two[7].startswith("Attempt 2 counts, not 1. ")
    assert "The rule “viva” does not apply any more." in two[7]


def test_feedback_and_gradebook_say_what_the_policy_did(tmp_path, place):
    (place / "policy.toml").write_text(
        "[deadlines]\n06_adam = 2027-03-05\n[late]\npercent_a_day = 10\n"
        '[points]\nadam-step = 20\n[drop]\ntasks = ["adam-loop"]\n'
    )
    source = zip_of(tmp_path / "x.zip", {"lovelaceada_LATE_1_2_06_adam.ipynb": FULL})
    folder.receive(place, [source])
    assert grade(place) == 0
    row = book(place)["s1", "06_adam"]
    assert float(row["score"]) == max(
        0, float(row["raw_score"]) - float(row["late_submission_penalty"])
    )
    assert float(row["late_submission_penalty"]) > 0
    assert row["duedate"] == "2027-03-05 23:59"
    page = (place / "grades" / "feedback" / "s1" / "06_adam.html").read_text()
    assert "Handed in 1 day late, as the platform says (LATE)." in page
    text = Page(place / "grades" / "feedback" / "s1" / "06_adam.html").text
    assert f"0 of {float(row['max_score']):g} points, " in text
    raw, less = float(row["raw_score"]), float(row["late_submission_penalty"])
    assert f"Your work{raw:g} Late penalty−{less:g} What counts0" in text
    stored = json.loads((place / "grades" / "scores.json").read_text())
    assert [one["id"] for one in stored] == ["s1", "s2"]


def test_a_learner_sees_what_the_work_has_and_what_each_rule_made_of_it(tmp_path, place):
    rule = '[[overrides]]\nid = "s1"\nexercise = "6"\npoints = 1.5\nrule = "viva"\nreason = "x"\n'
    source = zip_of(tmp_path / "x.zip", {"lovelaceada_LATE_1_2_06_adam.ipynb": FULL})
    folder.receive(place, [source])
    for policy, top, table in (
        ("", "2 of 13 points", ""),
        ("percent_a_day = 5", "1.35 of 13 points", "Late penalty−0.65 What counts1.35"),
        ("free_days = 1\npercent_a_day = 5", "2 of 13 points", ""),
        (
            f"percent_a_day = 5\n{rule}",
            "1.5 of 13 points",
            "By the rule “viva”+0.15 What counts1.5",
        ),
    ):
        (place / "policy.toml").write_text(f"[late]\n{policy}", encoding="utf-8")
        assert grade(place) == 0
        page = Page(place / "grades" / "feedback" / "s1" / "06_adam.html").text
        assert f"Ada Lovelace {top}, 2 of 7 tasks solved" in page
        assert table in page
        assert ("Your work2" in page) == bool(table)
        shown = Page(place / "grades" / "class.html").text
        counts = top.partition(" ")[0]
        assert (f"2 of 13counts {counts}" in shown) == bool(table)
        scope = json.loads((place / "grades/gradescope/s1/results.json").read_text())
        assert f"{scope['score']:g}" == counts
    last = Page(place / "grades" / "class.html").text.rpartition("Ada Lovelace")[2]
    assert "1.5 of 13" in last  # who falls behind: by what counts


def test_two_of_one_name_have_their_ids_beside_it(tmp_path):
    people = ("77,Ann Bo,,", "78,ann  BO,,", "79,Cy Do,,")
    place = made(tmp_path / "c", *people, columns="id,name,mail,group")
    folder.receive(place, [folder_of(tmp_path / "d", {"77/06_adam.ipynb": FULL})])
    assert grade(place) == 0
    page = Page(place / "grades" / "class.html").text
    assert "Ann Bo (77)" in page and "ann BO (78)" in page
    assert "Cy Do" in page and "Cy Do (79)" not in page
    rows = [moodle_row(n, name) for n, name in ((1, "Ann Bo"), (2, "Cy Do"))]
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, *rows]), encoding="utf-8")
    _, filled = folder.give_back(place, "moodle", tmp_path / WORKSHEET)
    assert "2 not in the platform's table: Ann Bo (77), ann BO (78)." in filled.notes


def test_nothing_of_the_last_run_is_lost_when_a_run_breaks_off(
    tmp_path, place, monkeypatch, capsys
):
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": HALF})])
    assert grade(place) == 0
    before = snapshot(place / "grades")
    folder.receive(place, [zip_of(tmp_path / "y.zip", {f"{ADA}/06_adam.ipynb": FULL})])
    put = results.put

    def full(path, text):
        if path.name == "changes.csv":
            raise OSError(28, "No space left on device", str(path))
        put(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(results, "put", full)
        assert grade(place) == 2
    assert "could not be written: No space left" in capsys.readouterr().err
    after = snapshot(place / "grades")
    assert {name: after[name] for name in before} == before
    assert grade(place) == 0
    assert len(rows_of(place / "grades" / "changes.csv")) == 2


def test_changes_survive_a_run_that_was_killed_while_it_moved_its_results(tmp_path, place):
    folder.receive(place, [zip_of(tmp_path / "x.zip", {f"{ADA}/06_adam.ipynb": HALF})])
    rule = '[[overrides]]\nid = "s1"\nexercise = "6"\npoints = {}\nreason = "x"\n'
    assert grade(place) == 0
    (place / "policy.toml").write_text(rule.format(4))
    assert grade(place) == 0
    grades = place / "grades"
    (grades / files.COMPLETE).mkdir()
    for name in (*results.BOOKS, *results.MORE):  # the older ones are gone, no new one has come
        (grades / name).rename(grades / files.COMPLETE / name)
    (place / "policy.toml").write_text(rule.format(5))
    assert grade(place) == 0
    told = rows_of(grades / "changes.csv")[1:]
    assert [row[4:6] for row in told] == [["1", "4"], ["4", "5"]]


def test_a_group_that_nobody_is_in_is_said_before_anybody_loses_its_deadline(place, capsys):
    (place / "policy.toml").write_text("[groups.a]\n06_adam = 2027-03-05\n")
    assert grade(place) == 2
    said = capsys.readouterr().err
    assert "groups names 'a', and nobody in roster.csv is in it; there are A, B." in said


def test_an_empty_class_and_one_who_left_are_said(tmp_path, place, capsys):
    assert grade(place) == 2
    assert "has handed in anything: `adam-course class import" in capsys.readouterr().err
    folder.receive(place, [zip_of(tmp_path / "x.zip", DOWNLOADS["Canvas' names"])])
    (place / "roster.csv").write_text("id,name\ns2,Emmy Noether\n")
    assert grade(place) == 0
    said = "handed in, not in roster.csv, and so without grades: s1."
    assert said in capsys.readouterr().err
    assert list(book(place)) == [("s2", "06_adam")]


# ---- export -------------------------------------------------------------------------------------


@pytest.fixture
def graded(tmp_path, place):
    """A class of two of whom one has handed in, with scores."""
    scores = [
        Score("s1", "Ada Lovelace", "", "06_adam", 1, points=11.7, maximum=13, reasons=("x < y.",)),
        Score("s2", "Emmy Noether", "", "06_adam", maximum=13, open=True),
    ]
    (place / "grades").mkdir()
    text = json.dumps([one.to_dict() for one in scores])
    (place / "grades" / "scores.json").write_text(text)
    return place


def test_moodles_worksheet_gets_grades_and_feedback_and_nothing_else(tmp_path, graded):
    rows = [
        moodle_row(7, "Ada Lovelace", "ada@x.org", **{"Feedback comments": "<p>Well written.</p>"}),
        moodle_row(8, "Emmy Noether", "emmy@x.org", Grade="3.00"),
        moodle_row(9, "=Who(Else)", "w@x.org", Grade="9.50"),
    ]
    source = tmp_path / WORKSHEET
    source.write_bytes(csv_of([MOODLE, *rows]).encode())
    out, filled = folder.give_back(graded, "moodle", source)
    assert out == graded / "export" / WORKSHEET
    assert out.read_bytes().startswith(b"\xef\xbb\xbfIdentifier,Full name")
    assert filled.notes == (
        "1 without points so far: Emmy Noether.",
        "1 not in the roster: =Who(Else).",
    )
    head, ada, *others = rows_of(out)
    assert (head, others) == (list(MOODLE), rows[1:])
    assert ada[4] == "11.70"
    ours = "Graded by adam-course: 11.7 of 13 points.<br>x &lt; y."
    assert ada[-1] == f"<p>Well written.</p><br>{ours}"
    assert [cell for n, cell in enumerate(ada) if n not in (4, 9)] == [
        cell for n, cell in enumerate(rows[0]) if n not in (4, 9)
    ]
    again, _ = folder.give_back(graded, "moodle", out, "06_adam", out=tmp_path / "again.csv")
    assert rows_of(again) == rows_of(out)  # our part is replaced, and not added once more


def test_who_has_0_points_because_nothing_came_is_named(tmp_path, graded):
    path = graded / "grades" / "scores.json"
    path.write_text(path.read_text().replace('"open": true', '"open": false'))
    rows = [moodle_row(7, "Ada Lovelace", "ada@x.org"), moodle_row(8, "Emmy Noether", "emmy@x.org")]
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, *rows]), encoding="utf-8")
    _, filled = folder.give_back(graded, "moodle", tmp_path / WORKSHEET)
    assert filled.count == 2
    assert filled.notes == (
        "1 with 0 points, for they handed in nothing, or too late: Emmy Noether.",
    )


def test_moodle_in_another_language_and_with_decimal_commas(tmp_path, graded):
    names = '[moodle]\nidentifier = "ID"\ngrade = "Bewertung"\nmaximum = "Bestwertung"\n'
    (graded / "policy.toml").write_text(names + 'name = "Vollständiger Name"\n', encoding="utf-8")
    rows = [["ID", "Vollständiger Name", "Bewertung", "Bestwertung"]]
    rows += [["Teilnehmer/in 7", "Ada Lovelace", "", "13,00"]]
    (tmp_path / WORKSHEET).write_text(csv_of(rows, delimiter=";"), encoding="utf-8")
    out, _ = folder.give_back(graded, "moodle", tmp_path / WORKSHEET)
    assert rows_of(out, ";")[1] == ["Teilnehmer/in 7", "Ada Lovelace", "11,70", "13,00"]


def test_another_maximum_is_refused_or_converted(tmp_path, graded):
    row = moodle_row(7, "Ada Lovelace", **{"Maximum grade": "100.00"})
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, row]), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"06_adam has 13 points here and 100 on the platform: set"
    ):
        folder.give_back(graded, "moodle", tmp_path / WORKSHEET)
    assert not (graded / "export").exists()
    out, _ = folder.give_back(graded, "moodle", tmp_path / WORKSHEET, scale=True)
    assert rows_of(out)[1][4] == "90.00"


def gradebook(*columns, ada=("",), emmy=("",), possible=("13.00",)):
    """Return the rows of Canvas' gradebook."""
    tail = ["Current Score", "Final Score"]
    return [
        [*CANVAS, *columns, *tail],
        ["", "", "", "", "", *["Manual Posting"] * len(columns), "", ""],
        ["    Points Possible", "", "", "", "", *possible, "(read only)", "(read only)"],
        ["Lovelace, Ada", "12346", "s1", "ada", "One", *ada, "88.50", "44.10"],
        ["Noether, Emmy", "12347", "s2", "emmy", "One and Two", *emmy, "", ""],
        ["Student, Test", "99", "", "x", "One", *[""] * len(columns), "", ""],
    ]


def test_canvas_gradebook_gets_our_columns_and_nothing_else(tmp_path, graded):
    columns = ("Essay (11)", "06 Adam (12345)", "07 Bias (13)")
    rows = gradebook(
        *columns, ada=("5.00", "", "1"), emmy=("6.00", "2.00", "EX"), possible=("10", "13.00", "7")
    )
    (tmp_path / "g.csv").write_text(csv_of(rows, bom=""), encoding="utf-8")
    out, filled = folder.give_back(graded, "canvas", tmp_path / "g.csv")
    assert filled.count == 1
    rows[3][6] = "11.70"
    assert rows_of(out) == rows


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (("Essay (1)",), "has no column for 06_adam: its assignments are Essay"),
        (("06 Adam (1)", "06_adam again (2)"), "several columns that may be 06_adam: 06 Adam"),
    ],
)
def test_a_column_of_canvas_that_cannot_be_told_is_named_in_the_policy(
    tmp_path, graded, columns, says
):
    blank = ("",) * len(columns)
    rows = gradebook(*columns, ada=blank, emmy=blank, possible=blank)
    (tmp_path / "g.csv").write_text(csv_of(rows), encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        folder.give_back(graded, "canvas", tmp_path / "g.csv")
    (graded / "policy.toml").write_text(f'[canvas]\n06_adam = "{columns[0]}"\n')
    out, _ = folder.give_back(graded, "canvas", tmp_path / "g.csv")
    assert rows_of(out)[3][5] == "11.70"


def test_names_of_strangers_with_commas_can_be_told_apart_in_a_sentence(tmp_path, graded):
    rows = gradebook("06 Adam (1)")
    rows += [[name, n, "", "", "One", "", "", ""] for n, name in ((5, "Fu, A"), (6, "Bo, B"))]
    (tmp_path / "g.csv").write_text(csv_of(rows), encoding="utf-8")
    _, filled = folder.give_back(graded, "canvas", tmp_path / "g.csv")
    assert "2 not in the roster: Fu, A; Bo, B." in filled.notes


def test_excused_in_canvas_stays_excused(tmp_path, graded):
    (tmp_path / "g.csv").write_text(csv_of(gradebook("06 Adam (1)", ada=("EX",))), encoding="utf-8")
    _, filled = folder.give_back(graded, "canvas", tmp_path / "g.csv")
    assert filled.count == 0
    assert "1 excused or not assigned in Canvas: Ada Lovelace." in filled.notes


def test_an_export_that_cannot_be_is_one_sentence(tmp_path, place, graded, capsys):
    (tmp_path / "g.csv").write_text(csv_of([MOODLE]), encoding="utf-8")
    with pytest.raises(ValueError, match="is not Canvas' gradebook"):
        folder.give_back(graded, "canvas", tmp_path / "g.csv")
    with pytest.raises(ValueError, match="would be overwritten"):
        folder.give_back(graded, "moodle", tmp_path / "g.csv", out=tmp_path / "g.csv")
    (graded / "grades" / "scores.json").write_text("[{")
    with pytest.raises(ValueError, match=r"scores\.json is damaged"):
        folder.give_back(graded, "moodle", tmp_path / "g.csv")
    shutil.rmtree(graded / "grades")
    assert main(["class", "export", str(graded), "--for", "moodle", str(tmp_path / "g.csv")]) == 2
    assert "is not graded: `adam-course class grade" in capsys.readouterr().err


# ---- there and back -----------------------------------------------------------------------------

FIRST = (
    "Ada",
    "Émilie",
    "Sof'ya",
    "Jean-Luc",
    "李",
    "Nguyễn",
    "O'Neil",
    "Zoë",
    "Ana María",
    "Øyvind",
)
LAST = ("Lovelace", "du Châtelet", "Kovalevskaya", "Picard", "明", "Thị", "Büyük", "de la Cruz")
LAST += ("Noether", "Żuk", "Smith", "Ng")


def test_a_class_of_120_goes_through_moodle_and_back(tmp_path, capsys):
    people = [(f"s{n:03}", f"{FIRST[n % 10]} {LAST[n // 10]}", f"m{n}@x.org") for n in range(120)]
    assert len({name for _, name, _ in people}) == 120
    rule = "[deadlines]\n06_adam = 2024-03-05T23:59:00\n[late]\npercent_a_day = 1\n"
    place = made(tmp_path / "c", *(",".join(one) + "," for one in people), policy=rule)
    due, rows, handed, expected = datetime(2024, 3, 5, 23, 59), [], {}, {}
    for n, (id, name, mail) in enumerate(people):
        when = f"{due + timedelta(hours=n - 60):%A, %d %B %Y, %I:%M %p}"
        rows.append(moodle_row(5000 + 7 * n, name, mail, when if n % 10 else "-"))
        if n % 10:
            data = notebook(*([SCALED] if n % 3 else []), f"x = {n}")
            handed[f"{name}_{5000 + 7 * n}_assignsubmission_file/06_adam.ipynb"] = data
        days = max(0, -(-(n - 60) // 24))
        expected[id] = round(max(0, 1 - 0.13 * days), 2) if n % 10 and n % 3 else 0
    rows.reverse()
    (tmp_path / WORKSHEET).write_text(csv_of([MOODLE, *rows]), encoding="utf-8")
    zip_of(tmp_path / "CS-06_adam-17.zip", handed)
    start = time.perf_counter()
    both = [str(tmp_path / "CS-06_adam-17.zip"), str(tmp_path / WORKSHEET)]
    assert main(["class", "import", str(place), *both]) == 0
    taken = time.perf_counter()
    assert grade(place) == 0
    marked = time.perf_counter()
    assert main(["class", "export", str(place), "--for", "moodle", both[1]]) == 0
    seconds = (taken - start, marked - taken, time.perf_counter() - marked)
    said = capsys.readouterr()
    print("import, grade, export: " + ", ".join(f"{one:.1f} s" for one in seconds))
    assert "108 new, of 108 people; 0 were here already." in said.out
    assert "120 grades in" in said.out
    found = rows_of(place / "export" / WORKSHEET)
    untouched = [n for n, name in enumerate(MOODLE) if name not in ("Grade", "Feedback comments")]
    for before, after in zip(rows, found[1:], strict=True):
        assert [before[n] for n in untouched] == [after[n] for n in untouched]
        id = next(id for id, name, _ in people if name == after[1])
        assert float(after[4]) == pytest.approx(expected[id]), after
    assert len({after[4] for after in found[1:]}) > 3
    before = snapshot(place)
    assert main(["class", "import", str(place), *both]) == 0
    assert snapshot(place) == before


def test_a_class_of_120_goes_through_canvas_and_back(tmp_path, capsys):
    people = [(f"s{n:03}", FIRST[n % 10], LAST[n // 10], f"{90000 + n}") for n in range(120)]
    rows = [
        [*CANVAS, "Essay (1)", "06 Adam (12345)", "Final Score"],
        ["    Points Possible", "", "", "", "", "10.00", "13.00", "(read only)"],
    ]
    files = {}
    for n, (id, first, last, number) in enumerate(people):
        rows.append(
            [f"{last}, {first}", number, id, f"l{n}", f"Tutorial {n % 4}", "7.00", "", "71"]
        )
        name = "".join(c for c in f"{last}{first}".lower() if c.isalnum())
        late = "LATE_" * (n % 5 == 0)
        if n % 10:
            data = notebook(SCALED if n % 3 else "x = 1", f"x = {n}")
            files[f"{name}_{late}{number}_{70000 - n}_06_adam-{n % 3}.ipynb"] = data
    book = tmp_path / "2027-03-06T1200_Grades-CS.csv"
    book.write_text(csv_of(rows, bom="", ending="\n"), encoding="utf-8")
    place = tmp_path / "c"
    assert main(["class", "new", str(place), "--roster", str(book)]) == 0
    rule = "[deadlines]\n06_adam = 2099-03-05T23:59:00\n[late]\npercent_a_day = 5\n"
    (place / "policy.toml").write_text(rule)
    source = zip_of(tmp_path / "submissions.zip", files)
    start = time.perf_counter()
    assert main(["class", "import", str(place), str(source)]) == 0
    taken = time.perf_counter()
    assert grade(place) == 0
    marked = time.perf_counter()
    assert main(["class", "export", str(place), "--for", "canvas", str(book)]) == 0
    seconds = (taken - start, marked - taken, time.perf_counter() - marked)
    said = capsys.readouterr()
    print("import, grade, export: " + ", ".join(f"{one:.1f} s" for one in seconds))
    assert "108 new, of 108 people; 0 were here already." in said.out
    found = rows_of(place / "export" / book.name)
    assert found[:2] == rows[:2]
    for n, (before, after) in enumerate(zip(rows[2:], found[2:], strict=True)):
        assert [*before[:6], before[7]] == [*after[:6], after[7]]
        if n % 10 == 0:  # not due yet, so the cell stays
            assert after[6] == ""
        elif n % 3:
            assert after[6] == ("0.35" if n % 5 == 0 else "1.00")
        else:
            assert after[6] == "0.00"
    assert (place / "export" / book.name).read_bytes().count(b"\r") == 0
    assert len(received.Received(place / "submitted", UTC).attempts) == 108


LETTERS = st.characters(categories=["L", "M", "N", "P", "Zs"], exclude_characters="_/")


@given(st.text(LETTERS, min_size=1, max_size=20), st.integers(1, 10**9))
def test_a_name_in_moodles_download_is_read_whatever_it_holds(name, number):
    for parts in [
        (f"{name}_{number}_assignsubmission_file", "06_adam.ipynb"),
        (f"{name}_{number}_assignsubmission_file_06_adam.ipynb",),
    ]:
        found = platforms.named(parts)
        assert (found.name, found.number) == (name, str(number))
        assert found.file == "06_adam.ipynb"
    person = Person("x", name)
    if person.spellings:
        assert platforms.Lists().who(found, Roster([person]))[0] == person


@given(st.text(LETTERS, min_size=1, max_size=20), st.integers(1, 10**9), st.booleans())
def test_a_name_in_canvas_download_is_read_whatever_it_holds(name, number, late):
    file = f"{name}_{'LATE_' * late}{number}_77_06_adam-1.ipynb"
    found = platforms.named((file,))
    assert (found.name, found.number, found.file) == (name, str(number), "06_adam-1.ipynb")
    assert (found.lateness, found.order) == ("LATE" * late, 77)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wednesday, 10 June 2026, 2:14 PM", datetime(2026, 6, 10, 14, 14, tzinfo=UTC)),
        ("Wednesday, September 23, 2020, 9:00 PM", datetime(2020, 9, 23, 21, 0, tzinfo=UTC)),
        ("10 June 2026, 14:14", datetime(2026, 6, 10, 14, 14, tzinfo=UTC)),
        ("Monday, 1 June 2026, 9:05 am", datetime(2026, 6, 1, 9, 5, tzinfo=UTC)),
        ("-", None),
        ("Mittwoch, 10. Juni 2026, 14:14", None),
    ],
)
def test_times_are_read_as_moodle_writes_them(text, expected):
    assert platforms.time_of(text, UTC) == expected


def test_a_policy_of_ones_own_is_not_needed():
    assert Policy().exercises() == []
