/**
 * JSON merge patches (RFC 7386): what to send so that the other end turns one document into another.
 *
 * A patch says with `null` that a member is removed, so a document itself holds no `null`. Arrays are replaced whole.
 *
 * @module
 */

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Whether a value is an object, and neither an array nor `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value that `patch` turns `target` into. The parts that it does not change are the same objects. */
export function applyPatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const members = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) members.delete(name);
    else members.set(name, applyPatch(members.get(name), change));
  }
  // Not an assignment: a member may be named `__proto__`.
  return Object.fromEntries(members);
}

/** The patch that turns `from` into `to`; `undefined` when they are equal. Neither holds `null`. */
export function makePatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  if (from === to) return undefined;
  const changes: [string, Json][] = [];
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) changes.push([name, null]);
  for (const [name, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (isObject(before) && isObject(value)) {
      const patch = makePatch(before, value);
      if (patch) changes.push([name, patch]);
    } else if (!isSame(before, value)) changes.push([name, value]);
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** Whether two values that are not both objects are equal. */
function isSame(a: Json | undefined, b: Json): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, at) => {
    const other = b[at];
    return isObject(item) && isObject(other)
      ? makePatch(item, other) === undefined
      : isSame(item, other);
  });
}
