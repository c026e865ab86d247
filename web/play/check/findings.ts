/**
 * The steps of the connection check: for each, what was found in words, and what to do. Pure: the measurements come from
 * `probes.ts`.
 *
 * @module
 */
import { CLOSE, isTurnedAway } from "../../../protocol/close.ts";
import { formatMillis, type Status } from "../../shared/format.ts";
import { relayAdvice, type RelayFault, relaySentence } from "../media/relay_faults.ts";

/** The steps, in the order in which they are carried out. */
export const STEPS = [
  "page",
  "secure",
  "coordinator",
  "worker",
  "addresses",
  "udp",
  "tcp",
  "decoders",
  "gamepads",
] as const;
/** A step of the check. */
export type Step = (typeof STEPS)[number];

/** The names of the steps. */
export const STEP_NAMES: Readonly<Record<Step, string>> = {
  page: "Farpad over HTTP",
  secure: "Secure page",
  coordinator: "Connection to Farpad",
  worker: "Worker over HTTP",
  addresses: "Own network addresses",
  udp: "Media over UDP",
  tcp: "Media over TCP",
  decoders: "Pictures and sound",
  gamepads: "Gamepads",
};

/** What a step found. `todo`: what to do about it. */
export interface Finding {
  readonly status: Status;
  readonly text: string;
  readonly todo?: string;
}

/** What the probes measured. */
export interface Measured {
  /** Round trip in milliseconds; `undefined`: no answer. */
  readonly page: number | undefined;
  readonly secure: boolean;
  /** `open`, or the code with which the connection was closed for good; `undefined`: not open in time. */
  readonly coordinator: "open" | number | undefined;
  /** `no_worker`, `no_address`, or the round trip in milliseconds; `undefined`: no answer. */
  readonly worker: "no_worker" | "no_address" | number | undefined;
  /**
   * The kinds of candidates that the browser found (RFC 8839 §5.1), and the relays that it did not get; or that it has no
   * WebRTC.
   */
  readonly addresses:
    | { readonly kinds: readonly string[]; readonly faults: readonly RelayFault[] }
    | "no_webrtc";
  /** The time to connect in milliseconds; `not_tested`: the worker offered no connection; `undefined`: none came about. */
  readonly udp: number | "not_tested" | undefined;
  /** `no_address`: the worker has no media sockets; the round trip in milliseconds; `undefined`: not reached. */
  readonly tcp: "no_address" | number | undefined;
  /** What the browser decodes: by WebRTC, and by itself. */
  readonly decoders: { readonly webRtc: readonly string[]; readonly own: readonly string[] };
  /** The number of gamepads connected; `undefined`: the browser shows none to this page. */
  readonly gamepads: number | undefined;
}

const ok = (text: string): Finding => ({ status: "live", text });
const attention = (text: string, todo: string): Finding => ({ status: "attention", text, todo });
const lost = (text: string, todo: string): Finding => ({ status: "lost", text, todo });
const off = (text: string, todo?: string): Finding => ({
  status: "off",
  text,
  ...(todo !== undefined && { todo }),
});

/** The words for what each step measured. */
export const FINDINGS: { readonly [S in Step]: (measured: Measured[S]) => Finding } = {
  page: (ms) =>
    ms === undefined
      ? lost("Farpad did not answer.", "Check that this device is online, and load the page again.")
      : ok(`Farpad answers in ${formatMillis(ms)}.`),
  secure: (isSecure) =>
    isSecure ? ok("Pictures can be decoded over TCP too, and gamepads are shown.") : attention(
      "The page was opened over plain HTTP from another machine.",
      "Open it over HTTPS. Without it there is no play over TCP and no gamepad in most browsers.",
    ),
  coordinator(state) {
    if (state === "open") return ok("The connection for rooms and signalling is open.");
    if (state === undefined) {
      return lost(
        "No WebSocket to Farpad opened within 10 s.",
        "A proxy on the way may not pass WebSockets on. The operations page names the settings for nginx, Caddy and Traefik.",
      );
    }
    if (isTurnedAway(state)) {
      return lost(
        "Farpad is open here to people who are signed in or were sent a link.",
        "Sign in, or open the link that you were sent, and check again.",
      );
    }
    return state === CLOSE.replaced
      ? lost(
        "Another window of this browser took the session over.",
        "Close it, and check again.",
      )
      : lost(`Farpad closed the connection (${state}).`, "Load the page again.");
  },
  worker(found) {
    if (found === "no_worker") {
      return lost(
        "No worker is connected.",
        "Games run on workers. Ask the person who runs Farpad.",
      );
    }
    if (found === "no_address") {
      return attention(
        "The worker names no address for browsers.",
        "The person who runs it sets FARPAD_PING_URL. Its round trip is not measured meanwhile.",
      );
    }
    return found === undefined
      ? attention(
        "The worker's HTTP address does not answer this browser.",
        "A firewall may keep it away, or the address is one of another network. UDP may work all the same.",
      )
      : ok(`The worker answers in ${formatMillis(found)}.`);
  },
  addresses(found) {
    if (found === "no_webrtc") {
      return lost(
        "This browser has no WebRTC.",
        "It may be switched off in the settings. Current Chrome, Firefox, Safari and Edge have it.",
      );
    }
    const { kinds, faults: [fault] } = found;
    if (fault && !kinds.includes("relay")) {
      return attention(relaySentence(fault), relayAdvice(fault));
    }
    if (kinds.length === 0) {
      return attention(
        "The browser found no address to send UDP from.",
        "It needs a network besides loopback. An extension or a policy may also forbid UDP.",
      );
    }
    const names = [
      kinds.includes("host") && "of this device",
      kinds.includes("srflx") && "as the internet sees it",
      kinds.includes("relay") && "of a relay",
    ].filter((name) => name !== false);
    return ok(`Addresses were found: ${names.join(", ") || kinds.join(", ")}.`);
  },
  udp(result) {
    if (result === "not_tested") {
      return off(
        "Not tested: the worker has no connection to spare for it at the moment.",
        "Check again in a minute, or start a game: it finds the way by itself.",
      );
    }
    return result === undefined
      ? attention(
        "No connection over UDP came about within 5 s.",
        "A firewall on the way blocks UDP. Play goes over TCP where that works; a TURN server is another way.",
      )
      : ok(`Media and pads can flow; connecting took ${formatMillis(result)}.`);
  },
  tcp(result) {
    if (result === "no_address") {
      return attention(
        "The worker offers no media over TCP.",
        "The person who runs it sets FARPAD_PING_URL or FARPAD_MEDIA_URL.",
      );
    }
    return result === undefined
      ? attention(
        "The worker's media socket was not reached.",
        "A page over HTTPS needs an address over HTTPS: a proxy has to pass WebSockets on to the worker's HTTP port.",
      )
      : ok(`The worker answers over TCP in ${formatMillis(result)}.`);
  },
  decoders({ webRtc, own }) {
    if (webRtc.length === 0 && own.length === 0) {
      return lost(
        "This browser decodes neither H.264 nor VP8.",
        "Use a current Chrome, Firefox, Safari or Edge.",
      );
    }
    if (own.length > 0) {
      return ok(`Over UDP: ${webRtc.join(", ") || "nothing"}. Over TCP: ${own.join(", ")}.`);
    }
    return attention(
      `Over UDP: ${webRtc.join(", ")}. Over TCP: nothing.`,
      "Play over TCP takes WebCodecs: a current browser, and a page opened over HTTPS.",
    );
  },
  gamepads(count) {
    if (count === undefined) {
      return attention(
        "This browser shows gamepads to no page of this kind.",
        "Open the page over HTTPS. Keyboard and touch work everywhere.",
      );
    }
    if (count === 0) return ok("Supported. None is connected: press a button to show one.");
    return ok(count === 1 ? "One is connected." : `${count} are connected.`);
  },
};

/** One sentence on all steps: whether this browser can play, and by which way. */
export function summary(found: Readonly<Partial<Record<Step, Finding>>>): Finding {
  const first = STEPS.find((step) => found[step]?.status === "lost");
  const isOk = (step: Step) => found[step]?.status === "live";
  if (first && first !== "addresses") {
    return lost(`It fails at “${STEP_NAMES[first]}”.`, found[first]!.todo ?? "");
  }
  if (isOk("udp")) return ok("This browser can play, over UDP.");
  if (isOk("tcp") && isOk("secure") && isOk("decoders")) {
    return found.udp?.status === "off"
      ? ok("This browser can play over TCP. Whether UDP works was not tested.")
      : attention("This browser can play, over TCP alone.", found.udp?.todo ?? "");
  }
  if (found.udp?.status === "off") {
    return off("Play over UDP was not tested, and over TCP it does not work.", found.udp.todo);
  }
  return lost(
    "Neither UDP nor TCP carries media to this browser.",
    [found.udp?.todo, found.tcp?.todo, found.secure?.todo].filter(Boolean).join(" "),
  );
}
