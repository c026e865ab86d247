import { equal, match, ok, rejects, throws } from "node:assert/strict";
import { WorkerCredentials } from "../../../../coordinator/secrets/worker_credentials.ts";
import { errno } from "../../../fakes/disk.ts";
import { SeededRandom } from "../../../fakes/random.ts";

function setup(text?: string, { passed = [] as readonly string[] } = {}) {
  const disk: { text: string | undefined; error?: Error } = { text };
  const open = () =>
    new WorkerCredentials({
      file: {
        read: () => disk.text,
        write: (next) => {
          if (disk.error) return Promise.reject(disk.error);
          disk.text = next;
          return Promise.resolve();
        },
      },
      passed,
      random: new SeededRandom(),
    });
  return { disk, open };
}

Deno.test("[CRD1] a minted credential is accepted, also after a restart", async () => {
  const { disk, open } = setup();
  const credential = await open().mint("fra-1");
  ok(open().accepts(credential));
  ok(!disk.text?.includes(credential));
  match(disk.text ?? "", /"name": "fra-1"/);
});

Deno.test("[CRD1] a credential that is passed in is accepted and not stored", () => {
  const { disk, open } = setup(undefined, { passed: ["made by the launcher"] });
  ok(open().accepts("made by the launcher"));
  equal(disk.text, undefined);
});

Deno.test("[CRD2] a revoked credential is refused, and the others are still accepted", async () => {
  const credentials = setup().open();
  const [first, second] = await Promise.all([credentials.mint("fra-1"), credentials.mint("fra-2")]);
  ok(await credentials.revoke("fra-1"));
  ok(!await credentials.revoke("fra-1"));
  ok(!credentials.accepts(first));
  ok(credentials.accepts(second));
});

for (const wrong of ["", "fpw_", "x".repeat(300)]) {
  Deno.test(`[CRD2] the credential ${JSON.stringify(wrong.slice(0, 8))} is refused`, async () => {
    const credentials = setup().open();
    await credentials.mint("fra-1");
    ok(!credentials.accepts(wrong));
  });
}

for (const broken of ["", "{", "{}", '[{"name":"a"}]']) {
  Deno.test(`[CRD3] a file with ${broken || "nothing"} in it is reported and not changed`, () => {
    const { disk, open } = setup(broken);
    throws(open, {
      name: "TypeError",
      message:
        "Cannot read worker_credentials.json: it is not a list of { name, sha256 }. Correct it or remove it",
    });
    equal(disk.text, broken);
  });
}

Deno.test("[CRD1] a change that cannot be written has no effect", async () => {
  const { disk, open } = setup();
  const credentials = open();
  const first = await credentials.mint("fra-1");
  disk.error = errno("ENOSPC");
  await rejects(credentials.mint("fra-2"), { code: "ENOSPC" });
  await rejects(credentials.revoke("fra-1"), { code: "ENOSPC" });
  ok(credentials.accepts(first));
  delete disk.error;
  ok(await credentials.revoke("fra-1"));
  ok(!credentials.accepts(first));
  ok(!open().accepts(first));
});
