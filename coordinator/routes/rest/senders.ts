/**
 * REST: senders, their live state, and starting and stopping their streams.
 *
 * @module
 */
import { readHttp, writeHttp } from "../../../protocol/addresses/http.ts";
import type { Clock } from "../../../protocol/clock.ts";
import { writeEnrollment } from "../../../protocol/field/enrollment.ts";
import { type Enrollment, senders as contracts } from "../../../protocol/rest/senders.ts";
import type { Audit } from "../../accounts/audit.ts";
import { settingsWords } from "../../accounts/audit_words.ts";
import { ownerFilter } from "../../accounts/caller.ts";
import type { Agents } from "../../fleet/agents.ts";
import type { Live } from "../../fleet/live.ts";
import type { RequestFacts } from "../../listen/request_facts.ts";
import type { NewEnrollment, Senders } from "../../fleet/senders.ts";
import type { Views } from "../../fleet/views.ts";
import type { Store } from "../../ports.ts";
import type { SenderRecord } from "../../records/fleet.ts";
import { pageOf } from "../../records/page.ts";
import { specOf } from "../../records/tables.ts";
import { isRefused, type Refused, refused } from "../../refusals.ts";
import type { KeepLive } from "../../streams/keep_live.ts";
import type { OnDemand } from "../../streams/on_demand.ts";
import type { Starter } from "../../streams/starter.ts";
import type { StreamerPorts } from "../../streams/streamer_ports.ts";
import type { StreamRegistry } from "../../streams/stream_registry.ts";
import type { Streams } from "../../streams/streams.ts";
import type { Router } from "./router.ts";

/** What {@linkcode senderRoutes} calls. */
export interface SenderServices {
  readonly clock: Clock;
  readonly store: Store;
  readonly senders: Senders;
  readonly agents: Agents;
  readonly live: Live;
  readonly views: Views;
  readonly registry: StreamRegistry;
  readonly streams: Streams;
  readonly starter: Starter;
  readonly streamerPorts: StreamerPorts;
  readonly keepLive: KeepLive;
  readonly onDemand: OnDemand;
  readonly audit: Audit;
}

/** Adds the routes of senders. */
export function senderRoutes(router: Router, services: SenderServices): void {
  const { store, senders, views, live, registry, streams, keepLive, audit } = services;

  router.on(contracts.list, async ({ caller, query }) => {
    const { q, state, limit, cursor } = query;
    const table = { table: store.senders, spec: specOf("senders") };
    const page = await pageOf(table, {
      ...{ limit, cursor },
      where: { owner_id: ownerFilter(caller), state },
      keep: (row) => matches(row, q) && (state !== undefined || row.life.state !== "revoked"),
    });
    if (isRefused(page)) return page;
    const items = await Promise.all(page.rows.map((row) => views.sender(row)));
    return { items, ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(contracts.create, async ({ caller, body, c }) => {
    const url = deviceUrl(c.env);
    if (isRefused(url)) return url;
    const made = await senders.create(caller, body.name);
    if (isRefused(made)) return made;
    const { row, enrollment } = made;
    return { sender: await views.sender(row), ...shown(enrollment, url) };
  });
  router.on(contracts.get, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const { status } = live.device(row.sender_id);
    const age_ms = status && services.clock.epoch() - status.at;
    return {
      ...await views.sender(row),
      ...(status && age_ms !== undefined
        ? { status: { at: status.at, age_ms, status: status.value } }
        : {}),
    };
  });
  router.on(contracts.rename, async ({ caller, params, body }) => {
    const row = await senders.describe(caller, params.id, body);
    return isRefused(row) ? row : await views.sender(row);
  });
  router.on(contracts.remove, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const running = registry.ofSender(row.sender_id);
    if (running) {
      streams.end(running.stream_id, "sender_revoked", "Its sender was decommissioned");
    }
    await keepLive.turnOff(caller, row, "The sender was decommissioned");
    const revoked = await senders.revoke(caller, params.id);
    return isRefused(revoked) ? revoked : { ok: true as const };
  });
  router.on(contracts.enroll, async ({ caller, params, c }) => {
    const url = deviceUrl(c.env);
    if (isRefused(url)) return url;
    const enrollment = await senders.invite(caller, params.id);
    return isRefused(enrollment) ? enrollment : shown(enrollment, url);
  });
  router.on(contracts.makePublishKey, async ({ caller, params, c }) => {
    const { publicAddress } = c.env;
    if (!publicAddress) {
      const message = "Cannot make a key: the request names no host. Set FARPAD_PUBLIC_URL";
      return refused("bad_request", message);
    }
    const key = await senders.makePublishKey(caller, params.id);
    if (isRefused(key)) return key;
    const { origin, base } = publicAddress;
    return { url: `${origin}${base}/whip/${params.id}`, key };
  });
  router.on(
    contracts.openStreamerPorts,
    ({ caller, params, body }) => services.streamerPorts.open(caller, params.id, body.worker_id),
  );
  router.on(contracts.removePublishKey, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const running = registry.ofSender(row.sender_id);
    if (running?.transport === "whip") streams.stop(running.stream_id);
    return await senders.removePublishKey(caller, params.id) ?? { ok: true as const };
  });
  router.on(contracts.status, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const { online, lastSeenAt = row.last_seen_at, status } = live.device(row.sender_id);
    return {
      sender_id: row.sender_id,
      online,
      ...(lastSeenAt === undefined ? {} : { last_seen_at: lastSeenAt }),
      ...(status
        ? { status: status.value, at: status.at, age_ms: services.clock.epoch() - status.at }
        : {}),
    };
  });
  router.on(contracts.stats, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const { sender_id } = row;
    const running = registry.ofSender(sender_id);
    if (!running) return { sender_id };
    const { stream_id, life } = running;
    return { sender_id, stream_id, state: life.state, ...views.streamLive(stream_id) };
  });
  router.on(contracts.start, async ({ caller, params, body, c }) => {
    const key = c.req.header("idempotency-key");
    if (key !== undefined && key.length > 200) {
      return refused(
        "bad_request",
        "Cannot use this Idempotency-Key: it is longer than 200 characters",
      );
    }
    const { keep_live: keep, ...start } = body;
    const row = await services.starter.start(caller, params.id, { body: start, key });
    if (isRefused(row)) return row;
    const sender = await senders.get(caller, params.id);
    if (isRefused(sender)) return sender;
    await keepLive.remember(sender, start);
    if (keep) await keepLive.turnOn(caller, sender, sender.keep_live?.hours);
    return { stream: views.stream(row) };
  });
  router.on(contracts.keepLive, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    if (body.on) {
      const fault = await keepLive.turnOn(caller, row, body.hours);
      if (fault) return fault;
    } else await keepLive.turnOff(caller, row, `${caller.user.email} turned it off`);
    const after = await senders.get(caller, params.id);
    return isRefused(after) ? after : await views.sender(after);
  });
  router.on(contracts.onDemand, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const fault = await services.onDemand.set(caller, row, body.on);
    if (fault) return fault;
    const after = await senders.get(caller, params.id);
    return isRefused(after) ? after : await views.sender(after);
  });
  router.on(contracts.stop, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    await keepLive.turnOff(caller, row, `${caller.user.email} stopped the stream`);
    const running = registry.ofSender(row.sender_id);
    const stopping = running
      ? streams.stop(running.stream_id)
      : await services.streamerPorts.close(row.sender_id);
    if (!stopping) {
      return refused("not_streaming", `Cannot stop: ${row.name} has no running stream`);
    }
    const target = stopping.stream_id;
    const { name: detail, owner_id: ownerId } = row;
    audit.record({ action: "stream.stop", by: caller, target, detail, ownerId });
    return { stream: views.stream(stopping) };
  });
  router.on(contracts.config, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const answer = await services.agents.command(row.sender_id, "config.update", body);
    if (isRefused(answer)) return answer;
    await senders.keepConfig(row.sender_id, body);
    streams.configured(row.sender_id, body);
    const detail = settingsWords(answer.applied);
    audit.record({ action: "sender.config", by: caller, target: row.sender_id, detail });
    return answer;
  });
  router.on(contracts.update, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const address = readHttp(body.binary_url);
    if ("error" in address) return refused("url_forbidden", address.error);
    const update = { ...body, binary_url: writeHttp(address) };
    const answer = await services.agents.command(row.sender_id, "agent.update", update);
    if (isRefused(answer)) return answer;
    const detail = `${answer.from} to ${answer.to ?? body.version ?? "another"}`;
    audit.record({ action: "sender.update", by: caller, target: row.sender_id, detail });
    return answer;
  });
}

function matches({ name, sender_id, hostname = "" }: SenderRecord, q: string | undefined): boolean {
  if (q === undefined || q === "") return true;
  const wanted = q.toLowerCase();
  return [name, sender_id, hostname].some((text) => text.toLowerCase().includes(wanted));
}

/**
 * The URL that devices connect to. A device keeps this URL, so an enrolment is refused when neither the setting nor the
 * request names a host.
 */
function deviceUrl({ publicAddress }: RequestFacts): string | Refused {
  if (!publicAddress) {
    return refused(
      "bad_request",
      "Cannot make an enrolment: the request names no host. Set FARPAD_PUBLIC_URL to the address that devices dial",
    );
  }
  const { origin, base } = publicAddress;
  return `${origin.replace(/^http/, "ws")}${base}/agent/ws`;
}

/** The enrolment as an operator sees it. The text of the QR code contains the URL and the token for the device. */
function shown({ token, expiresAt }: NewEnrollment, url: string): Enrollment {
  const qr_text = writeEnrollment({ url, token });
  return { enrollment_token: token, expires_at: expiresAt, qr_text };
}
