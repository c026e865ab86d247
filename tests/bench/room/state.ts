/**
 * Measures what a room's document costs: bytes of documents and intents for each page and second, of a room at rest and
 * of one with four players who move all the time, in virtual time; and the processor time of one change, from the
 * worker's document to that of a page. The figures that a room sends for statistics are counted apart.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import { SessionId } from "../../../protocol/ids.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import { acknowledged, EMPTY, receiveState } from "../../../protocol/room_state/page_sync.ts";
import { decodeState, encodeState } from "../../../protocol/room_state/wire.ts";
import {
  beginHistory,
  commit,
  STATE_PERIOD,
  stepPage,
  UNSEEN,
} from "../../../protocol/room_state/worker_sync.ts";
import { InputSender } from "../../../web/play/input/input_sender.ts";
import { AT_REST } from "../../../web/play/input/pad.ts";
import { RoomLane } from "../../../web/play/media/room_lane.ts";
import type { FakePeer } from "../../fakes/peer.ts";
import { FAKE_INFO } from "../../fakes/source_handle.ts";
import { app, openRoomScene, spec } from "../../support/media/room_scene.ts";
import { round } from "../figures.ts";
import { resumeElsewhere } from "./resume_elsewhere.ts";

/** Virtual seconds of each measurement. */
const SECONDS = 60;
/** Changes whose time is measured. */
const CHANGES = 20_000;
/** A page takes what has come, and a player moves, this often; in milliseconds. */
const TURN = 25;
const PLAYERS = 4;

type Scene = ReturnType<typeof openRoomScene>;

/** Runs the benchmark. */
export async function state(): Promise<Record<string, number>> {
  const idle = await measure(1, () => {});
  const busy = await measure(PLAYERS, move);
  return {
    idle_bytes_per_second: round(idle.bytes),
    four_players_bytes_per_second: round(busy.bytes),
    telemetry_bytes_per_second: round(idle.telemetry),
    merge_us: round(mergeTime()),
    ...await resumeElsewhere(),
  };
}

/** A page without a browser: what it sends and gets on the channel `state`, in bytes. */
class Page {
  bytes = 0;
  telemetry = 0;
  readonly lane: RoomLane;
  readonly input: InputSender;

  constructor(clock: Scene["clock"], readonly peer: FakePeer) {
    this.lane = new RoomLane({
      clock,
      send(bytes) {
        peer.listener.message("commands", bytes);
        return true;
      },
    });
    this.input = new InputSender({
      clock,
      acknowledged: () => this.lane.acknowledged,
      send: (bytes) => {
        this.bytes += bytes.length;
        peer.listener.message("state", bytes);
        return true;
      },
    });
    this.input.start();
    void this.lane.enter();
  }

  /** Takes what has come. */
  turn(): void {
    for (const { channel, bytes } of this.peer.messages.splice(0)) {
      if (channel === "commands") this.lane.receiveAnswer(bytes);
      if (channel !== "state") continue;
      if (this.lane.receive(bytes)) {
        this.bytes += bytes.length;
        this.input.hasten();
      } else this.telemetry += bytes.length;
    }
  }
}

/** Lets players play for {@linkcode SECONDS}; the bytes of a page and second, both ways together. */
async function measure(players: number, act: (page: Page, turn: number) => void) {
  const scene = openRoomScene();
  const pages = await Promise.all(
    Array.from({ length: players }, (_, n) => enter(scene, SessionId.parse(`player-${n}`))),
  );
  // The first documents and announcements are over, and every link has been measured.
  await run(scene, pages, () => {}, 5);
  for (const page of pages) page.bytes = page.telemetry = 0;
  await run(scene, pages, act, SECONDS);
  const mean = (of: (page: Page) => number) =>
    pages.reduce((sum, page) => sum + of(page), 0) / pages.length / SECONDS;
  const result = { bytes: mean((page) => page.bytes), telemetry: mean((page) => page.telemetry) };
  scene.room[Symbol.dispose]();
  return result;
}

async function enter(scene: Scene, session: SessionId): Promise<Page> {
  scene.admit(session, "player");
  const page = new Page(scene.clock, await scene.connect(session));
  scene.room.start({ id: session, session, app: { ...app, players: PLAYERS }, spec });
  if (scene.received("room.opened").length === 0) {
    scene.sources[0]!.options.listener.opened({ ...FAKE_INFO, players: PLAYERS });
  }
  return page;
}

async function run(
  { clock, sources }: Scene,
  pages: readonly Page[],
  act: (page: Page, turn: number) => void,
  seconds: number,
): Promise<void> {
  for (let turn = 0; turn < seconds * 1_000 / TURN; turn++) {
    sources[0]!.control.tick();
    for (const page of pages) {
      act(page, turn);
      page.turn();
    }
    await clock.run(TURN);
  }
}

/** Presses and releases a button five times a second. */
function move({ input }: Page, turn: number): void {
  input.update({ ...AT_REST, buttons: Math.floor(turn / 4) % 2 });
}

/** Microseconds from a change of the worker's document to the same document at a page, encoding included. */
function mergeTime(): number {
  const entities = (n: number): Entities => ({
    room: { app: { app_id: "duel", title: "Duel", paused: n % 2 === 0 } },
    ...Object.fromEntries(Array.from({ length: PLAYERS }, (_, k) => [
      `p${k + 1}`,
      { person: { name: `Player ${k}`, role: "player", connected: true, ping: (n + k) % 100 } },
    ])),
  });
  let history = beginHistory(entities(0));
  let document = EMPTY as Parameters<typeof receiveState>[0];
  let page = UNSEEN as Parameters<typeof stepPage>[0];
  const change = (n: number) => {
    history = commit(history, entities(n));
    const event = { type: "acknowledged", revision: acknowledged(document) } as const;
    const now = n * STATE_PERIOD as Millis;
    const step = stepPage(stepPage(page, event, history).page, { type: "due", now }, history);
    page = step.page;
    const message = step.send && decodeState(encodeState(step.send));
    if (message) document = receiveState(document, message);
  };
  for (let n = 1; n <= CHANGES; n++) change(n);
  const began = performance.now();
  for (let n = CHANGES + 1; n <= 2 * CHANGES; n++) change(n);
  return (performance.now() - began) * 1_000 / CHANGES;
}
