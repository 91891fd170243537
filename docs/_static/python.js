// The Python of a page: a worker that answers the questions of all its explorers.
//
// It lies beside figures.js, which starts it at the first touch of an explorer. It loads NumPy and
// the course from the browser tab's folder, and nothing from elsewhere.

const PYTHON = new URL("../lab/static/pyodide/", self.location).href;
const ready = start();
ready.catch(() => {}); // each question says so

async function start() {
  importScripts(`${PYTHON}start.js`);
  const first = "from adam_course.figures.explorers.answer import answer";
  const python = await loadPyodide({ indexURL: PYTHON, pack: "live.pack.gz", env: {}, first });
  return python.globals.get("answer");
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
