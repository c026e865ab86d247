/**
 * Where streams are sent on to. Stream keys are sealed in the store, never shown, and put into a URL only for the
 * worker that sends.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { EgressDestination } from "../../protocol/field/ingest.ts";
import { DestinationId, newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Platform } from "../../protocol/rest/streams.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import type { Store } from "../ports.ts";
import type { DestinationRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import type { Sealer } from "../secrets/seal.ts";
import { checkUrl, type UrlRules } from "./url_rules.ts";

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

export interface DestinationDraft {
  readonly name?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly url?: string | undefined;
  readonly stream_key?: string | undefined;
}

export type Destinations = ReturnType<typeof createDestinations>;

export function createDestinations(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    audit: Audit;
    sealer: Sealer;
    rules: UrlRules;
    /** Streams that are sent there now. */
    usedBy: (id: DestinationId) => readonly string[];
  },
) {
  const { store, clock, audit, sealer, rules } = ports;

  async function check(platform: Platform, url: string): Promise<Refused | undefined> {
    return await checkUrl(url, { schemes: SCHEMES[platform], rules });
  }

  function sealed(id: DestinationId, key: string | undefined): string | undefined {
    return key ? sealer.seal(key, id) : undefined;
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
      const fault = await check(draft.platform, url);
      if (fault) return fault;
      const id = DestinationId.parse(newPrefixedId("dst", ports));
      const now = clock.epoch();
      const row: DestinationRecord = {
        destination_id: id,
        owner_id: caller.user.owner_id,
        name: draft.name,
        platform: draft.platform,
        url,
        created_at: now,
        updated_at: now,
        ...defined({ key_sealed: sealed(id, draft.stream_key) }),
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
      const platform = draft.platform ?? row.platform;
      const fault = await check(platform, draft.url ?? row.url);
      if (fault) return fault;
      const parts = defined({
        name: draft.name,
        url: draft.url,
        key_sealed: sealed(id, draft.stream_key),
      });
      const updated_at = clock.epoch();
      const { after } = await store.destinations.update(id, (found) => ({
        ...found,
        ...parts,
        platform,
        updated_at,
      }));
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

    /** What a worker needs to send to these destinations of one owner; checks each URL again. */
    async targets(
      ownerId: UserId,
      ids: readonly DestinationId[],
    ): Promise<readonly EgressDestination[] | Refused> {
      const targets: EgressDestination[] = [];
      for (const id of ids) {
        const row = await store.destinations.get(id);
        if (row?.owner_id !== ownerId) return notFound("destination", id);
        const fault = await check(row.platform, row.url);
        if (fault) return fault;
        const key = row.key_sealed === undefined ? "" : sealer.open(row.key_sealed, id);
        if (key === undefined) {
          return refused("conflict", `Cannot read the stream key of ${row.name}. Enter it again`);
        }
        targets.push({ destination_id: id, url: withKey(row, key) });
      }
      return targets;
    },
  };
}

/** RTMP takes the key as the last part of the path, SRT as its stream id. */
function withKey({ platform, url }: DestinationRecord, key: string): string {
  if (key === "") return url;
  if (platform !== "srt") return `${url.replace(/\/+$/, "")}/${key}`;
  return `${url}${url.includes("?") ? "&" : "?"}streamid=${encodeURIComponent(key)}`;
}
