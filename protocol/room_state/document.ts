/**
 * The document of a room: its entities, each with components. An end ignores components that it does not know, so a
 * newer worker may add some.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject, type JsonObject } from "./merge_patch.ts";
import type { Revision } from "./revision.ts";

/** Id of an entity within its room, such as `p3`; it is not used again in that room. */
export const EntityId = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,31}$/)).brand<"EntityId">();
export type EntityId = z.infer<typeof EntityId>;

/** The components of one entity, by name. */
export type Components = JsonObject;
/** The entities of a room, by id. */
export type Entities = Readonly<Record<string, Components>>;

/** A document with its number. */
export interface Version {
  readonly revision: Revision;
  readonly entities: Entities;
}

/** Most entities of a document: 64 viewers, five seats, the room and the newest lines of chat leave room for others. */
export const MAX_ENTITIES = 256;
/** Documents that each end keeps as bases of patches; a page that holds only older ones gets the newest whole. */
export const HISTORY = 64;
/** Most objects and arrays within each other, from the entities on. */
const MAX_DEPTH = 6;
const NAME = /^[a-z][a-z0-9_]{0,31}$/;

/** Reads a document's entities; `undefined` when they are none, hold `null` or exceed the bounds. */
export function readEntities(value: unknown): Entities | undefined {
  if (!isObject(value)) return undefined;
  const entities = Object.entries(value);
  if (entities.length > MAX_ENTITIES) return undefined;
  const isValid = entities.every(([id, components]) =>
    NAME.test(id) && isObject(components) &&
    Object.entries(components).every(([name, data]) => NAME.test(name) && isData(data, "document"))
  );
  return isValid ? value as Entities : undefined;
}

/** Reads a patch of entities; `undefined` when it is none or exceeds the bounds. */
export function readPatch(value: unknown): JsonObject | undefined {
  return isObject(value) && isData(value, "patch", MAX_DEPTH) ? value : undefined;
}

/** Whether a value is JSON of bounded depth; a document holds no `null`, a patch may. */
function isData(value: unknown, of: "document" | "patch", depth = MAX_DEPTH - 2): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return of === "patch";
      if (depth === 0 || value instanceof Uint8Array) return false;
      return Object.values(value).every((inner) => isData(inner, of, depth - 1));
    default:
      return false;
  }
}
