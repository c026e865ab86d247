import { deepEqual, ok } from "node:assert/strict";
import { type SourceThread, sourceThreads } from "../../worker/playback/source_handle.ts";

/** Opens the built-in game in a thread that just started. */
async function openCold(): Promise<SourceThread> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const source = sourceThreads()({
    spec: { kind: "builtin", name: "paddle-duel" },
    video: { targetHeight: 240 },
    listener: {
      opened: () => resolve(),
      failed: (error) => reject(new Error(error)),
      info: () => {},
      frame: () => {},
      sound: () => {},
      stats: () => {},
    },
  });
  await promise;
  return source;
}

for (const pace of ["running", "paused"] as const) {
  Deno.test(`[ROM7] every request to a ${pace} source is answered`, async () => {
    const source = await openCold();
    source.control.setPaused(pace);
    for (let n = 0; n < 10; n++) {
      const [saved, reset] = await Promise.all([source.save(), source.reset()]);
      ok("state" in saved);
      const loaded = await source.load(saved.state);
      deepEqual([loaded.error, reset.error], [undefined, undefined]);
    }
    source[Symbol.dispose]();
    await source.closed;
  });
}

Deno.test("[ROM8] a source that is closed as soon as it is open ends, and answers every request", async () => {
  for (let n = 0; n < 3; n++) {
    const source = await openCold();
    const saving = source.save();
    source[Symbol.dispose]();
    await source.closed;
    await saving;
    ok((await source.reset()).error);
  }
});
