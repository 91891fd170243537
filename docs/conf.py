"""How Sphinx makes the website: `make site` writes it into build/site.

The source folder is the repository itself, and this folder holds only the settings. So notebooks,
exercises and pages stay where they are, and a relative link between them means the same on the
site, on GitHub and in JupyterLab. The price is that the home page is docs/index.html, to which
the site's index.html leads.
"""

import re
import shutil
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import course_map  # noqa: E402
import playground  # noqa: E402
import slides  # noqa: E402

import adam_course  # noqa: E402
from adam_course import experiments  # noqa: E402
from adam_course.figures.explorers.recipe import Recipe  # noqa: E402

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
]
# The last four are folders that Sphinx need not walk through.
exclude_patterns = ["exercises/my_*", "**/.*", ".*", "build", "dist", "**/node_modules"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "sphinx.ext.mathjax",
]

# Notebooks show their stored outputs. No widget manager: an explorer shows as its still.
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
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_theme_options = {
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
    shutil.copy(ROOT / "docs" / "to_home.html", app.outdir / "index.html")


def fill_in(app, docname, source):
    """Write a list of what there is where a page has the comment that names it.

    A solution bears its exercise's title, and is told apart from it.
    """
    if docname.startswith("exercises/solutions/"):
        source[0] = source[0].replace('"# Exercise', '"# Solution to exercise', 1)
    lists = {
        "lessons": course_map.lesson_list,
        "exercises": course_map.exercise_list,
        "experiments": experiment_list,
    }
    for name, make in lists.items():
        if (mark := f"<!-- {name} -->") in source[0]:
            source[0] = source[0].replace(mark, make())


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


def setup(app):
    """Connect the functions above."""
    app.connect("builder-inited", add_files)
    app.connect("source-read", fill_in)
    app.connect("autodoc-process-docstring", lay_out)
    app.connect("autodoc-process-signature", sign_explorers)
    app.add_transform(LinksToPages)
    app.add_post_transform(LinksToCode)
