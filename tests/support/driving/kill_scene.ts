/**
 * A vehicle whose wheel turns while a process is killed. The driver's browser is a process too.
 *
 * @module
 */
import { GUARD_TASK } from "../../../agent/actuators/guard/guard.ts";
import { heldFor, NEUTRAL, stalledFor } from "../actuators/kills.ts";
import { childrenWith } from "../stack/processes.ts";
import { type Process, runProcess } from "../stack/stack.ts";
import type { VehicleRoom } from "./drive.ts";
import { DrivenStack, type Pulse, SILENCE } from "./driven_stack.ts";

/** The processes on the way of control. `guards`: one, and at once the one that took its place. */
export const VICTIMS = [
  "guard",
  "guards",
  "stopped_guard",
  "browser",
  "pipeline",
  "room",
  "agent",
  "worker",
] as const;
/** Those of which the guards themselves are the victims. */
export const GUARDS: ReadonlySet<Victim> = new Set(["guard", "guards", "stopped_guard"]);
/** One of them. */
export type Victim = typeof VICTIMS[number];

/** Longest wait for the wheel, in milliseconds. */
const LIMIT = 60_000;
/** Pulses of different widths after which a wheel turns. */
const TURNS = 10;

/** What the wheel did after a process was killed, in milliseconds. */
export interface Kill {
  /**
   * From the last control that came to the first neutral pulse, by the clock of the guard. Where the guard is killed or
   * stopped, from that moment to the first pulse of the next guard, by the clock of this process.
   */
  readonly held: number;
  /** The longest time in which the guard wrote no pulse, as when the machine did not run it. */
  readonly stalled: number;
}

/** Everything that drives. Disposing ends it. */
export class KillScene implements AsyncDisposable {
  readonly #driven: DrivenStack;
  #driver: Process | undefined;
  #room: VehicleRoom | undefined;

  private constructor(driven: DrivenStack) {
    this.#driven = driven;
  }

  static async start(): Promise<KillScene> {
    return new KillScene(await DrivenStack.start());
  }

  /** Kills a process on the way of control while the wheel turns, and waits until the wheel is neutral. */
  async kill(victim: Victim): Promise<Kill> {
    await this.#turn();
    if (victim === "guards") {
      const first = await this.#killGuard("SIGKILL");
      const second = await this.#killGuard("SIGKILL");
      return { held: Math.max(first, second), stalled: 0 };
    }
    if (victim === "guard" || victim === "stopped_guard") {
      const held = await this.#killGuard(victim === "guard" ? "SIGKILL" : "SIGSTOP");
      return { held, stalled: 0 };
    }
    const pid = this.#pidOf(victim);
    const { written } = this.#driven;
    const from = written.length;
    Deno.kill(pid, "SIGKILL");
    await this.#until("the wheel is neutral", () => written.slice(from).some(isNeutral));
    const pulses = written.splice(0);
    await this.#restart(victim);
    return { held: heldFor(pulses), stalled: stalledFor(pulses) };
  }

  /** Kills the coordinator while the wheel turns, starts it again, and fails when the wheel stops meanwhile. */
  async killCoordinator(): Promise<void> {
    await this.#turn();
    const { stack } = this.#driven;
    Deno.kill(stack.coordinator.pid, "SIGKILL");
    await this.#turnOn(2 * SILENCE);
    await stack.restartCoordinator();
    await this.#turnOn(2 * SILENCE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver?.end("SIGKILL");
    await this.#driven[Symbol.asyncDispose]();
  }

  /** Waits until a driver turns the wheel. */
  async #turn(): Promise<void> {
    this.#room ??= await this.#driven.room();
    this.#driver ??= startDriver(this.#room);
    this.#driven.written.length = 0;
    await this.#until("the wheel turns", () => widths(this.#driven.written) >= TURNS);
  }

  /** Waits for a time in which the wheel turns on. */
  async #turnOn(time: number): Promise<void> {
    const { written } = this.#driven;
    await new Promise((resolve) => setTimeout(resolve, time));
    const from = written.length;
    await this.#until("the wheel goes on", () => widths(written.slice(from)) >= TURNS);
  }

  /** Ends the guard that holds the actuator, and returns how long the wheel stayed turned until the next one wrote. */
  async #killGuard(signal: "SIGKILL" | "SIGSTOP"): Promise<number> {
    const { written } = this.#driven;
    const pid = this.#pidOf("guard");
    const from = written.length - 1;
    const killedAt = performance.now();
    Deno.kill(pid, signal);
    const isNext = ({ sequence }: Pulse, index: number, all: readonly Pulse[]) =>
      index > 0 && sequence < all[index - 1]!.sequence;
    await this.#until("the next guard writes", () => written.slice(from).some(isNext));
    const pulses = written.slice(from);
    const next = pulses.findIndex(isNext);
    if (!isNeutral(pulses[next]!)) throw new Error("A guard began with a turned wheel");
    return isNeutral(pulses[next - 1]!) ? 0 : pulses[next]!.arrivedAt - killedAt;
  }

  #pidOf(victim: Victim): number {
    const { stack, agent } = this.#driven;
    switch (victim) {
      case "browser":
        return this.#driver!.pid;
      case "room":
        return stack.roomProcess(this.#room!.room_id);
      case "worker":
        return stack.worker.pid;
      case "agent":
        return agent.pid;
      default: {
        // The oldest guard holds the actuator.
        const [pid] = childrenWith(agent.pid, GUARDS.has(victim) ? GUARD_TASK : victim);
        if (pid === undefined) throw new Error(`The agent runs no ${victim}`);
        return pid;
      }
    }
  }

  /** Starts what is gone, and leaves no driver: the seat of one that was killed would stay taken for seconds. */
  async #restart(victim: Victim): Promise<void> {
    await this.#driver?.end("SIGKILL");
    this.#driver = this.#room = undefined;
    if (victim === "worker") await this.#driven.stack.restartWorker();
    if (victim === "agent") await this.#driven.restartAgent();
    await this.#driven.endStream();
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + LIMIT;
    while (!holds()) {
      if (performance.now() > deadline) {
        const { stack, agent } = this.#driven;
        const all = { ...stack, agent, driver: this.#driver };
        const output = (["worker", "agent", "driver"] as const).map((name) =>
          `\n${name}: ${all[name]?.output().slice(-3_000)}`
        );
        throw new Error(`Waited ${LIMIT / 1000} s until ${what}.${output.join("")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function startDriver(room: VehicleRoom): Process {
  const main = new URL("driver_main.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "-A", "--no-check", main, JSON.stringify(room)];
  return runProcess({ name: "driver", args, env: Deno.env.toObject() });
}

function isNeutral({ width }: Pulse): boolean {
  return width === NEUTRAL;
}

function widths(pulses: readonly Pulse[]): number {
  return new Set(pulses.filter((pulse) => !isNeutral(pulse)).map(({ width }) => width)).size;
}
