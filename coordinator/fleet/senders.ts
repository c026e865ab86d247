/**
 * Changes senders: creates, invites, enrols, renames and decommissions them, and reads their keys.
 *
 * @module
 */
import type { AgentConfig } from "../../protocol/legs/agent_leg.ts";
import { DEVICE_STATUS_PERIOD, STREAM_STATS_PERIOD } from "../../protocol/legs/agent_leg.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";
import { newPrefixedId, SenderId, type UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { ConfigUpdate } from "../../protocol/legs/agent_leg.ts";
import type { DeviceSettingsVersion } from "../../protocol/rest/devices.ts";
import { type Audit, defined } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import { KEPT_OF_FLEET, type Minting, surplus } from "../accounts/minting.ts";
import { invite, type SenderRefusal, step, TOKEN_LIFETIME } from "../domain/sender.ts";
import type { Bus, Store } from "../ports.ts";
import type { KeepLiveRecord, SenderRecord } from "../records/fleet.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import { isDeviceKey } from "../secrets/device_proof.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import type { Agents } from "./agents.ts";
import type { FleetEvent } from "./events.ts";
import type { Live } from "./live.ts";

/** The facts about a device that it sends at a login. */
export interface DeviceFacts {
  readonly hostname: string;
  readonly arch: string;
  readonly agent_version: string;
  readonly proto?: number | undefined;
  readonly clock_skew_ms?: number | undefined;
}

/** A new enrolment token, shown once. */
export interface NewEnrollment {
  readonly token: string;
  readonly expiresAt: number;
}

const REFUSALS: { [R in SenderRefusal]: string } = {
  token_wrong: "Cannot enrol: the token is unknown. Make a new one in the dashboard",
  token_used: "Cannot enrol: the token was used. Make a new one in the dashboard",
  token_expired: "Cannot enrol: the token expired. Make a new one in the dashboard",
  revoked: "Cannot connect: this sender was decommissioned",
};

/** How long a count of devices is used, in milliseconds; those made meanwhile are added to it. */
const COUNTED_FOR = 60_000;

interface FleetCount {
  readonly at: Millis;
  invited: number;
  all: number;
}

/** The senders of all fleets. */
export type Senders = ReturnType<typeof createSenders>;

/** Creates the service that changes senders. */
export function createSenders(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    audit: Audit;
    bus: Bus<FleetEvent>;
    agents: Agents;
    live: Live;
    minting: Minting;
  },
) {
  const { store, clock, random, audit, bus, agents, live, minting } = ports;

  const counts = new Map<UserId, FleetCount>();

  /** The refusal of one more sender, or of one more token for one. */
  async function mintProblem(caller: Caller, fresh: boolean): Promise<Refused | undefined> {
    const refusal = minting.take(caller);
    if (refusal || !fresh) return refusal;
    const kept = await keptOf(caller.user.owner_id);
    return surplus({
      ...{ count: kept.invited, most: KEPT_OF_FLEET.invited },
      what: "devices that wait to be enrolled",
      remedy: "Enrol or decommission some of them",
    }) ?? surplus({
      ...{ count: kept.all, most: KEPT_OF_FLEET.senders, what: "devices in this fleet" },
      remedy: "Decommission some of them",
    });
  }

  /** The devices of a fleet. They are counted anew where the last count is old or reaches a limit. */
  async function keptOf(owner_id: UserId): Promise<FleetCount> {
    const last = counts.get(owner_id);
    const isGood = last && clock.now() - last.at < COUNTED_FOR &&
      last.invited < KEPT_OF_FLEET.invited && last.all < KEPT_OF_FLEET.senders;
    if (isGood) return last;
    const count = async (state: "invited" | "enrolled") =>
      (await store.senders.list({ where: { owner_id, state }, limit: KEPT_OF_FLEET.senders }))
        .length;
    const invited = await count("invited");
    const fresh = { at: clock.now(), invited, all: invited + await count("enrolled") };
    counts.set(owner_id, fresh);
    return fresh;
  }

  function changed(row: SenderRecord): void {
    bus.publish({ type: "sender", senderId: row.sender_id, ownerId: row.owner_id });
  }

  /** Adds a sender with a first token. */
  async function add(
    name: string,
    owner_id: UserId,
  ): Promise<{ row: SenderRecord; enrollment: NewEnrollment }> {
    const id = SenderId.parse(newPrefixedId("snd", ports));
    const { token, hash } = createToken(id, random);
    const now = clock.epoch();
    const row: SenderRecord = {
      sender_id: id,
      owner_id,
      name,
      life: invite(hash, now),
      created_at: now,
    };
    await store.senders.insert(row);
    changed(row);
    return { row, enrollment: { token, expiresAt: now + TOKEN_LIFETIME } };
  }

  /** Makes a new token; an earlier one becomes invalid. `undefined` for a sender that was decommissioned. */
  async function renewToken(id: SenderId): Promise<string | undefined> {
    const { token, hash } = createToken(id, random);
    let isRefusedToken = false;
    await update(id, (found) => {
      const life = step(found.life, { type: "invited", hash }, clock.epoch());
      if (typeof life !== "string") return { ...found, life };
      isRefusedToken = true;
      return undefined;
    });
    return isRefusedToken ? undefined : token;
  }

  async function update(
    id: SenderId,
    change: (row: SenderRecord) => SenderRecord | undefined,
  ): Promise<SenderRecord | undefined> {
    const { before, after } = await store.senders.update(id, change);
    if (after && after !== before) changed(after);
    return after;
  }

  return {
    add,
    renewToken,

    /** A sender; refused as not found when the caller may not see it. */
    async get(caller: Caller, id: SenderId): Promise<SenderRecord | Refused> {
      const row = await store.senders.get(id);
      return row && sees(caller, row.owner_id) ? row : notFound("sender", id);
    },

    async create(
      caller: Caller,
      name: string,
    ): Promise<{ row: SenderRecord; enrollment: NewEnrollment } | Refused> {
      const refusal = await mintProblem(caller, true);
      if (refusal) return refusal;
      const { row, enrollment } = await add(name, caller.user.owner_id);
      const kept = await keptOf(row.owner_id);
      kept.invited += 1;
      kept.all += 1;
      audit.record({ action: "sender.create", by: caller, target: row.sender_id, detail: name });
      return { row, enrollment };
    },

    /** Changes the name or the tags of a sender; what is left out stays. */
    async describe(
      caller: Caller,
      id: SenderId,
      { name, tags }: { readonly name?: string | undefined; readonly tags?: string[] | undefined },
    ): Promise<SenderRecord | Refused> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      if (name !== undefined) {
        audit.record({ action: "sender.rename", by: caller, target: id, detail: name });
      }
      if (tags !== undefined) {
        const detail = `${row.name}: ${tags.join(", ") || "none"}`;
        audit.record({ action: "sender.tags", by: caller, target: id, detail });
      }
      const after = await update(id, ({ tags: before, ...found }) => {
        const left = tags === undefined ? before : orderedTags(tags);
        return { ...found, ...defined({ name }), ...(left && left.length > 0 && { tags: left }) };
      });
      return after ?? notFound("sender", id);
    },

    /** Creates a new token; the previous one becomes invalid. */
    async invite(caller: Caller, id: SenderId): Promise<NewEnrollment | Refused> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      const tooMany = await mintProblem(caller, false);
      if (tooMany) return tooMany;
      const token = await renewToken(id);
      if (token === undefined) {
        return refused("conflict", `Cannot invite ${row.name}: it was decommissioned`);
      }
      audit.record({ action: "sender.invite", by: caller, target: id, detail: row.name });
      return { token, expiresAt: clock.epoch() + TOKEN_LIFETIME };
    },

    /** Makes the key with which a program publishes as a sender; an earlier one ends. */
    async makePublishKey(caller: Caller, id: SenderId): Promise<string | Refused> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      const tooMany = minting.take(caller);
      if (tooMany) return tooMany;
      if (row.life.state === "revoked") {
        return refused("conflict", `Cannot make a key: ${row.name} was decommissioned`);
      }
      const { token, hash } = createToken(id, random);
      const publish_key = { hash, made_at: clock.epoch() };
      await update(id, (found) => ({ ...found, publish_key }));
      audit.record({ action: "sender.publish_key", by: caller, target: id, detail: row.name });
      return token;
    },

    /** Removes that key. */
    async removePublishKey(caller: Caller, id: SenderId): Promise<Refused | undefined> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      await update(id, ({ publish_key: _, ...rest }) => rest);
      audit.record({ action: "sender.publish_key_end", by: caller, target: id, detail: row.name });
      return undefined;
    },

    /** The sender as which the holder of a key publishes. */
    async publisher(key: string): Promise<SenderRecord | Refused> {
      const parts = splitToken(key);
      const id = SenderId.safeParse(parts?.id).data;
      const row = id && await store.senders.get(id);
      const hash = row?.life.state === "revoked" ? undefined : row?.publish_key?.hash;
      if (parts && row && hash && matchesHash(parts.secret, hash)) return row;
      return refused("unauthenticated", "Cannot publish: this key is not valid. Make a new one");
    },

    /** Decommissions a sender: its key is refused from now on, and its socket is closed at once. */
    async revoke(caller: Caller, id: SenderId): Promise<SenderRecord | Refused> {
      const row = await this.get(caller, id);
      if (isRefused(row)) return row;
      const after = await update(id, (found) => {
        const life = step(found.life, { type: "revoked" }, clock.epoch());
        return typeof life === "string" ? undefined : { ...found, life };
      });
      agents.expel(id, "Closed: this sender was decommissioned");
      live.forgetDevice(id);
      audit.record({ action: "sender.revoke", by: caller, target: id, detail: row.name });
      return after ?? notFound("sender", id);
    },

    /** Uses a token to bind a device's key to its sender. */
    async enroll(
      token: string,
      { key, facts, address }: { key: string; facts: DeviceFacts; address: string },
    ): Promise<SenderRecord | Refused> {
      const parts = splitToken(token);
      const id = SenderId.safeParse(parts?.id).data;
      if (!parts || !id || !await store.senders.get(id)) {
        return refused("token_wrong", REFUSALS.token_wrong);
      }
      if (!isDeviceKey(key)) {
        const text = "Cannot enrol: the public key is no usable Ed25519 key. Make a new key pair";
        return refused("bad_request", text);
      }
      let refusal: SenderRefusal | undefined;
      const matches = (hash: string) => matchesHash(parts.secret, hash);
      const row = await update(id, (found) => {
        const life = step(found.life, { type: "enrolled", key, matches }, clock.epoch());
        if (typeof life !== "string") return { ...found, ...defined({ ...facts }), life };
        refusal = life;
        return undefined;
      });
      if (refusal) {
        const code = refusal === "revoked" ? "forbidden" : refusal;
        const by = "device";
        const ownerId = row?.owner_id;
        const detail = REFUSALS[refusal];
        audit.record({ action: "enroll.refused", by, target: id, detail, ownerId, address });
        return refused(code, REFUSALS[refusal]);
      }
      if (!row) return refused("token_wrong", REFUSALS.token_wrong);
      const detail = `${facts.hostname} (${facts.arch})`;
      const by = "device";
      audit.record({
        action: "sender.enroll",
        by,
        target: id,
        detail,
        ownerId: row.owner_id,
        address,
      });
      return row;
    },

    /** The public key that a device with this id must prove, or the reason why there is none. */
    async deviceKey(id: SenderId): Promise<string | Refused> {
      const row = await store.senders.get(id);
      if (row?.life.state === "enrolled") return row.life.key;
      if (row?.life.state === "revoked") return refused("forbidden", REFUSALS.revoked);
      return refused("unauthenticated", "Cannot log in: this sender is not enrolled. Use a token");
    },

    /** Stores the facts that a device sent when it logged in. */
    async seen(id: SenderId, facts: DeviceFacts): Promise<SenderRecord | undefined> {
      return await update(id, (row) => ({
        ...row,
        ...defined({ ...facts }),
        last_seen_at: clock.epoch(),
      }));
    },

    /** Stores the time of a device's newest message, so that it survives a restart. */
    async touch(id: SenderId): Promise<void> {
      await store.senders.update(id, (row) => ({ ...row, last_seen_at: clock.epoch() }));
    },

    /** Stores the state of keep live. */
    async setKeepLive(id: SenderId, keep_live: KeepLiveRecord): Promise<void> {
      await update(id, (row) => ({ ...row, keep_live }));
    },

    /** Stores whether a player who opens it starts its stream. */
    async setOnDemand(id: SenderId, on_demand: boolean): Promise<SenderRecord | undefined> {
      return await update(id, (row) => ({ ...row, on_demand }));
    },

    /** Makes a sender the demonstration car, which players start. */
    async setDemoCar(id: SenderId): Promise<void> {
      await update(id, (row) => ({ ...row, demo_car: true, on_demand: true }));
    },

    /** Gives a sender to another fleet. */
    async setOwner(id: SenderId, owner_id: UserId): Promise<void> {
      await update(id, (row) => ({ ...row, owner_id }));
    },

    /** Stores whether a person at the box may start and stop its stream. */
    async setLocalControl(id: SenderId, local_control: boolean): Promise<void> {
      await update(id, (row) => ({ ...row, local_control }));
    },

    /** Changes the versions of the settings of its device. */
    async changeSettings(
      id: SenderId,
      change: (versions: readonly DeviceSettingsVersion[]) => readonly DeviceSettingsVersion[],
    ): Promise<readonly DeviceSettingsVersion[]> {
      const row = await update(id, (row) => {
        const before = row.settings ?? [];
        const after = change(before);
        return after === before ? row : { ...row, settings: [...after] };
      });
      return row?.settings ?? [];
    },

    /** Stores settings that the device accepted, for its next start. */
    async keepConfig(id: SenderId, { scheduler, encoder, recording }: ConfigUpdate): Promise<void> {
      await update(id, (row) => ({
        ...row,
        ...defined({
          scheduler: scheduler && { ...row.scheduler, ...scheduler },
          encoder: encoder && { ...row.encoder, ...encoder },
          recording: recording && { ...row.recording, ...recording },
        }),
      }));
    },
  };
}

/** The settings in the answer to a device's login. */
export function agentConfig(row: SenderRecord): AgentConfig {
  return {
    name: row.name,
    status_period_ms: DEVICE_STATUS_PERIOD,
    stats_period_ms: STREAM_STATS_PERIOD,
    ...defined({
      scheduler: row.scheduler,
      encoder: row.encoder,
      recording: row.recording,
      local_control: row.local_control,
    }),
  };
}

/** Each tag once, in either case of its letters, in their order. */
function orderedTags(tags: readonly string[]): string[] {
  const once = new Map(tags.map((tag) => [tag.toLowerCase(), tag]));
  return [...once.values()].sort((a, b) => a.localeCompare(b, "en"));
}
