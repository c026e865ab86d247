/**
 * `fetch` for hosts that others name: the address is read strictly, and its host must be reachable by the rules. Over
 * HTTP the addresses that were checked are dialled. Over HTTPS the name is resolved once more, and the host must prove
 * the name by its certificate before anything is sent. No redirect is followed, and an answer has a limit.
 *
 * @module
 */
import { request, type RequestOptions } from "node:http";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import { readHttp, writeHttp } from "../../protocol/addresses/http.ts";
import { findReachable, type ReachRules } from "../../protocol/addresses/reach.ts";

/** Bytes of the largest answer that is read. */
const MAX_ANSWER = 1024 * 1024;

/** What is sent. */
export interface ReachableRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request. Rejects with a sentence when the address may not be reached. */
export type ReachableFetch = (url: string, request: ReachableRequest) => Promise<Response>;

/** Creates the function for these rules. */
export function createReachableFetch(rules: ReachRules): ReachableFetch {
  return async (url, { method = "GET", headers = {}, body: content, signal }) => {
    const address = readHttp(url);
    if ("error" in address) throw new Error(address.error);
    const reachable = await findReachable(address.host, rules);
    if ("error" in reachable) throw new Error(reachable.error);
    const body = content === undefined || content === null ? undefined : String(content);
    if (address.scheme === "https") {
      const init = { method, headers, redirect: "manual", ...(signal && { signal }) } as const;
      return await bounded(await fetch(writeHttp(address), { ...init, ...(body && { body }) }));
    }
    const options: RequestOptions = {
      method,
      headers: { ...headers },
      agent: false,
      ...(signal && { signal }),
      // The name is not resolved again: its addresses were checked.
      lookup: (_name, wanted, found) => {
        const all = reachable.map((each) => ({ address: each, family: isIP(each) }));
        if (wanted.all) found(null, all);
        else found(null, all[0]!.address, all[0]!.family);
      },
    };
    return await bounded(await send(writeHttp(address), { options, body }));
  };
}

/** The same answer, read whole. */
async function bounded(answer: Response): Promise<Response> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER) throw new Error(`its answer is longer than ${MAX_ANSWER} bytes`);
    parts.push(part);
  }
  const { status, headers } = answer;
  return new Response(length === 0 ? null : new Blob(parts), { status, headers });
}

/** Sends over HTTP; resolves with the answer once its head came. */
function send(
  url: string,
  { options, body }: { options: RequestOptions; body: string | undefined },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      const headers = new Headers();
      for (const [name, value = []] of Object.entries(answer.headers)) {
        for (const each of [value].flat()) headers.append(name, each);
      }
      const { statusCode: status = 502 } = answer;
      const isEmpty = status === 204 || status === 304;
      const content = isEmpty ? null : Readable.toWeb(answer) as ReadableStream<Uint8Array>;
      resolve(new Response(content as BodyInit | null, { status, headers }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
