/**
 * The SDP fragments in which a program sends its later candidates, or restarts ICE (`application/trickle-ice-sdpfrag`,
 * RFC 8840 §9).
 *
 * @module
 */
import { type IceIdentity, isIdentity } from "./offer.ts";
import { valueOf, writeLines } from "./sections.ts";

/** The media type of fragments. */
export const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";
/** Most characters and candidates of a fragment. */
const MAX_LENGTH = 16_000;
const MAX_CANDIDATES = 64;

/** A fragment. */
export interface Fragment {
  /** The ICE generation that the candidates belong to. */
  readonly ice: IceIdentity;
  /** Each begins with `candidate:`. */
  readonly candidates: readonly string[];
  /** Whether no more candidates follow. */
  readonly isComplete: boolean;
}

/** Reads a fragment; `error` is a sentence. */
export function readFragment(text: string): Fragment | { readonly error: string } {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (text.length > MAX_LENGTH || lines.some((line) => !/^[a-z]=[^\r\0]*$/.test(line))) {
    return { error: "Cannot read the fragment: it is no SDP" };
  }
  const ice = { ufrag: valueOf(lines, "ice-ufrag"), pwd: valueOf(lines, "ice-pwd") };
  if (!isIdentity(ice)) {
    return { error: `Cannot read the fragment: it has no "a=ice-ufrag" and "a=ice-pwd"` };
  }
  const candidates = lines.filter((line) => line.startsWith("a=candidate:"))
    .map((line) => line.slice(2));
  if (candidates.length > MAX_CANDIDATES || candidates.some(({ length }) => length > 1_024)) {
    return { error: `Cannot read the fragment: it has more than ${MAX_CANDIDATES} candidates` };
  }
  return { ice, candidates, isComplete: lines.includes("a=end-of-candidates") };
}

/** A fragment as text, for the section `mid` of this kind. */
export function writeFragment(
  { ice: { ufrag, pwd }, candidates, isComplete }: Fragment,
  { kind, mid }: { readonly kind: string; readonly mid: string },
): string {
  return writeLines([
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `m=${kind} 9 UDP/TLS/RTP/SAVPF 0`,
    `a=mid:${mid}`,
    ...candidates.map((each) => `a=${each}`),
    ...(isComplete ? ["a=end-of-candidates"] : []),
  ]);
}
