// Paper is white: a page in dark colours is printed in light ones.
let theme;
addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme));

// The browser tab needs a server: a page that was opened from a disk cannot start it.
if (location.protocol === "file:") document.documentElement.classList.add("from-disk");
