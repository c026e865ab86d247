import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { WorkerCredentials } from "../../../../coordinator/secrets/worker_credentials.ts";
import { WorkerId } from "../../../../protocol/ids.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { errno } from "../../../fakes/disk.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const FRA_1 = WorkerId.parse("fra-1");
const FRA_2 = WorkerId.parse("fra-2");

function setup(text?: string, { passed = [] as readonly string[] } = {}) {
  const disk: { text: string | undefined; error?: Error } = { text };
  const clock = new FakeClock();
  const random = new SeededRandom();
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
      ...{ passed, clock, random },
    });
  return { disk, clock, open };
}

/** Makes a credential for a worker that has none. */
async function mint(credentials: WorkerCredentials, worker: WorkerId): Promise<string> {
  const credential = await credentials.mint(worker);
  ok(credential);
  return credential;
}

Deno.test("[CRD1] a made credential is accepted, also after a restart, and only its hash is stored", async () => {
  const { disk, clock, open } = setup();
  const credential = await mint(open(), FRA_1);
  equal(open().ownerOf(credential, FRA_1), FRA_1);
  ok(!disk.text?.includes(credential));
  deepEqual(open().list().map(({ worker_id, created_at }) => [worker_id, created_at]), [
    [FRA_1, clock.epoch()],
  ]);
});

Deno.test("[CRD4] a credential belongs to the worker that it was made for", async () => {
  const credentials = setup().open();
  const credential = await mint(credentials, FRA_1);
  equal(credentials.ownerOf(credential, FRA_2), FRA_1);
});

Deno.test("[CRD4] a credential that is passed in belongs to the first worker that uses it, and is not stored", () => {
  const { disk, open } = setup(undefined, { passed: ["made by the launcher"] });
  const credentials = open();
  equal(credentials.ownerOf("made by the launcher", FRA_2), FRA_2);
  equal(credentials.ownerOf("made by the launcher", FRA_1), FRA_2);
  equal(disk.text, undefined);
});

Deno.test("[CRD4] a worker has one credential: a second one is not made", async () => {
  const credentials = setup().open();
  const both = await Promise.all([credentials.mint(FRA_1), credentials.mint(FRA_1)]);
  equal(both.filter(Boolean).length, 1);
});

Deno.test("[CRD2] a revoked credential is refused, and the others are still accepted", async () => {
  const { open } = setup();
  const credentials = open();
  const first = await mint(credentials, FRA_1);
  const second = await mint(credentials, FRA_2);
  ok(await credentials.revoke(FRA_1));
  ok(!await credentials.revoke(FRA_1));
  equal(credentials.ownerOf(first, FRA_1), undefined);
  equal(credentials.ownerOf(second, FRA_2), FRA_2);
  ok(await mint(credentials, FRA_1) !== first);
});

Deno.test("[CRD5] what a command changes in the file counts at once", async () => {
  const { open } = setup();
  const [running, command] = [open(), open()];
  const credential = await mint(command, FRA_1);
  equal(running.ownerOf(credential, FRA_1), FRA_1);
  await command.revoke(FRA_1);
  equal(running.ownerOf(credential, FRA_1), undefined);
});

for (const wrong of ["", "fpw_", "x".repeat(300)]) {
  Deno.test(`[CRD2] the credential ${JSON.stringify(wrong.slice(0, 8))} is refused`, async () => {
    const credentials = setup().open();
    await credentials.mint(FRA_1);
    equal(credentials.ownerOf(wrong, FRA_1), undefined);
  });
}

for (const broken of ["", "{", "{}", '[{"worker_id":"a"}]', '[{"name":"a","sha256":"b"}]']) {
  Deno.test(`[CRD3] a file with ${broken || "nothing"} in it is reported and not changed`, () => {
    const { disk, open } = setup(broken);
    throws(open, {
      name: "TypeError",
      message: "Cannot read worker_credentials.json: it is not a list of " +
        "{ worker_id, sha256, created_at }. Correct it or remove it",
    });
    equal(disk.text, broken);
  });
}

Deno.test("[CRD3] a file that breaks later ends no worker's right, and is not changed", async () => {
  const { disk, open } = setup();
  const credentials = open();
  const credential = await mint(credentials, FRA_1);
  credentials.ownerOf(credential, FRA_1);
  disk.text = "{";
  equal(credentials.ownerOf(credential, FRA_1), FRA_1);
  await rejects(credentials.mint(FRA_2), /worker_credentials\.json/);
  equal(disk.text, "{");
});

Deno.test("[CRD1] a change that cannot be written has no effect", async () => {
  const { disk, open } = setup();
  const credentials = open();
  const first = await mint(credentials, FRA_1);
  disk.error = errno("ENOSPC");
  await rejects(credentials.mint(FRA_2), { code: "ENOSPC" });
  await rejects(credentials.revoke(FRA_1), { code: "ENOSPC" });
  equal(credentials.ownerOf(first, FRA_1), FRA_1);
  delete disk.error;
  ok(await credentials.revoke(FRA_1));
  equal(open().ownerOf(first, FRA_1), undefined);
  match(disk.text ?? "", /^\[\]/);
});
