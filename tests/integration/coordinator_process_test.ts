import { deepEqual, equal, match, ok } from "node:assert/strict";
import { toUser } from "../../protocol/legs/user_leg.ts";
import { toWorker } from "../../protocol/legs/worker_leg.ts";
import { helloOf, roomOf } from "../fakes/coordinator.ts";
import {
  type CoordinatorProcess,
  startCoordinator,
  withDataFolder,
} from "../support/coordinator/process.ts";
import { Dialled } from "../support/coordinator/served.ts";

const CREDENTIAL = "a credential of a worker";

async function start(env: Readonly<Record<string, string>>): Promise<CoordinatorProcess> {
  const started = await startCoordinator({ ...env, FARPAD_WORKER_CREDENTIAL: CREDENTIAL });
  if ("code" in started) throw new Error(`it ended with ${started.code}: ${started.output}`);
  return started;
}
const socketUrl = ({ url }: CoordinatorProcess, path: string) =>
  url.replace(/^http/, "ws").replace("localhost", "127.0.0.1") + path;

Deno.test("[PRC2] on SIGTERM pages get a restart message, every connection is closed with 1012, and the process ends with 0", async () => {
  await withDataFolder(async (env) => {
    await using coordinator = await start(env);
    const w1 = new Dialled(socketUrl(coordinator, "/wso"), toWorker.decode);
    await w1.opened;
    w1.send("worker.hello", helloOf("w1", { credential: CREDENTIAL }));
    const ana = new Dialled(socketUrl(coordinator, "/ws"), toUser.decode);
    await ana.next("session.ready");
    coordinator.signal("SIGTERM");
    equal((await ana.next("restart")).payload.after_ms, 1_000);
    equal((await ana.closed).code, 1012);
    equal((await w1.closed).code, 1012);
    equal(await coordinator.ended, 0);
    match(coordinator.output(), /"event":"going down"/);
  });
});

Deno.test("[RES1] a resume token is valid after a restart of the process that issued it", async () => {
  await withDataFolder(async (env) => {
    const room = roomOf("w1", "r1");
    const visit = async (query: string, sessions: readonly string[]) => {
      await using coordinator = await start(env);
      const ana = new Dialled(socketUrl(coordinator, `/ws?${query}`), toUser.decode);
      await ana.opened;
      const w1 = new Dialled(socketUrl(coordinator, "/wso"), toWorker.decode);
      await w1.opened;
      const { room_id } = room;
      const served = sessions.map((session_id) => ({ session_id, room_id }));
      // The player has neither a login nor a browser key, so the room belongs to its session.
      const owners = sessions.map((session_id) => ({ room_id, owner: { holder: session_id } }));
      const hello = helloOf("w1", { credential: CREDENTIAL, rooms: [room] });
      w1.send("worker.hello", { ...hello, sessions: served, owners });
      const { payload } = await ana.next("session.ready");
      for (const end of [ana, w1]) end.hangUp();
      return payload;
    };
    const first = await visit("", []);
    const second = await visit(`resume=${first.resume_token}`, [first.session_id]);
    deepEqual([second.session_id, second.resumed], [first.session_id, true]);
    for await (const { name } of Deno.readDir(env.FARPAD_DATA!)) {
      if (!/key|credential/.test(name)) continue;
      const { mode } = await Deno.stat(`${env.FARPAD_DATA}/${name}`);
      equal(mode! & 0o077, 0, `${name} can be read by others`);
    }
  });
});

Deno.test("[PRC1] a port that is taken is named, with what to do, and the exit code is 1", async () => {
  await withDataFolder(async (env) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    const ended = await startCoordinator({ ...env, FARPAD_PORT: String(port) });
    ok("code" in ended);
    equal(ended.code, 1);
    ok(
      ended.output.includes(
        `Cannot listen on 127.0.0.1:${port}: another program uses this port. ` +
          "Stop it, or choose another with FARPAD_PORT\n",
      ),
      ended.output,
    );
  });
});

Deno.test("[PRC1] settings that cannot be used are all named, and the exit code is 1", async () => {
  await withDataFolder(async (env) => {
    const ended = await startCoordinator({ ...env, FARPAD_PORT: "http", FARPAD_TLS: "maybe" });
    ok("code" in ended);
    equal(ended.code, 1);
    match(ended.output, /^Cannot use FARPAD_PORT = "http"/m);
    match(ended.output, /^Cannot use FARPAD_TLS = "maybe"/m);
  });
});

Deno.test("[TLS1] it serves HTTPS with a certificate that it made", async () => {
  await withDataFolder(async (env) => {
    await using coordinator = await start({ ...env, FARPAD_TLS: "self" });
    match(coordinator.url, /^https:/);
    const ca = await Deno.readTextFile(`${env.FARPAD_DATA}/tls_cert.pem`);
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const answer = await fetch(`${coordinator.url}/healthz`, { client });
    equal(answer.status, 200);
    await answer.body?.cancel();
    const ana = new Dialled(socketUrl(coordinator, "/ws"), toUser.decode, { ca });
    await ana.opened;
    ana.hangUp();
  });
});

Deno.test("[RST12] over HTTPS own pages may sign out and others may not", async () => {
  await withDataFolder(async (env) => {
    await using coordinator = await start({ ...env, FARPAD_TLS: "self" });
    const ca = await Deno.readTextFile(`${env.FARPAD_DATA}/tls_cert.pem`);
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const signOut = async (origin: string) => {
      const request = { method: "POST", headers: { origin }, client };
      const answer = await fetch(`${coordinator.url}/api/auth/logout`, request);
      await answer.body?.cancel();
      return answer.status;
    };
    equal(await signOut(coordinator.url), 200);
    equal(await signOut("https://evil.example"), 403);
  });
});
