/**
 * A vehicle that runs v3xctrl, as far as its messages and its pictures go: it sends the recorded bytes where there are
 * some, and pictures as RTP packets of H.264.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mapCodec } from "../../../protocol/control/control_map.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import type { DriveState } from "../../../protocol/control/control.ts";
import { pack } from "../../../protocol/msgpack.ts";
import { h264Payloads } from "../../../worker/sending/h264_payloads.ts";
import exchanges from "../../vectors/driving_exchanges.json" with { type: "json" };

/** The RTP packets of an access unit. */
export function rtpPackets(
  unit: Uint8Array<ArrayBuffer>,
  { first, ssrc, timestamp = 0 }: {
    readonly first: number;
    readonly ssrc: number;
    readonly timestamp?: number;
  },
): Uint8Array<ArrayBuffer>[] {
  const payloads = h264Payloads(unit);
  return payloads.map((payload, at) => {
    const packet = new Uint8Array(12 + payload.length);
    const view = new DataView(packet.buffer);
    view.setUint8(0, 0x80);
    view.setUint8(1, (at === payloads.length - 1 ? 0x80 : 0) | 96);
    view.setUint16(2, (first + at) & 0xffff);
    view.setUint32(4, timestamp >>> 0);
    view.setUint32(8, ssrc);
    packet.set(payload, 12);
    return packet;
  });
}

/** What the recorded streamer sent, by its name. */
export function recorded(name: string): Uint8Array<ArrayBuffer> {
  const found = exchanges.driver.find((each) => each.from === "vehicle" && each.name === name);
  return Uint8Array.fromHex(found!.hex);
}

/** A streamer with sockets of its own. Disposing closes them. */
export class Streamer implements Disposable {
  /** The wishes that came, and when. */
  readonly wishes: DriveState[] = [];
  /** Whether an Ack came. */
  isConnected = false;
  readonly #control: Socket;
  readonly #pictures: Socket;
  readonly #ports: { readonly control: number; readonly video: number };
  #number = 0;

  private constructor(
    control: Socket,
    pictures: Socket,
    ports: { readonly control: number; readonly video: number },
  ) {
    this.#control = control;
    this.#pictures = pictures;
    this.#ports = ports;
    control.on("message", (bytes) => {
      const message = mapCodec.decode(bytes);
      if (message?.type === "Ack") this.isConnected = true;
      if (message?.type === "Control") this.wishes.push(message.payload as DriveState);
      if (message?.type === "Latency") {
        const seconds = Date.now() / 1000;
        this.#send(mapCodec.encode({ ...message, payload: { at: seconds } }));
      }
    });
  }

  /** Opens it at an address of loopback. */
  static async open(
    ports: { readonly control: number; readonly video: number },
    host = "127.0.0.1",
  ): Promise<Streamer> {
    const [control, pictures] = await Promise.all([bound(host), bound(host)]);
    return new Streamer(control, pictures, ports);
  }

  syn(): void {
    this.#send(recorded("Syn with a version"));
  }

  /** Sends a Syn each second, as a streamer does, until it is answered. */
  async connect(): Promise<void> {
    for (let attempt = 0; !this.isConnected; attempt++) {
      if (attempt % 50 === 0) this.syn();
      if (attempt > 1_000) throw new Error("Nobody answered the streamer within 20 s");
      await sleep(systemClock, 20);
    }
  }

  /** Reports a battery of so many millivolts. */
  telemetry(vol: number): void {
    this.#say("Telemetry", {
      v: {
        sig: { rsrq: -1, rsrp: -97 },
        cell: { id: "?", band: "?" },
        loc: { lat: 47.5, lng: 9.25, fix_type: 3, speed: 36, satellites: 9 },
        bat: { vol, avg: vol, pct: 80, wrn: false, cur: 0 },
        ...{ svc: 1, vc: 0, gst: 0 },
      },
    });
  }

  /** Sends a picture. */
  picture(unit: Uint8Array<ArrayBuffer>, timestamp: number): void {
    for (const packet of rtpPackets(unit, { first: this.#number, ssrc: 77, timestamp })) {
      this.#number++;
      this.#pictures.send(packet, this.#ports.video, "127.0.0.1");
    }
  }

  [Symbol.dispose](): void {
    this.#control.close();
    this.#pictures.close();
  }

  #say(type: string, payload: object): void {
    this.#send(pack({ t: type, p: payload, d: Date.now() / 1000 }));
  }

  #send(bytes: Uint8Array): void {
    this.#control.send(bytes, this.#ports.control, "127.0.0.1");
  }
}

async function bound(host: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, host);
  await once(socket, "listening");
  return socket;
}
