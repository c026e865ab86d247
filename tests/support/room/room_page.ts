/**
 * A page at a fake peer of a room: it takes the room's document and acknowledges it, and asks the room.
 *
 * @module
 */
import type { SessionId } from "../../../protocol/ids.ts";
import { ROOM_PROTOCOL, type Verb } from "../../../protocol/room_commands/verbs.ts";
import {
  decodeToPage,
  encodeFromPage,
  type Publication,
} from "../../../protocol/room_commands/wire.ts";
import { type LiveRoom, readRoom } from "../../../protocol/room_state/components.ts";
import {
  acknowledged,
  type DocumentState,
  EMPTY,
  entitiesOf,
  receiveState,
} from "../../../protocol/room_state/page_sync.ts";
import { StateReader } from "../../../protocol/room_state/parts.ts";
import { encodeIntent, type Intent } from "../../../protocol/room_state/wire.ts";
import type { FakePeer } from "../../fakes/peer.ts";
import type { openRoomScene } from "../media/room_scene.ts";

type Scene = Pick<ReturnType<typeof openRoomScene>, "connect" | "start" | "clock">;

export class RoomPage {
  document: DocumentState = EMPTY;
  /** The sizes of document messages, in bytes. */
  readonly sizes: number[] = [];
  readonly publications: Publication[] = [];
  /** Messages on the channel `assets` that were not taken yet. */
  readonly assets: Uint8Array[] = [];
  readonly #reader = new StateReader();
  readonly #answers = new Map<number, unknown>();
  #asked = 0;

  constructor(readonly scene: Scene, readonly peer: FakePeer) {}

  /** Connects a session, and starts or joins the room's app in a role. */
  static async join(
    scene: Scene,
    session: SessionId,
    role: "watcher" | "player" | "host" = "player",
  ): Promise<RoomPage> {
    const page = new RoomPage(scene, await scene.connect(session));
    scene.start(session, role);
    return page;
  }

  /** As {@linkcode join}, and announces itself. */
  static async announced(...args: Parameters<typeof RoomPage.join>): Promise<RoomPage> {
    const page = await RoomPage.join(...args);
    await page.ask("announce", { protocol: ROOM_PROTOCOL, name: args[1] });
    return page;
  }

  /** The room as the page sees it. */
  get room(): LiveRoom | undefined {
    const entities = entitiesOf(this.document);
    return entities && readRoom(entities);
  }

  /** Takes what has come since, and sends an intent. */
  turn(intent: Partial<Intent> = {}): void {
    this.#take();
    const about = { timestamp: 1, acknowledged: acknowledged(this.document) };
    this.peer.listener.message("state", encodeIntent({ ...about, ...intent }));
  }

  /** Asks the room; the answer, or the code of the refusal. */
  async ask(verb: Verb | "none", body: unknown = {}): Promise<unknown> {
    const id = ++this.#asked;
    const bytes = encodeFromPage({ type: "request", id, verb, body });
    this.peer.listener.message("commands", bytes);
    await this.scene.clock.run(0);
    this.#take();
    return this.#answers.get(id);
  }

  #take(): void {
    for (const { channel, bytes } of this.peer.messages.splice(0)) {
      if (channel === "state") this.#takeState(bytes);
      if (channel === "commands") this.#takeCommand(bytes);
      if (channel === "assets") this.assets.push(bytes);
    }
  }

  #takeState(bytes: Uint8Array): void {
    const message = this.#reader.read(bytes);
    if (!message) return;
    this.sizes.push(bytes.length);
    if (message === "part") return;
    this.document = receiveState(this.document, message);
  }

  #takeCommand(bytes: Uint8Array): void {
    const message = decodeToPage(bytes);
    if (message?.type === "publication") this.publications.push(message);
    else if (message?.type === "answer") this.#answers.set(message.id, message.answer);
    else if (message) this.#answers.set(message.id, message.error.code);
  }
}

/** Lets documents and acknowledgements pass until every page has the newest one. */
export async function settle(...pages: readonly RoomPage[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    for (const page of pages) page.turn();
    await pages[0]!.scene.clock.run(60);
  }
}
