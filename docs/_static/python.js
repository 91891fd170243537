// The Python of a page: a worker that answers the questions of all its explorers.
//
// It lies beside figures.js, which starts it at the first touch of an explorer. It loads NumPy and
// the course from the browser tab's folder, and nothing from elsewhere.

const PYTHON = new URL("../lab/static/pyodide/", self.location).href;
const ready = start();
ready.catch(() => {}); // each question says so

async function start() {
  // The core is the largest part, and many a server sends it as it is: it lies there compressed.
  const core = fetch(`${PYTHON}pyodide.asm.wasm.gz`);
  importScripts(`${PYTHON}pyodide.js`);
  const { ok, body } = await core;
  if (!ok) throw new Error("Python's core is missing.");
  const unpacked = body.pipeThrough(new DecompressionStream("gzip"));
  const answer = new Response(unpacked, { headers: { "Content-Type": "application/wasm" } });
  const ask = self.fetch;
  self.fetch = (address, options) =>
    String(address).endsWith(".wasm") ? Promise.resolve(answer) : ask(address, options);
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
    const told = answer(question);
    const [text, buffers] = told.toJs();
    told.destroy();
    const arrays = new Set(buffers.map(({ buffer }) => buffer));
    postMessage({ id, answer: JSON.parse(text), buffers }, [...arrays]);
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
};
