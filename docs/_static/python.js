// The Python of a page: a worker that answers the questions of all its explorers.
//
// It lies beside figures.js, which starts it at the first touch of an explorer. It loads NumPy and
// the course from the browser tab's folder, and nothing from elsewhere.

const PYTHON = new URL("../lab/static/pyodide/", self.location).href;
const ready = start();

async function start() {
  const ask = self.fetch;
  // The core is the largest part, and many a server sends it as it is: it lies there compressed.
  self.fetch = async (address, options) => {
    if (!String(address).endsWith(".wasm")) return ask(address, options);
    const { ok, body } = await ask(`${address}.gz`, options);
    if (!ok) throw new Error("Python's core is missing.");
    const headers = { "Content-Type": "application/wasm" };
    return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers });
  };
  importScripts(`${PYTHON}pyodide.js`);
  const python = await loadPyodide({
    indexURL: PYTHON,
    lockFileURL: `${PYTHON}live.json`,
    packages: ["adam-course"],
  });
  return python.pyimport("adam_course.figures.explorers.answer").answer;
}

onmessage = async ({ data: { id, question } }) => {
  try {
    const answer = await ready;
    const proxy = answer(question);
    const [text, buffers] = proxy.toJs();
    proxy.destroy();
    const arrays = new Set(buffers.map(({ buffer }) => buffer));
    postMessage({ id, answer: JSON.parse(text), buffers }, [...arrays]);
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
};
