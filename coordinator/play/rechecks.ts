/**
 * Works out passes anew when a right ended: a share link was removed, the policy changed, a login ended or expired, a
 * person was disabled. A player who has no right any more is disconnected; one who may do less is limited to that.
 * Working one out takes a while, in which rights may change again: what was worked out before a change is not applied.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import { asOfNow } from "../accounts/as_of_now.ts";
import type { CheckedCredentials, Pass } from "../domain/pass.ts";
import { isRefused, type Refused } from "../refusals.ts";
import type { Sessions } from "./sessions.ts";

/** How often passes are looked at for their end, and after how long a check that failed is repeated, in milliseconds. */
const PERIOD = 1_000;

/** A player, connected or away. */
export interface Passholder {
  readonly pass: Pass;
  /** Applies a new pass. */
  renewed(pass: Pass): void;
  /** Ends the player's session, and closes the player's socket with the reason. */
  turnedAway(reason: string): void;
}

/** The players whose sockets are closed and whose sessions are kept. */
export function awayPlayers(sessions: Sessions): Passholder[] {
  return sessions.all().filter(({ connection }) => connection === undefined).map((session) => {
    const { pass: checked } = session;
    return {
      pass: checked,
      renewed(pass) {
        // A player who came back meanwhile has a newer pass.
        if (session.pass.proof === checked.proof) sessions.setPass(session, pass);
      },
      turnedAway: () => sessions.end(session, "right_ended"),
    };
  });
}

/** What {@linkcode Rechecks} is made of. */
export interface RecheckPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Every player of this moment. */
  readonly players: () => readonly Passholder[];
  /** The pass that follows from the same credentials now. */
  readonly renew: (proof: CheckedCredentials) => Promise<{ readonly pass: Pass } | Refused>;
  /** How many changes of rights there have been. */
  readonly changes: () => number;
}

/** Checks the passes of players again. */
export class Rechecks implements Disposable {
  readonly #ports: RecheckPorts;
  readonly #ticking: Disposable;
  #repeat: Disposable | undefined;

  constructor(ports: RecheckPorts) {
    this.#ports = ports;
    this.#ticking = every(ports.clock, PERIOD, () => {
      const now = ports.clock.epoch();
      void this.run(({ until }) => until !== undefined && until <= now);
    });
  }

  [Symbol.dispose](): void {
    this.#ticking[Symbol.dispose]();
    this.#repeat?.[Symbol.dispose]();
  }

  /** Checks the players whose proof `concerns` names. Resolves when their new passes apply. Never rejects. */
  async run(concerns: (proof: CheckedCredentials) => boolean): Promise<void> {
    const players = this.#ports.players().filter(({ pass: { proof } }) => proof && concerns(proof));
    await Promise.all(players.map((player) => this.#check(player)));
  }

  /** A player came in, whose pass was worked out before its socket was open. */
  entered(player: Passholder): void {
    const { proof } = player.pass;
    if (proof?.asOf !== undefined && proof.asOf !== this.#ports.changes()) void this.#check(player);
  }

  async #check(player: Passholder): Promise<void> {
    const { log, clock, renew, changes } = this.#ports;
    const { proof } = player.pass;
    if (!proof) return;
    try {
      const renewed = await asOfNow(changes, () => renew(proof));
      if (isRefused(renewed)) player.turnedAway(renewed.refusal.message);
      else player.renewed(renewed.pass);
    } catch (error) {
      log.error("right not checked", { error });
      this.#repeat ??= clock.after(PERIOD, () => {
        this.#repeat = undefined;
        void this.run(() => true);
      });
    }
  }
}
