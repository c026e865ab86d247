/**
 * The measurements of the connection check, in the browser. They take no place in a room: the connection over UDP goes
 * to the worker's spare process, and the media socket is opened with a ticket that is none.
 *
 * @module
 */
import { type Clock, sleep } from "../../../protocol/clock.ts";
import { CLOSE } from "../../../protocol/close.ts";
import { encodeFromBrowser, TICKET_BYTES } from "../../../protocol/media_socket/messages.ts";
import { dialBinary } from "../../shared/socket/web_socket.ts";
import { AT_REST } from "../input/pad.ts";
import type { Connection, SessionMessage } from "../join/connection.ts";
import type { Ping } from "../join/latency.ts";
import { MediaConnection } from "../media/media_connection.ts";
import { type CreatePeer, forBrowser, hasWebRtc } from "../media/peer.ts";
import { type RelayFault, relayFault } from "../media/relay_faults.ts";
import { decodableCodecs } from "../media/tcp/picture_player.ts";
import type { Measured } from "./findings.ts";
import type { Probes } from "./run.ts";

/** How long the connection to the coordinator may take, in milliseconds. */
const ONLINE_LIMIT = 10_000;
/** How long other steps wait for an answer, in milliseconds. */
const ANSWER_LIMIT = 5_000;
/** After a refusal the connection over UDP is asked for once more, so much later, in milliseconds. */
const AGAIN_AFTER = 2_500;
/** How long the browser gathers addresses, in milliseconds. */
const GATHER_LIMIT = 3_000;
const NAMES: Readonly<Record<string, string>> = { h264: "H.264", vp8: "VP8" };

/** The probes of a page, which take part in its signalling. */
export interface PageProbes {
  readonly probes: Probes;
  /** Takes a message of the coordinator. */
  receive(message: SessionMessage): void;
}

/** The probes of this page. */
export function createProbes(
  { clock, connection, createPeer, ping }: {
    readonly clock: Clock;
    readonly connection: Connection;
    readonly createPeer: CreatePeer;
    readonly ping: Ping;
  },
): PageProbes {
  let receive: (message: SessionMessage) => void = () => {};
  /** Resolves with the result, or with `undefined` after a while. */
  async function within<T>(ms: number, result: Promise<T>): Promise<T | undefined> {
    const limit = Promise.withResolvers<undefined>();
    using _timer = clock.after(ms, () => limit.resolve(undefined));
    return await Promise.race([result, limit.promise]);
  }

  /** The time until an address answers, in milliseconds. */
  async function timeOf(url: string): Promise<number | undefined> {
    const stop = new AbortController();
    const began = clock.now();
    const answer = await within(ANSWER_LIMIT, ping(url, stop.signal).then(() => clock.now()));
    stop.abort();
    return answer === undefined ? undefined : answer - began;
  }

  const worker = () => connection.ready.value?.worker;
  const probes: Probes = {
    page: () => timeOf("/ping"),
    secure: () => Promise.resolve(globalThis.isSecureContext),
    async coordinator() {
      for (let waited = 0; waited < ONLINE_LIMIT; waited += 100) {
        const state = connection.socket.state.value;
        if (state.state === "closed") return state.code;
        // Where no worker is connected there is no session, but the connection is open.
        if (connection.online.value || (state.state === "open" && waited >= ANSWER_LIMIT)) {
          return "open";
        }
        await sleep(clock, 100);
      }
      return undefined;
    },
    async worker() {
      const found = worker();
      if (!found) return "no_worker";
      return found.ping_url === undefined ? "no_address" : await timeOf(found.ping_url);
    },
    async addresses() {
      if (!hasWebRtc()) return "no_webrtc";
      const kinds = new Set<string>();
      const faults: RelayFault[] = [];
      const iceServers = forBrowser(connection.ready.value?.ice_servers ?? []);
      const peer = new RTCPeerConnection({ iceServers });
      peer.addEventListener("icecandidateerror", (error) => {
        const fault = relayFault(error);
        if (fault) faults.push(fault);
      });
      const complete = Promise.withResolvers<void>();
      peer.addEventListener("icecandidate", ({ candidate }) => {
        const kind = / typ (\w+)/.exec(candidate?.candidate ?? "")?.[1];
        if (kind) kinds.add(kind);
        if (!candidate) complete.resolve();
      });
      peer.createDataChannel("check");
      await peer.setLocalDescription();
      await within(GATHER_LIMIT, complete.promise);
      peer.close();
      return { kinds: [...kinds], faults };
    },
    udp: () =>
      connectOverUdp({ clock, connection, createPeer, listen: (take) => (receive = take) }),
    async tcp() {
      const url = worker()?.media_url;
      if (url === undefined) return "no_address";
      const answered = Promise.withResolvers<number | undefined>();
      let sentAt = clock.now();
      using socket = dialBinary(url, {
        opened() {
          sentAt = clock.now();
          const ticket = new Uint8Array(TICKET_BYTES);
          socket.send(encodeFromBrowser({ type: "hello", codecs: ["h264"], ticket }));
        },
        message: () => {},
        // The worker read the hello and knows no such ticket: bytes pass in both directions.
        closed: (code) =>
          answered.resolve(code === CLOSE.forbidden ? clock.now() - sentAt : undefined),
        failed: () => answered.resolve(undefined),
      });
      return await within(ANSWER_LIMIT, answered.promise);
    },
    async decoders() {
      const known = globalThis.RTCRtpReceiver?.getCapabilities?.("video")?.codecs ?? [];
      const types = new Set(known.map(({ mimeType }) => mimeType.toLowerCase()));
      const webRtc = Object.keys(NAMES).filter((codec) => types.has(`video/${codec}`));
      const own = await decodableCodecs();
      return { webRtc: webRtc.map((codec) => NAMES[codec]!), own: own.map((each) => NAMES[each]!) };
    },
    gamepads: () =>
      Promise.resolve(
        typeof navigator.getGamepads === "function"
          ? navigator.getGamepads().filter((pad) => pad !== null).length
          : undefined,
      ),
  };
  return { probes, receive: (message) => receive(message) };
}

/** Connects to the worker's spare process, and lets the connection go. */
async function connectOverUdp(
  { clock, connection, createPeer, listen }: {
    readonly clock: Clock;
    readonly connection: Connection;
    readonly createPeer: CreatePeer;
    readonly listen: (take: (message: SessionMessage) => void) => void;
  },
): Promise<Measured["udp"]> {
  if (!hasWebRtc()) return undefined;
  const { socket, ready } = connection;
  let answer = await socket.request("webrtc.preconnect", {});
  if ("error" in answer) {
    // The connection that the library held may still be closing.
    await sleep(clock, AGAIN_AFTER);
    answer = await socket.request("webrtc.preconnect", {});
  }
  if ("error" in answer) return "not_tested";
  const { peer_id, sdp } = answer;
  const began = clock.now();
  const result = Promise.withResolvers<number | undefined>();
  using media = new MediaConnection({
    clock,
    createPeer,
    iceServers: ready.value?.ice_servers ?? [],
    pad: () => AT_REST,
    listener: {
      candidate: (candidate) => socket.send("webrtc.candidate", { ...candidate, peer_id }),
      path: () => {},
      up: () => result.resolve(clock.now() - began),
      track: () => {},
      failed: () => result.resolve(undefined),
      sample: () => {},
      readings: () => {},
    },
  });
  listen((message) => {
    if (message.type === "webrtc.candidate" && message.payload.peer_id === peer_id) {
      media.addCandidate(message.payload);
    }
  });
  using _limit = clock.after(ANSWER_LIMIT, () => result.resolve(undefined));
  const reply = await media.answer(sdp);
  if ("error" in reply) return undefined;
  socket.send("webrtc.answer", { peer_id, sdp: reply.sdp });
  return await result.promise;
}
