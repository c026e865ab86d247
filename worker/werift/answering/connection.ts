/**
 * A connection that the other end offers, on werift: it takes the offer, gathers its candidates, and answers with all of
 * them, because the other end gets none later.
 *
 * ```text
 * new ──answer──▶ answered ──ICE and DTLS complete──▶ connected
 *  └───────────────┴── 15 s passed, failed, disposed ──┴──▶ closed
 * ```
 *
 * @module
 */
import type { VideoCodec } from "../../../media/ports.ts";
import type { Clock } from "../../../protocol/clock.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { type Purpose, readOffer, writeAnswer } from "../../../protocol/sdp/offer.ts";
import type { Answered, PeerOptions } from "../../sending/ports.ts";
import { Candidates } from "../answer.ts";
import { filterDtls } from "../dtls_filter.ts";
import { createAnsweringConnection, iceCredentials } from "../settings.ts";
import { filterSources, SourceFilter } from "../source_filter.ts";
import { addRemoteCandidate } from "./remote.ts";

/** A connection that is not complete after this long is closed, in milliseconds. */
export const CONNECT_TIMEOUT = 15_000;

/** Reports of a connection to its owner. */
export interface AnsweringListener {
  /** Media can flow. */
  connected(): void;
  /** The connection ended and is disposed; `reason` is a sentence. Not called when the owner disposes it. */
  closed(reason: string): void;
}

/** One connection. Disposing closes it. */
export class AnsweringConnection implements Disposable {
  readonly sections: ReturnType<typeof createAnsweringConnection>;
  readonly #purpose: Purpose;
  readonly #listener: AnsweringListener;
  readonly #limit: Disposable;
  readonly #candidates = new Candidates();
  readonly #found: string[] = [];
  #state: "new" | "answered" | "connected" | "closed" = "new";
  #codec: VideoCodec | undefined;
  #sound = false;

  /** @throws {RangeError} when the port range holds fewer than two ports */
  constructor(
    { clock, options, purpose, listener }: {
      readonly clock: Clock;
      readonly options: PeerOptions;
      readonly purpose: Purpose;
      readonly listener: AnsweringListener;
    },
  ) {
    this.#purpose = purpose;
    this.#listener = listener;
    this.sections = createAnsweringConnection(options, purpose);
    this.#listen();
    this.#limit = clock.after(CONNECT_TIMEOUT, () => {
      if (this.#state === "connected") return;
      const seconds = CONNECT_TIMEOUT / 1000;
      this.end(`The media connection was not made within ${seconds} s: no packet came over UDP`);
    });
  }

  /** Whether media can flow. */
  get isConnected(): boolean {
    return this.#state === "connected";
  }

  /** The codec of the pictures; `undefined` before the answer. */
  get codec(): VideoCodec | undefined {
    return this.#codec;
  }

  /** Whether sound was agreed on. */
  get sound(): boolean {
    return this.#sound;
  }

  /** Answers the offer; call it once. */
  async answer(text: string): Promise<Answered> {
    const offer = readOffer(text, this.#purpose);
    if ("fault" in offer) return this.#refuse(offer.error);
    const { pc, video } = this.sections;
    try {
      await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
      // Of two programs the one that offers begins the DTLS handshake, unless it cannot.
      const transport = video.sender.dtlsTransport;
      transport.role = offer.setup === "passive" ? "client" : "server";
      filterDtls(transport);
      for (const candidate of offer.candidates) {
        await addRemoteCandidate(pc, this.#candidates, candidate);
      }
      const answer = await pc.createAnswer();
      if (this.#state !== "new") return { error: "Cannot answer: the connection was closed" };
      this.#state = "answered";
      this.#codec = offer.codec;
      this.#sound = offer.sound;
      await pc.setLocalDescription(answer);
      if (this.#found.length === 0) return this.#refuse("Cannot answer: no UDP port is free here");
      const found = { answer: answer.sdp, candidates: this.#found, isComplete: true };
      return { sdp: writeAnswer(offer, found) };
    } catch (cause) {
      return this.#refuse(`Cannot answer the offer: ${errorText(cause)}`);
    }
  }

  /** Adds a candidate of the other end; `error` is a sentence. */
  async addCandidate(candidate: string): Promise<{ readonly error?: string }> {
    if (this.#state === "new" || this.#state === "closed") {
      return { error: `Cannot add a candidate: the connection is ${this.#state}` };
    }
    return await addRemoteCandidate(this.sections.pc, this.#candidates, candidate);
  }

  /** Closes the connection, and reports the reason. */
  end(reason: string): void {
    if (this.#state === "closed") return;
    this[Symbol.dispose]();
    this.#listener.closed(reason);
  }

  [Symbol.dispose](): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#limit[Symbol.dispose]();
    // No code waits until the sockets are closed, and a socket that cannot be closed cannot be helped.
    this.sections.pc.close().catch(() => {});
  }

  #refuse(error: string): Answered {
    this[Symbol.dispose]();
    return { error };
  }

  #listen(): void {
    const { pc } = this.sections;
    const sources = new SourceFilter(() => iceCredentials(pc));
    pc.onIceCandidate.subscribe((candidate) => {
      // A candidate names a new socket, which nobody knows before.
      filterSources(pc, sources);
      if (candidate?.candidate) this.#found.push(candidate.candidate);
    });
    pc.connectionStateChange.subscribe((state) => {
      if (state === "connected" && this.#state === "answered") {
        this.#state = "connected";
        this.#listener.connected();
      }
      if (state === "failed") this.end("The media connection failed: packets stopped arriving");
      if (state === "closed") this.end("The media connection was closed");
    });
  }
}
