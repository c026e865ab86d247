/**
 * Posts over HTTP with a time limit. The body of the answer is not read.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Post } from "../alerts/webhook.ts";

/** How long an answer may take, in milliseconds. */
const LIMIT = 5_000;

/** Creates a sender of POST requests, whose answers may take 5 s. */
export function createPost(clock: Clock): Post {
  return async (url, { headers, body }) => {
    const stopped = new AbortController();
    using _limit = clock.after(LIMIT, () => stopped.abort(new Error("it took longer than 5 s")));
    const { signal } = stopped;
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    await answer.body?.cancel();
    return answer.status;
  };
}
