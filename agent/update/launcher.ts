/**
 * Starts the current version of the agent, and starts it again when it ends. A version on trial that ends, or does
 * not log in within two minutes, is taken back. This program itself is never updated.
 *
 * @module
 */
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";
import type { Trial, Versions } from "./versions.ts";

/** How long a version on trial has to log in, in milliseconds. */
export const TRIAL_LIMIT = 120_000;
/** How often the trial is checked, in milliseconds. */
const TURN = 1_000;
/** An agent that ran this long is started again without delay, in milliseconds. */
const HEALTHY = 30_000;
/** Exit code of an agent that is to be started again. */
export const RESTART_CODE = 75;

/** The agent's process. */
export interface AgentProcess {
  /** Its exit code; a signal counts as 1. */
  readonly ended: Promise<number>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** The parts of a launcher. `start` starts the agent's program at a path. */
export interface LauncherOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly versions: Versions;
  readonly start: (program: string) => AgentProcess;
}

/** A running launcher. Disposing ends the agent; {@linkcode Launcher.over} resolves after that. */
export interface Launcher extends Disposable {
  /** Resolves when the launcher is disposed and the agent's process has ended. */
  readonly over: Promise<void>;
}

/** Starts the agent and keeps it running. */
export function launch(options: LauncherOptions): Launcher {
  const { clock, random, log, versions, start } = options;
  let isOver = false;
  let agent: AgentProcess | undefined;
  let wake = () => {};
  const over = run();

  async function run(): Promise<void> {
    let failures = 0;
    while (!isOver) {
      const trial = await versions.trial();
      const began = clock.now();
      agent = start(versions.program);
      const code = await (trial ? watchTrial(agent, trial, began) : agent.ended);
      agent = undefined;
      if (isOver) return;
      if (trial && await isOnTrial(trial)) {
        const why = `it ended with exit code ${code} before it had logged in`;
        if (await takeBack(trial, why)) continue;
      }
      const wasHealthy = code === RESTART_CODE || clock.now() - began >= HEALTHY;
      failures = wasHealthy ? 0 : failures + 1;
      const delay = wasHealthy ? 0 : retryDelay(failures, random);
      log.warn("agent ended, starting it again", { code, delay });
      await pause(delay);
    }
  }

  /** Ends the agent when it does not log in in time. Resolves with its exit code. */
  async function watchTrial(process: AgentProcess, trial: Trial, began: Millis): Promise<number> {
    let ended = false;
    const exit = process.ended.finally(() => {
      ended = true;
      wake();
    });
    while (!ended && !isOver && await isOnTrial(trial)) {
      if (clock.now() - began >= TRIAL_LIMIT) {
        log.error("version on trial did not log in", { version: trial.version });
        process.kill("SIGKILL");
        break;
      }
      await pause(TURN);
    }
    return await exit;
  }

  /** A trial ends when the version confirms itself, or begins the next update. */
  async function isOnTrial({ version }: Trial): Promise<boolean> {
    return (await versions.trial())?.version === version;
  }

  /** False when the change could not be written; it is tried again after the next start. */
  async function takeBack(trial: Trial, why: string): Promise<boolean> {
    const { version, previous, label } = trial;
    log.error("going back to the version before", { version, previous, why });
    try {
      await versions.switchTo(previous);
      await versions.setOutcome({
        state: "rolled_back",
        version: label ?? version,
        detail: `The new version was taken back: ${why}`,
      });
      await versions.setTrial(undefined);
      return true;
    } catch (error) {
      log.error("cannot go back to the version before", { version, previous, error });
      return false;
    }
  }

  function pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const later = clock.after(delay, resolve);
      wake = () => {
        later[Symbol.dispose]();
        resolve();
      };
    });
  }

  return {
    over,
    [Symbol.dispose]() {
      isOver = true;
      agent?.kill("SIGTERM");
      wake();
    },
  };
}
