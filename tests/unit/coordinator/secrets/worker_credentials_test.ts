import { equal, match, ok, throws } from "node:assert/strict";
import { WorkerCredentials } from "../../../../coordinator/secrets/worker_credentials.ts";
import { SeededRandom } from "../../../fakes/random.ts";

function setup(text?: string, { passed = [] as readonly string[] } = {}) {
  const disk = { text };
  const open = () =>
    new WorkerCredentials({
      file: { read: () => disk.text, write: (next) => void (disk.text = next) },
      passed,
      random: new SeededRandom(),
    });
  return { disk, open };
}

Deno.test("[CRD1] a minted credential is accepted, also after a restart", () => {
  const { disk, open } = setup();
  const credential = open().mint("fra-1");
  ok(open().accepts(credential));
  ok(!disk.text?.includes(credential));
  match(disk.text ?? "", /"name": "fra-1"/);
});

Deno.test("[CRD1] a credential that is passed in is accepted and not kept", () => {
  const { disk, open } = setup(undefined, { passed: ["made by the launcher"] });
  ok(open().accepts("made by the launcher"));
  equal(disk.text, undefined);
});

Deno.test("[CRD2] a credential that was taken back lets nobody in, the others do", () => {
  const credentials = setup().open();
  const [first, second] = [credentials.mint("fra-1"), credentials.mint("fra-2")];
  ok(credentials.revoke("fra-1"));
  ok(!credentials.revoke("fra-1"));
  ok(!credentials.accepts(first));
  ok(credentials.accepts(second));
});

for (const wrong of ["", "fpw_", "x".repeat(300)]) {
  Deno.test(`[CRD2] ${JSON.stringify(wrong.slice(0, 8))} lets nobody in`, () => {
    const credentials = setup().open();
    credentials.mint("fra-1");
    ok(!credentials.accepts(wrong));
  });
}

for (const broken of ["", "{", "{}", '[{"name":"a"}]']) {
  Deno.test(`[CRD3] a file with ${broken || "nothing"} in it is named and left alone`, () => {
    const { disk, open } = setup(broken);
    throws(open, {
      name: "TypeError",
      message:
        "Cannot read worker_credentials.json: it is not a list of { name, sha256 }. Mend it or remove it",
    });
    equal(disk.text, broken);
  });
}
