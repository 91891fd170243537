// The large arrays of the last answers: they are kept, and the kernel need not send them again.

const KEPT = 8;

/** Keep an array as the newest; when there are too many, the one that was used longest ago goes. */
export function keep(kept, key, data) {
  kept.delete(key);
  kept.set(key, data);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

/**
 * Put arrays back into a picture, and keep the large ones.
 *
 * @param thing the picture of an answer, or a part of it.
 * @param buffers the arrays that came with the answer.
 * @param had key → array: what the question said that it has, so that the answer leaves it out.
 * @param kept key → array: what the next question will have.
 */
export function decode(thing, buffers, had, kept) {
  if (Array.isArray(thing)) return thing.map((part) => decode(part, buffers, had, kept));
  if (thing === null || typeof thing !== "object") return thing;
  if (thing.shape) {
    const view = buffers[thing.buffer];
    const data = view
      ? new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
      : had.get(thing.key);
    if (!data) throw new Error("A part of this picture is missing. Run this cell again.");
    if (thing.key) keep(kept, thing.key, data);
    return { data, shape: thing.shape };
  }
  return Object.fromEntries(
    Object.entries(thing).map(([name, part]) => [name, decode(part, buffers, had, kept)]),
  );
}
