import { deepEqual } from "node:assert/strict";
import { load, type Running } from "../../../../../worker/room/verbs.ts";

Deno.test("[SAV22] of several loads in a room one is unpacked at a time, and a refused one holds up none", async () => {
  const begun: string[] = [];
  const going = new Map<string, (found: undefined) => void>();
  const running = {
    app: { app_id: "duel" },
    playback: {},
    saves: {
      load: (_: string, id: string) => {
        begun.push(id);
        if (id === "damaged") return Promise.reject(new Error("Damaged"));
        return new Promise<undefined>((resolve) => going.set(id, resolve));
      },
    },
  } as unknown as Running;
  const ask = (id: string) => load(running, id as never);
  const answers = ["first", "damaged", "last"].map(ask);
  await Promise.resolve();
  deepEqual(begun, ["first"]);
  going.get("first")!(undefined);
  await answers[1];
  await Promise.resolve();
  deepEqual(begun, ["first", "damaged", "last"]);
  going.get("last")!(undefined);
  const codes = (await Promise.all(answers)).map((answer) =>
    "error" in answer && answer.error.code
  );
  deepEqual(codes, ["save.unknown", "save.unreadable", "save.unknown"]);
});
