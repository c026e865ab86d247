/**
 * A scripted browser at the other end of a media socket: takes up an offer, reports what arrives, holds a pad. It does
 * what the page does, or leaves out a step on purpose.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { WebSocket } from "ws";
import { every, systemClock } from "../../../protocol/clock.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import type { SocketOffer } from "../../../protocol/legs/webrtc.ts";
import {
  decodeToBrowser,
  encodeFromBrowser,
  type FromBrowser,
  type ToBrowser,
} from "../../../protocol/media_socket/messages.ts";
import { until } from "../media/werift_browser.ts";

type Of<T extends ToBrowser["type"]> = Extract<ToBrowser, { type: T }>;

/** The bytes of a ticket. */
export function ticketBytes(ticket: string): Uint8Array {
  return Uint8Array.fromBase64(ticket, { alphabet: "base64url" });
}

export class SocketBrowser implements Disposable {
  readonly socket: WebSocket;
  /** All messages of the worker, oldest first. */
  readonly received: ToBrowser[] = [];
  /** The code of the close, once it has come. */
  readonly closed: Promise<number>;
  readonly opened: Promise<unknown>;
  readonly #padding: Disposable;
  #seq = 0;
  #buttons = 0;

  /** Whether pictures that arrive are reported, and a pad is sent. */
  reports: boolean;

  constructor(url: string, { reports = true } = {}) {
    this.reports = reports;
    this.socket = new WebSocket(url.replace(/^http/, "ws"));
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.opened = Promise.race([
      new Promise((resolve) => this.socket.on("open", resolve)),
      this.closed,
    ]);
    this.socket.on("message", (data: Buffer) => {
      const message = decodeToBrowser(data);
      if (!message) throw new Error("The worker sent what is no message");
      this.received.push(message);
      if (message.type === "video" && this.reports) {
        this.send({ type: "received", number: message.number });
      }
    });
    this.#padding = every(systemClock, 200, () => {
      if (this.reports) this.press(this.#buttons);
    });
  }

  /** Takes up an offer. */
  static async take({ url, ticket }: SocketOffer, options = {}): Promise<SocketBrowser> {
    const browser = new SocketBrowser(url, options);
    await browser.opened;
    browser.send({ type: "hello", codecs: ["h264", "vp8"], ticket: ticketBytes(ticket) });
    return browser;
  }

  send(message: FromBrowser): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(encodeFromBrowser(message));
  }

  /** Holds these buttons from now on. */
  press(buttons: number): void {
    this.#buttons = buttons;
    const payload = { ...NEUTRAL_PAD, seq: this.#seq++ % 2 ** 16, buttons };
    const bytes = compactCodec.encode({ type: "Control", timestamp: Date.now() / 1000, payload });
    this.send({ type: "channel", channel: "state", bytes });
  }

  /** The messages of one type. */
  of<T extends ToBrowser["type"]>(type: T): Of<T>[] {
    return this.received.filter((message): message is Of<T> => message.type === type);
  }

  /** Waits until there are so many messages of a type. */
  async see(type: ToBrowser["type"], count: number): Promise<void> {
    await until(() => this.of(type).length >= count);
  }

  [Symbol.dispose](): void {
    this.#padding[Symbol.dispose]();
    this.socket.terminate();
  }
}
