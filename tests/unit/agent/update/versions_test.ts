import { deepEqual, equal, ok } from "node:assert/strict";
import { openVersions } from "../../../../agent/update/versions.ts";

Deno.test("[UPD10] versions are switched in one step, and older ones are removed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    for (const version of ["one", "two", "three"]) {
      await Deno.mkdir(`${folder}/versions/${version}`, { recursive: true });
    }
    const versions = openVersions(folder);
    await versions.switchTo("one");
    await versions.switchTo("two");
    equal(await versions.current(), "two");
    equal(await Deno.realPath(`${folder}/current`), await Deno.realPath(`${folder}/versions/two`));
    ok(versions.pathOf("three").startsWith(`${folder}/versions/three/`));
    await versions.keepOnly(["one", "two"]);
    const left = (await Array.fromAsync(Deno.readDir(`${folder}/versions`))).map(({ name }) =>
      name
    );
    deepEqual(left.sort(), ["one", "two"]);
    const trial = { version: "two", previous: "one", label: "0.2.0" };
    await versions.setTrial(trial);
    deepEqual(await versions.trial(), trial);
    await versions.setTrial(undefined);
    equal(await versions.trial(), undefined);
    await Deno.writeTextFile(`${folder}/outcome.json`, '{"state":"nonsense"}');
    equal(await versions.outcome(), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
