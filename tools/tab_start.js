// Start Python in a worker: its core and all packages come at once, each in one compressed file.
//
// The kernel of JupyterLite loads this in the place of pyodide.js, and so does the worker of the
// site's explorers. Pyodide would fetch package after package and unpack each in Python, which
// takes longer than all else; a browser unpacks faster. As the script of a worker of its own, this
// starts Python without being asked, and becomes the kernel's worker when its page says so.

"use strict";

{
  const LAB = {
    pack: "lab.pack.gz",
    env: { TQDM_DISABLE: "1" }, // a progress bar needs a thread, which a tab does not have
    first: "import pyodide_kernel, adam_course.figures", // while its page is busy with itself
  };

  self.loadPyodide = ({ indexURL, ...more }) => (self.python ??= start(indexURL, more));

  async function start(folder, more) {
    const { pack, env, first } = more.pack ? more : LAB;
    try {
      const core = unpacked(`${folder}pyodide.asm.wasm.gz`, "application/wasm");
      const library = fetched(`${folder}python_stdlib.zip`).then((part) => part.arrayBuffer());
      const files = unpacked(`${folder}${pack}`).then((part) => part.arrayBuffer());
      const whole = [files, library, core.then((part) => part.clone().arrayBuffer())];
      const zip = orNever(library).then((bytes) => new Response(bytes));
      const loading = load(folder, env, orNever(files), { wasm: core, zip });
      const [python] = await Promise.all([loading, ...whole]);
      python.runPython(first);
      return python;
    } catch (error) {
      postMessage({ failed: String(error) });
      throw error;
    }
  }

  /** Return a promise that never fails: the one who asked for it has heard already. */
  const orNever = (part) => part.catch(() => new Promise(() => {}));

  async function load(folder, env, files, parts) {
    const [ours, ask] = [self.loadPyodide, self.fetch];
    importScripts(`${folder}pyodide.js`);
    const theirs = self.loadPyodide;
    self.loadPyodide = ours;
    self.fetch = (address, options) =>
      parts[String(address).split(".").at(-1)] ?? ask(address, options);
    let packages;
    const fsInit = async (FS, { sitePackages }) => {
      packages = write(new Uint8Array(await files), FS, sitePackages);
    };
    const python = await theirs({ indexURL: folder, env, fsInit });
    self.fetch = ask;
    for (const name of packages) python.loadedPackages[name] = "default channel";
    return python;
  }

  /** Write a pack's files into a folder, and return the names of its packages. */
  function write(bytes, FS, folder) {
    const end = bytes.indexOf(10);
    const { packages, sizes } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
    const folders = new Set();
    let place = end + 1;
    for (const [name, size] of Object.entries(sizes)) {
      const path = `${folder}/${name}`;
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (!folders.has(parent)) FS.mkdirTree(parent);
      folders.add(parent);
      FS.writeFile(path, bytes.subarray(place, (place += size)), { canOwn: true });
    }
    return packages;
  }

  async function fetched(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} is missing.`);
    return response;
  }

  /** Return what a compressed file holds: where a server says what it is, the browser unpacks it. */
  async function unpacked(address, type = "") {
    const response = await fetched(address);
    const plain = response.headers.has("Content-Encoding")
      ? response.body
      : response.body.pipeThrough(new DecompressionStream("gzip"));
    return new Response(plain, { headers: { "Content-Type": type } });
  }

  if (!self.python && self.location.pathname.endsWith("/start.js")) {
    loadPyodide({ indexURL: new URL(".", self.location).href }).catch(() => {}); // it was said
    self.onmessage = ({ data }) => {
      self.onmessage = null;
      importScripts(data);
    };
  }
}
