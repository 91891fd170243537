"""Execute notebooks from top to bottom and store their outputs: the same bytes on every run.

`python tools/render.py` renders every lesson; with paths behind it, only these notebooks. A lesson
that needs the frameworks is left as it is where they are missing; .venv-verify has them.
"""

import argparse
import copy
import os
import re
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from make import REPEATABLE  # noqa: E402

LESSONS = ROOT / "notebooks"

# A notebook stores which language it is in, and not whose Python of which version ran it last.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What an editor notes down for itself.
EDITORS_NOTES = {"execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode", "colab"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What makes a figure live in the notebook that drew it; the site loads it once for all.
FRONT_END = re.compile(r'<script type="module" class="adam-front">.*?</script>', re.DOTALL)


class CellFailed(Exception):
    """A cell did not run to its end; the message is one sentence that names the cell."""


class NeedsFrameworks(Exception):
    """The notebook imports what this environment does not have."""


def execute(notebook, folder=LESSONS, timeout=120):
    """Run every cell in a fresh kernel and return a tidy notebook with its outputs.

    Args:
        notebook: a notebook as nbformat reads it; it is not changed.
        folder: the working directory of the kernel.
        timeout: seconds that a single cell may take.

    Raises:
        CellFailed: a cell raised an error, took too long or killed the kernel.
        NeedsFrameworks: it needs the frameworks, and they are not installed here.
    """
    notebook = tidied(notebook)
    started = []
    client = NotebookClient(
        notebook,
        kernel_name=METADATA["kernelspec"]["name"],
        timeout=timeout,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: started.append(cell_index),
    )
    with tempfile.TemporaryDirectory() as settings:
        try:
            client.execute(env=_environment(settings))
            return tidied(notebook, keep_outputs=True)
        except CellExecutionError as error:
            if error.ename == "FrameworksMissing":
                raise NeedsFrameworks from None
            reason = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            reason = f"it took longer than {timeout} seconds"
        except DeadKernelError:
            reason = "the kernel died"
    raise CellFailed(_sentence(notebook, started, reason))


def tidied(notebook, keep_outputs=False):
    """Return a copy that holds nothing of the machine or the moment: metadata, ids, outputs."""
    notebook = copy.deepcopy(nbformat.from_dict(notebook))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    taken = set()
    for cell in notebook.cells:
        if not cell.get("id") or cell.id in taken:
            cell.id = _readable_id(cell, taken)
        taken.add(cell.id)
        for note in EDITORS_NOTES & set(cell.metadata):
            del cell.metadata[note]
        if cell.cell_type == "code":
            if not keep_outputs:
                cell.outputs, cell.execution_count = [], None
            cell.outputs = [kept for output in cell.outputs if (kept := _without_view(output))]
    return notebook


def read(path):
    """Return the notebook in a file; cells without an id are welcome."""
    return nbformat.v4.reads(Path(path).read_text(encoding="utf-8"))


def write(notebook, path):
    """Store a notebook, all of it or nothing, and say whether the file has changed."""
    nbformat.validate(notebook)
    path = Path(path)
    new = (nbformat.writes(notebook) + "\n").encode()
    if path.exists() and path.read_bytes() == new:
        return False
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(new)
    os.replace(beside, path)
    return True


def render(path):
    """Execute the notebook in a file and write it back; return whether the file has changed."""
    path = Path(path).resolve()
    return write(execute(read(path), folder=path.parent), path)


def _environment(settings):
    """Return the variables of a kernel: repeatable, and free of its user's own settings."""
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**kept, **REPEATABLE, "PYTHONPATH": path, "IPYTHONDIR": settings}


def _sentence(notebook, started, reason):
    """Say which cell failed, by the number that JupyterLab shows and by its id."""
    if not started:
        return f"the notebook did not start: {reason}"
    index = started[-1]
    number = sum(cell.cell_type == "code" for cell in notebook.cells[: index + 1])
    return f"code cell {number} ({notebook.cells[index].id}) failed: {reason}"


def _without_view(output):
    """Return an output without what makes it live; None if nothing is left.

    A widget view needs a kernel, and a figure's front end is the same in every figure.
    """
    if "data" not in output:
        return output
    output.data.pop(WIDGET_VIEW, None)
    if "text/html" in output.data:
        output.data["text/html"] = FRONT_END.sub("", output.data["text/html"])
    return output if output.data else None


def _readable_id(cell, taken):
    """Return an id made of the cell's first words, which no other cell has."""
    first = next((line for line in "".join(cell.source).splitlines() if line.strip()), "")
    plain = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or cell.cell_type
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    return unique


def main(arguments=None):
    """Render the notebooks named on the command line; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description="Execute notebooks and store their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every lesson")
    paths = parser.parse_args(arguments).notebooks or sorted(LESSONS.glob("*.ipynb"))
    failed = 0
    for path in paths:
        print(f"{path.name:32}", end="", flush=True)
        start = time.perf_counter()
        try:
            changed = render(path)
        except NeedsFrameworks:
            print(
                f"left as it is: try .venv-verify/bin/python tools/render.py notebooks/{path.name}"
            )
            continue
        except CellFailed as sentence:
            failed += 1
            print(f"NOT WRITTEN: {sentence}")
            continue
        except (OSError, ValueError, nbformat.ValidationError) as error:
            failed += 1
            print(f"NOT WRITTEN: {str(error).splitlines()[0]}")
            continue
        seconds, size = time.perf_counter() - start, path.stat().st_size / 1000
        print(f"{seconds:6.1f} s {size:6.0f} kB   {'new' if changed else 'as it was'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
