"""Tables that people and platforms save as CSV: with commas or semicolons, from Excel or not."""

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

#: What a spreadsheet takes for the start of a formula; the last four are full-width forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MOST_BYTES = 50 << 20
#: How Excel keeps digits as text, and Canvas a name that begins with an equals sign.
QUOTED = re.compile(r'="(.*)"', re.DOTALL)


@dataclass
class Table:
    """A CSV file, and what it takes to write it again as it was.

    Attributes:
        path: where it was read.
        header: the headings.
        rows: lists of cells, as long as the header at least.
        lines: the line in which each row ends.
        delimiter, ending: between cells and between lines.
        bom: whether the file began with a byte order mark.
    """

    path: Path
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    ending: str = "\n"
    bom: bool = False

    def column(self, *names):
        """Return the place of the first heading that is one of the names, None if none is."""
        found = [heading(cell) for cell in self.header]
        return next((found.index(heading(name)) for name in names if heading(name) in found), None)

    def text(self):
        """Return the file's text, with the same delimiter and line ends."""
        lines = [joined(row, self.delimiter) for row in (self.header, *self.rows)]
        return "\ufeff" * self.bom + "".join(line + self.ending for line in lines)


def read(path):
    """Return the Table in a CSV file, however it was saved.

    Raises:
        OSError: it is not there, or not yours to read.
        ValueError: it is no CSV, or has no line.
    """
    path = Path(path)
    text, bom = decoded(path)
    first, _, rest = text.partition("\n")
    delimiter = ""
    if told := re.fullmatch(r'"?sep=(.)"?\r?', first, re.IGNORECASE):  # Excel's own first line
        delimiter, text = told[1], rest
    elif not first.strip():
        raise ValueError(f"{path} is empty: it needs a line of headings, and a line for each row.")
    delimiter = delimiter or max(",;\t", key=unquoted(text.partition("\n")[0]).count)
    rows, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num + bool(told))
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {reader.line_num + bool(told)}, is no CSV ({error}): save the table "
            "again as CSV."
        ) from None
    if not rows:
        raise ValueError(f"{path} is empty: it needs a line of headings, and a line for each row.")
    whole = [row + [""] * (len(rows[0]) - len(row)) for row in rows[1:]]
    ending = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    return Table(path, rows[0], whole, lines[1:], delimiter, ending, bom)


def decoded(path):
    """Return (text, whether it had a byte order mark) of a file in UTF-8, UTF-16 or Latin-1."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"{path} is larger than {MOST_BYTES >> 20} MB, which no table here is.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError(f"{path} is a workbook: open it, and save its sheet as CSV.")
    bom = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if bom and not data.startswith(codecs.BOM_UTF8) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("utf-16" if encoding == "utf-16" else "cp1252", "replace")
    if "\0" in text:
        raise ValueError(f"{path} is no text: save the table as CSV.")
    if "\n" not in text:
        text = text.replace("\r", "\n")  # an old Macintosh's
    return text, bom


def unquoted(line):
    """Return a line without what stands between quotation marks."""
    return re.sub(r'"[^"]*"?', "", line)


def heading(text):
    """Return a heading as it is compared: letters and digits alone, small."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def value(cell):
    """Return what a cell holds, without blanks around it and without a spreadsheet's quoting."""
    cell = " ".join(cell.split())
    quoted = QUOTED.fullmatch(cell)
    return quoted[1].replace('""', '"').strip() if quoted else cell


def table(header, rows):
    """Return rows as the text of a CSV file that no spreadsheet takes for formulas."""
    guards = [[guarded(one) if isinstance(one, str) else str(one) for one in row] for row in rows]
    return "".join(joined(row) + "\n" for row in (header, *guards))


def joined(cells, delimiter=","):
    """Return the cells of a row as a line of CSV; csv's own writer leaves a lone return bare."""
    special = re.compile(rf'[{re.escape(delimiter)}"\r\n]')
    quoted = ('"' + one.replace('"', '""') + '"' if special.search(one) else one for one in cells)
    return delimiter.join(quoted)


def guarded(text):
    """Return text as `no_formula` does, and such that `plain` returns it as it was."""
    return f"'{text}" if text.startswith("'") and plain(text) != text else no_formula(text)


def plain(cell):
    """Return the text of which `guarded` made a cell."""
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def no_formula(text):
    """Return text that a spreadsheet shows as it is: an apostrophe goes before a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text
