// Puts the explorers into the page: the notebook's front end, with pictures computed here.

import { mount } from "../../adam_course/figures/front/explorer.js";
import * as pictures from "./pictures.js";

const course = JSON.parse(document.getElementById("course").textContent);

for (const root of document.querySelectorAll("[data-explorer]")) {
  const { explorer } = root.dataset;
  const declaration = { ...course.declarations[explorer], theme: course.theme };
  mount(root, declaration, (values) => pictures[explorer](course, values), { link: true });
}
