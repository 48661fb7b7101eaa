// The page: what is typed is checked, what is asked for is made, by the worker; and shown.

import { Editor } from "./editor.js";
import { LARGEST, decode, encode } from "./link.js";

const PAUSE = 250; // milliseconds after the last key, until the WIT is checked
const MOST_TEXT = 400_000; // characters of text that are shown; a file has them all

const at = (id) => document.getElementById(id);
const editor = new Editor(at("wit"), at("backdrop"), at("numbers"));

/** What is put in: the module that was chosen, or null; and what came of it. */
const input = { module: null };
let made = null; // {name, bytes, command, texts: {}}
let examples = [];

// ---------------------------------------------------------------- the worker

let worker = null;
let calls = new Map();
let number = 0;
let begun = 0;
let release = "";

function startWorker() {
  begun = performance.now();
  state("loading", "Loading Python…");
  worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.ready) {
      release = data.ready;
      const seconds = (performance.now() - begun) / 1000;
      state("ready", `pywasmtools ${release}, ready in ${seconds.toFixed(1)} s`);
      check();
      enable();
    } else if (data.fatal && data.id === undefined) {
      state("failed", `Python could not be loaded: ${data.fatal}`);
    } else {
      const call = calls.get(data.id);
      calls.delete(data.id);
      if (data.fatal) call.reject(new Error(data.fatal));
      else call.resolve(data.value);
    }
  };
  worker.onerror = (event) => state("failed", `The worker could not be started: ${event.message ?? ""}`);
}

/** Calls a function of `worker.py`. Where the interpreter fails, it is started anew, and the call is rejected. */
async function ask(call, ...args) {
  const id = ++number;
  const answered = new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
  worker.postMessage({ id, call, args });
  try {
    return await answered;
  } catch (e) {
    worker.terminate();
    for (const other of calls.values()) other.reject(e);
    calls = new Map();
    release = "";
    startWorker();
    throw e;
  }
}

function state(kind, text) {
  at("status").dataset.state = kind;
  at("status").textContent = text;
}

// ---------------------------------------------------------------- WIT

let timer = 0;
let checked = 0;

function later() {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
  at("examples").value = "";
  stale();
}

async function check() {
  clearTimeout(timer);
  if (!release) return;
  const turn = ++checked;
  const text = editor.text;
  if (!text.trim()) {
    message("none", "Write WIT, or take an example.");
    editor.mark(null);
    worlds([]);
    return;
  }
  let answer;
  try {
    answer = JSON.parse(await ask("check", text));
  } catch (e) {
    answer = { refused: { message: String(e) } };
  }
  if (turn !== checked) return; // there is newer text
  const { refused } = answer;
  if (refused) {
    editor.mark(refused.start ?? null, refused.end);
    message("wrong", "error: " + refused.message, refused);
  } else {
    editor.mark(null);
    const count = answer.worlds.length;
    const known = count === 1 ? "1 world" : `${count || "no"} worlds`;
    message("good", `${answer.package}: ${known}, no mistakes`);
    worlds(answer.worlds);
  }
}

/** Tells of the WIT; what is wrong in the words of the reference, and with the way to its place. */
function message(kind, text, refused = null) {
  const box = at("message");
  if (box.dataset.text === text && box.dataset.state === kind) return;
  Object.assign(box.dataset, { state: kind, text });
  box.replaceChildren(refused ? words(text) : text);
  if (refused?.line) {
    const { line, start, end } = refused;
    const button = element("button", { type: "button", textContent: `Go to line ${line}` });
    button.addEventListener("click", () => editor.goTo(line, start, end));
    box.append(button);
  }
}

/** The reference's words: a message may wrap, the source under it may not. */
function words(text) {
  const cut = text.search(/\n *-->/);
  const parts = cut < 0 ? [text] : [text.slice(0, cut), text.slice(cut + 1)];
  const box = element("div", { className: "words", tabIndex: 0, role: "group", ariaLabel: "What is wrong" });
  box.append(...parts.map((part) => element("pre", { textContent: part })));
  return box;
}

let wanted = ""; // the world that a link names

function worlds(names) {
  const select = at("world");
  const before = wanted || select.value;
  const options = names.map((name) => new Option(name, name));
  if (usesFile() && input.module.embedded) options.unshift(new Option("as embedded in the file", ""));
  select.replaceChildren(...options);
  if ([...options].some((option) => option.value === before)) {
    select.value = before;
    wanted = "";
  }
  enable();
}

// ---------------------------------------------------------------- the module

async function take(name, bytes) {
  const answer = JSON.parse(await ask("inspect", bytes));
  if (answer.refused) {
    refuse(answer.refused.message);
    return;
  }
  input.module = { name, bytes, ...answer };
  const file = document.querySelector("input[name=module][value=file]");
  file.disabled = false;
  file.checked = true;
  at("file-name").textContent = `${name}: ${answer.kind}, ${sized(bytes.length)}`;
  say(`${name} is the module`);
  await check();
  stale();
  if (answer.kind === "component") await show({ name, bytes, command: "" });
}

const takeFile = async (file) => take(file.name, new Uint8Array(await file.arrayBuffer()));

function dummy() {
  document.querySelector("input[name=module][value=dummy]").checked = true;
  worlds([...at("world").options].map((option) => option.value).filter(Boolean));
}

const usesFile = () => document.querySelector("input[name=module]:checked").value === "file" && input.module !== null;

// ---------------------------------------------------------------- what is made

function enable() {
  const can = Boolean(release) && at("world").options.length > 0;
  const whole = usesFile() && input.module.embedded && at("world").value === "";
  at("embed").disabled = !can || whole;
  at("new").disabled = !can;
  at("new").textContent = whole ? "New" : "Embed and new";
}

async function make(component) {
  const world = at("world").value;
  const file = usesFile() ? input.module : null;
  const base = (file?.name ?? world.split("/").pop().split("@")[0]).replace(/\.(wasm|wat)$/, "");
  const whole = file?.embedded && world === "";
  const source = file ? (file.name.endsWith(".wat") ? file.name : `${base}.wasm`) : "";
  const embedding = `wasm-tools component embed ${file ? "" : "--dummy "}-w ${world} ${base}.wit ${source && `${source} `}-o embedded.wasm`;
  state("busy", component ? "Making the component…" : "Embedding…");
  at("embed").disabled = at("new").disabled = true;
  try {
    let bytes = file?.bytes;
    if (!whole) bytes = await ask("embed", editor.text, world, file?.bytes);
    if (component && typeof bytes !== "string") bytes = await ask("new", bytes);
    if (typeof bytes === "string") {
      refuse(JSON.parse(bytes).refused.message);
      return;
    }
    const name = component ? `${base}.component.wasm` : `${base}.embedded.wasm`;
    const making = `wasm-tools component new ${whole ? source : "embedded.wasm"} -o ${name}`;
    const lines = [...(whole ? [] : [embedding]), ...(component ? [making] : [])];
    await show({ name, bytes, command: lines.join("\n") });
  } catch (e) {
    refuse(`Python failed: ${e.message}`);
  } finally {
    if (release) state("ready", `pywasmtools ${release}`);
    enable();
  }
}

function refuse(text) {
  at("hint").hidden = at("made").hidden = true;
  at("refused").hidden = false;
  at("why").replaceChildren(words(`error: ${text}`));
  at("result").dataset.stale = "false";
  say(`Refused: ${text}`);
}

async function show({ name, bytes, command }) {
  const kind = JSON.parse(await ask("inspect", bytes)).kind;
  if (made) URL.revokeObjectURL(made.url);
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));
  made = { name, bytes, command, url, kind, shown: new Map() };
  at("hint").hidden = at("refused").hidden = true;
  at("made").hidden = false;
  at("result").dataset.stale = "false";
  at("made-name").textContent = name;
  at("made-facts").textContent = `${kind}, ${sized(bytes.length)}`;
  at("download").href = url;
  at("download").download = name;
  at("download").setAttribute("aria-label", `Download ${name}`);
  say(`${name} is made: ${kind}, ${sized(bytes.length)}`);
  await open(document.querySelector("[role=tab][aria-selected=true]").id);
}

function stale() {
  at("result").dataset.stale = String(made !== null);
}

const sized = (bytes) => `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}`;

/** Says something to those who hear the page. */
function say(text) {
  at("announce").textContent = text;
}

// ---------------------------------------------------------------- tabs

const tabs = [...document.querySelectorAll("[role=tab]")];

async function open(id) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab.id === id));
    tab.tabIndex = tab.id === id ? 0 : -1;
  }
  const panel = at("panel");
  panel.setAttribute("aria-labelledby", id);
  if (!made) return;
  const of = made;
  if (!of.shown.has(id)) {
    panel.textContent = "…";
    of.shown.set(id, await contents(id, of));
  }
  const selected = tabs.find((tab) => tab.getAttribute("aria-selected") === "true").id;
  if (made !== of || selected !== id) return;
  panel.replaceChildren(...of.shown.get(id));
  panel.scrollTo(0, 0);
}

async function contents(id, { bytes, command, name }) {
  if (id === "tab-command") {
    return command
      ? [note("The same on a command line:"), text(command)]
      : [note("It is the file that was chosen. Its WIT, on a command line:"), text(`wasm-tools component wit ${name}`)];
  }
  const call = { "tab-sizes": "sizes", "tab-wit": "wit_of", "tab-text": "text_of" }[id];
  let answer;
  try {
    answer = JSON.parse(await ask(call, bytes));
  } catch (e) {
    return [note(`Python failed: ${e.message}`)];
  }
  if (answer.refused) return [text(`error: ${answer.refused.message}`)];
  if (id === "tab-sizes") return [sizes(answer.sections, bytes.length)];
  if (answer.text.length <= MOST_TEXT) return [text(answer.text)];
  const part = answer.text.slice(0, MOST_TEXT);
  return [
    note(`The first ${MOST_TEXT.toLocaleString("en")} of ${answer.text.length.toLocaleString("en")} characters.`),
    text(part),
  ];
}

function element(name, properties = {}, ...inside) {
  const one = Object.assign(document.createElement(name), properties);
  one.append(...inside);
  return one;
}

const text = (value) => element("pre", { textContent: value });
const note = (value) => element("p", { className: "note", textContent: value });

function sizes(sections, total) {
  const largest = Math.max(...sections.map(([, size]) => size), 1);
  const rows = sections.map(([name, size]) => {
    const bar = element("span");
    bar.style.width = `${(100 * size) / largest}%`;
    return element(
      "tr",
      {},
      element("th", { scope: "row", textContent: name }),
      element("td", { className: "share", ariaHidden: "true" }, bar),
      element("td", { textContent: size.toLocaleString("en") }),
    );
  });
  const head = element(
    "tr",
    {},
    element("th", { scope: "col", textContent: "Section" }),
    element("td", { className: "share", ariaHidden: "true" }),
    element("th", { scope: "col", textContent: `Bytes of ${total.toLocaleString("en")}` }),
  );
  head.lastChild.style.textAlign = "right";
  head.lastChild.style.paddingRight = "0";
  return element("table", { className: "sizes" }, element("thead", {}, head), element("tbody", {}, ...rows));
}

// ---------------------------------------------------------------- examples, links, themes

async function example(one) {
  wanted = one.world ?? "";
  editor.text = one.wit;
  if (one.module && release) {
    const response = await fetch(new URL(one.module, import.meta.url));
    await take(one.module, new Uint8Array(await response.arrayBuffer()));
  } else {
    dummy();
    await check();
  }
}

async function carried() {
  const found = await decode(location.hash);
  if (!found) return false;
  wanted = found.world;
  at("examples").value = "";
  editor.text = found.wit;
  if (found.module) await take(found.module.name, found.module.bytes);
  else dummy();
  await check();
  return true;
}

async function share() {
  const module = usesFile() ? input.module : null;
  const hash = await encode({ wit: editor.text, world: at("world").value, module });
  history.replaceState(null, "", hash);
  const left = module && module.bytes.length > LARGEST ? `; ${module.name} is too large for it` : "";
  let told = `The link is in the address bar${left}`;
  try {
    await navigator.clipboard.writeText(location.href);
    told = `Link copied${left}`;
  } catch {
    // no clipboard here: the address bar has it
  }
  state("ready", told);
  say(told);
}

function theme(name, keep) {
  document.documentElement.dataset.theme = name;
  at("theme").textContent = name === "dark" ? "Light" : "Dark";
  at("theme").ariaLabel = name === "dark" ? "Light theme" : "Dark theme";
  if (keep) localStorage.setItem("theme", name);
}

/** Something that changes the whole input; the page says when it is done. */
async function whole(work) {
  document.body.dataset.ready = "false";
  try {
    await work;
  } finally {
    document.body.dataset.ready = "true";
  }
}

// ---------------------------------------------------------------- what is done

at("wit").addEventListener("input", later);
at("world").addEventListener("change", () => (stale(), enable()));
at("embed").addEventListener("click", () => make(false));
at("new").addEventListener("click", () => make(true));
at("share").addEventListener("click", share);
at("examples").addEventListener("change", () => {
  const one = examples.find((other) => other.name === at("examples").value);
  if (one) whole(example(one));
});
at("theme").addEventListener("click", () =>
  theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true),
);
addEventListener("hashchange", () => whole(carried()));

for (const radio of document.querySelectorAll("input[name=module]")) {
  radio.addEventListener("change", () => (check(), stale()));
}

at("file").addEventListener("change", async () => {
  const [file] = at("file").files;
  if (file && release) await whole(takeFile(file));
  at("file").value = "";
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(kind, async (event) => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
    const file = kind === "drop" && event.dataTransfer.files[0];
    if (file && release) await whole(takeFile(file));
  });
}

for (const tab of tabs) {
  tab.addEventListener("click", () => open(tab.id));
  tab.addEventListener("keydown", (event) => {
    const last = tabs.length - 1;
    const here = tabs.indexOf(tab);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    open(next.id);
  });
}

const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => localStorage.getItem("theme") ?? theme(dark.matches ? "dark" : "light"));
theme(localStorage.getItem("theme") ?? (dark.matches ? "dark" : "light"));

open(tabs[0].id);
message("none", "The WIT is checked as soon as Python is there.");
startWorker();
examples = await (await fetch(new URL("./examples.json", import.meta.url))).json();
at("examples").replaceChildren(
  new Option("Mine", "", true, true),
  ...examples.map(({ name, title }) => new Option(title, name)),
);
const hash = await decode(location.hash);
if (hash) {
  editor.text = hash.wit;
} else if (!editor.text) {
  editor.text = examples[0].wit;
  at("examples").value = examples[0].name;
}
while (!release) await new Promise((resolve) => setTimeout(resolve, 50));
if (!(await carried())) {
  // What was typed or chosen before Python was there stays.
  const chosen = examples.find(({ name, wit }) => name === at("examples").value && wit === editor.text);
  await (chosen ? example(chosen) : check());
}
document.body.dataset.ready = "true";
