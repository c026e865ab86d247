/**
 * Changes signalling so that all media passes a relay: the worker's addresses become the relay's, and the browser's own
 * are left out, so that the worker learns only those from which the relay sends.
 *
 * @module
 */
import type { Address } from "./relay.ts";

/** Returns the port of loopback that stands for an address of the worker. */
export type Front = (worker: Address) => Promise<number>;

/** An envelope as far as it concerns a relay. */
interface Message {
  readonly type?: unknown;
  readonly payload?: { readonly sdp?: unknown; readonly candidate?: unknown };
}

/** A candidate with IPv4 and UDP (RFC 8839 §5.1), and without a related address. */
const CANDIDATE = /^candidate:(\S+) (\d+) udp (\d+) (\d+\.\d+\.\d+\.\d+) (\d+) typ host\b/i;

/** A message of the coordinator, changed for the browser; `undefined` drops it. */
export async function forBrowser(text: string, front: Front): Promise<string | undefined> {
  const message: Message = JSON.parse(text);
  const { payload } = message;
  if (message.type === "webrtc.offer" && typeof payload?.sdp === "string") {
    const lines = await Promise.all(
      payload.sdp.split("\r\n").map(async (line) => {
        if (!line.startsWith("a=candidate:")) return line;
        const changed = await candidateAt(line.slice(2), front);
        return changed === undefined ? undefined : `a=${changed}`;
      }),
    );
    const sdp = lines.filter((line) => line !== undefined).join("\r\n");
    return JSON.stringify({ ...message, payload: { ...payload, sdp } });
  }
  if (message.type === "webrtc.candidate" && typeof payload?.candidate === "string") {
    if (payload.candidate === "") return text;
    const candidate = await candidateAt(payload.candidate, front);
    return candidate && JSON.stringify({ ...message, payload: { ...payload, candidate } });
  }
  return text;
}

/** A message of the browser without its addresses; `undefined` drops it. */
export function forWorker(text: string): string | undefined {
  const message: Message = JSON.parse(text);
  const { payload } = message;
  if (message.type === "webrtc.answer" && typeof payload?.sdp === "string") {
    const sdp = payload.sdp.replaceAll(/^a=candidate:.*\r\n/gm, "");
    return JSON.stringify({ ...message, payload: { ...payload, sdp } });
  }
  return message.type === "webrtc.candidate" && payload?.candidate !== "" ? undefined : text;
}

/** The candidate with the relay's address in place of its own; `undefined` for one that the relay cannot reach. */
async function candidateAt(candidate: string, front: Front): Promise<string | undefined> {
  const [, foundation, component, priority, host, port] = CANDIDATE.exec(candidate) ?? [];
  if (host === undefined) return undefined;
  const stands = await front({ host, port: Number(port) });
  return `candidate:${foundation} ${component} udp ${priority} 127.0.0.1 ${stands} typ host`;
}
