/**
 * Connections of attackers until the coordinator may open no more files.
 *
 * @module
 */
import { equal, ok } from "node:assert/strict";
import { startCoordinator, withDataFolder } from "../support/coordinator/process.ts";
import { answers, pause, Raw } from "./attack.ts";

/** Files that the coordinator may open; about 30 of them are its own. */
const FILES = 160;

Deno.test("[ADM11] a coordinator that may open no more files answers people, and goes on", async () => {
  await withDataFolder(async (env) => {
    const started = await startCoordinator({ ...env, FARPAD_WEB: "." }, { files: FILES });
    if ("code" in started) throw new Error(`it ended with ${started.code}: ${started.output}`);
    await using coordinator = started;
    const target = { url: coordinator.url.replace("localhost", "127.0.0.1") };
    // Each address stays below its own limit.
    const held = Array.from(
      { length: 3 * FILES },
      (_, n) => new Raw(target, `127.0.2.${1 + n % 8}`),
    );
    await Promise.all(held.map(({ opened }) => Promise.race([opened, pause(2_000)])));
    for (let n = 0; n < 5; n++) {
      ok(await answers(target), coordinator.output());
      await pause(200);
    }
    ok(coordinator.output().includes("connection not accepted"));
    for (const each of held) each.hangUp();
    ok(await answers(target));
    coordinator.signal("SIGTERM");
    equal(await coordinator.ended, 0);
  });
});
