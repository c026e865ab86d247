import { equal, match, ok } from "node:assert/strict";
import { crc32 } from "node:zlib";
import { join } from "node:path";
import { credentialFile } from "../../coordinator/secrets/data_folder.ts";
import { WorkerCredentials } from "../../coordinator/secrets/worker_credentials.ts";
import { systemClock } from "../../protocol/clock.ts";
import { buttonBit } from "../../protocol/control/pad.ts";
import { WorkerId } from "../../protocol/ids.ts";
import { type ToWorker, toWorker } from "../../protocol/legs/worker_leg.ts";
import { systemRandom } from "../../protocol/random.ts";
import { s3Store } from "../../worker/saves/s3/store.ts";
import { packSave, readSave } from "../../worker/saves/save_file.ts";
import { buildPaddleDuel } from "../../worker/sources/demo/build_rom.ts";
import { helloOf, roomOf } from "../fakes/coordinator.ts";
import { batteryCounter } from "../support/cartridges.ts";
import { Dialled } from "../support/coordinator/served.ts";
import { S3_KEY, type S3Server, startS3 } from "../support/saves/s3_server.ts";
import { childrenOf } from "../support/stack/processes.ts";
import { freePort, type Stack, startStack, WORKER_CREDENTIAL } from "../support/stack/stack.ts";
import { UserClient } from "../support/stack/user_client.ts";
import { PATIENCE } from "../support/waiting/waiting.ts";
import { startSteadyPlayer, type SteadyPlayer } from "../support/stack/steady_player.ts";

let stack: Stack;
let roms: string;
let s3: S3Server;
/** A player whose game runs during all tests of this file. */
let ana: SteadyPlayer;

Deno.test.beforeAll(async () => {
  roms = await Deno.makeTempDir({ prefix: "farpad-roms-" });
  await Deno.writeFile(join(roms, "Broken.nes"), buildPaddleDuel().slice(0, 500));
  await Deno.writeFile(join(roms, "Empty.nes"), new Uint8Array());
  await Deno.writeFile(join(roms, "Text.nes"), new TextEncoder().encode("not a game"));
  await Deno.writeFile(join(roms, "Battery.nes"), batteryCounter());
  await Deno.writeFile(join(roms, "Gone.nes"), buildPaddleDuel());
  s3 = await startS3();
  stack = await startStack({
    ...{ FARPAD_CAPACITY: "4", FARPAD_ROMS: roms },
    ...{ FARPAD_S3_ENDPOINT: s3.url, FARPAD_S3_BUCKET: "saves" },
    ...{ FARPAD_S3_ACCESS_KEY: S3_KEY.accessKey, FARPAD_S3_SECRET_KEY: S3_KEY.secretKey },
  });
  ana = await startSteadyPlayer(stack.url);
});

Deno.test.afterAll(async () => {
  await ana[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
  await Deno.remove(roms, { recursive: true });
});

/** A scripted worker's socket. */
async function dialWorker(): Promise<Dialled<ToWorker>> {
  const worker = new Dialled(`${stack.url.replace("http", "ws")}/wso`, toWorker.decode);
  await worker.opened;
  return worker;
}

/** Why a player's start is refused. */
async function refusedStart(user: UserClient, app_id: string | undefined): Promise<string> {
  user.socket.send("app.start", { app_id });
  const answer = await user.next("app.start.response");
  return "error" in answer ? answer.error.message : "it is not refused";
}

type Abuse = (socket: WebSocketLike, closed: Promise<unknown>) => void | Promise<void>;
const abuses: readonly [string, Abuse, number][] = [
  ["LEG3", (socket) => socket.send("x".repeat(70_000)), 1009],
  ["LEG13", (socket) => socket.send(new Uint8Array(8)), 1003],
  ["LEG7", (socket) => {
    for (let n = 0; n < 21; n++) socket.send(`{"type":${n}`);
  }, 4400],
  ["LEG8", async (socket, closed) => {
    const send = () => socket.send('{"id":"m","type":"workers.list"}');
    for (let n = 0; n < 200; n++) send();
    // A slow machine refills the bucket while it reads: one message at a time goes on until the close.
    for (let over = false; !over;) {
      send();
      over = await Promise.race([closed.then(() => true), pause(20).then(() => false)]);
    }
  }, 4429],
];
interface WebSocketLike {
  send(data: string | Uint8Array): void;
}
for (const [rule, abuse, code] of abuses) {
  Deno.test(`[${rule}] a close with ${code} affects only that connection`, async () => {
    await using user = await UserClient.join(stack.url);
    await abuse(user.socket.socket, user.socket.closed);
    equal((await user.socket.closed).code, code);
    await ana.playsOn();
  });
}

Deno.test("[LEG4] early and wrong messages of a player are refused, and the player can play after them", async () => {
  await using user = await UserClient.join(stack.url);
  user.socket.send("no.such", {});
  user.socket.send("app.start", { app_id: 7 });
  user.socket.send("latency.check.response", { results: [] });
  for (const type of ["app.quit", "share.list", "app.load"]) user.socket.send(type, {});
  user.socket.send("webrtc.answer", { peer_id: "nobody", sdp: "v=0" });
  const answer = await user.next("webrtc.answer.response");
  equal(answer.error.code, "session.no_place");
  await user.play();
  await user.leave();
  await ana.playsOn();
});

Deno.test("[SIG6] an answer without an offer and a candidate for another player's peer are refused", async () => {
  await using user = await UserClient.join(stack.url);
  const { peer_id, sdp } = await user.init({ app_id: "paddle-duel" });
  const candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  user.socket.send("webrtc.candidate", { peer_id: ana.peer, candidate });
  equal((await user.next("webrtc.candidate.response")).error.code, "peer.unknown");
  user.socket.send("webrtc.answer", { peer_id: ana.peer, sdp });
  equal((await user.next("webrtc.answer.response")).error.code, "peer.unknown");
  for (const wrong of ["v=0", "v=0\r\nm=video 9 X\r\n", "not a description"]) {
    user.socket.send("webrtc.answer", { peer_id, sdp: wrong });
    equal((await user.next("webrtc.answer.response")).error.code, "webrtc.refused");
  }
  user.socket.send("webrtc.candidate", { peer_id, candidate: "candidate:1 1 udp 1 example.org 9" });
  match((await user.next("webrtc.candidate.response")).error.message, /malformed/);
  await user.leave();
  await ana.playsOn();
});

Deno.test("[PAS2] a stranger who has the id of a room neither joins it nor gets its pictures", async () => {
  await using user = await UserClient.join(stack.url);
  user.socket.send("webrtc.init", { room_id: ana.room });
  const answer = await user.next("webrtc.init.response");
  equal("error" in answer && answer.error.code, "room.forbidden");
  await ana.playsOn();
});

Deno.test("[CTL5] invalid bytes on the data channels reach no game", async () => {
  await using user = await UserClient.join(stack.url, await ana.invite());
  await user.play("paddle-duel", ana.room);
  for (let n = 0; n < 200; n++) user.sendRaw(Uint8Array.from({ length: n }, () => n));
  user.press(buttonBit("a"));
  await ana.playsOn();
  await user.leave();
});

Deno.test("[WRK5] a rogue worker does not disturb other workers' players", async () => {
  const rogue = await dialWorker();
  const rooms = [roomOf("rogue", ana.room), roomOf("worker", ana.room)];
  const change = { credential: await credentialOf("rogue"), rooms, capacity: 0, apps: [] };
  rogue.send("worker.hello", helloOf("rogue", change));
  await rogue.next("worker.hello.response");
  const { session: session_id } = ana;
  const end = { reason: "crashed", message: "forged" };
  rogue.send("webrtc.offer", { session_id, peer_id: "forged", sdp: "v=0" });
  rogue.send("session.media", { session_id, connected: false });
  rogue.send("session.ended", { session_id, ...end });
  rogue.send("room.changed", { room: roomOf("rogue", ana.room, { title: "forged" }) });
  rogue.send("room.closed", { room_id: ana.room, sessions: [session_id], ...end });
  rogue.send("no.such", {});
  rogue.send("worker.status", { cpu_percent: "much" });
  equal((await rogue.next("session.end")).payload.session_id, session_id);
  await ana.playsOn();
  ok(!JSON.stringify(ana.user.received).includes("forged"));
  rogue.socket.send("x".repeat(1_100_000));
  equal((await rogue.closed).code, 1009);
});

Deno.test("[ROM3] a broken game, a file that is no game and a removed game are refused by name, with the reason", async () => {
  await using user = await UserClient.join(stack.url);
  const apps = new Map(user.ready.apps.map(({ title, app_id }) => [title, app_id]));
  await user.init({ app_id: "paddle-duel" });
  for (const title of ["Broken", "Empty", "Text"]) {
    const why = await refusedStart(user, apps.get(title));
    match(why, new RegExp(`^Cannot (open|load|start) .*${title}`));
  }
  await Deno.remove(join(roms, "Gone.nes"));
  match(await refusedStart(user, apps.get("Gone")), /Gone\.nes": there is no such file/);
  await user.start("paddle-duel");
  await user.leave();
  await ana.playsOn();
});

Deno.test("[SRC3] [SAV30] a game begins with what its cartridge kept elsewhere, and what it keeps is on disk and in the bucket once its player has left", async () => {
  await using user = await UserClient.join(stack.url);
  const app = user.ready.apps.find(({ title }) => title === "Battery")!;
  const owner = user.ready.session_id;
  const options = { clock: systemClock, endpoint: s3.url, bucket: "saves", region: "us-east-1" };
  const store = s3Store({ ...options, ...S3_KEY });
  const file = `${crc32(batteryCounter()).toString(16).padStart(8, "0")}.srm`;
  const folder = `${owner}/${app.app_id}/memory/${file}`;
  const head = { app: app.app_id, saved_at: 1, memory: file };
  await store.put(
    `${folder}/1.room_0`,
    await packSave({ head, state: new Uint8Array(8_192).fill(41, 0, 1) }),
  );
  await user.play(app.app_id);
  await user.seeMore(10);
  await user.leave();
  const isStored = async () => (await store.list(`${folder}/`)).length === 2;
  const deadline = performance.now() + PATIENCE;
  while (!await isStored()) {
    ok(performance.now() < deadline, "the memory is in the bucket");
    await pause(20);
  }
  const path = join(stack.dataFolder, "sram", owner, `Battery.nes.${file}`);
  equal(Deno.readFileSync(path)[0], 42);
  const newest = (await store.list(`${folder}/`)).find(({ key }) => !key.endsWith("room_0"))!;
  const { head: kept, state } = await readSave((await store.get(newest.key))!);
  equal(state[0], 42);
  equal(kept?.memory, file);
});

Deno.test("[SES4] a worker whose ping address does not answer is not chosen", async () => {
  const dead = await dialWorker();
  const ping_url = `http://127.0.0.1:${await freePort()}/ping`;
  const change = { credential: await credentialOf("dead"), ping_url, capacity: 9 };
  dead.send("worker.hello", helloOf("dead", change));
  await dead.next("worker.hello.response");
  await using user = await UserClient.join(stack.url);
  const asked = user.received.find(({ type }) => type === "latency.check");
  ok(asked?.type === "latency.check");
  equal(asked.payload.workers.length, 2);
  equal(user.ready.worker.worker_id, ana.user.ready.worker.worker_id);
  dead.hangUp();
});

Deno.test("[WRK9] no process of a room holds the worker's credential in arguments or environment", async () => {
  const rooms = childrenOf(stack.worker.pid);
  ok(rooms.length > 0);
  for (const pid of rooms) {
    for (const part of ["cmdline", "environ"]) {
      const shown = await Deno.readTextFile(`/proc/${pid}/${part}`);
      ok(!shown.includes(WORKER_CREDENTIAL), part);
    }
  }
});

/** Makes a credential for another worker, as the local command does. */
async function credentialOf(worker: string): Promise<string> {
  const file = credentialFile(stack.dataFolder);
  const ports = { clock: systemClock, random: systemRandom };
  const made = await new WorkerCredentials({ file, passed: [], ...ports })
    .mint(WorkerId.parse(worker));
  ok(made);
  return made;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
