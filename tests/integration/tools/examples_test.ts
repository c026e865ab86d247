import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { BouncingBall } from "../../../examples/bouncing_ball.ts";
import { listLibrary } from "../../../examples/list_library.ts";
import { TsMuxer } from "../../../media/mpegts/muxer.ts";
import { buttonBit, NEUTRAL_PAD } from "../../../protocol/control/pad.ts";
import { encodeUnits } from "../../support/media/units.ts";
import { runProcess, type Stack, startStack } from "../../support/stack/stack.ts";
import { PATIENCE } from "../../support/waiting/waiting.ts";

const EXAMPLES = new URL("../../../examples/", import.meta.url).pathname;

let stack: Stack;

Deno.test.beforeAll(async () => {
  stack = await startStack({ FARPAD_DEMO: "false" });
});

Deno.test.afterAll(async () => await stack[Symbol.asyncDispose]());

/** Runs an example with the command of its header. */
function run(name: string, ...args: readonly string[]) {
  const header = Deno.readTextFileSync(join(EXAMPLES, name)).split("*/")[0]!;
  const [, flags = ""] = /`deno run (.*?)examples\//.exec(header)!;
  return runProcess({
    name,
    args: [
      "run",
      "--no-prompt",
      ...flags.split(" ").filter(Boolean),
      join(EXAMPLES, name),
      ...args,
    ],
    env: Deno.env.toObject(),
  });
}

Deno.test("every example has at most 60 lines", async () => {
  for await (const { name } of Deno.readDir(EXAMPLES)) {
    const lines = (await Deno.readTextFile(join(EXAMPLES, name))).trimEnd().split("\n");
    ok(lines.length <= 60, `${name} has ${lines.length} lines`);
  }
});

Deno.test("bouncing_ball.ts is a source: its picture moves, and a pad changes it", async () => {
  using ball = new BouncingBall();
  const first = ball.step([]).picture!;
  equal(first.data.length, first.stride * first.height);
  for (let frame = 0; frame < 20; frame++) ball.step([]);
  const left = ball.step([]).picture!;
  const kicked = ball.step([{ ...NEUTRAL_PAD, buttons: buttonBit("a") }]).picture!;
  ok(!left.data.every((byte, at) => byte === kicked.data[at]));
  const process = run("bouncing_ball.ts");
  equal(await process.ended, 0);
  match(process.output(), /160 pixels wide/);
});

Deno.test("list_library.ts prints what can be played", async () => {
  const apps = await listLibrary(stack.url);
  ok(apps.some(({ title }) => title === "Paddle Duel"));
  const process = run("list_library.ts", stack.url);
  equal(await process.ended, 0);
  match(process.output(), /^Paddle Duel \(NES, 2 players\)$/m);
});

Deno.test("list_library.ts without an address ends with a sentence", async () => {
  const process = run("list_library.ts");
  equal(await process.ended, 1);
  match(process.output(), /^Usage: .*\n$/);
});

Deno.test("send_file.ts enrols, and sends its file when an operator starts a stream", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  const file = join(folder, "clip.ts");
  await Deno.writeFile(file, clip());
  const { token } = await call("POST", "/api/auth/setup", {
    body: {
      token: /#token=(\S+)/.exec(stack.coordinator.output())![1],
      ...{ email: "ada@example.org", name: "Ada", password: "correct horse" },
    },
  });
  const { sender, qr_text } = await call("POST", "/api/senders", {
    token,
    body: { name: "Example" },
  });
  const process = run("send_file.ts", qr_text, file);
  try {
    const path = `/api/senders/${sender.sender_id}`;
    await until(async () => (await call("GET", path, { token })).online);
    const body = { source: { mode: "test" }, encoder: { bitrate_kbps: 1_000 } };
    const { stream } = await call("POST", `${path}/stream/start`, { token, body });
    const live = () => call("GET", `/api/streams/${stream.stream_id}`, { token });
    await until(async () => (await live()).received?.stats.picture === true);
    const { state, received } = await live();
    equal(state, "live");
    deepEqual([received.stats.width, received.stats.codec], [160, "h264"]);
  } finally {
    await process.end();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Two seconds of moving pictures, 160 pixels wide. */
function clip(): Uint8Array<ArrayBuffer> {
  const muxer = new TsMuxer({});
  const parts = encodeUnits({ profile: "baseline", count: 60 }).map(({ data, pts }, at) =>
    muxer.video(data, { pts: pts!, keyframe: at % 10 === 0 })
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

// deno-lint-ignore no-explicit-any -- answers of every shape
async function call(method: string, path: string, { token, body }: any): Promise<any> {
  const response = await fetch(stack.url + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Waits until the condition holds; it fails after {@linkcode PATIENCE}. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error("It never held");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
