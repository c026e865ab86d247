import { deepEqual, equal, ok } from "node:assert/strict";
import { openVersions } from "../../../../agent/update/versions.ts";

Deno.test("[UPD10] versions are switched in one step, and older ones are removed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(16)) as [
      string,
      string,
      string,
    ];
    for (const name of [one, two, three, "another folder"]) await Deno.mkdir(`${folder}/${name}`);
    const versions = openVersions(folder, Deno.symlink);
    await versions.switchTo(one);
    await versions.switchTo(two);
    equal(await versions.current(), two);
    equal(await Deno.realPath(`${folder}/current`), await Deno.realPath(`${folder}/${two}`));
    ok(versions.pathOf(three).startsWith(`${folder}/${three}/`));
    await versions.keepOnly([one, two]);
    const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    deepEqual(left.sort(), [one, two, "another folder", "current"]);
    const trial = { version: two, previous: one, label: "0.2.0" };
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
