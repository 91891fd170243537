"""A class as Moodle and Canvas hand it out: zips and tables in the formats of their sources."""

import csv
import io
import zipfile

from submissions import RIGHT, SCALED, body, notebook

from adam_course.grading.classes import folder as classes

MOODLE = (
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"),
    *("Grade can be changed", "Last modified (submission)", "Last modified (grade)"),
    "Feedback comments",
)
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
FULL, HALF = notebook(body(RIGHT), SCALED), notebook(SCALED)  # 2 points and 1 of 13


def made(place, *people, policy="", columns="id,name,mail,group"):
    """Return the folder of a class of people, each a line of the roster."""
    classes.new(place)
    (place / "roster.csv").write_text("\n".join([columns, *people]) + "\n", encoding="utf-8")
    (place / "policy.toml").write_text(policy, encoding="utf-8")
    return place


def csv_of(rows, bom="\ufeff", delimiter=",", ending="\r\n"):
    """Return rows as a platform writes them."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return bom + text.getvalue()


def rows_of(path, delimiter=","):
    """Return the rows of a CSV file."""
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def moodle_row(number, name, mail="", when="-", **more):
    """Return a row of Moodle's grading worksheet."""
    cells = dict.fromkeys(MOODLE, "") | {
        "Identifier": f"Participant {number}",
        "Full name": name,
        "Email address": mail,
        "Status": "No submission" if when == "-" else "Submitted for grading",
        "Maximum grade": "13.00",
        "Grade can be changed": "Yes",
        "Last modified (submission)": when,
        "Last modified (grade)": "-",
    }
    return list((cells | more).values())


def zip_of(path, files):
    """Return a zip of files: name → bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def folder_of(place, files):
    """Return a folder of files: name → bytes."""
    for name, data in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place
