/**
 * A device's own recording of what it sends: connects the pipeline that writes it, the disk that keeps it, and the
 * coordinator that says where gaps are sent.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { StorageReason } from "../../protocol/disk/storage_fault.ts";
import { isRefusal, type RefusalPayload } from "../../protocol/envelope.ts";
import { newId, type StreamId } from "../../protocol/ids.ts";
import { COMMAND_LIMIT, type ToAgent } from "../../protocol/legs/agent_leg.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import {
  type DeviceRecordingReport,
  type DeviceRecordingSettings,
  type GapOffer,
  MOST_GAPS,
} from "../../protocol/recording/device.ts";
import type { ControlLink } from "../control_link.ts";
import { Forwarder } from "./forwarder.ts";
import type { Figures } from "./pace.ts";
import { Ring } from "./ring.ts";
import type { SendParts } from "./upload.ts";

/** The coordinator's answer to an offer of a gap. */
type OfferAnswer = Extract<ToAgent, { type: "recording.offer.response" }>;
type Answer = OfferAnswer["payload"];

/** The dependencies of {@linkcode OwnRecording}. */
export interface OwnRecordingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absolute path of the folder of recordings. */
  readonly folder: string;
  readonly link: () => Pick<ControlLink, "send" | "state">;
  readonly parts: SendParts;
  /** The pipeline, if one runs. */
  readonly broadcaster: () => {
    readonly stream: StreamId | undefined;
    record(on: boolean): void;
    missed(stream: StreamId): void;
  };
}

/** The recording of one device. Disposing ends forwarding, and not a recording. */
export class OwnRecording implements Disposable {
  readonly #ports: OwnRecordingPorts;
  readonly #ring: Ring;
  readonly #forwarder: Forwarder;
  #asked: { readonly id: string; readonly answered: (answer: Answer) => void } | undefined;

  constructor(ports: OwnRecordingPorts) {
    const { clock, random, log, folder, broadcaster, link, parts } = ports;
    this.#ports = ports;
    this.#ring = new Ring({ clock, log, folder, running: () => broadcaster().stream });
    this.#forwarder = new Forwarder({
      ...{ clock, random, log, parts, ring: this.#ring },
      isOnline: () => link().state.state === "online",
      offer: (gap) => this.#offer(gap),
    });
  }

  /** What is reported of it. */
  get report(): DeviceRecordingReport {
    const { settings: { on }, used, trouble = this.#forwarder.trouble } = this.#ring;
    const gaps = this.#forwarder.gaps.slice(0, MOST_GAPS);
    return { on, used_bytes: used, gaps, ...(trouble !== undefined && { trouble }) };
  }

  /** Reads what is on the disk. */
  async load(): Promise<void> {
    await this.#ring.check();
  }

  /** The device logged in: these are the settings of its sender. */
  online(settings: DeviceRecordingSettings = {}): void {
    this.#configure(settings);
    this.#forwarder.online();
  }

  /** Changes settings; returns the names of those that are in force. */
  update(settings: DeviceRecordingSettings): string[] {
    this.#configure({ ...this.#ring.settings, ...settings });
    return Object.keys(settings).map((name) => `recording.${name}`);
  }

  /** Prepares the recording of a stream. */
  async begin(stream: StreamId): Promise<{ folder: string; on: boolean } | undefined> {
    return await this.#ring.begin(stream);
  }

  /** The streams of the device changed. */
  changed(): void {
    this.#forwarder.streaming(this.#ports.broadcaster().stream !== undefined);
    void this.#ring.check();
  }

  /** Figures of the running stream. */
  figures(figures: Figures): void {
    this.#forwarder.figures(figures);
  }

  /** The worker of a stream did not get pictures of the last seconds. */
  missed(stream: StreamId): void {
    this.#ports.broadcaster().missed(stream);
  }

  /** A pipeline could not write. */
  failed(reason: StorageReason): void {
    void this.#ring.failed(reason);
  }

  /** Takes the answer to an offer; one to an older offer changes nothing. */
  answered({ id, payload }: OfferAnswer): void {
    if (this.#asked?.id === id) this.#asked.answered(payload);
  }

  [Symbol.dispose](): void {
    this.#forwarder[Symbol.dispose]();
    this.#ring[Symbol.dispose]();
  }

  #configure(settings: DeviceRecordingSettings): void {
    this.#ring.configure(settings);
    this.#ports.broadcaster().record(this.#ring.settings.on);
  }

  async #offer(gap: GapOffer): Promise<{ url?: string } | RefusalPayload | undefined> {
    const { clock, link } = this.#ports;
    const id = newId(this.#ports);
    const answer = Promise.withResolvers<Answer | undefined>();
    this.#asked = { id, answered: answer.resolve };
    const limit = clock.after(COMMAND_LIMIT, () => answer.resolve(undefined));
    if (!link().send("recording.offer", gap, id)) answer.resolve(undefined);
    const found = await answer.promise;
    limit[Symbol.dispose]();
    this.#asked = undefined;
    if (!found || isRefusal(found)) return found;
    return found.url === undefined ? {} : { url: found.url };
  }
}
