/**
 * What the _agent control protocol_ says of transport, login, envelope and lost connections, statement by statement,
 * with the agent's own link and a whole coordinator.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readAgentSettings } from "../../../../agent/config.ts";
import { TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { CLOSE } from "../../../../protocol/close.ts";
import { readEnrollment, writeEnrollment } from "../../../../protocol/field/enrollment.ts";
import { createDeviceKey, FakeDevice } from "../../../support/control/device.ts";
import { START } from "../../../support/control/scene.ts";
import { type BoxScene, type Frame, openBoxScene } from "../../../support/statements/box_scene.ts";
import { type Statement, testStatements } from "../../../support/statements/statements.ts";

const TOKEN = "snd_1.ABCDEFGHJKLMNPQRSTUVWXYZ23";
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A statement that is checked with a box that is online. */
function online(rule: string, says: string, check: (scene: BoxScene) => unknown): Statement {
  return [rule, says, async () => {
    using scene = await openBoxScene();
    await check(scene);
  }];
}

testStatements([
  online("AGT1", "the device dials the coordinator, at /agent/ws and over TLS", ({ dials }) => {
    equal(dials.length, 1);
    const { protocol, pathname } = new URL(dials[0]!.url);
    deepEqual([protocol, pathname], ["wss:", "/agent/ws"]);
  }),
  online("STR12", "media goes by UDP to ports of its own, not over the socket", async (scene) => {
    await scene.start();
    const { destinations } = scene.of("stream.start")[0]!.payload;
    ok(destinations.every((url: string) => /^(srt|rist):\/\/[^/]+:\d+$/.test(url)));
    const longest = Math.max(...scene.frames.map((frame) => JSON.stringify(frame).length));
    ok(longest < 4_000, `${longest} characters`);
  }),
  ["BOX19", "the enrolment token is read from a file of the device at its start", () => {
    const read = readAgentSettings([], { env: {}, readFile: () => `enrollment = "${TOKEN}"\n` });
    ok(read.ok && read.settings.enrollment === TOKEN);
  }],
  ["IDN5", "or from a QR code", () => {
    const url = "wss://farpad.example/agent/ws";
    deepEqual(readEnrollment(writeEnrollment({ url, token: TOKEN })), { url, token: TOKEN });
  }],
  online("BOX14", "its first message is auth.login with the token", ({ frames, token }) => {
    const [first] = frames.filter(({ from }) => from === "device");
    deepEqual([first!.type, first!.payload.enrollment_token], ["auth.login", token]);
  }),
  online("AGT1", "the answer has a session JWT and the sender's id", ({ of, sender }) => {
    const { payload } = of("auth.login.response")[0]!;
    deepEqual([payload.success, payload.sender_id], [true, sender]);
    match(payload.session_token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    const [head] = payload.session_token.split(".");
    const { alg } = JSON.parse(atob(head.replaceAll("-", "+").replaceAll("_", "/")));
    equal(alg, "EdDSA");
  }),
  online("AGT11", "every message of the device after that carries the JWT", async (scene) => {
    await scene.run(30_000);
    const { session_token } = scene.of("auth.login.response")[0]!.payload;
    const later = after(scene, "auth.login.response").filter(({ from }) => from === "device");
    ok(later.length >= 3);
    ok(later.every(({ token }) => token === session_token));
  }),
  ["AGT11", "a message without it has no effect", async () => {
    using scene = await openBoxScene();
    const device = new FakeDevice(scene.bench, { key: scene.key });
    await device.login(scene.sender);
    device.sessionToken = undefined;
    device.status({ cpu_percent: 99 });
    equal((await device.wire.next("device.status.response")).payload.error.code, "token_wrong");
    const { body } = await scene.call("GET", `/api/senders/${scene.sender}/status`);
    equal(body.status.cpu_percent, 12.5);
  }],
  online(
    "AGT9",
    "before the JWT expires the device proves itself again, by itself",
    async (scene) => {
      await scene.bench.clock.run((TOKEN_SECONDS - 70) * 1000);
      await scene.run(75_000);
      const [first, second] = scene.of("auth.login.response").map(({ payload }) => payload);
      ok(second.success && second.session_token !== first.session_token);
      equal(scene.of("device.status").at(-1)!.token, second.session_token);
      deepEqual([scene.link.state.state, scene.dials.length], ["online", 1]);
    },
  ),
  online("DEV2", "an administrator makes a sender, and gets a token for one use", async (scene) => {
    const { status, body } = await scene.call("POST", "/api/senders", { name: "Box 8" });
    equal(status, 201);
    ok(readEnrollment(body.enrollment_token));
    equal(body.sender.state, "invited");
  }),
  // The key pair is the device's own: its private half is never known to the coordinator.
  online(
    "DEV1",
    "with it the device is bound to a lasting key, and logs in by that",
    async (scene) => {
      const [login] = scene.of("auth.login");
      equal(login!.payload.device_public_key, scene.key.publicKey);
      scene.drop();
      await scene.until(() => scene.of("auth.login").length === 2);
      const { payload } = scene.of("auth.login")[1]!;
      deepEqual([payload.device_id, payload.enrollment_token], [scene.sender, undefined]);
      await scene.until(() => scene.link.state.state === "online");
      equal(scene.of("auth.challenge").length, 1);
    },
  ),
  online("AGT2", "the token is spent, and opens nothing again", async ({ bench, token }) => {
    const second = new FakeDevice(bench, { key: await createDeviceKey() });
    equal((await second.enroll(token)).payload.error.code, "token_used");
    equal(second.wire.closed?.code, CLOSE.unauthenticated);
  }),
  online("LEG2", "messages are JSON texts with id, type, ts and payload", async (scene) => {
    await scene.start();
    for (const frame of scene.frames) {
      deepEqual([typeof frame.id, typeof frame.payload], ["string", "object"], frame.type);
      match(frame.type, /^[a-z]+(\.[a-z]+)+$/);
    }
  }),
  online("ENV1", "ids are UUIDs of version 7, each once, in the order of time", async (scene) => {
    await scene.run(40_000);
    const own = scene.frames.filter(({ from, type }) => from === "device" && !isAnswer(type));
    const ids = own.map(({ id }) => id);
    ok(ids.length >= 5 && ids.every((id) => UUID_V7.test(id)));
    equal(new Set(ids).size, ids.length);
    const times = ids.map((id) => id.slice(0, 13));
    deepEqual(times, times.toSorted());
  }),
  online("ENV1", "ts is a time of ISO 8601", async (scene) => {
    await scene.start();
    ok(scene.frames.every(({ ts }) => new Date(ts!).toISOString() === ts));
  }),
  online(
    "BOX8",
    "an answer has the id of its request, and its type with .response",
    async (scene) => {
      await scene.start();
      const [asked] = scene.of("stream.start");
      const [answer] = scene.of("stream.start.response");
      deepEqual([answer!.from, answer!.id], ["device", asked!.id]);
      const [login] = scene.of("auth.login");
      equal(scene.of("auth.login.response")[0]!.id, login!.id);
    },
  ),
  online(
    "LEG9",
    "a device that cannot reach its coordinator tries after 1, 2, 4 … 30 s",
    async (scene) => {
      await scene.run(10_000);
      scene.drop({ reachable: false });
      const began = scene.bench.clock.now();
      await scene.run(140_000);
      const waits = [began, ...scene.dials.slice(1).map(({ at }) => at)]
        .map((at, n, all) => n === 0 ? 0 : at - all[n - 1]!).slice(1);
      const least = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
      ok(waits.length >= least.length, `${waits.length} tries`);
      least.forEach((wait, n) => ok(waits[n]! >= wait && waits[n]! <= wait * 1.2 + 11, `${waits}`));
      scene.restore();
      await scene.run(40_000);
      equal(scene.link.state.state, "online");
    },
  ),
  online(
    "STR21",
    "its stream goes on meanwhile, and is reported after the login",
    async (scene) => {
      const id = await scene.start();
      scene.pipelines.all[0]!.listener.stats({ uptime_s: 1, encoder_bitrate_kbps: 900, links: [] });
      await scene.run(100);
      scene.drop({ reachable: false });
      await scene.run(20_000);
      deepEqual([scene.broadcaster.state, scene.pipelines.all[0]!.stops], ["streaming", []]);
      scene.restore();
      await scene.until(() => scene.link.state.state === "online");
      deepEqual(scene.of("auth.login").at(-1)!.payload.running_streams, [id]);
      equal((await scene.stream(id)).state, "live");
    },
  ),
  online("BOX4", "an end that it could not report is reported after the login", async (scene) => {
    const id = await scene.start(START);
    scene.pipelines.all[0]!.listener.stats({ uptime_s: 1, encoder_bitrate_kbps: 900, links: [] });
    scene.drop({ reachable: false });
    scene.pipelines.all[0]!.listener.ended({ reason: "error", error: "The camera is gone" });
    await scene.run(5_000);
    scene.restore();
    await scene.until(() => scene.link.state.state === "online");
    await scene.run(500);
    equal((await scene.stream(id)).reason, "error");
  }),
]);

/** The messages after the first one of a type. */
function after({ frames }: BoxScene, type: string): Frame[] {
  return frames.slice(frames.findIndex((frame) => frame.type === type) + 1);
}

function isAnswer(type: string): boolean {
  return type.endsWith(".response");
}
