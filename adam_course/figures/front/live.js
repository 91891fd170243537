// An explorer on a plain page: its stored picture at once, and Python from the first touch on.

import { mount } from "./explorer.js";
import { decode } from "./kept.js";

const REST = 5 * 60_000; // milliseconds that a page may be hidden before its Python stops
const STARTING =
  "Starting Python in this page, about 13 MB, once. The picture follows when it is there.";
const NO_PYTHON =
  "Python did not arrive, so the picture stays as it is. It may be the connection.";

/**
 * Return what puts a live explorer into an element of this page, (root, declaration, picture); null
 * on a page that was opened from a disk, which may start no worker.
 *
 * @param address of the worker's script; it is asked for at the first question.
 * @param link as in `mount`.
 */
export function makeLive(address, link) {
  if (!location.protocol.startsWith("http")) return null;
  const shared = makePython(address);
  return (root, declaration, picture) => mountLive(root, declaration, picture, shared, link);
}

/** Return the Python that all explorers of a page share: {ask(question), starting()}. */
function makePython(address) {
  let [worker, answered, asked, resting] = [null, false, 0, 0];
  const open = new Map();

  function start() {
    worker = new Worker(address);
    worker.addEventListener("message", ({ data: { id, ...told } }) => settle(id, told));
    worker.addEventListener("error", ({ message }) => {
      for (const id of [...open.keys()]) settle(id, { failed: message });
    });
  }

  function settle(id, told) {
    answered ||= !told.failed;
    open.get(id)?.(told);
    open.delete(id);
    if (!answered) stop(); // the next question starts it again
  }

  function stop() {
    if (open.size) return; // an answer is on its way
    worker?.terminate();
    [worker, answered] = [null, false];
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(stop, REST);
  });

  return {
    starting: () => !answered,
    ask(question) {
      return new Promise((resolve) => {
        asked += 1;
        open.set(asked, resolve);
        if (!worker) start();
        worker.postMessage({ id: asked, question: JSON.stringify({ id: asked, ...question }) });
      });
    },
  };
}

/** Put an explorer into an element, with the picture that is stored of it. */
function mountLive(root, declaration, picture, python, link) {
  const [kept, { call, controls }] = [new Map(), declaration];
  const starts = Object.fromEntries(controls.map((control) => [control.name, control.start]));
  const started = JSON.stringify(starts);
  let touched = false;

  async function compute(values) {
    touched ||= JSON.stringify(values) !== started;
    if (!touched) return picture;
    if (python.starting()) explorer.say(STARTING);
    const had = new Map(kept); // the answer relies on these, whatever is kept when it comes
    const { answer, buffers, failed } = await python.ask({ call, values, have: [...had.keys()] });
    if (failed) throw Object.assign(new Error(NO_PYTHON), { again: true });
    if (answer.error) throw new Error(answer.error);
    return decode(answer.picture, buffers, had, kept);
  }

  // A link's values are asked for while the explorer is made: it answers when it is there.
  const explorer = mount(root, declaration, async (values) => (await null, compute(values)), {
    link,
  });
}
