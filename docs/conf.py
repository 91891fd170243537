"""How Sphinx makes the website: `make site` writes it into build/site.

The source folder is the repository itself, and this folder holds only the settings. So notebooks,
exercises and pages stay where they are, and a relative link between them means the same on the
site, on GitHub and in JupyterLab. The price is that the home page is docs/index.html, to which
the site's index.html leads.
"""

import html
import json
import re
import shutil
import sys
import textwrap
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import badges  # noqa: E402
import course_map  # noqa: E402
import playground  # noqa: E402
import readme_picture  # noqa: E402
import slides  # noqa: E402

import adam_course  # noqa: E402
from adam_course import experiments  # noqa: E402
from adam_course.configuration import addresses  # noqa: E402
from adam_course.figures import front  # noqa: E402
from adam_course.figures.explorers.recipe import Recipe  # noqa: E402
from adam_course.figures.show import html as figure  # noqa: E402

project = "Adam, from the ground up"
author = "the authors of adam-course"
project_copyright = "the authors; code MIT, text and pictures CC BY 4.0"
version = release = adam_course.__version__
language = "en"

smartquotes = False  # as in the notebooks

root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "docs/api/*.md",
    "docs/instructors/**.md",
    "notebooks/*.ipynb",
    "exercises/*.ipynb",
    "exercises/solutions/*.ipynb",
    "adam_course/problems/DIGITS.md",
    "adam_course/problems/TEXT.md",
]
# The last four are folders that Sphinx need not walk through.
exclude_patterns = [
    "my_course",
    "exercises/my_*",
    "**/.*",
    ".*",
    "build",
    "dist",
    "**/node_modules",
]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx.ext.mathjax",
]

# Notebooks show their stored outputs. No widget manager: figures.js makes an explorer's still live.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4

autodoc_typehints = "none"
autodoc_inherit_docstrings = False  # `update` is explained once, in Optimizer
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
add_module_names = False
default_role = "py:obj"

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static", "race.png"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
# Where the site is on the web, a preview needs its full address:
# make site ARGS="-D html_baseurl=https://example.org/"
html_baseurl = ""
templates_path = ["_templates"]
html_sidebars = {"**": ["home_and_search.html", "sbt-sidebar-nav.html"]}
html_theme_options = {
    "logo": {"text": project},
    "navbar_persistent": [],  # the search is in the sidebar
    "max_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
}
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
mathjax_path = "mathjax/tex-chtml.js"


def add_files(app):
    """Put beside Sphinx's pages what is not made by it: MathJax, the playground and so on."""
    print("Making the website from the notebooks: about a minute ...", flush=True)
    mathjax = ROOT / "build" / "node_modules" / "mathjax" / "es5"
    fonts = "output/chtml/fonts/woff-v2"
    static = app.outdir / "_static" / "mathjax"
    shutil.copytree(mathjax / fonts, static / fonts, dirs_exist_ok=True)
    shutil.copy(mathjax / "tex-chtml.js", static)
    (app.outdir / "playground").mkdir(exist_ok=True)
    back = '<p><a href="../docs/playground.html" style="color: inherit">← The course</a></p>'
    page = playground.page().replace("<main>", f"<main>\n{back}")
    (app.outdir / "playground" / "index.html").write_text(page, encoding="utf-8")
    slides.make(app.outdir / "slides")
    (app.outdir / "_static" / "figures.js").write_text(front.for_site("python.js"), "utf-8")
    shutil.copy(ROOT / "docs" / "to_home.html", app.outdir / "index.html")


def fill_in(app, docname, source):
    """Write a list of what there is where a page has the comment that names it.

    A solution bears its exercise's title, and is told apart from it.
    """
    if docname.startswith("exercises/solutions/"):
        source[0] = source[0].replace('"# Exercise', '"# Solution to exercise', 1)
    if docname.startswith("notebooks/"):
        source[0] = questions_alone(source[0])
    lists = {
        "lessons": course_map.lesson_list,
        "exercises": course_map.exercise_list,
        "experiments": experiment_list,
    }
    for name, make in lists.items():
        if (mark := f"<!-- {name} -->") in source[0]:
            source[0] = source[0].replace(mark, make())
    source[0] = re.sub(r"!\[(.*)\]\((?:docs/)?race\.gif\)", lambda found: race(found[1]), source[0])


def questions_alone(text):
    """Return a notebook in which a cell that only asks a question does not show its code."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if re.fullmatch(r"figures\.(predict|recall)\(.*\)", "".join(cell["source"])):
            cell["metadata"]["tags"] = ["remove-input"]
    return json.dumps(notebook)


@cache
def race(alt):
    """Return the race of the README as a figure that plays."""
    picture, caption = readme_picture.race()
    return figure(picture, caption, alt, autoplay=True, live=False)


def experiment_list():
    """Return what each stored experiment says of itself, as Markdown."""
    return "\n".join(
        f"## {name}\n\n```{{eval-rst}}\n"
        f".. automodule:: adam_course.experiments.{name}\n   :no-members:\n\n"
        f".. autofunction:: adam_course.experiments.{name}.compute\n```\n"
        for name in experiments.names()
    )


def sign_explorers(app, what, name, obj, options, signature, returns):
    """Show an explorer with the parameters that it may be started with."""
    if isinstance(obj, Recipe):
        starts = "".join(f", {name}={control.start!r}" for name, control in obj.controls.items())
        return f"(controls=None{starts})", returns
    return None


def lay_out(app, what, name, obj, options, lines):
    """Show the sections of a docstring as lists, and |g| and `*shape` as they are written.

    The sections are Args, Attributes, Returns and Raises; an entry is `name: text`, and may bear
    several names (`m, v: …`), which Sphinx's own reader would take for a type and a name.
    """
    section = ""
    for number, line in enumerate(lines):
        line = re.sub(r"(``.*?``)|([|*])", lambda found: found[1] or rf"\{found[2]}", line)
        entry = re.fullmatch(r" {4}(\w[^:]*): (.+)", line)
        if re.fullmatch("(Args|Attributes|Returns|Raises):", line):
            section = line
            line = f":{line}"
        elif line and line[0] != " ":
            section = ""
        elif entry and section and section != "Returns:":
            names, text = entry.groups()
            line = f"    - {names if '`' in names else f'**{names}**'}: {text}"
        elif section and section != "Returns:" and line.startswith(" " * 8):
            line = line[2:]
        lines[number] = line


class LinksToPages(SphinxTransform):
    """Lead links that work in the repository to the pages that stand for them on the site.

    Jupyter's anchors (#The-five-steps) become the site's (#the-five-steps), and a folder becomes
    the page on what is in it.
    """

    default_priority = 500

    def apply(self, **kwargs):
        for link in self.document.findall(pending_xref):
            if link.get("refdomain") == "doc" and link["reftargetid"]:
                link["reftargetid"] = re.sub(r"[^\w-]", "", link["reftargetid"].lower())
            elif link.get("reftype") == "myst" and (page := self.page(link["reftarget"])):
                link.attributes.update(refdomain="doc", reftarget=page, reftargetid=None)

    def page(self, target):
        """Return the page that stands for a folder, or None."""
        folder = self.env.relfn2path(target, self.env.docname)[0].rstrip("/")
        package, _, module = folder.partition("/")
        if package == "adam_course":
            return f"docs/api/{module.split('/')[0] or 'index'}"
        return {"notebooks": root_doc, "exercises": "docs/exercises"}.get(package)


class LinksToCode(SphinxPostTransform):
    """Lead a link to a module's file to the page that shows its code, where there is one.

    Any other file of the repository is a download, as Sphinx has it.
    """

    default_priority = 500

    def run(self, **kwargs):
        for link in list(self.document.findall(download_reference)):
            path = Path(self.env.relfn2path(link["reftarget"], self.env.docname)[0])
            if getattr(self.env, "_viewcode_modules", {}).get(".".join(path.with_suffix("").parts)):
                page = f"_modules/{path.with_suffix('').as_posix()}"
                address = self.app.builder.get_relative_uri(self.env.docname, page)
                link.replace_self(nodes.reference("", "", *link.children, refuri=address))


def complete(app, pagename, templatename, context, doctree):
    """Give a page its title, its description and a preview; let its figures play."""
    body = context.get("body", "")
    if pagename == "README":
        context["title"] = "Set-up and use"
    if context.get("title") == project:
        context["docstitle"] = ""  # or it would be said twice
    if doctree and (paragraph := doctree.next_node(nodes.paragraph)):
        image = f"{app.config.html_baseurl}_static/race.png"
        about = {
            "name=description": textwrap.shorten(paragraph.astext(), 200, placeholder=" …"),
            "property=og:title": re.sub("<.*?>", "", context["title"]),
            "property=og:image": image if app.config.html_baseurl else context["pathto"](image, 1),
        }
        context["metatags"] += "".join(
            f'<meta {key} content="{html.escape(words)}">' for key, words in about.items()
        )
    if start := badges.start(pagename, context["pathto"](badges.TAB, 1), addresses()):
        body = body.replace("</h1>", f"</h1>\n{start}", 1)
    if "data-picture" in body:
        app.add_js_file("figures.js", loading_method="defer")
    if not pagename.startswith("_modules/"):
        body = re.sub("(<pre><span></span>)(.*?)(?=</pre>)", lines_apart, body, flags=re.DOTALL)
    context["body"] = re.sub("<table.*?</table>", line_up, body, flags=re.DOTALL)


def lines_apart(found):
    """Return code with a span around each line, which knows how far the line is indented."""
    lines = []
    for line in found[2].removesuffix("\n").split("\n"):
        text = re.sub("<.*?>", "", line)
        indent = len(text) - len(text.lstrip(" "))
        lines.append(f'<span class="code-line" style="--indent: {indent}">{line}</span>')
    return found[1] + "\n".join(lines)


# The words of a cell that is a number, or stands for one.
NUMBER = re.compile(
    r"[+−-]?\d[\d.,]*(e[+−-]?\d+)?( × 10[⁻⁰¹²³⁴-⁹]+)?( ?(%|min|s|ms|kB|MB))?( \([\d., –-]+\))?"
    "|–||nan|inf|diverged"
)
CELL = re.compile(r"<(t[dh])\b([^>]*)>(.*?)</\1>", re.DOTALL)


def line_up(found):
    """Return a table with its columns of numbers marked, and with no head that is empty."""
    table = re.sub(r"<th\b[^>]*>(<p></p>)?</th>", "<td></td>", found[0])
    rows = table.partition("<tbody")[2].split("<tr")[1:]
    texts = [[re.sub("<.*?>", "", cell[2]).strip() for cell in CELL.findall(row)] for row in rows]
    columns = zip(*texts, strict=False)
    numbers = [all(map(NUMBER.fullmatch, column)) and any(column) for column in columns]

    def mark(row):
        each = iter(numbers)
        return CELL.sub(lambda cell: marked(*cell.groups()) if next(each, 0) else cell[0], row[0])

    return re.sub("<tr.*?</tr>", mark, table, flags=re.DOTALL)


def marked(tag, attributes, words):
    """Return a cell that is marked as a number."""
    if ' class="' not in attributes:
        attributes += ' class=""'
    attributes = attributes.replace('class="', 'class="number ')
    return f"<{tag}{attributes}>{words}</{tag}>"


ICON = re.compile(
    r'("?)([\w-]+)\1:\[\d+,\d+,\[([^\]]*)\],"[0-9a-f]*",(?:"[^"]*"|\[(?:"[^"]*",?)*\])\],?'
)


def spare_icons(app, error):
    """Leave the theme's two thousand icons out, but for those that a page shows: 1.4 MB."""
    scripts = app.outdir / "_static" / "scripts"
    if error or not (file := scripts / "fontawesome.js").is_file():
        return
    pages = [*app.outdir.rglob("*.html"), *(p for p in scripts.glob("*.js") if p != file)]
    shown = set(re.findall(r"\bfa-([a-z0-9-]+)", " ".join(p.read_text("utf-8") for p in pages)))

    def kept(icon):
        return icon[0] if shown & {icon[2], *re.findall(r'"([\w-]+)"', icon[3])} else ""

    file.write_text(ICON.sub(kept, file.read_text("utf-8")), encoding="utf-8")


def say_where(app, exception):
    """Say where the website is, and how to look at it."""
    if not exception:
        print(f"The website is in {app.outdir}: open index.html there to read it.")
        print("To run lessons in the browser too, serve it: make serve.")


def setup(app):
    """Connect the functions above."""
    app.connect("builder-inited", add_files)
    app.connect("html-page-context", complete)
    app.connect("build-finished", spare_icons)
    app.connect("build-finished", say_where)
    app.connect("source-read", fill_in)
    app.connect("autodoc-process-docstring", lay_out)
    app.connect("autodoc-process-signature", sign_explorers)
    app.add_transform(LinksToPages)
    app.add_post_transform(LinksToCode)
