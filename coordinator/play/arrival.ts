/**
 * One player's socket from its opening to `session.ready`. It resumes a session, or chooses the worker of a new
 * session by room, wish and measured round trips. It leases no place.
 *
 * ```text
 *  known resume token ──────────────────────────────────▶ in
 *  else ─▶ seeking ──one suitable worker────────────────▶ in
 *            │  └─────several──▶ measuring ──response, or MEASURE_LIMIT──▶ in
 *            └─ none for PLACE_WAIT: sends session.no_capacity, stays seeking
 *  every state ──socket closed──▶ gone
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { CLOSE } from "../../protocol/close.ts";
import type { SessionId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { App } from "../../protocol/legs/room.ts";
import { type FromUser, PING_LIMIT, PING_SAMPLES } from "../../protocol/legs/user_leg.ts";
import type { Pass } from "../domain/pass.ts";
import { choose, medianRtt, rank } from "../domain/selection.ts";
import { type Body, toUserMessage } from "./messages.ts";
import type { ResumeTokens } from "../secrets/resume.ts";
import type { Passes } from "./passes.ts";
import type { Passholder } from "./rechecks.ts";
import type { PlayerWish, Session, UserConnection } from "../domain/player_session.ts";
import type { Sessions } from "./sessions.ts";
import type { Workers } from "../workers.ts";
import type { Negotiation } from "./negotiation.ts";
import { PLACE_WAIT } from "./places/waiting_line.ts";

/** Longest time that a browser may measure, in milliseconds: every sample at its limit, plus 167 ms. */
export const MEASURE_LIMIT = PING_SAMPLES * PING_LIMIT + 167;
/** Most workers that a browser measures: the first of the ranking that needs no round trips. */
const MAX_MEASURED = 16;

/** The round trips that a browser measured: for each worker its samples, in milliseconds. */
export type PingResults = Extract<
  FromUser,
  { type: "latency.check.response" }
>["payload"]["results"];

type ArrivalState =
  | { readonly state: "seeking"; readonly timer: Disposable }
  | { readonly state: "measuring"; readonly timer: Disposable }
  | { readonly state: "in"; readonly session: Session }
  | { readonly state: "gone" };

/** The services that an {@linkcode Arrival} uses. */
export interface ArrivalPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly passes: Passes;
  readonly negotiation: Negotiation;
  readonly tokens: ResumeTokens;
}

/** The arrival of one player. It begins to look for a worker when it is constructed. */
export class Arrival implements Passholder {
  readonly #connection: UserConnection;
  readonly #ports: ArrivalPorts;
  readonly #wish: PlayerWish;
  #pass: Pass;
  /** The session that the resume token names, if that session has not ended. */
  readonly #resumes: SessionId | undefined;
  readonly #over: () => void;
  #state: ArrivalState;
  #library: readonly App[] = [];
  #closing = false;

  /** `over` is called once the socket is closed. */
  constructor(
    connection: UserConnection,
    { query: { resume, ...wish }, pass, over, ...ports }: ArrivalPorts & {
      readonly query: PlayerWish & { readonly resume?: string | undefined };
      readonly pass: Pass;
      readonly over: () => void;
    },
  ) {
    this.#connection = connection;
    this.#ports = ports;
    this.#wish = wish;
    this.#pass = pass;
    this.#over = over;
    const named = resume === undefined ? undefined : ports.tokens.read(resume);
    const end = named && ports.sessions.endOf(named);
    this.#resumes = end ? undefined : named;
    if (end) this.#send({ type: "session.ended", payload: { reason: end } });
    this.#state = {
      state: "seeking",
      timer: ports.clock.after(PLACE_WAIT, () => this.#reportNoPlace()),
    };
    this.seek();
  }

  /** The player's session; `undefined` before it begins and after it ends. */
  get session(): Session | undefined {
    if (this.#state.state !== "in") return undefined;
    const { session } = this.#state;
    return session.state.state === "ended" ? undefined : session;
  }

  /** The pass of this player. */
  get pass(): Pass {
    return this.session?.pass ?? this.#pass;
  }

  /** Applies a new pass of this player. */
  renewed(pass: Pass): void {
    this.#pass = pass;
    if (this.session) this.#ports.sessions.setPass(this.session, pass);
    this.sendLibrary();
  }

  /** Ends the session, and closes the socket with the reason. */
  turnedAway(reason: string): void {
    if (this.session) this.#ports.sessions.end(this.session, "right_ended");
    this.#connection.close(CLOSE.unauthenticated, reason);
  }

  /** Looks for a worker. Does nothing in another state than `seeking`. */
  seek(): void {
    if (this.#state.state !== "seeking") return;
    const { workers, sessions, passes } = this.#ports;
    const known = this.#resumes && sessions.find(this.#resumes);
    if (known && workers.choice(known.worker) && passes.isOpen(known, this.#pass)) {
      this.#enter(known);
      const by = { pass: this.#pass, wish: this.#wish };
      return sessions.resume(known, this.#connection, by);
    }
    const room = this.#wish.room_id && workers.room(this.#wish.room_id);
    if (room) return this.#begin(room.worker_id, new Map());
    const suited = rank(workers.candidates(), this.#wish);
    const choices = suited.flatMap(({ worker_id }) => workers.choice(worker_id) ?? []);
    if (choices.length > 1 && choices.some(({ ping_url }) => ping_url)) {
      const timer = this.#ports.clock.after(MEASURE_LIMIT, () => this.#decide(new Map()));
      this.#become({ state: "measuring", timer });
      const payload = { workers: choices.slice(0, MAX_MEASURED) };
      return this.#send({ type: "latency.check", payload });
    }
    const [first] = suited;
    if (first) this.#begin(first.worker_id, new Map());
  }

  /** Chooses the worker by the round trips that the browser measured. */
  measured(results: PingResults): void {
    const measured = results.map(({ worker_id, samples_ms }) =>
      [worker_id, medianRtt(samples_ms)] as const
    );
    const reached = measured.flatMap(([worker, rtt]) =>
      rtt === undefined ? [] : [[worker, rtt] as const]
    );
    this.#decide(new Map(reached));
  }

  /** Sends the library to the player if it differs from the library sent last. */
  sendLibrary(): void {
    const { session } = this;
    if (!session) return;
    const apps = this.#ports.sessions.library(session);
    if (apps === this.#library) return;
    this.#library = apps;
    this.#send({ type: "library.changed", payload: { apps: [...apps] } });
  }

  /** Notes that the page announced that it closes or reloads. */
  pageClosing(): void {
    this.#closing = true;
  }

  /** Notes whether the player sees the page. */
  pageHidden(hidden: boolean): void {
    if (this.session) this.#ports.sessions.step(this.session, { type: "page", hidden });
  }

  /** Ends the arrival, because the socket is closed. */
  left(): void {
    const { session } = this;
    if (session && session.connection === this.#connection) {
      this.#ports.negotiation.away(session);
      this.#ports.sessions.away(session, { closing: this.#closing });
    }
    this.#become({ state: "gone" });
    this.#over();
  }

  #decide(rtts: ReadonlyMap<WorkerId, number>): void {
    if (this.#state.state !== "measuring") return;
    const candidates = this.#ports.workers.candidates();
    const wish = { ...this.#wish, rtts };
    const found = choose(candidates, wish) ?? rank(candidates, wish)[0];
    if (found) return this.#begin(found.worker_id, rtts);
    const timer = this.#ports.clock.after(PLACE_WAIT, () => this.#reportNoPlace());
    this.#become({ state: "seeking", timer });
  }

  #begin(worker: WorkerId, rtts: ReadonlyMap<WorkerId, number>): void {
    const { sessions } = this.#ports;
    const known = this.#resumes && sessions.find(this.#resumes);
    if (known) sessions.end(known, "left");
    const session_id = known ? undefined : this.#resumes;
    const start = { worker, wish: this.#wish, pass: this.#pass, rtts, session_id };
    this.#enter(sessions.begin(this.#connection, start));
  }

  #enter(session: Session): void {
    this.#become({ state: "in", session });
    this.#library = this.#ports.sessions.library(session);
  }

  #become(state: ArrivalState): void {
    if ("timer" in this.#state) this.#state.timer[Symbol.dispose]();
    this.#state = state;
  }

  #reportNoPlace(): void {
    const { zone, worker_id } = this.#wish;
    const payload = {
      zone: zone ?? null,
      ...(worker_id && { worker_id }),
      workers: 0,
      waited_ms: PLACE_WAIT,
    };
    this.#send({ type: "session.no_capacity", payload });
  }

  #send(body: Body<Parameters<UserConnection["send"]>[0]>): void {
    this.#connection.send(toUserMessage(this.#ports, body));
  }
}
