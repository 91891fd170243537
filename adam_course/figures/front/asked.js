// A question in Jupyter: its answer goes to the kernel too, which keeps it in the learner's folder.

import { make } from "./elements.js";
import { makeKeeper, mountQuestions } from "./questions.js";

const GONE =
  "The kernel behind this question is gone, so only this browser keeps your answer. Run this cell again.";

export default {
  render({ model, el }) {
    const root = make("div", { class: "adam-asked" }); // its style hides what is stored beside it
    // Or JupyterLab takes a key for itself and leaves for the next cell.
    root.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
    // And it keeps Enter in a text field from answering.
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.type !== "text") return;
      event.preventDefault();
      event.target.form.requestSubmit();
    });
    root.innerHTML = model.get("page");
    el.append(root);
    const alert = make("p", { role: "alert" });
    const tell = (entry) => {
      try {
        if (model.comm_live === false) throw new Error();
        model.send(entry);
      } catch {
        alert.textContent = GONE;
      }
    };
    mountQuestions(root, makeKeeper(model.get("entries"), tell));
    root.append(alert);
    const failed = ({ error }) => (alert.textContent = error);
    model.on("msg:custom", failed);
    return () => model.off("msg:custom", failed);
  },
};
