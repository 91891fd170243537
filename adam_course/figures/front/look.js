// The look of the page around an explorer: light or dark, and when that changes.

/** Say whether the page around an element is dark: by Jupyter's, VS Code's or its own colours. */
export function isDark(element) {
  const pen = document.createElement("canvas").getContext("2d");
  const brightness = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    return alpha ? 0.3 * red + 0.6 * green + 0.1 * blue : null;
  };
  if (!element.isConnected) element = document.body; // a view is often made before it is placed
  const style = getComputedStyle(element);
  for (const name of ["--jp-layout-color0", "--vscode-editor-background"]) {
    const colour = style.getPropertyValue(name).trim();
    if (colour) return brightness(colour) < 128;
  }
  for (let place = element; place; place = place.parentElement) {
    const found = brightness(getComputedStyle(place).backgroundColor);
    if (found !== null) return found < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Call `dress` whenever the page changes its colours; return what ends the watch. */
export function watchLook(dress) {
  const watch = new MutationObserver(() => setTimeout(dress, 60));
  const names = ["class", "data-theme", "data-jp-theme-name"];
  for (const element of [document.documentElement, document.body]) {
    watch.observe(element, { attributes: true, attributeFilter: names });
  }
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", dress);
  return () => {
    watch.disconnect();
    scheme.removeEventListener("change", dress);
  };
}
