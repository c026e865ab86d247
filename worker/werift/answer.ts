/**
 * Checks a browser's answer and candidates before werift gets them: an answer that cannot work is refused, and
 * candidates that are malformed, useless, or host names, which werift would look up, are left out.
 *
 * @module
 */
import { isIP } from "node:net";

/** Most useful candidates of one browser, in its answer and after it; measured browsers send fewer than ten. */
export const MAX_CANDIDATES = 32;
/** Most of them with one IP address: a port for each TURN server and network of the browser. */
export const MAX_PER_HOST = 8;

/**
 * The useful candidates of one browser. Each makes werift send connectivity checks, so without a limit a worker could
 * be made to send packets to many addresses, or many packets to one.
 */
export class Candidates {
  /** Ports by IP address; browsers may name one candidate in several sections. */
  readonly #ports = new Map<string, Set<string>>();
  #count = 0;

  /** Checks one more candidate, and counts it if it is useful. */
  check(candidate: string): CandidateCheck | "too_many" {
    const found = checkCandidate(candidate);
    if (found !== "useful") return found;
    const [, , , , host = "", port = ""] = candidate.split(" ");
    const ports = this.#ports.get(host) ?? new Set();
    if (ports.has(port)) return found;
    if (this.#count >= MAX_CANDIDATES || ports.size >= MAX_PER_HOST) return "too_many";
    this.#count += 1;
    this.#ports.set(host, ports.add(port));
    return found;
  }
}

/**
 * The answer (SDP) without useless candidates and those beyond the limits, or a sentence with the reason why it cannot
 * be used.
 */
export function checkAnswer(
  sdp: string,
  candidates: Candidates = new Candidates(),
): { readonly sdp: string } | { readonly error: string } {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== "");
  if (lines[0] !== "v=0") return refuse("it is not a session description");
  const sections = splitSections(lines);
  const video = sections.find(([first]) => first!.startsWith("m=video "));
  if (!video || isRejected(video)) return refuse("it rejects the video");
  if (!video.some((line) => /^a=rtpmap:\d+ (H264|VP8)\/90000/i.test(line))) {
    return refuse("it accepts neither H.264 nor VP8, the two video codecs on offer");
  }
  const data = sections.find(([first]) => first!.startsWith("m=application "));
  if (!data || isRejected(data)) return refuse("it rejects the data channels");
  for (const name of ["fingerprint", "ice-ufrag", "ice-pwd"]) {
    if (!lines.some((line) => line.startsWith(`a=${name}:`))) {
      return refuse(`it has no "a=${name}"`);
    }
  }
  // The end of candidates is left out: if no candidate is useful, werift would give up before it receives the browser's
  // connectivity checks.
  const kept = lines.filter((line) =>
    line !== "a=end-of-candidates" &&
    (!line.startsWith("a=candidate:") || candidates.check(line.slice(2)) === "useful")
  );
  return { sdp: kept.join("\r\n") + "\r\n" };
}

/** What a candidate is good for. */
export type CandidateCheck = "useful" | "useless" | "malformed";

/**
 * Classifies a remote candidate. Useful: UDP to an IP address (RFC 8839 §5.1). Useless: TCP, which is not offered, and
 * the `.local` names with which browsers replace private addresses. Their connectivity checks arrive all the same, and
 * each carries its sender's address.
 */
export function checkCandidate(candidate: string): CandidateCheck {
  const fields = /^candidate:\S+ \d+ (\S+) \d+ (\S+) (\d+) typ (host|srflx|prflx|relay)(?: |$)/i
    .exec(candidate);
  if (!fields) return "malformed";
  const [, transport, address, portText] = fields;
  const port = Number(portText);
  if (transport!.toLowerCase() === "tcp") return "useless";
  if (transport!.toLowerCase() !== "udp" || port < 1 || port > 65_535) return "malformed";
  if (isIP(address!) !== 0) return isOneHost(address!) ? "useful" : "useless";
  return /^[\w-]+(\.[\w-]+)*\.local$/i.test(address!) ? "useless" : "malformed";
}

/** Not the unspecified address, nor one that stands for many hosts (RFC 6890, RFC 4291 §2.4). */
function isOneHost(address: string): boolean {
  return !/^(0\.|22[4-9]\.|2[3-5]\d\.|[0:]+$|ff)/i.test(address);
}

function splitSections(lines: readonly string[]): string[][] {
  const sections: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push([line]);
    else sections.at(-1)?.push(line);
  }
  return sections;
}

/** A section is rejected by port 0 (RFC 8829 §5.3.1). */
function isRejected([first]: readonly string[]): boolean {
  return /^m=\w+ 0 /.test(first!);
}

function refuse(found: string): { readonly error: string } {
  return { error: `Cannot take the answer: ${found}` };
}
