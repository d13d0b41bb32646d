// The form of the page that inspects files, and the watchdog of its worker.
const PATIENCE = 20_000; // milliseconds without progress
const KEPT_MEMORY = 2 ** 28; // bytes that a worker may have and inspect the next file

const here = new URL(".", import.meta.url);
const [form, chosen, status, bar, result, save] = ["form", "files", "status", "bar", "result", "save"]
  .map((name) => document.getElementById(`inspect-${name}`));
let worker, timer, job;

// A worker from a URL would have no policy. One from a blob has the policy of this page.
function start() {
  const source = `import ${JSON.stringify(new URL("worker.js", here).href)};`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const started = new Worker(url, { type: "module" });
  started.onmessage = ({ data }) => started === worker && heard[data.what](data);
  started.onerror = () => heard.broken({ why: "the worker does not start" });
  status.textContent = `${job.note}Loading Python, which takes some seconds the first time.`;
  return started;
}

function stop() {
  clearTimeout(timer);
  worker?.terminate();
  worker = undefined;
}

function clear() {
  if (job) stop(); // the newest choice counts
  job = undefined;
  result.replaceChildren();
  save.hidden = true;
}

function inspect(files) {
  if (!files.length) return;
  clear();
  job = { files, demangling: true, note: "" };
  send();
}

function send() {
  bar.hidden = false;
  bar.removeAttribute("value");
  worker ??= start();
  worker.postMessage({ files: job.files, demangling: job.demangling });
}

function retry(why) {
  stop();
  if (!job.demangling) return end(`${why}. Inspect the file with crosscraft inspect instead.`);
  job.demangling = false;
  job.note = `C++ names are not demangled, because the first attempt failed. ${why}. `;
  send();
}

function end(text) {
  clearTimeout(timer);
  bar.hidden = true;
  status.textContent = text;
  job = undefined;
}

const heard = {
  reading({ at }) {
    clearTimeout(timer);
    timer = setTimeout(retry, PATIENCE, `There was no progress for ${PATIENCE / 1000} seconds`);
    const names = job.files.map((file) => file.name).join(", ");
    if (!at) status.textContent = `${job.note}Reading ${names}.`;
    if (!at || job.files.length > 1) return;
    bar.max = job.files[0].size;
    bar.value = at;
  },
  answered({ answer, memory }) {
    result.innerHTML = answer.html; // Python has escaped all text, and the policy allows no scripts
    URL.revokeObjectURL(save.href);
    save.href = URL.createObjectURL(new Blob([answer.json], { type: "application/json" }));
    save.hidden = false;
    end(job.note + answer.said);
    if (memory > KEPT_MEMORY) stop();
  },
  failed({ why }) {
    retry(`Python ended with ${why}`);
  },
  broken({ why }) {
    stop();
    end(`Python cannot be loaded: ${why}. Reload this page, or update your browser.`);
  },
};

async function example(button) {
  clear();
  status.textContent = "Loading the example.";
  try {
    const files = button.value.split(" ").map(async (name) => {
      const answer = await fetch(new URL(`packages/${name}`, here));
      if (!answer.ok) throw new Error(answer.statusText);
      return new File([await answer.blob()], name.split("/").at(-1));
    });
    inspect(await Promise.all(files));
  } catch (error) {
    end(`The example cannot be loaded: ${error.message}. Reload this page.`);
  }
}

chosen.addEventListener("change", () => inspect([...chosen.files]));
form.addEventListener("click", ({ target }) => target.value && target.type === "button" && example(target));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  inspect([...event.dataTransfer.files]);
});
status.textContent = "";
form.hidden = false;
