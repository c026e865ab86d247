import { deepEqual, equal } from "node:assert/strict";
import { openScene } from "../../../support/control/scene.ts";

Deno.test("[TAG1] tags are set and kept beside the name, each once and in order, and recorded", async () => {
  using scene = await openScene();
  const path = `/api/senders/${scene.id}`;
  const patch = (body: unknown) => scene.bench.http("PATCH", path, { as: scene.admin, body });
  deepEqual((await patch({ tags: ["race", " Boats ", "boats"] })).body.tags, ["boats", "race"]);
  const renamed = await patch({ name: "Box 8" });
  deepEqual([renamed.body.name, renamed.body.tags], ["Box 8", ["boats", "race"]]);
  equal((await patch({ tags: ["a,b"] })).status, 400);
  equal((await patch({ tags: Array.from({ length: 13 }, (_, n) => `t${n}`) })).status, 400);
  equal((await patch({ tags: [] })).body.tags, undefined);
  const { body } = await scene.bench.http("GET", `/api/audit?target=${scene.id}`, {
    as: scene.admin,
  });
  const actions = body.items.map(({ action }: { action: string }) => action);
  deepEqual(actions.filter((action: string) => action === "sender.tags").length, 2);
});
