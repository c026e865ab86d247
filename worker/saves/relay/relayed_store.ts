/**
 * The store of saves as a room process has it, where its worker keeps them elsewhere: each request goes to the worker.
 *
 * @module
 */
import { join } from "node:path";
import { newId } from "../../../protocol/ids.ts";
import type { SaveStore } from "../ports.ts";
import type { StoreAnswer, StoreRequest } from "./messages.ts";

type Ids = Parameters<typeof newId>[0];

/** Requests to the worker, and those that wait for an answer. */
export class RelayedStore implements SaveStore {
  readonly #ids: Ids;
  readonly #folder: string;
  readonly #send: (request: StoreRequest) => void;
  readonly #waiting = new Map<number, (answer: StoreAnswer) => void>();
  #count = 0;

  /** `folder`: where the bytes of saves pass, of all rooms. */
  constructor(folder: string, send: (request: StoreRequest) => void, ids: Ids) {
    this.#ids = ids;
    this.#folder = folder;
    this.#send = send;
  }

  /** Takes an answer of the worker. */
  answered(answer: StoreAnswer): void {
    this.#waiting.get(answer.request)?.(answer);
    this.#waiting.delete(answer.request);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const file = newId(this.#ids);
    await Deno.mkdir(this.#folder, { recursive: true });
    await Deno.writeFile(join(this.#folder, file), bytes, { createNew: true });
    try {
      await this.#ask((request) => ({ type: "store", request, op: "put", key, file }));
    } finally {
      await Deno.remove(join(this.#folder, file)).catch(() => {});
    }
  }

  async get(key: string, { first }: { readonly first?: number } = {}) {
    const { file } = await this.#ask((request) => ({
      type: "store",
      request,
      op: "get",
      key,
      ...(first !== undefined && { first }),
    }));
    if (file === undefined) return undefined;
    const path = join(this.#folder, file);
    const bytes = await Deno.readFile(path);
    await Deno.remove(path).catch(() => {});
    return bytes;
  }

  async list(prefix: string) {
    const { files = [] } = await this.#ask((request) => ({
      type: "store",
      request,
      op: "list",
      key: prefix,
    }));
    return [...files];
  }

  async remove(key: string): Promise<void> {
    await this.#ask((request) => ({ type: "store", request, op: "remove", key }));
  }

  async #ask(requestOf: (request: number) => StoreRequest): Promise<StoreAnswer> {
    const request = ++this.#count;
    const { promise, resolve } = Promise.withResolvers<StoreAnswer>();
    this.#waiting.set(request, resolve);
    this.#send(requestOf(request));
    const answer = await promise;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
