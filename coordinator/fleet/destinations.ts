/**
 * The destinations that streams are sent on to. An address is parsed when it is saved. Its stream key, stream id and
 * passphrase are removed from it, sealed in the store, never shown, and opened only for the worker that sends.
 *
 * @module
 */
import {
  type DestinationAddress,
  readDestination,
  writeDestination,
} from "../../protocol/addresses/destination.ts";
import { findReachable, type ReachRules } from "../../protocol/addresses/reach.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { EgressDestination } from "../../protocol/field/ingest.ts";
import { DestinationId, newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Platform } from "../../protocol/rest/streams.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import { KEPT_OF_FLEET, surplus } from "../accounts/minting.ts";
import type { Store } from "../ports.ts";
import type { DestinationRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { Sealer } from "../secrets/seal.ts";

const SCHEMES: { [P in Platform]: readonly string[] } = {
  youtube: ["rtmp", "rtmps"],
  twitch: ["rtmp", "rtmps"],
  rtmp: ["rtmp", "rtmps"],
  srt: ["srt"],
};

/** Public ingest addresses, as the platforms publish them. */
const KNOWN_URLS: { [P in Platform]?: string } = {
  youtube: "rtmps://a.rtmps.youtube.com/live2",
  twitch: "rtmps://live.twitch.tv/app",
};

/** The fields of a new or changed destination. */
export interface DestinationDraft {
  readonly name?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly url?: string | undefined;
  /** RTMP: the stream key. SRT: the stream id. Empty: remove it. */
  readonly stream_key?: string | undefined;
  /** For SRT only. Empty: remove it. */
  readonly passphrase?: string | undefined;
}

/** The most destinations that are read at once, of all fleets together. */
const MAX_DESTINATIONS = 1_000_000;

type Secret = "stream_key" | "passphrase";

/** A destination's address with every secret in its own field. */
interface Parts {
  readonly platform: Platform;
  readonly url: string;
  readonly stream_key: string | undefined;
  readonly passphrase: string | undefined;
}

/** The destinations of all fleets. */
export type Destinations = ReturnType<typeof createDestinations>;

/** Creates the service that keeps destinations. */
export function createDestinations(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    audit: Audit;
    sealer: Sealer;
    rules: ReachRules;
    /** The active streams that are sent to this destination. */
    usedBy: (id: DestinationId) => readonly string[];
  },
) {
  const { store, clock, audit, sealer, rules } = ports;

  /** Reads an address and checks its host. */
  async function check({ platform, ...text }: Parts): Promise<DestinationAddress | Refused> {
    const address = readDestination(text);
    if ("error" in address) return refused("url_forbidden", address.error);
    const scheme = address.kind === "rtmp" ? address.scheme : "srt";
    if (!SCHEMES[platform].includes(scheme)) {
      const wanted = SCHEMES[platform].map((each) => `${each}://`).join(" or ");
      return refused("url_forbidden", `Cannot use this address: it must begin with ${wanted}`);
    }
    const reachable = await findReachable(address.host, rules);
    return "error" in reachable ? refused("url_forbidden", reachable.error) : address;
  }

  /** The parts of an address as the store keeps them. */
  function stored(id: DestinationId, address: DestinationAddress) {
    const [key, passphrase] = address.kind === "rtmp"
      ? [address.key, undefined]
      : [address.streamId, address.passphrase];
    return {
      url: writeDestination(address),
      ...(key && { key_sealed: sealer.seal(key, id) }),
      ...(passphrase && { passphrase_sealed: sealer.seal(passphrase, passphraseOf(id)) }),
    };
  }

  /** The parts of a stored destination, and the names of the secrets that cannot be opened. */
  function opened(row: DestinationRecord): { readonly parts: Parts; readonly lost: Secret[] } {
    const { destination_id: id, platform, url, key_sealed, passphrase_sealed } = row;
    const stream_key = key_sealed && sealer.open(key_sealed, id);
    const passphrase = passphrase_sealed && sealer.open(passphrase_sealed, passphraseOf(id));
    const lost: Secret[] = [];
    if (key_sealed && stream_key === undefined) lost.push("stream_key");
    if (passphrase_sealed && passphrase === undefined) lost.push("passphrase");
    return { parts: { platform, url, stream_key, passphrase }, lost };
  }

  function unreadable({ name }: DestinationRecord, lost: Secret): Refused {
    const what = lost === "stream_key" ? "stream key" : "passphrase";
    return refused("conflict", `Cannot read the ${what} of ${name}. Enter it again`);
  }

  return {
    async get(caller: Caller, id: DestinationId): Promise<DestinationRecord | Refused> {
      const row = await store.destinations.get(id);
      return row && sees(caller, row.owner_id) ? row : notFound("destination", id);
    },

    async create(
      caller: Caller,
      draft: DestinationDraft & { name: string; platform: Platform },
    ): Promise<DestinationRecord | Refused> {
      const url = draft.url ?? KNOWN_URLS[draft.platform];
      if (!url) return refused("bad_request", "Cannot add the destination: its URL is missing");
      const { platform, stream_key, passphrase } = draft;
      const address = await check({ platform, url, stream_key, passphrase });
      if (isRefused(address)) return address;
      const { owner_id } = caller.user;
      const tooMany = surplus({
        count: (await store.destinations.list({ where: { owner_id } })).length,
        ...{ most: KEPT_OF_FLEET.destinations, what: "destinations in this fleet" },
        remedy: "Remove some of them",
      });
      if (tooMany) return tooMany;
      const id = DestinationId.parse(newPrefixedId("dst", ports));
      const now = clock.epoch();
      const row: DestinationRecord = {
        destination_id: id,
        owner_id,
        name: draft.name,
        platform,
        created_at: now,
        updated_at: now,
        ...stored(id, address),
      };
      await store.destinations.insert(row);
      audit.record({ action: "destination.create", by: caller, target: id, detail: row.name });
      return row;
    },

    async change(
      caller: Caller,
      id: DestinationId,
      draft: DestinationDraft,
    ): Promise<DestinationRecord | Refused> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      const { parts, lost } = opened(row);
      const missing = lost.find((secret) => draft[secret] === undefined);
      if (missing) return unreadable(row, missing);
      const address = await check(changed(parts, draft));
      if (isRefused(address)) return address;
      const updated_at = clock.epoch();
      const { after } = await store.destinations.update(id, (found) => {
        const { key_sealed: _, passphrase_sealed: __, ...rest } = found;
        return {
          ...rest,
          ...defined({ name: draft.name, platform: draft.platform }),
          ...stored(id, address),
          updated_at,
        };
      });
      audit.record({ action: "destination.change", by: caller, target: id, detail: row.name });
      return after ?? notFound("destination", id);
    },

    async remove(caller: Caller, id: DestinationId): Promise<Refused | undefined> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      const [stream] = ports.usedBy(id);
      if (stream) {
        return refused("in_use", `Cannot remove ${row.name}: stream ${stream} is sent there`);
      }
      await store.destinations.remove(id);
      audit.record({ action: "destination.remove", by: caller, target: id, detail: row.name });
      return undefined;
    },

    /**
     * Seals the secrets that an earlier release left in stored addresses. Returns how many destinations changed. An
     * address that cannot be read is left as it is; it is refused when it is used.
     *
     * @throws {StoreFault} when the store cannot be read or written
     */
    async sealAddresses(): Promise<number> {
      let changed = 0;
      for (const row of await store.destinations.list({ limit: MAX_DESTINATIONS })) {
        const { parts, lost } = opened(row);
        const address = readDestination(parts);
        if (lost.length > 0 || "error" in address || writeDestination(address) === row.url) {
          continue;
        }
        const id = row.destination_id;
        await store.destinations.update(id, (found) => ({ ...found, ...stored(id, address) }));
        changed += 1;
      }
      return changed;
    },

    /**
     * Destinations of one owner with their secrets, for the worker that sends. Each address is checked again, except of
     * those in `known`, which are sent to already: a change of one never fails for the address of another.
     */
    async forWorker(
      ownerId: UserId,
      ids: readonly DestinationId[],
      { known = [] }: { readonly known?: readonly DestinationId[] } = {},
    ): Promise<readonly EgressDestination[] | Refused> {
      const found: EgressDestination[] = [];
      for (const id of ids) {
        const row = await store.destinations.get(id);
        if (row?.owner_id !== ownerId) return notFound("destination", id);
        const { parts, lost: [lost] } = opened(row);
        if (lost) return unreadable(row, lost);
        const address = known.includes(id) ? undefined : await check(parts);
        if (isRefused(address)) return address;
        const { url, stream_key, passphrase } = parts;
        found.push({ destination_id: id, url, ...defined({ stream_key, passphrase }) });
      }
      return found;
    },
  };
}

/** The purpose that a passphrase's seal is bound to, so that one sealed secret cannot replace another. */
function passphraseOf(id: DestinationId): string {
  return `${id}/passphrase`;
}

/** The parts after a change: a part that is left out stays, except a secret that the new address contains. */
function changed(before: Parts, draft: DestinationDraft): Parts {
  const platform = draft.platform ?? before.platform;
  const known = platform === before.platform ? undefined : KNOWN_URLS[platform];
  const url = draft.url ?? known ?? before.url;
  // A stream key does not serve as a stream id, nor a stream id as a stream key.
  const isSameKind = (platform === "srt") === (before.platform === "srt");
  const read = readDestination({ url });
  const inside = "kind" in read && read.kind === "srt" ? read : undefined;
  const keep = (secret: string | undefined, given: string | undefined) =>
    isSameKind && given === undefined ? secret : undefined;
  return {
    platform,
    url,
    stream_key: draft.stream_key ?? keep(before.stream_key, inside?.streamId),
    passphrase: draft.passphrase ?? keep(before.passphrase, inside?.passphrase),
  };
}
