/**
 * Opens the place where a worker's rooms keep their saves: a folder that rooms use themselves, or a bucket that the
 * worker uses for them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { WorkerSettings } from "../../protocol/settings/worker.ts";
import type { StartRoomProcess } from "../room_process.ts";
import { SPOOL } from "./relay/messages.ts";
import { relayingSaves } from "./relay/store_relay.ts";
import { Guests } from "./s3/guests.ts";
import { s3Store } from "./s3/store.ts";
import { openStoreId } from "./store_id.ts";

/** The settings of the place. */
export type StoreSettings = Pick<
  WorkerSettings,
  "saves" | "s3Endpoint" | "s3Bucket" | "s3Region" | "s3AccessKey" | "s3SecretKey"
>;

/** The place of a worker's saves. Disposing ends what the worker does there by itself. */
export interface OpenedStore extends Disposable {
  /** What rooms need to know of it. */
  readonly room: { readonly savesFolder: string; readonly relaysSaves?: boolean };
  /** Its id, where other workers may have the same one. */
  readonly id: string | undefined;
  /** Starts rooms that use it. */
  start(start: StartRoomProcess): StartRoomProcess;
}

/** Opens it; `folder`: that of saves. */
export async function openStore(
  settings: StoreSettings,
  { folder, ...ports }: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    readonly folder: string;
  },
): Promise<OpenedStore> {
  const { saves, s3Endpoint, s3Bucket, s3Region, s3AccessKey, s3SecretKey } = settings;
  if (!s3Endpoint || !s3Bucket || !s3AccessKey || !s3SecretKey) {
    const id = saves === undefined ? undefined : await openStoreId(folder, ports.random);
    return {
      room: { savesFolder: folder },
      id,
      start: (start) => start,
      [Symbol.dispose]: () => {},
    };
  }
  const passing = join(folder, SPOOL);
  // What earlier processes left there is of no use.
  await Deno.remove(passing, { recursive: true }).catch(() => {});
  await Deno.mkdir(passing, { recursive: true });
  const store = s3Store({
    clock: ports.clock,
    endpoint: s3Endpoint,
    bucket: s3Bucket,
    region: s3Region,
    accessKey: s3AccessKey,
    secretKey: s3SecretKey,
  });
  const guests = new Guests({ ...ports, store });
  const name = createHash("sha256").update(`${s3Endpoint}\n${s3Bucket}`).digest("hex").slice(0, 32);
  return {
    room: { savesFolder: passing, relaysSaves: true },
    id: `s3_${name}`,
    start: (start) =>
      relayingSaves(start, { store: guests.bounded(), folder: passing, ids: ports }),
    [Symbol.dispose]: () => guests[Symbol.dispose](),
  };
}
