/**
 * Carries out `settings.push`: checks a version, keeps it, and has the agent started with it. Confirms it once the device
 * has been online with it, and takes it back when that does not happen in time.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { whyNotKept } from "../../protocol/disk/storage_fault.ts";
import { refuse } from "../../protocol/envelope.ts";
import type {
  PushedValues,
  SettingsPush,
  SettingsReport,
} from "../../protocol/field/pushed_settings.ts";
import type { FromAgent } from "../../protocol/legs/agent_leg.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import type { Log } from "../../protocol/log.ts";
import type { AgentSettings } from "../config.ts";
import type { SettingsFile } from "./file.ts";
import { type SettingsLife, step, TRIAL_LIMIT } from "./trial.ts";
import { applyValues } from "./values.ts";

/** How long the device has to be online with a version before it is kept, in milliseconds. */
export const PROBATION = 10_000;
/** Until a write that failed is tried again, in milliseconds. */
const AGAIN = 10_000;
/** The answer leaves before the agent ends, in milliseconds. */
const LEAVE_AFTER = 300;

type Answer = Extract<FromAgent, { type: "settings.push.response" }>["payload"];

/** The parts of {@linkcode PushedSettings}. */
export interface PushedSettingsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The box's own settings, and their texts. */
  readonly own: AgentSettings;
  readonly ownTexts: PushedValues;
  readonly life: SettingsLife;
  readonly file: SettingsFile;
  /** Whether a launcher starts this process again. */
  readonly isManaged: boolean;
  /** Whether a version of the program is on trial. */
  readonly isUpdating: () => Promise<boolean>;
  readonly isOnline: () => boolean;
  /** Ends this process so that it is started again. */
  readonly restart: () => void;
  /** What is reported changed. */
  readonly changed: () => void;
}

/** The settings that operators push. Disposing ends its timers. */
export class PushedSettings implements Disposable {
  readonly #options: PushedSettingsOptions;
  #life: SettingsLife;
  #isBusy = false;
  #confirming: Disposable | undefined;
  #expiring: Disposable | undefined;

  constructor(options: PushedSettingsOptions) {
    this.#options = options;
    this.#life = options.life;
    if (this.#life.state === "trial") {
      this.#expiring = options.clock.after(TRIAL_LIMIT, () => void this.#expire());
    }
  }

  get report(): SettingsReport {
    const { state, inForce: { version } } = this.#life;
    const rolledBack = this.#life.state === "settled" ? this.#life.rolledBack : undefined;
    return {
      version,
      ...(state === "trial" && { on_trial: true as const }),
      ...(rolledBack && {
        rolled_back: { ...rolledBack, reason: rolledBack.reason.slice(0, 400) },
      }),
      own: this.#options.ownTexts,
    };
  }

  /** The device logged in. */
  online(): void {
    if (this.#life.state !== "trial") return;
    this.#confirming?.[Symbol.dispose]();
    this.#confirming = this.#options.clock.after(PROBATION, () => void this.#confirm());
  }

  /** Takes a version, or refuses it with a sentence. */
  async receive(
    { version, values, while_streaming }: SettingsPush,
    { streaming }: { readonly streaming: boolean },
  ): Promise<Answer> {
    const { own, file, isManaged, isUpdating, clock, log, restart } = this.#options;
    const cannot = (code: RefusalCode, why: string) =>
      refuse(code, `Cannot take version ${version} of the settings: ${why}`);
    const { inForce } = this.#life;
    const isSame = inForce.version === version &&
      JSON.stringify(inForce.values) === JSON.stringify(values);
    if (isSame) return { version };
    if (!isManaged) {
      const why = "the agent was not started by its launcher, which starts it again";
      return cannot("settings.unmanaged", why);
    }
    if (this.#isBusy || this.#life.state === "trial") {
      return cannot("settings.busy", `version ${inForce.version} is on trial`);
    }
    if (streaming && !while_streaming) {
      return cannot("settings.streaming", "a stream runs. Stop it, or set while_streaming");
    }
    const applied = applyValues(own, values);
    if (!applied.ok) return cannot("settings.unusable", applied.faults.join("; "));
    this.#isBusy = true;
    try {
      if (await isUpdating()) return cannot("settings.busy", "an update of the agent is on trial");
      const next = step(this.#life, { type: "pushed", settings: { version, values } });
      await file.write(next);
      this.#life = next;
    } catch (error) {
      return cannot("settings.unwritable", `it cannot be kept, because ${whyNotKept(error)}`);
    } finally {
      this.#isBusy = false;
    }
    log.info("settings pushed, starting again", { version });
    clock.after(LEAVE_AFTER, restart);
    return { version };
  }

  [Symbol.dispose](): void {
    this.#confirming?.[Symbol.dispose]();
    this.#expiring?.[Symbol.dispose]();
  }

  async #confirm(): Promise<void> {
    const { isOnline, file, log, clock, changed } = this.#options;
    if (this.#life.state !== "trial" || !isOnline()) return;
    const next = step(this.#life, { type: "confirmed" });
    try {
      await file.write(next);
    } catch (error) {
      log.error("settings not confirmed", { error });
      this.#confirming = clock.after(AGAIN, () => void this.#confirm());
      return;
    }
    this.#life = next;
    this.#expiring?.[Symbol.dispose]();
    log.info("settings confirmed", { version: next.inForce.version });
    changed();
  }

  /** Not online in time. A start that cannot write this counts, and the next ones end the trial. */
  async #expire(): Promise<void> {
    const { isOnline, file, log, clock, restart } = this.#options;
    if (this.#life.state !== "trial") return;
    // It is online, and only the file cannot be written.
    if (isOnline()) {
      this.#expiring = clock.after(AGAIN, () => void this.#expire());
      return;
    }
    const next = step(this.#life, { type: "expired" });
    await file.write(next).catch((error) => log.error("settings not taken back", { error }));
    log.warn("settings taken back, starting again", { version: this.#life.inForce.version });
    restart();
  }
}
