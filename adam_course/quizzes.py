"""Write the recall questions of lessons as quizzes: Moodle's GIFT, or Canvas' QTI 1.2 in a zip.

A choice stays a choice, and a number is right within a tolerance; a ranking becomes a matching of
places and options. What the course says after an answer is the feedback.
"""

import hashlib
import json
import re
from html import escape
from xml.etree import ElementTree as xml

from adam_course.copying import course, place
from adam_course.questions import RECALL
from adam_course.releasing import picked, zipped

PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CONTENT = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"


def quiz(platform, names, folder):
    """Write a quiz for each of some lessons; what exists there is kept as it is.

    Args:
        platform: one of `FORMATS`.
        names: as "06_adam" or "06"; none for all lessons.
        folder: where to write; made if it is not there.

    Returns:
        (new, kept): the paths of the files that were written, and of those that were there
        already and differ from the course's.

    Raises:
        ValueError: there is no such platform or lesson.
        OSError: the folder cannot be written to.
    """
    if platform not in FORMATS:
        raise ValueError(f"There is no quiz for {platform!r}: there is one for moodle and canvas.")
    lessons = {path.stem: path for path in sorted((course() / "notebooks").glob("[0-9]*.ipynb"))}
    ending, written = FORMATS[platform]
    files = {
        f"{name}{ending}": written(titled(lessons[name]), RECALL[int(name[:2])])
        for name in picked(names, lessons, "lesson")
    }
    return place(files, folder)


def titled(lesson):
    """Return the title of a lesson's quiz, which is the lesson's own, as "06 · Adam"."""
    head = "".join(json.loads(lesson.read_bytes())["cells"][0]["source"])
    return head.partition("\n")[0].removeprefix("# ")


def page(text):
    """Return a text of a question as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def asked(question):
    """Return what a question asks, as HTML; a number's unit is named where the text does not."""
    unit = question.unit if question.kind == "number" else ""
    missing = unit and unit not in re.findall(r"\w+", question.ask)
    return page(f"{question.ask} Answer in {unit}." if missing else question.ask)


def tolerance(number):
    """Return by how much an answer may differ: nothing is right here that the course refuses."""
    return abs(number.right) * (1 - 1 / number.factor)


def decimal(value):
    """Return a number with six digits and no exponent."""
    return f"{float(f'{value:.6g}'):.12f}".rstrip("0").rstrip(".")


# ---- Moodle -------------------------------------------------------------------------------------


def gift(title, questions):
    """Return a lesson's questions in Moodle's GIFT format, in a category of their own."""
    head = f"$CATEGORY: $course$/top/Adam/{title.replace('/', '//')}"
    return "\n\n".join([head, *map(in_gift, questions)]).encode() + b"\n"


def in_gift(question):
    """Return a question in GIFT."""
    because = f"####{plain(page(question.because))}"
    if question.kind == "number":
        lines = [f"#{decimal(question.right)}:{decimal(tolerance(question))}", because]
        return f"{named(question)} {{{''.join(lines)}}}"
    if question.kind == "ranking":
        lines = [
            f"={PLACES[place]} -> {plain(question.options[option])}"
            for place, option in enumerate(question.right)
        ]
    else:
        lines = [
            f"{'=' if option == question.right else '~'}{plain(page(text))}"
            for option, text in enumerate(question.options)
        ]
    return f"{named(question)} {{\n" + "\n".join([*lines, because]) + "\n}"


def named(question):
    """Return a question's name and text in GIFT."""
    return f"::{plain(question.name)}::[html]{plain(asked(question))}"


def plain(text):
    """Return a text in which the signs that mean something in GIFT mean themselves."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text)


# ---- Canvas -------------------------------------------------------------------------------------


def qti(title, questions):
    """Return a lesson's questions as a zip of QTI 1.2, with its manifest, as Canvas takes them."""
    ident = identifier(title)
    root = xml.Element("questestinterop", xmlns=QTI)
    assessment = within(root, "assessment", ident=ident, title=title)
    metadata(assessment, "qtimetadata", cc_maxattempts="1")
    section = within(assessment, "section", ident="root_section")
    for question in questions:
        in_qti(section, question)
    path = f"{ident}/{ident}.xml"
    return zipped({"imsmanifest.xml": manifest(ident, path), path: as_bytes(root)})


def in_qti(section, question):
    """Put a question into a section of QTI."""
    ident = identifier(question.name)
    item = within(section, "item", ident=ident, title=question.name)
    kinds = {"choice": "multiple_choice", "number": "numerical", "ranking": "matching"}
    kind = f"{kinds[question.kind]}_question"
    metadata(within(item, "itemmetadata"), "qtimetadata", question_type=kind, points_possible="1")
    presentation = within(item, "presentation")
    material(presentation, asked(question))
    processing = within(item, "resprocessing")
    score = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    within(within(processing, "outcomes"), "decvar", **score)
    always = within(processing, "respcondition", **{"continue": "Yes"})
    within(within(always, "conditionvar"), "other")
    within(always, "displayfeedback", feedbacktype="Response", linkrefid="general_fb")
    options = [(identifier(f"{question.name}: {text}"), text) for text in question.options]
    if question.kind == "number":
        response = within(presentation, "response_str", ident="response1", rcardinality="Single")
        within(within(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
        either = within(right(processing, 100), "or")
        within(either, "varequal", decimal(question.right), respident="response1")
        both = within(either, "and")
        ends = (question.right - tolerance(question), question.right + tolerance(question))
        for comparison, end in zip(("vargte", "varlte"), ends, strict=True):
            within(both, comparison, decimal(end), respident="response1")
    elif question.kind == "ranking":
        for place, option in enumerate(question.right):
            respident = f"response_{PLACES[place]}"
            choose(presentation, respident, options, PLACES[place])
            condition = right(processing, 100 / len(options), "Add")
            within(condition, "varequal", options[option][0], respident=respident)
    else:
        choose(presentation, "response1", options)
        condition = right(processing, 100)
        within(condition, "varequal", options[question.right][0], respident="response1")
    feedback = within(item, "itemfeedback", ident="general_fb")
    material(within(feedback, "flow_mat"), page(question.because))


def choose(presentation, respident, options, label=None):
    """Let one of the options be chosen, for a label if there is one."""
    response = within(presentation, "response_lid", ident=respident, rcardinality="Single")
    if label:
        material(response, label)
    choices = within(response, "render_choice")
    for ident, text in options:
        material(within(choices, "response_label", ident=ident), page(text))


def right(processing, share, action="Set"):
    """Give a share of the points in per cent for a condition, and return the condition."""
    found = within(processing, "respcondition", **{"continue": "No"})
    condition = within(found, "conditionvar")
    within(found, "setvar", f"{share:g}", action=action, varname="SCORE")
    return condition


def metadata(parent, tag, **fields):
    """Put fields of metadata into an element."""
    listed = within(parent, tag)
    for label, value in fields.items():
        one = within(listed, "qtimetadatafield")
        within(one, "fieldlabel", label)
        within(one, "fieldentry", value)


def material(parent, text):
    """Put HTML into an element."""
    within(within(parent, "material"), "mattext", text, texttype="text/html")


def within(parent, tag, text=None, **attributes):
    """Put a new element into another one, and return it."""
    child = xml.SubElement(parent, tag, attributes)
    child.text = text
    return child


def manifest(ident, path):
    """Return the manifest of a zip with one quiz."""
    root = xml.Element("manifest", identifier=f"m{ident}", xmlns=CONTENT)
    about = within(root, "metadata")
    within(about, "schema", "IMS Content")
    within(about, "schemaversion", "1.1.3")
    within(root, "organizations")
    listed = within(within(root, "resources"), "resource", identifier=ident, type="imsqti_xmlv1p2")
    within(listed, "file", href=path)
    return as_bytes(root)


def as_bytes(root):
    """Return XML as bytes."""
    xml.indent(root)
    return xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def identifier(text):
    """Return an identifier made of a text, the same each time."""
    return f"i{hashlib.sha256(text.encode()).hexdigest()[:24]}"


FORMATS = {"moodle": (".txt", gift), "canvas": (".zip", qti)}
