// Run a Python script in the browser tab's Python, in Node.js.
//
//     node tools/tab.mjs build/site/lab/static/pyodide script.py folder [argument …]
//
// The script finds the folder as /here, and the arguments in sys.argv.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadPyodide } from "../build/node_modules/pyodide/pyodide.mjs";

const [indexURL, script, folder, ...rest] = process.argv.slice(2);
const python = await loadPyodide({ indexURL: resolve(indexURL) + "/" });
python.mountNodeFS("/here", resolve(folder));
python.globals.set("words", python.toPy([script, ...rest]));
await python.runPythonAsync("import sys; sys.argv = words");
await python.runPythonAsync(readFileSync(script, "utf-8"), { filename: script });
