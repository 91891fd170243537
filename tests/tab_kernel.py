"""Run notebooks in the kernel of the browser tab; print what their cells put out, as JSON.

A line for each notebook: a list of outputs for each cell. To start this Python takes longer than
most notebooks do: so one runs all of them, each with no name, no module of the course and no way
to print numbers that another one had. tools/tab.mjs runs this inside Pyodide: no test imports it.
"""

import json
import os
import sys

import pyodide_js

os.environ["TQDM_DISABLE"] = "1"  # as in the tab
wanted = ["adam-course", "pyodide-kernel", "ipykernel", "micropip", "jedi"]
await pyodide_js.loadPackage(wanted, messageCallback=lambda line: None)  # noqa: F704

from pyodide_kernel import (  # noqa: E402
    ipython_shell,
    kernel_instance,
    stderr_stream,
    stdout_stream,
)

shown = []


def stream(name, text):
    """Note what a cell prints."""
    shown.append({"output_type": "stream", "name": name, "text": text})


def data(bundle, *more):
    """Note what a cell displays."""
    shown.append({"output_type": "display_data", "data": dict(bundle)})


stdout_stream.publish_stream_callback = stderr_stream.publish_stream_callback = stream
ipython_shell.display_pub.display_data_callback = data
ipython_shell.displayhook.publish_execution_result = lambda number, *bundle: data(*bundle)
ipython_shell.send_comm = lambda *message: None

import numpy  # noqa: E402

print_options = numpy.get_printoptions()
for path in sys.argv[1:]:
    ipython_shell.reset()
    numpy.set_printoptions(**print_options)
    for name in [name for name in sys.modules if name.partition(".")[0] == "adam_course"]:
        del sys.modules[name]
    outputs = []
    with open(f"/here/{path}", encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        ended = await kernel_instance.run("".join(cell["source"]))  # noqa: F704
        if ended["status"] == "error":
            error = {"ename": ended["ename"], "evalue": ended["evalue"]}
            shown.append({"output_type": "error"} | error)
        outputs.append(shown[:])
        shown.clear()
    print(json.dumps(outputs), file=sys.__stdout__)
