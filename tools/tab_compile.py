"""Compile the Python in wheels, with the Python that will run it: half of a start is compiling.

tools/tab.py has tools/tab.mjs run this inside Pyodide, on the files of a folder. The course keeps
its sources, which it reads and learners may; of all others the compiled form is enough.
"""

import sys
import warnings
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode, PyCompileError
from py_compile import compile as compiled_to


def bytecode(name, data):
    """Return the compiled form of a source; None if it is not this Python's."""
    source, result = Path("/tmp/source.py"), Path("/tmp/result.pyc")
    source.write_bytes(data)
    shown = f"/lib/python3.12/site-packages/{name}"
    unchecked = PycInvalidationMode.UNCHECKED_HASH
    try:
        compiled_to(source, result, shown, doraise=True, quiet=2, invalidation_mode=unchecked)
    except PyCompileError:
        return None
    return result.read_bytes()


def rewrite(archive):
    """Replace the sources in an archive; in the course's own, add to them."""
    with zipfile.ZipFile(archive) as files:
        found = {name: files.read(name) for name in files.namelist() if not name.endswith("/")}
    written = {}
    for name, data in found.items():
        code = bytecode(name, data) if name.endswith(".py") else None
        place, _, module = name.rpartition("/")
        if name.startswith("adam_course/") or not code:
            written[name] = data
        if name.startswith("adam_course/") and code:
            written[f"{place}/__pycache__/{module[:-3]}.cpython-312.pyc"] = code
        elif code:
            written[f"{name}c"] = code
    with zipfile.ZipFile(archive, "w") as files:
        for name, data in written.items():
            place = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            files.writestr(place, data, zipfile.ZIP_DEFLATED, 9)


warnings.simplefilter("ignore")  # on how others write
for name in sys.argv[1:]:
    rewrite(f"/here/{name}")
