/**
 * Restarts ICE on a connection that is connected (RFC 8445 §9): new credentials and new checks, while DTLS, streams and
 * data channels stay. werift makes such offers, and keeps its sockets; this file adds what it leaves out at the end that
 * offers: it starts the checks, and names reflexive addresses again.
 *
 * ```text
 * new ──offer──▶ offered ──accept──▶ checking ──a pair was chosen──▶ done
 *                   └───── 10 s ────────┴──▶ late
 * ```
 *
 * @module
 */
import type { Candidate, RTCPeerConnection } from "werift";
import type { Clock, Millis } from "../../../protocol/clock.ts";

/** How long a restart may take until the connection is given up, in milliseconds. */
export const RESTART_LIMIT = 10_000;
/** Time between two restarts of one connection, in milliseconds. */
export const RESTART_PERIOD = 1_000;

/** Reports of a restart to its owner. */
export interface RestartListener {
  /** The browser was reached on the new path. */
  done(): void;
  /** It was not reached within {@linkcode RESTART_LIMIT}. */
  late(): void;
}

/** Parts of werift's ICE connection that its types do not show. */
interface Inside {
  localCandidates: readonly Candidate[];
  turnServer?: unknown;
  readonly protocols: readonly { readonly type: string }[];
  readonly generation: number;
  readonly localUsername: string;
  appendLocalCandidate(candidate: Candidate): void;
}

/** One restart of one connection. Disposing ends its time limit. */
export class IceRestart implements Disposable {
  readonly #pc: RTCPeerConnection;
  readonly #listener: RestartListener;
  readonly #clock: Clock;
  readonly #since: Millis;
  readonly #limit: Disposable;
  #gathering: Disposable | undefined;
  #state: "new" | "offered" | "checking" | "over" = "new";

  constructor(pc: RTCPeerConnection, clock: Clock, listener: RestartListener) {
    this.#pc = pc;
    this.#clock = clock;
    this.#listener = listener;
    this.#since = clock.now();
    this.#limit = clock.after(RESTART_LIMIT, () => {
      if (this.#state === "over") return;
      this.#state = "over";
      listener.late();
    });
  }

  /** Whether another restart would come too soon after this one. */
  get isFresh(): boolean {
    return this.#clock.now() - this.#since < RESTART_PERIOD;
  }

  /** Whether the answer is awaited. */
  get isOffered(): boolean {
    return this.#state === "offered";
  }

  /** Makes the offer (SDP). Candidates follow as for the first one. */
  async offer(): Promise<string> {
    const inside = this.#inside();
    const reflexive = inside.localCandidates.filter(({ type }) => type === "srflx");
    const { sdp } = await this.#pc.createOffer({ iceRestart: true });
    this.#state = "offered";
    // The relay's socket stays, and with it the address there.
    if (inside.protocols.some(({ type }) => type === "turn")) delete inside.turnServer;
    // Afterwards, so that the offer leaves before any candidate.
    this.#gathering = this.#clock.after(0, () => void this.#gather(reflexive));
    return sdp;
  }

  /**
   * Applies the answer and starts the checks.
   *
   * @throws {Error} werift's, when the answer cannot be applied
   */
  async accept(sdp: string): Promise<void> {
    this.#state = "checking";
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    // A failure shows in the connection's state, or as a restart that is late.
    this.#pc.iceTransports[0]?.start().then(() => this.#done(), () => {});
  }

  [Symbol.dispose](): void {
    this.#state = "over";
    this.#gathering?.[Symbol.dispose]();
    this.#limit[Symbol.dispose]();
  }

  async #gather(reflexive: readonly Candidate[]): Promise<void> {
    const inside = this.#inside();
    // It fails only where a socket cannot be opened, and the first ones are there.
    await this.#pc.setLocalDescription().catch(() => {});
    for (const candidate of reflexive) {
      candidate.generation = inside.generation;
      candidate.ufrag = inside.localUsername;
      inside.appendLocalCandidate(candidate);
    }
  }

  #done(): void {
    if (this.#state !== "checking") return;
    this[Symbol.dispose]();
    this.#listener.done();
  }

  #inside(): Inside {
    return this.#pc.iceTransports[0]!.connection as unknown as Inside;
  }
}
