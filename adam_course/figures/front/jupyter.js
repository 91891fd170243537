// An explorer in Jupyter: it asks the kernel for each picture, by messages of anywidget.

import { make } from "./elements.js";
import { mount } from "./explorer.js";
import { decode } from "./kept.js";

const GONE = "The kernel behind this explorer is gone. Run this cell again to make it live.";
const SLOW = "Waiting for the kernel. If it was restarted, run this cell again.";

export default {
  render({ model, el }) {
    const root = make("div");
    // Or JupyterLab takes an arrow key for itself and leaves for the next cell.
    root.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
    el.append(root);
    // The still is another output of the same cell; once there is a live picture, it steps back.
    const hideStill = () => {
      const cell = el.closest(".jp-OutputArea, .cell_container, .output");
      for (const still of cell?.querySelectorAll(".adam-still") ?? []) still.hidden = true;
    };
    const [kept, open] = [new Map(), new Map()];
    let [asked, first, explorer] = [0, true, null];
    const view = Math.random().toString(36).slice(2);

    async function compute(values) {
      const had = new Map(kept); // the answer relies on these, whatever is kept when it comes
      const question = { values: first ? null : values, have: [...had.keys()] };
      const { answer, buffers } = await ask(question);
      if (answer.error) throw new Error(answer.error);
      const picture = decode(answer.picture, buffers, had, kept);
      if (first) explorer.adopt(answer.values);
      first = false;
      hideStill();
      return picture;
    }

    function ask(question) {
      return new Promise((resolve) => {
        asked += 1;
        const id = `${view}-${asked}`;
        const slow = setTimeout(() => explorer.say(SLOW, true), 3000);
        const settle = (answer, buffers) => {
          open.delete(id);
          clearTimeout(slow);
          resolve({ answer, buffers });
        };
        open.set(id, settle);
        if (model.comm_live === false) return settle({ error: GONE });
        try {
          model.send({ id, ...question });
        } catch {
          settle({ error: GONE });
        }
      });
    }

    const answered = (answer, buffers) => open.get(answer.question)?.(answer, buffers);
    const closed = () => {
      for (const settle of open.values()) settle({ error: GONE });
      explorer.say(GONE, true);
    };
    model.on("msg:custom", answered);
    model.on("comm_live_update", closed);
    explorer = mount(root, model.get("declaration"), compute);
    return () => {
      model.off("msg:custom", answered);
      model.off("comm_live_update", closed);
      explorer.remove();
    };
  },
};
