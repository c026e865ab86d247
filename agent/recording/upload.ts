/**
 * Sends a file to a worker over HTTP, in parts, each where the worker's copy ends.
 *
 * @module
 */
import { canonicalHost, isLoopbackHost } from "../../protocol/addresses/hosts.ts";
import type { Clock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";

/** A request without an answer for this long has failed, in milliseconds. */
const LIMIT = 30_000;

/** What a worker answers to a part of a file. */
export type PartAnswer =
  /** So many bytes are there; `isWhole`: and they are a recording. */
  | { readonly state: "at"; readonly offset: number; readonly isWhole: boolean }
  /** The file is not what was promised, or is no recording: the worker has removed it. */
  | { readonly state: "refused"; readonly why: string }
  /** It may work later. `isOver`: with another address. */
  | { readonly state: "failed"; readonly why: string; readonly isOver: boolean };

/** One file on its way. */
export interface FileUpload {
  readonly url: string;
  /** Of the whole file. */
  readonly bytes: number;
}

/** Sends parts of files. */
export interface SendParts {
  /** Asks how far the worker's copy is. */
  ask(upload: FileUpload): Promise<PartAnswer>;
  /** Sends bytes that begin at `offset`. */
  send(
    upload: FileUpload,
    part: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> },
  ): Promise<PartAnswer>;
}

/** Sends parts by HTTP. `allowPlain`: also without TLS to other machines. */
export function createSendParts(
  { clock, fetch = globalThis.fetch, allowPlain }: {
    readonly clock: Clock;
    readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
    readonly allowPlain: boolean;
  },
): SendParts {
  return {
    ask: (upload) => request(upload, { method: "HEAD" }),
    send: (upload, { offset, bytes }) =>
      request(upload, {
        method: "PATCH",
        headers: { "upload-offset": String(offset) },
        body: bytes,
      }, offset + bytes.length),
  };

  async function request(
    { url, bytes }: FileUpload,
    init: RequestInit,
    end?: number,
  ): Promise<PartAnswer> {
    const fault = whyNotSend(url, allowPlain);
    if (fault !== undefined) return { state: "failed", why: fault, isOver: true };
    const stopper = new AbortController();
    const limit = clock.after(LIMIT, () => stopper.abort(new Error("it did not answer")));
    try {
      const response = await fetch(url, { ...init, redirect: "error", signal: stopper.signal });
      const why = `the worker answered ${response.status}`;
      const text = (await response.text()).trim().slice(0, 200);
      const offset = Number(response.headers.get("upload-offset") || NaN);
      const isKnown = Number.isInteger(offset) && offset >= 0 && offset <= bytes;
      if (response.status === 422) return { state: "refused", why: text };
      if (response.ok && isKnown) return { state: "at", offset, isWhole: end === bytes };
      if (response.status === 409 && isKnown) return { state: "at", offset, isWhole: false };
      return {
        state: "failed",
        why: text ? `${why}: ${text}` : why,
        isOver: response.status === 404,
      };
    } catch (error) {
      return { state: "failed", why: errorText(error), isOver: false };
    } finally {
      limit[Symbol.dispose]();
    }
  }
}

/** Fetches with a certificate authority besides the usual ones, in PEM. */
export function fetchWith(
  authority: string,
): (url: string, init: RequestInit) => Promise<Response> {
  const client = Deno.createHttpClient({ caCerts: [authority] });
  return (url, init) => fetch(url, { ...init, client });
}

/** Why pictures are not sent to an address: without TLS everybody on the way sees them. */
export function whyNotSend(url: string, allowPlain: boolean): string | undefined {
  const { protocol, hostname, host } = new URL(url);
  const name = canonicalHost(hostname);
  if (protocol === "https:") return undefined;
  const isNear = name !== undefined && isLoopbackHost(name);
  if (protocol === "http:" && (allowPlain || isNear)) return undefined;
  return `nothing is sent to ${protocol}//${host}: everybody on the way could see the pictures. ` +
    "Give the worker an address with https:// (FARPAD_PING_URL), or set allow_plain = on here";
}
