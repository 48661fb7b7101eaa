// Runs command lines in CPython made to wasm: a request in JSON a line on stdin, an answer a line on stdout.
//
//     node pyodide_runner.mjs FOLDER_OF_PYODIDE WHEEL
//
// Requests: {"argv": […], "files": {name: base64}, "stdin": base64}, or {"code": "…"} whose value is shown. Answers:
// {"status", "stdout", "stderr", "files"} with all files that are there afterwards; or {"fatal": "…"} where the interpreter
// itself has failed. It is started anew then.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, wheel] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);

const RUN = `
def run_command(argv):
    import os
    os.chdir("/work")
    from pywasmtools.cli.main import main
    return main(argv)
`;

let python, streams;

async function start() {
  python = await loadPyodide({ indexURL: folder });
  streams = { stdout: [], stderr: [] };
  const into = (name) => ({
    write: (bytes) => {
      streams[name].push(Buffer.from(bytes));
      return bytes.length;
    },
  });
  python.setStdout(into("stdout"));
  python.setStderr(into("stderr"));
  const extractDir = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel", { extractDir });
  python.runPython(RUN);
}

function removeAll(path) {
  const { FS } = python;
  for (const name of FS.readdir(path).filter((name) => name !== "." && name !== "..")) {
    const below = `${path}/${name}`;
    if (FS.isDir(FS.lstat(below).mode)) {
      removeAll(below);
      FS.rmdir(below);
    } else {
      FS.unlink(below);
    }
  }
}

function contents(path, prefix = "") {
  const { FS } = python;
  const found = {};
  for (const name of FS.readdir(path).filter((name) => name !== "." && name !== "..")) {
    const below = `${path}/${name}`;
    if (FS.isDir(FS.stat(below).mode)) Object.assign(found, contents(below, `${prefix}${name}/`));
    else found[prefix + name] = Buffer.from(FS.readFile(below)).toString("base64");
  }
  return found;
}

function answer(request) {
  const { FS } = python;
  if (request.code !== undefined) return { value: String(python.runPython(request.code)) };
  FS.mkdirTree("/work");
  if (!request.keep) removeAll("/work");
  for (const [name, data] of Object.entries(request.files)) {
    const path = `/work/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, Buffer.from(data, "base64"));
  }
  streams.stdout.length = streams.stderr.length = 0;
  const stdin = Buffer.from(request.stdin, "base64");
  let at = 0;
  python.setStdin({
    read: (buffer) => {
      const part = stdin.subarray(at, at + buffer.length);
      buffer.set(part);
      at += part.length;
      return part.length;
    },
  });
  const argv = python.toPy(request.argv);
  const status = python.globals.get("run_command")(argv);
  const text = (name) => Buffer.concat(streams[name]).toString("base64");
  return { status, stdout: text("stdout"), stderr: text("stderr"), files: contents("/work") };
}

await start();
for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = answer(JSON.parse(line));
  } catch (e) {
    told = { fatal: `${e.name ?? e}: ${e.message ?? ""}` };
    await start();
  }
  process.stdout.write(JSON.stringify(told) + "\n");
}
