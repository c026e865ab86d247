/**
 * What TURN servers refused this browser, and the words for it.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";

/** A TURN server that gave no relay. `code`: of RFC 8656 §19, or 701 where it was not reached (W3C webrtc-pc). */
export interface RelayFault {
  readonly url: string;
  readonly code: number;
  readonly text: string;
}

/** The code of a server that was not reached. */
const UNREACHED = 701;
/** The codes of credentials that the server does not take. */
const UNAUTHORIZED = [401, 403];

/** Keeps the newest fault of this page. */
export interface RelayFaults {
  readonly newest: ReadonlySignal<RelayFault | undefined>;
  /** Takes an error of a peer connection; those of STUN servers are no fault. */
  readonly report: (error: RTCPeerConnectionIceErrorEvent) => void;
}

/** Creates the keeper. */
export function createRelayFaults(): RelayFaults {
  const newest = signal<RelayFault | undefined>(undefined);
  return {
    newest,
    report(error) {
      const fault = relayFault(error);
      if (fault) newest.value = fault;
    },
  };
}

/** The fault in an error of a peer connection; `undefined` where it is not about a TURN server. */
export function relayFault(
  { url, errorCode, errorText }: Pick<
    RTCPeerConnectionIceErrorEvent,
    "url" | "errorCode" | "errorText"
  >,
): RelayFault | undefined {
  if (!/^turns?:/i.test(url ?? "")) return undefined;
  return { url: url!, code: errorCode, text: errorText };
}

/** What happened, as a sentence. */
export function relaySentence({ url, code, text }: RelayFault): string {
  if (code === UNREACHED) return `The relay ${url} was not reached.`;
  const reason = [code, text.replace(/\.$/, "")].filter(Boolean).join(" ");
  return `The relay ${url} refused this browser (${reason}).`;
}

/** What the person who runs Farpad can do about it. */
export function relayAdvice({ code }: RelayFault): string {
  if (code === UNREACHED) {
    return "The person who runs Farpad checks the address in FARPAD_TURN_URLS and the firewall.";
  }
  return UNAUTHORIZED.includes(code)
    ? "The person who runs Farpad checks that FARPAD_TURN_SECRET is the relay's secret, and that both clocks are right."
    : "The person who runs Farpad finds the reason in the relay's log.";
}
