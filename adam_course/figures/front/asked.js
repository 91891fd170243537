// A question in Jupyter: its answer goes to the kernel too, which keeps it in the learner's folder.

import { make } from "./elements.js";
import { makeKeeper, mountQuestions } from "./questions.js";

export default {
  render({ model, el }) {
    const root = make("div");
    // Or JupyterLab takes a key for itself and leaves for the next cell.
    root.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
    root.innerHTML = model.get("page");
    el.append(root);
    const tell = (entry) => model.comm_live !== false && model.send(entry);
    mountQuestions(root, makeKeeper(model.get("entries"), tell));
    const failed = ({ error }) => root.append(make("p", { role: "alert" }, error));
    model.on("msg:custom", failed);
    const cell = el.closest(".jp-OutputArea, .cell_container, .output");
    for (const stored of cell?.querySelectorAll(".adam-question, .adam-recall") ?? []) {
      if (!root.contains(stored)) stored.hidden = true;
    }
    return () => model.off("msg:custom", failed);
  },
};
