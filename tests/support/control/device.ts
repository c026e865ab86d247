/**
 * A field device in memory: it has a key, logs in, reports, and answers commands as the test sets.
 *
 * @module
 */
import { challengeText, type FromAgent } from "../../../protocol/legs/agent_leg.ts";
import type { DeviceStatus } from "../../../protocol/field/device.ts";
import { SenderId } from "../../../protocol/ids.ts";
import type { Served } from "../../../coordinator/sockets/serve_leg.ts";
import type { Bench } from "./bench.ts";
import type { FakeWire, ReceivedMessage } from "./wire.ts";

export interface DeviceKey {
  readonly publicKey: string;
  sign(text: Uint8Array<ArrayBuffer>): Promise<string>;
}

export async function createDeviceKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return {
    publicKey: base64url(raw),
    sign: async (text) =>
      base64url(new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, text))),
  };
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export const ABOUT = { agent_version: "0.5.0", hostname: "orangepi-field-1", arch: "aarch64" };

export const IDLE: DeviceStatus = {
  network_interfaces: [{ name: "eth0", type: "ethernet", state: "connected" }],
  media_inputs: [],
  saved_media: [],
  stream_state: "idle",
  cpu_percent: 12.5,
  mem_used_mb: 180,
  uptime_s: 86_400,
};

export class FakeDevice {
  readonly wire: FakeWire;
  readonly served: Served;
  readonly key: DeviceKey;
  readonly #bench: Bench;
  #count = 0;
  senderId = "";
  sessionToken: string | undefined;

  constructor(bench: Bench, { key, address }: { key: DeviceKey; address?: string }) {
    const { wire, served } = bench.agentSocket(address);
    this.wire = wire;
    this.served = served;
    this.key = key;
    this.#bench = bench;
  }

  /** Sends a message and returns its id. */
  send(type: FromAgent["type"], payload: unknown, more: Record<string, unknown> = {}): string {
    const id = `device-${this.#count++}`;
    const ts = new Date(this.#bench.clock.epoch()).toISOString();
    const token = this.sessionToken === undefined ? {} : { token: this.sessionToken };
    this.served.text(JSON.stringify({ id, type, ts, ...token, payload, ...more }));
    return id;
  }

  async enroll(token: string, facts: Record<string, unknown> = {}): Promise<ReceivedMessage> {
    const device_public_key = this.key.publicKey;
    this.send("auth.login", { enrollment_token: token, device_public_key, ...ABOUT, ...facts });
    return this.#entered(await this.wire.next("auth.login.response"));
  }

  /** Logs in by proving its key. */
  async login(senderId: string, facts: Record<string, unknown> = {}): Promise<ReceivedMessage> {
    this.senderId = senderId;
    this.send("auth.login", { device_id: senderId, ...ABOUT, ...facts });
    await this.prove(await this.wire.next("auth.challenge"));
    return this.#entered(await this.wire.next("auth.login.response"));
  }

  async prove({ id, payload }: ReceivedMessage, as = this.senderId): Promise<void> {
    const device_id = SenderId.parse(as);
    const signature = await this.key.sign(challengeText({ ...payload, device_id }));
    this.send("auth.challenge.response", { device_id, signature }, { id });
  }

  /** Takes the next command of this type and acknowledges it, or refuses. */
  async answer(
    command:
      | "stream.start"
      | "stream.stop"
      | "config.update"
      | "agent.update"
      | "logs.read"
      | "settings.push",
    payload: unknown,
  ) {
    const asked = await this.wire.next(command);
    this.send(`${command}.response`, payload, { id: asked.id });
    return asked;
  }

  status(change: Partial<DeviceStatus> & { sender_id?: string } = {}): string {
    return this.send("device.status", { ...IDLE, ...change });
  }

  stats(stream_id: string, more: Record<string, unknown> = {}): string {
    const link = {
      id: 0,
      interface: "wwan0",
      state: "Live",
      rtt_ms: 45.2,
      loss_rate: 0.001,
      capacity_bps: 8_500_000,
      sent_bytes: 1,
    };
    const links = [link];
    return this.send("stream.stats", {
      stream_id,
      uptime_s: 1,
      encoder_bitrate_kbps: 4800,
      links,
      ...more,
    });
  }

  /** Its socket breaks. */
  drop(): void {
    this.served.gone();
  }

  #entered(response: ReceivedMessage): ReceivedMessage {
    if (response.payload.success) {
      this.senderId = response.payload.sender_id;
      this.sessionToken = response.payload.session_token;
    }
    return response;
  }
}
