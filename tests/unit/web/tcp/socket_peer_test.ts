import { deepEqual, equal } from "node:assert/strict";
import {
  decodeFromBrowser,
  encodeToBrowser,
  type FromBrowser,
  type ToBrowser,
} from "../../../../protocol/media_socket/messages.ts";
import { readCounters } from "../../../../web/play/media/stats.ts";
import { socketPeer } from "../../../../web/play/media/tcp/socket_peer.ts";

type Output = (frame: unknown) => void;

/** What the page's own code asks of the browser. */
class Browser implements Disposable {
  readonly sent: FromBrowser[] = [];
  readonly decoded: { type: string; timestamp: number }[] = [];
  readonly drawn: number[] = [];
  readonly reports: string[] = [];
  queue = 0;
  socket: EventTarget & { readyState: number; url: string } = new EventTarget() as never;
  output: Output = () => {};
  fail: () => void = () => {};
  readonly #before = new Map<string, unknown>();

  constructor() {
    // deno-lint-ignore no-this-alias -- the classes below stand for the browser's own
    const browser = this;
    this.#put("location", { href: "http://play.example/play/x" });
    this.#put(
      "WebSocket",
      class extends EventTarget {
        static readonly OPEN = 1;
        readyState = 1;
        bufferedAmount = 0;
        constructor(readonly url: string) {
          super();
          browser.socket = this;
        }
        send(bytes: Uint8Array) {
          browser.sent.push(decodeFromBrowser(bytes)!);
        }
        close() {
          browser.reports.push("socket closed");
        }
      },
    );
    this.#put(
      "VideoDecoder",
      class {
        state = "unconfigured";
        constructor({ output, error }: { output: Output; error: () => void }) {
          browser.output = output;
          browser.fail = () => {
            this.state = "closed";
            error();
          };
        }
        get decodeQueueSize() {
          return browser.queue;
        }
        configure() {
          this.state = "configured";
        }
        reset() {
          this.state = "unconfigured";
        }
        decode({ type, timestamp }: { type: string; timestamp: number }) {
          browser.decoded.push({ type, timestamp });
        }
        close() {
          this.state = "closed";
          browser.reports.push("pictures closed");
        }
      },
    );
    for (const name of ["EncodedVideoChunk", "EncodedAudioChunk"]) {
      this.#put(
        name,
        class {
          constructor(init: object) {
            Object.assign(this, init);
          }
        },
      );
    }
    this.#put(
      "AudioDecoder",
      class {
        state = "configured";
        decodeQueueSize = 0;
        configure() {}
        decode({ timestamp }: { timestamp: number }) {
          browser.reports.push(`sound ${timestamp}`);
        }
        close() {
          this.state = "closed";
        }
      },
    );
    this.#put(
      "AudioContext",
      class {
        state = "running";
        destination = {};
        audioWorklet = { addModule: () => new Promise(() => {}) };
        resume = () => Promise.resolve();
        close = () => Promise.resolve();
      },
    );
    this.#put(
      "GainNode",
      class {
        gain = { value: 1 };
        connect() {}
      },
    );
  }

  receive(message: ToBrowser): void {
    const { buffer } = encodeToBrowser(message);
    this.socket.dispatchEvent(new MessageEvent("message", { data: buffer }));
  }

  /** The decoder gives a picture out. */
  draw(timestamp: number): void {
    this.output({ timestamp, displayWidth: 64, displayHeight: 48, close() {} });
  }

  #put(name: string, value: unknown): void {
    const here = globalThis as unknown as Record<string, unknown>;
    this.#before.set(name, here[name]);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }

  [Symbol.dispose](): void {
    for (const [name, value] of this.#before) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
  }
}

function open(browser: Browser) {
  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({ drawImage: ({ timestamp }: VideoFrame) => browser.drawn.push(timestamp) }),
  };
  let shown = 0;
  const createPeer = socketPeer({ url: "/w1/media", ticket: "_".repeat(42) + "8" }, {
    screen: { canvas: canvas as unknown as HTMLCanvasElement, shown: () => void shown++ },
    codecs: ["h264", "vp8"],
  });
  const peer = createPeer([], {
    candidate: () => {},
    path: () => void browser.reports.push("path"),
    up: () => void browser.reports.push("up"),
    track: () => {},
    message: (channel, bytes) => void browser.reports.push(`${channel} ${bytes.toHex()}`),
    failed: () => void browser.reports.push("failed"),
  });
  return { peer, canvas, shown: () => shown };
}

const video = (number: number, keyframe = false): ToBrowser => ({
  type: "video",
  keyframe,
  number,
  timestamp: number * 1_500,
  sentAt: 1,
  data: new Uint8Array(10),
});

Deno.test("[TCP5] the page shows its ticket, is up with the worker's ready, and draws pictures as they are decoded", async () => {
  using browser = new Browser();
  const { peer, canvas, shown } = open(browser);
  equal(browser.socket.url, "ws://play.example/w1/media");
  browser.socket.dispatchEvent(new Event("open"));
  const [hello] = browser.sent;
  equal(hello?.type === "hello" && hello.ticket.length, 32);
  browser.receive({ type: "ready", codec: "h264" });
  browser.receive(video(1, true));
  browser.receive(video(2));
  deepEqual(browser.sent.slice(1), [
    { type: "received", number: 1 },
    { type: "received", number: 2 },
  ]);
  browser.draw(1);
  browser.draw(2);
  deepEqual(browser.decoded.map(({ type }) => type), ["key", "delta"]);
  deepEqual([browser.drawn, shown(), canvas.width], [[1, 2], 2, 64]);
  browser.receive({ type: "sound", timestamp: 480, data: new Uint8Array(3) });
  browser.receive({ type: "channel", channel: "clock", bytes: Uint8Array.of(7) });
  deepEqual(browser.reports, ["path", "up", "sound 10000", "clock 07"]);
  equal(peer.send("state", Uint8Array.of(5)), true);
  deepEqual(browser.sent.at(-1), { type: "channel", channel: "state", bytes: Uint8Array.of(5) });
  equal(readCounters(await peer.stats(), 0)?.framesDecoded, 2);
  peer[Symbol.dispose]();
  browser.socket.dispatchEvent(new Event("close"));
  deepEqual(browser.reports.slice(4).sort(), ["pictures closed", "socket closed"]);
});

Deno.test("[TCP5] a page that is behind or whose decoder failed asks for a keyframe and begins anew with it", () => {
  using browser = new Browser();
  const { peer } = open(browser);
  const asked = () => browser.sent.filter(({ type }) => type === "keyframe").length;
  browser.receive({ type: "ready", codec: "h264" });
  browser.receive(video(1));
  equal(asked(), 1, "the first picture is no keyframe");
  browser.receive(video(2, true));
  browser.queue = 9;
  browser.receive(video(3));
  equal(asked(), 2);
  browser.queue = 0;
  browser.receive(video(4, true));
  browser.fail();
  equal(asked(), 3);
  browser.receive(video(5));
  browser.receive(video(6, true));
  deepEqual(browser.decoded.map(({ timestamp }) => timestamp), [2, 4, 6]);
  peer[Symbol.dispose]();
});

Deno.test("[TCP9] a socket that closes is reported as a connection that failed", () => {
  using browser = new Browser();
  const { peer } = open(browser);
  browser.socket.dispatchEvent(new Event("close"));
  deepEqual(browser.reports, ["failed"]);
  peer[Symbol.dispose]();
});
