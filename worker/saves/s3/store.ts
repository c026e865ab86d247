/**
 * Saves in a bucket of an S3-compatible service, for many workers. Each request has a time limit and is tried three
 * times. Eight run at once, four of one client at most, and 64 wait; those of each client come in its turn.
 *
 * @module
 */
import { AwsClient } from "aws4fetch";
import { type Clock, sleep } from "../../../protocol/clock.ts";
import type { SaveStore, StoredFile } from "../ports.ts";
import { sha256 } from "../sha256.ts";
import { FairQueue, type QueueBounds } from "./fair_queue.ts";
import { readList } from "./list.ts";

/**
 * A try of a request takes at most this long, in milliseconds, and longer by what it sends and has received. An answer
 * that has begun pauses for no longer, whatever it has sent.
 */
export const TRY_LIMIT = 2_500;
/** The slowest link on which a save passes, in bytes per millisecond: 2 Mbit/s. */
const SLOWEST = 250;
/** How long before the second and the third try, in milliseconds. */
export const PAUSES = [200, 600] as const;
/** Requests that run at once, and those of one client; and those that wait at most. */
export const REQUESTS: QueueBounds = { atOnce: 8, each: 4, waiting: 64 };
/** Bytes of a refusal that are read, for its code. */
const MAX_REFUSAL = 64 * 1024;
/** Largest file that is read, in bytes. */
const MAX_FILE = 64 * 1024 * 1024;
/** Most pages of the list of a person's saves, of 1,000 files each. */
const MAX_PAGES = 20;

/** Where the bucket is, and who may use it. */
export interface S3Options {
  readonly clock: Clock;
  /** Base of the service, such as `https://s3.example.org`; the bucket follows as a path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Sends a request; the runtime's own when absent. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

type Init = Omit<RequestInit, "body"> & { readonly body?: Uint8Array<ArrayBuffer> };
/** Reads an answer, and calls `received` with how many bytes of it have come. */
type Read<T> = (response: Response, received: (bytes: number) => void) => Promise<T>;

/** A bucket as a store. */
export interface S3Store extends SaveStore {
  /**
   * All files whose keys begin with `prefix`, a page at a time: one request each.
   *
   * @throws {Error} with a sentence
   */
  pages(prefix: string): AsyncIterable<StoredFile[]>;
  /** The same bucket for a further client, such as a room: its requests come in turn with those of the others. */
  forClient(): S3Store;
}

/** Opens a bucket. */
export function s3Store(options: S3Options): S3Store {
  const { clock, endpoint, bucket, region, accessKey, secretKey, fetch: send = fetch } = options;
  const signer = new AwsClient({
    ...{ accessKeyId: accessKey, secretAccessKey: secretKey, region },
    ...{ service: "s3", retries: 0 },
  });
  const base = `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  const where = new URL(base).host;
  const queue = new FairQueue(REQUESTS);

  /** Runs `act` when it is the client's turn. */
  async function inTurn<T>(client: object, act: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin, reject) => {
      const text = `The store of saves at ${where} is too slow: too many saves wait for it`;
      queue.add(client, { begin, refuse: () => reject(new Error(text)) });
    });
    try {
      return await act();
    } finally {
      queue.end(client);
    }
  }

  /** Sends a request until it is answered with other than a fault of the service, three times at most. */
  async function tried<T>(path: string, init: Init, read: Read<T>): Promise<T> {
    for (let attempt = 0;; attempt++) {
      const outcome = await once(path, init, read);
      if ("value" in outcome) return outcome.value;
      const pause = PAUSES[attempt];
      if (pause === undefined || outcome.isFinal) throw outcome.error;
      await sleep(clock, pause);
    }
  }

  async function once<T>(
    path: string,
    init: Init,
    read: Read<T>,
  ): Promise<{ readonly value: T } | { readonly error: Error; readonly isFinal: boolean }> {
    const abort = new AbortController();
    const sent = init.body?.length ?? 0;
    const began = clock.now();
    const limitFor = (bytes: number) => TRY_LIMIT + Math.ceil((sent + bytes) / SLOWEST);
    let late = `did not answer within ${seconds(limitFor(0))}`;
    let limit = clock.after(limitFor(0), () => abort.abort());
    // The time grows with the bytes and not with their parts: a service that sends one at a time holds no turn. What
    // came quickly earns time for what comes slowly, and none for a pause.
    const received = (bytes: number) => {
      const most = limitFor(bytes);
      const left = Math.max(0, began + most - clock.now());
      late = left > TRY_LIMIT
        ? `sent nothing for ${seconds(TRY_LIMIT)} in the middle of an answer`
        : `did not answer within ${seconds(most)}`;
      limit[Symbol.dispose]();
      limit = clock.after(Math.min(left, TRY_LIMIT), () => abort.abort());
    };
    let response: Response | undefined;
    try {
      const signed = await signer.sign(`${base}${path}`, { ...init, signal: abort.signal });
      response = await send(signed);
      if (response.ok || response.status === 404) return { value: await read(response, received) };
      const why = codeOf(await beginningOf(response));
      const error = new Error(`The store of saves at ${where} refused (${response.status}${why})`);
      return { error, isFinal: response.status < 500 && response.status !== 429 };
    } catch (error) {
      await response?.body?.cancel().catch(() => {});
      if (error instanceof LastingFault) return { error, isFinal: true };
      const how = abort.signal.aborted
        ? late
        : response
        ? "lost the connection in the middle of an answer"
        : "cannot be reached";
      return { error: new Error(`The store of saves at ${where} ${how}`), isFinal: false };
    } finally {
      limit[Symbol.dispose]();
    }
  }

  async function noBucket(response: Response): Promise<never> {
    await response.body?.cancel();
    throw new LastingFault(`There is no bucket "${bucket}" at ${where}`);
  }

  function storeFor(client: object): S3Store {
    const request = <T>(path: string, init: Init, read: Read<T>): Promise<T> =>
      inTurn(client, () => tried(path, init, read));

    async function* pages(prefix: string): AsyncGenerator<StoredFile[]> {
      let token: string | undefined;
      do {
        const query = new URLSearchParams({
          "list-type": "2",
          prefix,
          ...(token !== undefined && { "continuation-token": token }),
        });
        const found = await request(
          `?${query.toString().replaceAll("+", "%20")}`,
          {},
          async (response, received) => {
            if (response.status === 404) return await noBucket(response);
            return readList(new TextDecoder().decode(await readWhole(response, received)));
          },
        );
        yield found.files.filter(({ key }) => key.startsWith(prefix));
        token = found.next;
      } while (token !== undefined);
    }

    return {
      async put(key, bytes) {
        const headers = {
          "x-amz-content-sha256": (await sha256(bytes)).toHex(),
          "content-type": "application/octet-stream",
        };
        const body = new Uint8Array(bytes);
        await request(pathOf(key), { method: "PUT", headers, body }, async (response) => {
          if (response.status === 404) await noBucket(response);
          await response.body?.cancel();
        });
      },
      async get(key, { first } = {}) {
        const headers = first === undefined ? {} : { range: `bytes=0-${first - 1}` };
        return await request(pathOf(key), { headers }, async (response, received) => {
          if (response.status === 404) {
            await response.body?.cancel();
            return undefined;
          }
          const bytes = await readWhole(response, received);
          return first === undefined ? bytes : bytes.subarray(0, first);
        });
      },
      async list(prefix) {
        const files: StoredFile[] = [];
        let page = 0;
        for await (const found of pages(prefix)) {
          files.push(...found);
          if (++page === MAX_PAGES) break;
        }
        return files;
      },
      pages,
      forClient: () => storeFor({}),
      async remove(key) {
        await request(pathOf(key), { method: "DELETE" }, async (response) => {
          await response.body?.cancel();
        });
      },
    };
  }

  return storeFor({});
}

/** A fault that another try does not mend. */
class LastingFault extends Error {}

/** The body of an answer, of which no more is read than a save can have. */
async function readWhole(
  response: Response,
  received: (bytes: number) => void,
): Promise<Uint8Array> {
  const stated = Number(response.headers.get("content-length") ?? Number.NaN);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    received(size);
    if (size > MAX_FILE) {
      throw new LastingFault("The store of saves sent a file that is no save: too large");
    }
    parts.push(part);
  }
  // A compressed answer has another length.
  const isPlain = response.headers.get("content-encoding") === null;
  if (isPlain && Number.isFinite(stated) && stated !== size) {
    throw new Error(`The answer has ${size} bytes, and announced ${stated}`);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The first bytes of a refusal as text. Leaving the loop ends the answer. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length >= MAX_REFUSAL) break;
  }
  return text;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function pathOf(key: string): string {
  // A URL with such a segment names another file, or another bucket.
  if (key.split("/").some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new Error(`"${key}" is no key of a save`);
  }
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** The code of a refusal, such as AccessDenied. */
function codeOf(xml: string): string {
  const [, code] = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(xml) ?? [];
  return code === undefined ? "" : ` ${code}`;
}
