/**
 * Whom each room belongs to, and what a pass allows on the rooms and apps that workers report. It also signs the passes
 * that workers check.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { AppId, RoomId, SessionId, UserId, WorkerId } from "../../protocol/ids.ts";
import type { App, Room } from "../../protocol/legs/room.ts";
import type { Action, RoomOwner } from "../../protocol/pass.ts";
import { type Random, randomHex } from "../../protocol/random.ts";
import {
  PASS_LIFETIME,
  type PassProof,
  type SessionPass,
  signPass,
} from "../../protocol/signed_pass.ts";
import {
  APP,
  type CheckedCredentials,
  may,
  type Pass,
  type PassTarget,
  roleAt,
} from "../domain/pass.ts";
import type { PlayerWish } from "../domain/player_session.ts";
import type { Workers } from "../workers.ts";
import type { Hello } from "../workers_listener.ts";

/** Finds properties of a running stream, by its room or by its app. */
export interface StreamOwners {
  fleetOf(stream: { room_id?: RoomId | undefined; app_id: AppId }): UserId | undefined;
  /** Whether it shows a simulated vehicle. */
  isSimulated(stream: { room_id?: RoomId | undefined; app_id: AppId }): boolean;
}

/** What {@linkcode Rights} is made of. */
export interface RightsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly streams: StreamOwners;
}

/** A worker of this connection: what its passes are signed with, and the owners that it reports. */
interface AtWorker {
  readonly key: string;
  readonly owners: Map<RoomId, RoomOwner>;
}

/** A session at its worker. */
interface Placed {
  readonly session_id: SessionId;
  readonly worker: WorkerId;
  readonly room: RoomId | undefined;
  readonly pass: Pass;
  readonly wish: Pick<PlayerWish, "preview">;
}

type RoomTarget = Extract<PassTarget, { kind: "room" }>;

/** What a signed pass says, besides its session and its end. */
export type PassContent = Omit<SessionPass, "session_id" | "expires_at">;

/** Compares passes with rooms and apps. */
export class Rights {
  readonly #ports: RightsPorts;
  readonly #at = new Map<WorkerId, AtWorker>();

  constructor(ports: RightsPorts) {
    this.#ports = ports;
  }

  /**
   * A worker connected, and names the owners of its rooms. Those of rooms that it does not name stay known: it may go on
   * with them, or they are reported as closed. Returns the key of this connection's passes.
   */
  workerConnected({ worker_id, owners = [] }: Pick<Hello, "worker_id" | "owners">): string {
    const key = randomHex(this.#ports.random, 32);
    const reported = owners.map(({ room_id, owner }) => [room_id, owner] as const);
    const known = [...this.#at.get(worker_id)?.owners ?? []].filter(([id]) => {
      const at = this.#ports.workers.room(id)?.worker_id;
      return at === undefined || at === worker_id;
    });
    this.#at.set(worker_id, { key, owners: new Map([...known, ...reported]) });
    return key;
  }

  /** A worker did not come back: its rooms are closed. */
  workerLost(worker: WorkerId): void {
    this.#at.delete(worker);
  }

  /** A worker opened a room, which belongs to `owner`, or goes on with one of another worker. */
  roomOpened(worker: WorkerId, { room_id }: Room, owner: RoomOwner): void {
    if (this.#ports.workers.room(room_id)?.worker_id !== worker) return;
    for (const { owners } of this.#at.values()) owners.delete(room_id);
    this.#at.get(worker)?.owners.set(room_id, owner);
  }

  /** A room changed: one that is closed belongs to nobody. */
  roomChanged({ worker_id, room_id, state }: Room): void {
    if (state === "closed") this.#at.get(worker_id)?.owners.delete(room_id);
  }

  /** Whether a pass allows an action in a room. */
  mayInRoom(pass: Pass, action: Action, room: Room): boolean {
    return may(pass, action, this.room(room));
  }

  /** Whether a pass allows to start an app. A live picture runs already: it may be watched. */
  mayStart(pass: Pass, id: AppId): boolean {
    const app = this.#ports.workers.apps().find(({ app_id }) => app_id === id);
    if (app) return this.#mayOpen(pass, app);
    const picture = this.#livePicture(id);
    return picture ? may(pass, "watch", picture) : may(pass, "play", APP);
  }

  /** Whether a pass allows a connection before an app is chosen: its player may start apps. */
  mayPreconnect(pass: Pass): boolean {
    return may(pass, "play", APP);
  }

  /** The apps that this pass opens, in the order given. The app of a room that it opens is among them. */
  visible(pass: Pass, apps: readonly App[]): App[] {
    const named = pass.openings.flatMap((each) =>
      each.opens === "room" ? this.#ports.workers.room(each.room)?.app_id ?? [] : []
    );
    return apps.filter((app) => named.includes(app.app_id) || this.#mayOpen(pass, app));
  }

  /** The room as a thing that passes open. */
  room({ room_id, app_id, worker_id }: Room): RoomTarget {
    const { workers, streams } = this.#ports;
    const fleet = streams.fleetOf({ room_id, app_id });
    const live = fleet !== undefined || workers.appOf(worker_id, app_id)?.kind === "live";
    const owner = live ? { fleet } : this.#at.get(worker_id)?.owners.get(room_id) ?? {};
    const simulated = live && streams.isSimulated({ room_id, app_id });
    return { kind: "room", room: room_id, owner, live, ...(simulated && { simulated }) };
  }

  /** The fleet whose operators see a room; `undefined` when only administrators do. */
  fleetOf(room: Room): UserId | undefined {
    return this.room(room).owner.fleet;
  }

  /** The signed pass of a session for its worker. */
  sign({ session_id, worker }: Placed, content: PassContent): string {
    const expires_at = this.#ports.clock.epoch() + PASS_LIFETIME;
    const key = this.#at.get(worker)?.key ?? "";
    return signPass({ ...content, session_id, expires_at }, key);
  }

  /**
   * What a session may do at its worker, whom it acts for, and what that follows from: in the room that it is in; where
   * none is known, in that of the live picture `app`, which its worker may have opened already; else in a new one.
   */
  atWorker({ room: id, pass, wish }: Placed, app?: AppId): PassContent {
    const room = id && this.#ports.workers.room(id);
    const target = room ? this.room(room) : app && this.#livePicture(app);
    const { holders, fleet, user } = pass;
    // Nobody who is not signed in, and nobody in a game, may watch without being counted.
    const isPreview = wish.preview !== undefined && user !== undefined && target?.live === true;
    const isNew = target === undefined && id === undefined;
    const role = isNew ? "host" : target && roleAt(pass, target) || "watcher";
    return {
      room_id: room?.room_id,
      app_id: app,
      role: isPreview ? "watcher" : role,
      ...(pass.proof?.shareId !== undefined && { link: pass.proof.shareId }),
      ...(isPreview && { preview: true, ...(wish.preview === "small" && { layer: "small" }) }),
      owner: { holder: holders[0], fleet },
      holders: [...holders],
      ...(pass.proof && { proof: proofAtWorker(pass.proof) }),
    };
  }

  #mayOpen(pass: Pass, app: App): boolean {
    const { workers } = this.#ports;
    if (app.kind !== "live") return may(pass, "play", APP);
    const room = workers.liveRoom(app.app_id);
    return may(pass, "watch", room ? this.room(room) : this.#livePicture(app.app_id) ?? APP);
  }

  /** The room of a live picture, which is not reported yet; `undefined`: the app is none. */
  #livePicture(app_id: AppId): RoomTarget | undefined {
    const { workers, streams } = this.#ports;
    const fleet = streams.fleetOf({ app_id });
    const isLive = fleet !== undefined ||
      workers.apps().some((app) => app.app_id === app_id && app.kind === "live");
    if (!isLive) return undefined;
    const simulated = streams.isSimulated({ app_id });
    return { kind: "room", owner: { fleet }, live: true, ...(simulated && { simulated }) };
  }
}

/** The proof of a session that a worker reports. When it ends is found out anew. */
export function proofFromWorker(
  { login_id: loginId, share_id: shareId, browser }: PassProof,
): CheckedCredentials {
  return { loginId, shareId, browser };
}

function proofAtWorker({ loginId, shareId, browser }: CheckedCredentials): PassProof {
  return {
    ...(loginId !== undefined && { login_id: loginId }),
    ...(shareId !== undefined && { share_id: shareId }),
    ...(browser !== undefined && { browser }),
  };
}
