// Start Python while JupyterLite loads its page, say when it cannot be had, and open what was open.

{
  const KERNEL = "@jupyterlite/pyodide-kernel-extension";
  const Own = window.Worker;
  let early = watched(new Own(new URL("../static/pyodide/start.js", location)));

  // The first kernel takes over the worker that has started, and the others start their own.
  window.Worker = new Proxy(Own, {
    construct(_, [address, options]) {
      if (!String(address).includes(KERNEL)) return new Own(address, options);
      if (!early) return watched(new Own(address, options));
      const worker = early;
      early = null;
      worker.postMessage(String(address));
      return worker;
    },
  });

  function watched(worker) {
    worker.addEventListener("message", ({ data }) => data?.failed && offer());
    return worker;
  }

  function offer() {
    const note = document.createElement("div");
    const button = document.createElement("button");
    note.id = "no-python";
    note.style =
      "position: fixed; inset: auto 0 0; z-index: 10000; padding: 12px; text-align: center;" +
      "font: 16px system-ui; color: #000; background: #fff; border-top: 4px solid #d55e00";
    note.setAttribute("role", "alert");
    note.append("Python did not arrive whole, so no cell can run yet. Your work is kept. ", button);
    button.textContent = "Try again";
    button.onclick = async () => {
      await window.jupyterapp?.commands.execute("docmanager:save-all");
      location.reload();
    };
    document.getElementById(note.id)?.remove();
    document.body.append(note);
  }

  // A reload opens what is in front: the address names it, as a link to a notebook does.
  const asked = setInterval(async () => {
    if (!window.jupyterapp) return;
    clearInterval(asked);
    const { shell, restored } = window.jupyterapp;
    await restored;
    const tell = () => {
      const path = shell.currentWidget?.context?.path;
      history.replaceState(history.state, "", path ? `?path=${encodeURI(path)}` : location.pathname);
    };
    shell.currentChanged.connect(tell);
    tell();
  }, 200);
}
