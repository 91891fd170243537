"""Rosters are read however they were saved, and say in one sentence what is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adam_course.grading.classes import roster, tables

ANN = ("s1", "Ann Bo", "ann@x.org", "A")
TEXT = "id,name,mail,group\ns1,Ann Bo,ann@x.org,A\ns2,Zoë Żuk,zoe@x.org,B\n"
#: How the same table is saved: its bytes.
SAVED = {
    "plain": TEXT.encode(),
    "bom": b"\xef\xbb\xbf" + TEXT.encode(),
    "semicolons": TEXT.replace(",", ";").encode(),
    "tabs in UTF-16": TEXT.replace(",", "\t").encode("utf-16"),
    "Windows' lines": TEXT.replace("\n", "\r\n").encode(),
    "an old Macintosh": TEXT.replace("\n", "\r").encode(),
    "Excel's first line": b"sep=;\r\n" + TEXT.replace(",", ";").encode(),
    "empty lines": TEXT.replace("\n", "\n,,,\n\n").encode(),
    "quoted": TEXT.replace("s1", '"=""s1"""').encode(),
}


def people(path, **columns):
    return [(one.id, one.name, one.mail, one.group) for one in roster.read(path, columns)]


@pytest.mark.parametrize("how", SAVED)
def test_a_roster_is_read_however_it_was_saved(tmp_path, how):
    (tmp_path / "roster.csv").write_bytes(SAVED[how])
    assert people(tmp_path / "roster.csv") == [ANN, ("s2", "Zoë Żuk", "zoe@x.org", "B")]


def test_a_roster_that_excel_saved_in_latin_1_is_read(tmp_path):
    (tmp_path / "roster.csv").write_bytes("id;name\n7;Jürgen Müller\n".encode("cp1252"))
    assert people(tmp_path / "roster.csv") == [("7", "Jürgen Müller", "", "")]


def test_moodles_list_of_participants_is_read_as_it_comes(tmp_path):
    text = '\ufeff"First name",Surname,"Email address",Groups\nAnn,Bo,ann@x.org,"A, G1_1"\n'
    (tmp_path / "participants.csv").write_text(text, encoding="utf-8")
    (one,) = roster.read(tmp_path / "participants.csv")
    assert (one.id, one.name, one.first, one.last) == ("ann@x.org", "Ann Bo", "Ann", "Bo")
    assert (one.mail, one.group) == ("ann@x.org", "A, G1_1")


@pytest.mark.parametrize("sis", ["S77", ""])
def test_canvas_gradebook_is_a_roster_too(tmp_path, sis):
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,06 Adam (12)\n"
        ",,,,,Manual Posting\n    Points Possible,,,,,13\n"
        f'"Bo, Ann",12346,{sis},ann,Group 1,\n"Student, Test",999,,,Group 1,\n'
    )
    (tmp_path / "gradebook.csv").write_text(text)
    (one,) = roster.read(tmp_path / "gradebook.csv")
    assert (one.id, one.canvas) == (sis or "ann", "12346")
    assert (one.name, one.first, one.last, one.group) == ("Bo, Ann", "Ann", "Bo", "Group 1")


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("id,name,Canvas", "S77,Ann Bo,12346"),
        ("Student number,Name,Canvas-ID", "S77,Ann Bo,12346"),
        ("canvas_user_id,user_id,login_id,full_name", "12346,S77,ann,Ann Bo"),
        ("Name,ID,SIS User ID", "Ann Bo,12346,S77"),
        ("ID,SIS Login ID,Last name,First name", "12346,S77,Bo,Ann"),
        ("id,name,SIS User ID,Canvas number", "S77,Ann Bo,S77,12346"),
    ],
)
def test_canvas_number_is_guessed_from_the_usual_headings(tmp_path, heading, cells):
    (tmp_path / "r.csv").write_text(f"{heading}\n{cells}\n")
    (one,) = roster.read(tmp_path / "r.csv")
    assert (one.id, one.name, one.canvas) == ("S77", "Ann Bo", "12346")


def test_an_id_that_is_the_classes_own_is_no_number_of_canvas(tmp_path):
    (tmp_path / "r.csv").write_text("ID,Name,Username\nS77,Ann Bo,ann\n")
    (one,) = roster.read(tmp_path / "r.csv")
    assert (one.id, one.canvas) == ("S77", "")


def test_columns_go_by_the_names_that_the_policy_says(tmp_path):
    (tmp_path / "r.csv").write_text("nr,who,name,id\n5,Ann Bo,x,wrong\n")
    assert people(tmp_path / "r.csv", id="nr", name="who") == [("5", "Ann Bo", "", "")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"r\.csv is empty"),
        ("id,name\n", r"r\.csv lists nobody"),
        ("id,name\ns1,Ann\n,Ben\n", r"r\.csv, line 3: Ben has no “id”"),
        ("id,name\ns1,Ann\ns2,Ben\nS1,Cy\n", r"the id S1 is in lines 2 and 4"),
        ("who,what\na,b\n", r"no column for an id.*it has who, what\.$"),
        ("id,what\na,b\n", r"no column for a name"),
        ('id,name\n"s1,Ann\n', r"r\.csv, line 2, is no CSV"),
        ("id,name\ns1\0,Ann\n", r"r\.csv is no text"),
    ],
)
def test_a_wrong_roster_is_one_sentence(tmp_path, text, says):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=says) as error:
        roster.read(tmp_path / "r.csv")
    assert "\n" not in str(error.value)


def test_a_workbook_and_a_column_that_is_not_there_are_one_sentence(tmp_path):
    (tmp_path / "r.csv").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ValueError, match="is a workbook: open it, and save its sheet as CSV"):
        roster.read(tmp_path / "r.csv")
    (tmp_path / "r.csv").write_text("id,name\ns1,Ann\n")
    with pytest.raises(ValueError, match=r"no column “nr”, which policy.toml names as the id"):
        roster.read(tmp_path / "r.csv", {"id": "nr"})


def test_a_name_is_shown_as_it_is_said_and_with_the_id_where_two_look_alike(tmp_path):
    rows = 'id,name\n1,"Bo, Ann"\n2,Ann Bo\n3,"Do, Cy"\n4,"Li"\n5,"x,"\n'
    (tmp_path / "r.csv").write_text(rows)
    people = roster.read(tmp_path / "r.csv")
    shown = ["Ann Bo (1)", "Ann Bo (2)", "Cy Do", "Li", "x"]
    assert [people.shown(one) for one in people] == shown


# ---- who a name is ------------------------------------------------------------------------------


def named(*names):
    return roster.Roster([roster.Person(f"s{n}", name) for n, name in enumerate(names)])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ada Lovelace", "lovelaceada"),
        ("Lovelace, Ada", "Ada Lovelace"),
        ("Ada King Lovelace", "kinglovelaceada"),
        ("José García", "Jose\u0301 Garci\u0301a"),
        ("Conan O'Brien", "obrienconan"),
        ("Jean-Luc Picard", "Jean Luc Picard"),
        ("李 明", "李明"),
    ],
)
def test_a_name_is_known_however_a_platform_writes_it(name, said):
    person, why = named("Somebody Else", name).find(name=said)
    assert (person.id, why) == ("s1", "")


def test_of_two_people_with_one_name_nobody_is_guessed():
    person, why = named("Ann Bo", "Bo, Ann").find(name="annbo")
    assert person is None
    assert why == "that may be Ann Bo (s0) and Bo, Ann (s1)"
    assert named("Ann").find(name="")[0] is None


# ---- tables -------------------------------------------------------------------------------------

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.text(st.sampled_from("'=+-@\t a1"), max_size=6))
def test_a_guarded_cell_is_no_formula_and_comes_back(text):
    cell = tables.guarded(text)
    assert not cell.lstrip().startswith(tables.FORMULA)
    assert tables.plain(cell) == text


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=4),
    st.sampled_from([",", ";"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_a_table_is_written_as_it_was_read(tmp_path_factory, rows, delimiter, ending, bom):
    path = tmp_path_factory.getbasetemp() / "t.csv"
    header = ["Full name", "Grade", "Points  Possible"]
    first = tables.Table(path, header, rows, [], delimiter, ending, bom)
    path.write_bytes(first.text().encode())
    again = tables.read(path)
    assert (again.header, again.rows) == (header, rows)
    assert again.text().encode() == path.read_bytes()
