import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { readAgentSettings } from "../../../../agent/config.ts";
import { beginSettings } from "../../../../agent/pushed_settings/begin.ts";
import { readLife, writeLife } from "../../../../agent/pushed_settings/file.ts";
import { PushedSettings } from "../../../../agent/pushed_settings/pushed_settings.ts";
import {
  MAX_STARTS,
  NOTHING_PUSHED,
  type SettingsLife,
} from "../../../../agent/pushed_settings/trial.ts";
import { writeDurably } from "../../../../protocol/disk/durable_file.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeDisk, PowerCut } from "../../../fakes/disk.ts";

const PATH = "/data/settings.json";
const read = readAgentSettings([], { env: {}, readFile: () => "" });
const own = read.ok ? read.settings : undefined as never;

/** How an agent does with a version: it works, ends at its start, or never gets online. */
type Kind = "good" | "ends" | "deaf";

/** A box: a disk that fails, a launcher, and an agent with the settings that were pushed. */
class Box {
  readonly clock = new FakeClock();
  readonly kinds = new Map<number, Kind>();
  disk = new FakeDisk();
  agent: { readonly pushed: PushedSettings; readonly version: number } | undefined;
  readonly #log = createLog({ clock: this.clock, sink: () => {} });

  get kind(): Kind {
    return this.kinds.get(this.agent?.version ?? 0) ?? "good";
  }

  /** The launcher starts the agent until it runs. */
  async boot(): Promise<void> {
    for (let starts = 0; this.agent === undefined; starts++) {
      ok(starts <= MAX_STARTS, "a version that ends the agent is started at most a few times");
      await this.#start().catch((error) => {
        if (!(error instanceof PowerCut)) throw error;
      });
      if (this.agent && this.kind === "ends") this.end();
    }
    if (this.kind === "good") this.agent.pushed.online();
  }

  end(): void {
    this.agent?.pushed[Symbol.dispose]();
    this.agent = undefined;
  }

  async push(version: number, kind: Kind): Promise<void> {
    this.kinds.set(version, kind);
    const given = { version, values: { log_level: "debug" }, while_streaming: false };
    await this.agent?.pushed.receive(given, { streaming: false });
  }

  /** The power fails `calls` calls of the disk from now on; what was not flushed may be lost in part. */
  powerFails(calls: number): void {
    this.disk.trouble = { at: this.disk.calls + calls, error: new PowerCut(), lasts: true };
  }

  powerReturns(lost: { renames: number; bytes: number }): void {
    this.end();
    this.disk = this.disk.afterPowerCut(lost);
  }

  async #start(): Promise<void> {
    const { disk } = this;
    const file = {
      read(): Promise<SettingsLife> {
        const text = disk.read(PATH);
        const life = text === undefined ? NOTHING_PUSHED : readLife(text);
        ok(life, "the file is whole");
        return Promise.resolve(life);
      },
      write: (life: SettingsLife) => writeDurably(PATH, writeLife(life), { disk }),
    };
    const { life } = await beginSettings({ own, file, log: this.#log });
    const version = life.inForce.version;
    const pushed = new PushedSettings({
      ...{ clock: this.clock, log: this.#log, own, ownTexts: {}, life, file, isManaged: true },
      isUpdating: () => Promise.resolve(false),
      isOnline: () => this.agent !== undefined && this.kind === "good",
      restart: () => {
        this.end();
      },
      changed: () => {},
    });
    this.agent = { pushed, version };
  }
}

const kind = fc.constantFrom<Kind>("good", "ends", "deaf");
const step = fc.oneof(
  fc.record({ type: fc.constant("push" as const), kind }),
  fc.record({ type: fc.constant("crash" as const) }),
  fc.record({ type: fc.constant("time" as const), ms: fc.constantFrom(500, 11_000, 130_000) }),
  fc.record({
    type: fc.constant("power" as const),
    calls: fc.nat(8),
    renames: fc.nat(2),
    bytes: fc.nat(40),
  }),
  fc.record({ type: fc.constant("full" as const), lasts: fc.boolean() }),
);

Deno.test("[PSH7] crashes, power losses and full disks in any order never leave the agent without settings that work", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25, size: "max" }), async (steps) => {
      const box = new Box();
      let newest = 0;
      await box.boot();
      for (const each of steps) {
        switch (each.type) {
          case "push":
            await box.push(++newest, each.kind);
            break;
          case "crash":
            box.end();
            break;
          case "time":
            await box.clock.run(each.ms);
            break;
          case "power":
            box.powerFails(each.calls);
            await box.push(++newest, "good");
            await box.clock.run(11_000);
            box.powerReturns(each);
            break;
          case "full":
            box.disk.trouble = {
              ...{ at: box.disk.calls + 1, lasts: each.lasts },
              error: Object.assign(new Error("no space"), { code: "ENOSPC" }),
            };
            break;
        }
        await box.boot();
      }
      box.disk.trouble = undefined;
      for (let minute = 0; minute < 15; minute++) {
        await box.clock.run(60_000);
        await box.boot();
      }
      equal(box.kind, "good");
      equal(box.agent?.pushed.report.on_trial, undefined, "no trial lasts");
      box.end();
      equal(box.clock.pending, 0);
    }),
    { numRuns: 400 },
  );
});
