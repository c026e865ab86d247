/**
 * One player's socket from its opening to `session.ready`: takes up a session again, or finds the worker for a
 * new one by room, wish and measured round trips. No place is taken yet.
 *
 * ```text
 *  known resume token ──────────────────────────────────▶ in
 *  else ─▶ seeking ──one worker will do─────────────────▶ in
 *            │  └─────several──▶ measuring ──answered, or MEASURE_LIMIT──▶ in
 *            └─ none for PLACE_WAIT: says so, and goes on seeking
 *  each of them ──socket gone──▶ gone
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { SessionId, WorkerId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { App } from "../../protocol/legs/room.ts";
import { type FromUser, PING_LIMIT, PING_SAMPLES } from "../../protocol/legs/user_leg.ts";
import { choose, medianRtt, rank } from "../domain/selection.ts";
import { type Body, toUserMessage } from "./messages.ts";
import type { ResumeTokens } from "../secrets/resume.ts";
import type { PlayerWish, Session, Sessions, UserConnection } from "./sessions.ts";
import type { Workers } from "../workers.ts";
import type { Negotiation } from "./negotiation.ts";
import { PLACE_WAIT } from "./waiting_line.ts";

/** How long a browser may take to measure, in milliseconds: all samples at their limit, and a little. */
export const MEASURE_LIMIT = PING_SAMPLES * PING_LIMIT + 167;
/** Workers a browser is asked to measure at most: the best by what is known without. */
const MAX_MEASURED = 16;

export type PingResults = Extract<
  FromUser,
  { type: "latency.check.response" }
>["payload"]["results"];

type ArrivalState =
  | { readonly state: "seeking"; readonly timer: Disposable }
  | { readonly state: "measuring"; readonly timer: Disposable }
  | { readonly state: "in"; readonly session: Session }
  | { readonly state: "gone" };

export interface ArrivalPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly sessions: Sessions;
  readonly negotiation: Negotiation;
  readonly tokens: ResumeTokens;
}

export class Arrival {
  readonly #connection: UserConnection;
  readonly #ports: ArrivalPorts;
  readonly #wish: PlayerWish;
  /** The session that a token names and that has not ended. */
  readonly #resumes: SessionId | undefined;
  readonly #over: () => void;
  #state: ArrivalState;
  #library: readonly App[] = [];
  #closing = false;

  constructor(
    connection: UserConnection,
    { query: { resume, ...wish }, over, ...ports }: ArrivalPorts & {
      readonly query: PlayerWish & { readonly resume?: string | undefined };
      readonly over: () => void;
    },
  ) {
    this.#connection = connection;
    this.#ports = ports;
    this.#wish = wish;
    this.#over = over;
    const named = resume === undefined ? undefined : ports.tokens.read(resume);
    const end = named && ports.sessions.endOf(named);
    this.#resumes = end ? undefined : named;
    if (end) this.#say({ type: "session.ended", payload: { reason: end } });
    this.#state = {
      state: "seeking",
      timer: ports.clock.after(PLACE_WAIT, () => this.#reportNoPlace()),
    };
    this.seek();
  }

  /** The session, once there is one and while it has not ended. */
  get session(): Session | undefined {
    if (this.#state.state !== "in") return undefined;
    const { session } = this.#state;
    return session.state.state === "ended" ? undefined : session;
  }

  /** Looks for a worker, unless there is one already. */
  seek(): void {
    if (this.#state.state !== "seeking") return;
    const { workers, sessions } = this.#ports;
    const known = this.#resumes && sessions.find(this.#resumes);
    if (known && workers.choice(known.worker)) {
      this.#enter(known);
      return sessions.resume(known, this.#connection);
    }
    const room = this.#wish.room_id && workers.room(this.#wish.room_id);
    if (room) return this.#begin(room.worker_id, new Map());
    const suited = rank(workers.candidates(), this.#wish);
    const choices = suited.flatMap(({ worker_id }) => workers.choice(worker_id) ?? []);
    if (choices.length > 1 && choices.some(({ ping_url }) => ping_url)) {
      const timer = this.#ports.clock.after(MEASURE_LIMIT, () => this.#decide(new Map()));
      this.#become({ state: "measuring", timer });
      const payload = { workers: choices.slice(0, MAX_MEASURED) };
      return this.#say({ type: "latency.check", payload });
    }
    const [first] = suited;
    if (first) this.#begin(first.worker_id, new Map());
  }

  /** The browser measured its round trips. */
  measured(results: PingResults): void {
    const measured = results.map(({ worker_id, samples_ms }) =>
      [worker_id, medianRtt(samples_ms)] as const
    );
    const reached = measured.flatMap(([worker, rtt]) =>
      rtt === undefined ? [] : [[worker, rtt] as const]
    );
    this.#decide(new Map(reached));
  }

  /** Tells what can be played, when that is not what was told last. */
  sendLibrary(): void {
    const { session } = this;
    if (!session) return;
    const apps = this.#ports.sessions.library(session.wish);
    if (apps === this.#library) return;
    this.#library = apps;
    this.#say({ type: "library.changed", payload: { apps: [...apps] } });
  }

  /** The page says that it is closing, or loading again. */
  pageClosing(): void {
    this.#closing = true;
  }

  /** The socket is gone. */
  left(): void {
    const { session } = this;
    if (session && session.connection === this.#connection) {
      this.#ports.negotiation.settled(session);
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
    this.#enter(sessions.begin(this.#connection, { worker, wish: this.#wish, rtts, session_id }));
  }

  #enter(session: Session): void {
    this.#become({ state: "in", session });
    this.#library = this.#ports.sessions.library(session.wish);
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
    this.#say({ type: "session.no_capacity", payload });
  }

  #say(body: Body<Parameters<UserConnection["send"]>[0]>): void {
    this.#connection.send(toUserMessage(this.#ports, body));
  }
}
