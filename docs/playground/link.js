// A link that carries the input: JSON, compressed, in letters that a hash may have.

/** The largest module that a link carries, in bytes. */
export const LARGEST = 64 * 1024;

/** Bytes through a stream that changes them. */
async function through(bytes, stream) {
  const changed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(changed).arrayBuffer());
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function fromBase64(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The hash of an input: `{wit, world, module: {name, bytes} or null}`. A large module is left out. */
export async function encode({ wit, world, module }) {
  const carried = module && module.bytes.length <= LARGEST ? { name: module.name, data: toBase64(module.bytes) } : null;
  const json = JSON.stringify({ wit, world, module: carried });
  return "#1" + toBase64(await through(new TextEncoder().encode(json), new CompressionStream("deflate-raw")));
}

/** The input of a hash; null where it is none of ours. */
export async function decode(hash) {
  if (!hash.startsWith("#1")) return null;
  try {
    const json = await through(fromBase64(hash.slice(2)), new DecompressionStream("deflate-raw"));
    const { wit, world, module } = JSON.parse(new TextDecoder().decode(json));
    if (typeof wit !== "string") return null;
    return {
      wit,
      world: String(world ?? ""),
      module: module ? { name: String(module.name), bytes: fromBase64(module.data) } : null,
    };
  } catch {
    return null;
  }
}
