/**
 * Carries out `agent.update`: fetches, checks, installs and starts a version. The launcher returns to the previous
 * version when the new one does not log in.
 *
 * @module
 */
import type { AgentUpdate, FromAgent } from "../../protocol/legs/agent_leg.ts";
import { isLoopbackHost } from "../../protocol/addresses/hosts.ts";
import { readHttp, writeHttp } from "../../protocol/addresses/http.ts";
import type { Clock } from "../../protocol/clock.ts";
import { refuse } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import { isOlder, isSigned } from "../../protocol/field/release.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import type { Log } from "../../protocol/log.ts";
import { download } from "./download.ts";
import type { Versions } from "./versions.ts";

/** How long a new version has to be logged in before it is kept, in milliseconds. */
const PROBATION = 5_000;

type Progress = NonNullable<DeviceStatus["update"]>;
type Answer = Extract<FromAgent, { type: "agent.update.response" }>["payload"];

/** The parts of an updater. */
export interface UpdaterOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The version that runs. */
  readonly version: string;
  /** The fleet's public key, which signs releases; `undefined` when none is set. */
  readonly updateKey: string | undefined;
  /** `undefined` when no launcher started this process: then an update could not be undone. */
  readonly versions: Versions | undefined;
  /** Whether the program at this path starts at all. */
  readonly tryOut: (program: string) => Promise<boolean>;
  readonly download?: typeof download;
  /** Ends this process so that the launcher starts the current version. */
  readonly restart: () => void;
  /** The progress changed. */
  readonly changed: () => void;
}

/** Carries out one update at a time. */
export class Updater {
  readonly #options: UpdaterOptions;
  #progress: Progress | undefined;
  #isBusy = false;
  /** What changes the versions on the disk runs one after another: the confirmation of one and the next update. */
  #last: Promise<unknown> = Promise.resolve();
  /** The name of the version that an update fetches, and of the one that it has put in place. */
  #fetched: string | undefined;
  #placed: string | undefined;

  constructor(options: UpdaterOptions) {
    this.#options = options;
  }

  /** Progress or outcome of the last update. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /** Reads the outcome of an update that ended with this start. */
  async recall(): Promise<void> {
    const outcome = await this.#options.versions?.outcome();
    if (outcome) this.#progress = outcome;
  }

  /** The device logged in: a version on trial is kept. */
  confirm(): void {
    const { versions, clock, log } = this.#options;
    if (!versions) return;
    clock.after(PROBATION, () => {
      this.#inTurn(() => this.#keepTrial(versions))
        .catch((error) => log.error("update not confirmed", { error }));
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  async #keepTrial(versions: Versions): Promise<void> {
    const trial = await versions.trial();
    if (!trial || trial.version !== await versions.current()) return;
    // That one has not run yet.
    if (trial.version === this.#placed) return;
    const outcome = { state: "done", version: trial.label ?? this.#options.version } as const;
    await versions.setTrial(undefined);
    this.#options.log.info("update confirmed", { version: trial.version });
    this.#report(outcome);
    await versions.setOutcome(outcome);
    const fetched = this.#fetched === undefined ? [] : [this.#fetched];
    await versions.keepOnly([trial.version, trial.previous, ...fetched]);
  }

  /** Accepts an update and carries it out, or refuses it with a sentence. */
  begin(update: AgentUpdate, { streaming }: { readonly streaming: boolean }): Answer {
    const { versions, version } = this.#options;
    const cannot = (code: RefusalCode, why: string) =>
      refuse(code, `Cannot update the agent: ${why}`);
    if (!versions) {
      return cannot(
        "update.unmanaged",
        "it was not started by its launcher, which undoes an update that fails",
      );
    }
    if (this.#isBusy) return cannot("update.busy", "an update is on its way");
    if (streaming && !update.while_streaming) {
      return cannot("update.streaming", "a stream runs. Stop it, or set while_streaming");
    }
    const url = releaseUrl(update.binary_url);
    if ("error" in url) return cannot("update.url", url.error);
    const unsigned = this.#whyUnsigned(update);
    if (unsigned) return cannot("update.signature", unsigned);
    if (!update.downgrade && isOlder(update.version ?? "", version) === true) {
      const why =
        `${update.version} is older than ${version}, which runs. Set downgrade to take it`;
      return cannot("update.downgrade", why);
    }
    this.#isBusy = true;
    this.#report({ state: "downloading", version: update.version ?? null });
    void this.#carryOut({ ...update, binary_url: url.href }, versions).catch((error) =>
      this.#fail(update, errorText(error))
    );
    return { from: version, ...(update.version !== undefined && { to: update.version }) };
  }

  /** A sentence that says why the fleet's key did not sign this update. */
  #whyUnsigned({ version = "", sha256, signature }: AgentUpdate): string | undefined {
    const { updateKey, version: current } = this.#options;
    if (updateKey === undefined) {
      return "this device has no key of its fleet. Set update_key in its settings";
    }
    if (isOlder(version, current) === undefined) return "it names no version such as 0.2.0";
    if (signature === undefined) return "it has no signature";
    if (isSigned({ version, sha256 }, { signature, publicKey: updateKey })) return undefined;
    return "its signature is not one of the fleet's key for this version and hash";
  }

  async #carryOut(update: AgentUpdate, versions: Versions): Promise<void> {
    const { clock, tryOut, restart, log } = this.#options;
    const name = update.sha256.toLowerCase().slice(0, 16);
    const path = versions.pathOf(name);
    this.#fetched = name;
    // A confirmation that runs already does not know of it, and would remove it.
    await this.#inTurn(() => Promise.resolve());
    const fetched = await (this.#options.download ?? download)({
      url: update.binary_url,
      sha256: update.sha256,
      size: update.size_bytes,
    }, { path, clock });
    if (fetched.error) return this.#fail(update, fetched.error);
    if (!await tryOut(path)) {
      return this.#fail(update, "The new version does not start on this device");
    }
    const previous = await this.#inTurn(() => this.#place(name, update, versions));
    if (previous === name) return this.#fail(update, "This version runs already");
    log.info("update in place", { version: name, previous, restart: update.restart_after });
    const detail = update.restart_after ? null : "Takes effect when the agent is started again";
    this.#isBusy = false;
    this.#report({ state: "restarting", version: update.version ?? null, detail });
    if (update.restart_after) restart();
  }

  /** Makes a version the current one, on trial. Returns the one before; the same one: nothing was changed. */
  async #place(name: string, { version }: AgentUpdate, versions: Versions): Promise<string> {
    const previous = await versions.current();
    if (previous === name) return previous;
    this.#placed = name;
    await versions.setTrial({
      version: name,
      previous,
      ...(version !== undefined && { label: version }),
    });
    await versions.switchTo(name);
    return previous;
  }

  #fail({ version }: AgentUpdate, detail: string): void {
    this.#options.log.error("update failed", { detail });
    this.#isBusy = false;
    this.#report({ state: "failed", version: version ?? null, detail: detail.slice(0, 400) });
  }

  #report(progress: Progress): void {
    this.#progress = progress;
    this.#options.changed();
  }
}

/** The address written anew from its parts. Over a network it is HTTPS; on this machine itself HTTP is allowed. */
function releaseUrl(text: string): { readonly href: string } | { readonly error: string } {
  const address = readHttp(text);
  if ("error" in address) {
    return { error: "the address cannot be read as one that begins with https://" };
  }
  if (address.scheme === "http" && !isLoopbackHost(address.host)) {
    return { error: "the address must begin with https://" };
  }
  return { href: writeHttp(address) };
}
