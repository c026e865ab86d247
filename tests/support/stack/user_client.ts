/**
 * A scripted player: the real `/ws`, a real peer connection on werift, a pad that is held. It does what a
 * browser does, or leaves out a step on purpose.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RtpPacket } from "werift";
import { every, systemClock } from "../../../protocol/clock.ts";
import { NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { isRefusal, type RefusalPayload } from "../../../protocol/envelope.ts";
import { type AnswerOf, ROOM_PROTOCOL, type Verb } from "../../../protocol/room_commands/verbs.ts";
import { decodeToPage, encodeFromPage } from "../../../protocol/room_commands/wire.ts";
import type { RefusalCode } from "../../../protocol/legs/refusals.ts";
import { PING_LIMIT, PING_SAMPLES, type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { Dialled } from "../coordinator/served.ts";
import { until, WeriftBrowser } from "../media/werift_browser.ts";

type Said<T extends ToUser["type"]> = Extract<ToUser, { type: T }>["payload"];
type Ready = Said<"session.ready">;
type Started = Exclude<Said<"app.start.response">, { error: unknown }>;

/** A player sends the pad twice a second at rest, which is enough as a heartbeat on a busy machine. */
const PAD_PERIOD = 250;
/** An announcement without an answer is sent again after this time, in milliseconds. */
const ANNOUNCE_PERIOD = 1_000;
/** Aggregation packet (RFC 6184 §5.7.1), and the unit that begins a keyframe. */
const STAP_A = 24;
const SPS = 7;

/** A client that has a session. */
export type Player = UserClient & { readonly ready: Ready };

export interface Pictures {
  readonly packets: number;
  /** Pictures whose last packet came. */
  readonly whole: number;
  readonly keyframes: number;
}

export class UserClient implements AsyncDisposable {
  readonly socket: Dialled<ToUser>;
  /** Every message so far, oldest first, including those that a test waited for. */
  readonly received: ToUser[] = [];
  #pictures: Pictures = { packets: 0, whole: 0, keyframes: 0 };
  #browser: WeriftBrowser | undefined;
  #padding: Disposable | undefined;
  #taken = 0;
  #seq = 0;
  #buttons = 0;
  #asked = 0;
  /** The channel on which it has announced itself. */
  #announcedOn: unknown;

  private constructor(url: string, query: string, localAddress?: string) {
    const address = `${url.replace(/^http/, "ws")}/ws?${query}`;
    this.socket = new Dialled(address, toUser.decode, {
      rejectUnauthorized: false,
      ...(localAddress !== undefined && { localAddress }),
    });
    this.socket.socket.on("message", (data) => {
      const decoded = toUser.decode(String(data));
      if (!decoded.ok) return;
      this.received.push(decoded.message);
      if (decoded.message.type === "latency.check") this.#measure(decoded.message.payload);
    });
  }

  /** Opens the socket and sends nothing. */
  static dial(url: string, query = ""): UserClient {
    return new UserClient(url, query);
  }

  /** Opens the socket, from an address of this machine, and waits until there is a session. */
  static async join(url: string, query = "", localAddress?: string): Promise<Player> {
    const user = new UserClient(url, query, localAddress);
    const ready = await user.next("session.ready");
    return Object.assign(user, { ready });
  }

  /** Its end of the newest peer connection. */
  get browser(): WeriftBrowser | undefined {
    return this.#browser;
  }

  /** Counts of the packets, whole pictures and keyframes received so far, over all peer connections. */
  get pictures(): Pictures {
    return this.#pictures;
  }

  /**
   * The payload of the next message of this type that was not returned yet; earlier messages of other types are
   * skipped.
   */
  async next<T extends ToUser["type"]>(type: T): Promise<Said<T>> {
    const find = () =>
      this.received.findIndex((each, at) => at >= this.#taken && each.type === type);
    try {
      await until(() => find() >= 0);
    } catch {
      const arrived = this.received.slice(this.#taken).map((each) => each.type);
      throw new Error(`No ${type} came, but ${JSON.stringify(arrived)}`);
    }
    this.#taken = find() + 1;
    return this.received[this.#taken - 1]!.payload as Said<T>;
  }

  /** Requests a place and returns the worker's offer. */
  init(goal: { app_id?: string; room_id?: string } = {}): Promise<Said<"webrtc.offer">> {
    this.socket.send("webrtc.init", goal);
    return this.next("webrtc.offer");
  }

  /** Requests a connection in advance, and returns the worker's offer, or the code of its refusal. */
  async preconnect(): Promise<Said<"webrtc.offer"> | RefusalCode> {
    this.socket.send("webrtc.preconnect", {});
    const answer = await this.next("webrtc.preconnect.response");
    return "error" in answer ? answer.error.code : answer;
  }

  /** Answers an offer as a browser does, and waits until the channels are open. */
  async answer({ peer_id, sdp }: Said<"webrtc.offer">): Promise<void> {
    await this.drop();
    const browser = this.#browser = new WeriftBrowser();
    const answer = await browser.answer(sdp);
    const payloadType = Number(/^a=rtpmap:(\d+) H264/m.exec(answer)?.[1]);
    browser.pc.dtlsTransports[0]!.onRtp.subscribe((packet) => this.#count(packet, payloadType));
    this.socket.send("webrtc.answer", { peer_id, sdp: answer });
    this.socket.send("webrtc.candidate", { peer_id, candidate: "" });
    const state = browser.channels.get("state")!;
    await until(() => state.readyState === "open");
    this.#padding = every(systemClock, PAD_PERIOD, () => this.#sendPad());
  }

  /** Starts an app in the place that was given. */
  async start(app_id: string): Promise<Started> {
    this.socket.send("app.start", { app_id });
    const payload = await this.next("app.start.response");
    if ("error" in payload) throw new Error(payload.error.message);
    return payload;
  }

  /** From the lobby into a running game, until pictures come. */
  async play(app_id = "paddle-duel", room_id?: string): Promise<Started> {
    const offer = await this.init({ app_id, ...(room_id && { room_id }) });
    const [started] = await Promise.all([this.start(app_id), this.answer(offer)]);
    await this.seeMore(1);
    return started;
  }

  /** Asks the room, to which it announces itself before the first request, again each second until it is answered [RCM2]. */
  async ask<V extends Verb>(verb: V, body: object = {}): Promise<AnswerOf<V> | RefusalPayload> {
    const commands = this.#browser!.channels.get("commands")!;
    if (this.#announcedOn !== commands) {
      const answer = await this.#request("announce", { protocol: ROOM_PROTOCOL }, ANNOUNCE_PERIOD);
      if (isRefusal(answer)) return answer;
      this.#announcedOn = commands;
    }
    return await this.#request(verb, body);
  }

  /** Sends a request, and with `again` once more after each time of that many milliseconds, until one is answered. */
  async #request<V extends Verb>(
    verb: V,
    body: object,
    again?: number,
  ): Promise<AnswerOf<V> | RefusalPayload> {
    const commands = this.#browser!.channels.get("commands")!;
    const ids = new Set<number>();
    const { promise, resolve } = Promise.withResolvers<AnswerOf<V> | RefusalPayload>();
    const { unSubscribe } = commands.onMessage.subscribe((bytes) => {
      const message = decodeToPage(new Uint8Array(bytes as Buffer));
      if (!message || message.type === "publication" || !ids.has(message.id)) return;
      resolve(message.type === "answer" ? message.answer as AnswerOf<V> : message);
    });
    await until(() => commands.readyState === "open");
    const send = () => {
      const id = ++this.#asked;
      ids.add(id);
      commands.send(Buffer.from(encodeFromPage({ type: "request", id, verb, body })));
    };
    send();
    const repeating = again === undefined ? undefined : every(systemClock, again, send);
    try {
      return await promise;
    } finally {
      repeating?.[Symbol.dispose]();
      unSubscribe();
    }
  }

  /** Holds these buttons, a mask of `buttonBit`, from now on. */
  press(buttons: number): void {
    this.#buttons = buttons;
    this.#sendPad();
  }

  /** Sends any bytes. */
  sendRaw(bytes: Uint8Array): void {
    this.#browser?.channels.get("state")?.send(Buffer.from(bytes));
  }

  /** Waits until this many more whole pictures came. */
  async seeMore(pictures: number): Promise<void> {
    const before = this.#pictures.whole;
    await until(() => this.#pictures.whole >= before + pictures);
  }

  /** Quits the game and closes all connections. */
  async leave(): Promise<void> {
    this.socket.send("app.quit", {});
    await this.next("session.ended");
    await this[Symbol.asyncDispose]();
  }

  /** Stops without closing anything, as after a power cut: no close frame on the socket, no packet over UDP. */
  async vanish(): Promise<void> {
    this.#padding?.[Symbol.dispose]();
    this.socket.hangUp();
    for (const { connection } of this.#browser?.pc.iceTransports ?? []) {
      await connection.close();
    }
  }

  /** Closes the peer connection alone. */
  async drop(): Promise<void> {
    this.#padding?.[Symbol.dispose]();
    await this.#browser?.[Symbol.asyncDispose]();
    this.#browser = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.hangUp();
    await this.drop();
  }

  #count({ header, payload }: RtpPacket, payloadType: number): void {
    if (header.payloadType !== payloadType) return;
    const { packets, whole, keyframes } = this.#pictures;
    const startsKeyframe = (payload[0]! & 31) === STAP_A && (payload[3]! & 31) === SPS;
    this.#pictures = {
      packets: packets + 1,
      whole: whole + Number(header.marker),
      keyframes: keyframes + Number(startsKeyframe),
    };
    // werift keeps them for callers that read single packets; here the list would only grow.
    this.#browser!.packets.length = 0;
  }

  #sendPad(): void {
    const pad = { ...NEUTRAL_PAD, seq: this.#seq++ % 2 ** 16, buttons: this.#buttons };
    this.sendRaw(
      compactCodec.encode({ type: "Control", timestamp: Date.now() / 1000, payload: pad }),
    );
  }

  async #measure({ workers }: Said<"latency.check">): Promise<void> {
    const results = await Promise.all(workers.map(async ({ worker_id, ping_url }) => {
      const samples_ms: number[] = [];
      for (let n = 0; ping_url && n < PING_SAMPLES; n++) {
        const began = performance.now();
        try {
          const signal = AbortSignal.timeout(PING_LIMIT);
          await (await fetch(ping_url, { signal })).body?.cancel();
          samples_ms.push(performance.now() - began);
        } catch {
          break;
        }
      }
      return { worker_id, samples_ms };
    }));
    this.socket.send("latency.check.response", { results });
  }
}
