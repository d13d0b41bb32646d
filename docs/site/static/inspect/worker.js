// Run crosscraft.views.in_browser with pyodide. The files are mounted and not copied.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const MOST_MEMORY = 2 ** 30; // bytes
const PAGE = 2 ** 16; // bytes of a page of WebAssembly's memory
const PAUSE = 200; // milliseconds between two reports of progress

// Pyodide has no option for this limit. Emscripten treats an exception as a failed allocation.
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * PAGE > MOST_MEMORY) throw new RangeError("the memory limit");
  return grow.call(this, pages);
};

// Pyodide only warns if its program is broken, and waits for it without end.
const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = (...given) => {
  const made = instantiate.apply(WebAssembly, given);
  made.catch(({ message }) => postMessage({ what: "broken", why: message }));
  return made;
};

const here = new URL(".", import.meta.url);
const loaded = load();

async function load() {
  const code = fetch(new URL("crosscraft.zip", here)).then((answer) => answer.arrayBuffer());
  const python = await loadPyodide({ indexURL: new URL("pyodide/", here).href });
  python.unpackArchive(await code, "zip", { extractDir: "/crosscraft" });
  python.runPython('import sys; sys.path.append("/crosscraft")');
  return [python, python.pyimport("crosscraft.views.in_browser")];
}

function mount(python, file, number) {
  const folder = `/in/${number}`; // one for each, as two files may have the same name
  python.FS.mkdirTree(folder);
  python.FS.mount(python.FS.filesystems.WORKERFS, { files: [file] }, folder);
  return folder;
}

function progress() {
  let last = 0;
  return (at) => {
    if (Date.now() - last < PAUSE) return;
    last = Date.now();
    postMessage({ what: "reading", at });
  };
}

onmessage = async ({ data: { files, demangling } }) => {
  let what = "broken";
  try {
    const [python, inspection] = await loaded;
    what = "failed";
    postMessage({ what: "reading", at: 0 });
    const folders = files.map((file, number) => mount(python, file, number));
    const paths = python.toPy(files.map((file, number) => `${folders[number]}/${file.name}`));
    const answer = JSON.parse(inspection.answer(paths, demangling, progress()));
    folders.forEach((folder) => python.FS.unmount(folder));
    postMessage({ what: "answered", answer, memory: python._module.HEAP8.length });
  } catch (error) {
    const last = String(error.message ?? error).trim().split("\n").at(-1);
    postMessage({ what, why: last });
  }
};
