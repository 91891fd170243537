"""Run a notebook's cells in the kernel of the browser tab; print what each puts out, as JSON.

tools/tab.mjs runs this inside Pyodide: no test imports it.
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

outputs, (path,) = [], sys.argv[1:]
with open(f"/here/{path}", encoding="utf-8") as file:
    cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
for cell in cells:
    ended = await kernel_instance.run("".join(cell["source"]))  # noqa: F704
    if ended["status"] == "error":
        shown.append({"output_type": "error", "ename": ended["ename"], "evalue": ended["evalue"]})
    outputs.append(shown[:])
    shown.clear()
print(json.dumps(outputs), file=sys.__stdout__)
