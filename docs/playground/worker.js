// The worker: Python and pywasmtools, away from the page, which stays quick. `{id, call, args}` in; `{id, value}` out, or
// `{id, fatal}` where the interpreter itself failed: the page starts another worker then.

import { loadPyodide } from "./pyodide/pyodide.mjs";

/** What lies beside this file. */
async function beside(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}

async function start() {
  const indexURL = new URL("./pyodide/", import.meta.url).href;
  const [python, wheel, source] = await Promise.all([
    loadPyodide({ indexURL }),
    beside("./pywasmtools.whl").then((response) => response.arrayBuffer()),
    beside("./worker.py").then((response) => response.text()),
  ]);
  const extractDir = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(wheel, "wheel", { extractDir });
  const home = python.globals.get("dict")();
  python.runPython(source, { globals: home });
  return (name, args) => {
    const given = args.map((arg) => (arg instanceof Uint8Array ? python.globals.get("bytes")(python.toPy(arg)) : arg));
    const value = home.get(name)(...given);
    return value instanceof python.ffi.PyProxy ? value.toJs() : value;
  };
}

const ready = start();
ready.then(
  (call) => postMessage({ ready: call("version", []) }),
  (e) => postMessage({ fatal: String(e) }),
);

onmessage = async ({ data: { id, call, args } }) => {
  try {
    postMessage({ id, value: (await ready)(call, args) });
  } catch (e) {
    postMessage({ id, fatal: String(e) });
  }
};
