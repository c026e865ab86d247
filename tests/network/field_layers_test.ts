/**
 * A field stream, and a viewer behind a network that carries less than it.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import { api } from "../../protocol/rest/api.ts";
import { type AgentProcess, startAgent } from "../support/agent_process.ts";
import { writeNoisyFile } from "../support/field/noisy_file.ts";
import { waitForState } from "../support/player.ts";
import { clear, narrow } from "../support/relay/regimes.ts";
import { openRelayedPage } from "../support/relay/relayed_page.ts";
import { startWalk, type TruthWalk, until } from "../support/stack/truth_walk.ts";

const WIDTH = 640;
/** How long a change of the size may take, in milliseconds. */
const LIMIT = 60_000;
/** So many pictures in half the size come four times. */
const PICTURES = 30;

let walk: TruthWalk;
let agent: AgentProcess | undefined;
let room: string | undefined;

Deno.test.beforeAll(async () => {
  walk = await startWalk();
  const made = await walk.ask(api.senders.create, { body: { name: "Box seven" } });
  const params = { id: made.sender.sender_id };
  agent = await startAgent({ url: walk.stack.url, enrollment: made.enrollment_token });
  await Deno.mkdir(agent.media, { recursive: true });
  await writeNoisyFile(join(agent.media, "noise.ts"));
  await until(async () => (await walk.ask(api.senders.get, { params })).online);
  const body = {
    source: { mode: "file" as const, path: "noise.ts" },
    encoder: { bitrate_kbps: 3_000 },
  };
  const { stream: { stream_id: id } } = await walk.ask(api.senders.start, { params, body });
  await until(async () => {
    const found = await walk.ask(api.streams.get, { params: { id } });
    room = found.room_id;
    return room !== undefined && found.received !== undefined;
  });
});

Deno.test.afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await walk[Symbol.asyncDispose]();
});

Deno.test("[LAY3] a stream of 3 Mbit/s goes on for a viewer with 0.8, in half the size and without a new connection", async () => {
  await using viewer = await openRelayedPage(
    walk.browser,
    `${walk.stack.url}/?room=${room}`,
    { regime: clear(20), seed: 4 },
  );
  const { page } = viewer;
  const waitForWidth = (width: number) =>
    page.waitForFunction(
      (wanted) => farpadProbe.pictures.at(-1)?.width === wanted,
      width,
      { timeout: LIMIT },
    );
  await waitForState(page, "playing");
  await waitForWidth(WIDTH);
  const connections = () => page.evaluate(() => farpadProbe.connections.length);
  const before = await connections();
  viewer.relay.change(narrow(800_000));
  await waitForWidth(WIDTH / 2);
  for (let time = 0; time < 4; time++) {
    const shown = await page.evaluate(() => farpadProbe.presented);
    await page.waitForFunction(
      (many) => farpadProbe.presented >= many,
      shown + PICTURES,
      { timeout: LIMIT },
    );
  }
  equal(await connections(), before);
  equal(await page.evaluate(() => document.documentElement.dataset.state), "playing");
  viewer.relay.change(clear(20));
  await waitForWidth(WIDTH);
  equal(await connections(), before);
});
