/**
 * The fake control plane's REST: answers every contract of the dashboard from the made-up fleet, unless a test
 * scripted another answer.
 *
 * @module
 */
import type { Invitation, Login, User } from "../../../protocol/rest/accounts.ts";
import { api } from "../../../protocol/rest/api.ts";
import type { Contract } from "../../../protocol/rest/contract.ts";
import type { AlertSettings, AuditEntry, ShareLink } from "../../../protocol/rest/settings.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { brief, type FleetData } from "./fleet_data.ts";
import { OWNER } from "./owner.ts";

export interface RestCall {
  /** `senders.start` */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface RestScript {
  user: User;
  /** Whether the refresh cookie is good. */
  signedIn: boolean;
  setupNeeded: boolean;
  /** Only `token-<this>` is accepted; a refresh hands it out. */
  token: number;
  /** Scripted answers by contract. `hold` never answers while the test runs. */
  readonly answers: Map<string, ScriptedAnswer>;
  /** Ends the calls that are held. */
  readonly held: Set<() => void>;
}
export type ScriptedAnswer =
  | { readonly status: number; readonly json: unknown; readonly after?: number }
  | "hold";

interface Route {
  readonly name: string;
  readonly contract: Contract;
  readonly pattern: RegExp;
}

const ROUTES: readonly Route[] = Object.entries(api).flatMap(([area, contracts]) =>
  Object.entries(contracts).map(([key, contract]: [string, Contract]) => ({
    name: `${area}.${key}`,
    contract,
    pattern: new RegExp(`^${contract.path.replaceAll(/:([a-z]+)/g, "(?<$1>[^/]+)")}$`),
  }))
);

/** A refusal as the coordinator tells it. */
export function refusal(
  status: number,
  message: string,
  { after = 0 } = {},
): ScriptedAnswer {
  return { status, json: { error: { code: "refused", message } }, after };
}

export async function answerRest(
  request: Request,
  { script, calls, fleet }: { script: RestScript; calls: RestCall[]; fleet: FleetData },
): Promise<Response> {
  const url = new URL(request.url);
  for (const { name, contract, pattern } of ROUTES) {
    const found = pattern.exec(url.pathname);
    if (!found || contract.method !== request.method) continue;
    const params = { ...found.groups };
    const body = await request.json().catch(() => undefined);
    calls.push({ name, params, body });
    const token = request.headers.get("authorization");
    if (contract.access !== "public" && token !== `Bearer token-${script.token}`) {
      return json(401, { error: { code: "unauthenticated", message: "The token is not valid." } });
    }
    const scripted = script.answers.get(name);
    if (scripted === "hold") {
      await new Promise<void>((resolve) => script.held.add(resolve));
      return json(503, { error: { code: "gone", message: "The coordinator went away." } });
    }
    if (scripted) {
      if (scripted.after) await new Promise((resolve) => setTimeout(resolve, scripted.after));
      return json(scripted.status, scripted.json);
    }
    const answer = usualAnswer(name, { script, fleet, params, body, query: url.searchParams });
    return answer instanceof Response ? answer : json(contract.status ?? 200, answer);
  }
  return json(404, { error: { code: "unknown", message: `There is no ${url.pathname}.` } });
}

interface Asked {
  readonly script: RestScript;
  readonly fleet: FleetData;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

function usualAnswer(name: string, asked: Asked): unknown {
  const { script, fleet, params, query } = asked;
  const now = Date.now();
  const sender = fleet.senders.find(({ sender_id }) => sender_id === params.id);
  switch (name) {
    case "auth.refresh":
      if (!script.signedIn) {
        return json(401, { error: { code: "unauthenticated", message: "Nobody is signed in." } });
      }
      return signedIn(script);
    case "auth.login":
    case "auth.setup":
    case "auth.accept":
      script.signedIn = true;
      return signedIn(script);
    case "auth.setupState":
      return { needed: script.setupNeeded };
    case "auth.logins":
      return { items: logins(now) };
    case "users.list":
      return { items: users(script.user, now) };
    case "users.invitations":
      return { items: invitations(now) };
    case "users.invite":
      return {
        invitation: invitations(now)[0],
        token: "inv_7f3kq2",
        path: "/operator/accept#token=inv_7f3kq2-pZ4yK81nQm3cV0sT",
      };
    case "users.change":
      return {
        ...users(script.user, now).find(({ user_id }) => user_id === params.id)!,
        ...Object(asked.body),
      };
    case "senders.create":
      return {
        sender: {
          ...fleet.senders[0]!,
          sender_id: "snd_new",
          name: Object(asked.body).name,
          state: "invited",
          online: false,
          stream: undefined,
        },
        ...enrolment(now),
      };
    case "senders.enroll":
      return enrolment(now);
    case "senders.rename":
      return { ...sender, ...Object(asked.body) };
    case "senders.get":
      return sender;
    case "senders.start":
      return { stream: startedStream(asked, now) };
    case "senders.stop":
      return {
        stream: fleet.streams.find(({ stream_id }) => stream_id === sender?.stream?.stream_id),
      };
    case "senders.config":
      return { applied: ["encoder.bitrate_kbps"] };
    case "senders.update":
      return { from: "0.1.0", to: "0.1.1" };
    case "streams.list": {
      const state = query.get("state");
      const of = query.get("sender_id");
      const items = fleet.streams.filter((stream) =>
        (!of || stream.sender_id === of) &&
        (state === "all" || (state === "ended") === (stream.state === "ended"))
      );
      const from = Number(query.get("cursor") ?? 0);
      const limit = Number(query.get("limit") ?? 50);
      const more = from + limit < items.length;
      return {
        items: items.slice(from, from + limit),
        ...(more ? { next: String(from + limit) } : {}),
      };
    }
    case "destinations.list":
      return { items: fleet.destinations };
    case "destinations.create":
    case "destinations.change":
      return { ...fleet.destinations[0]!, ...Object(asked.body) };
    case "fleet.ingest":
      return { items: fleet.ingest };
    case "fleet.drain":
      return {
        ...fleet.workers.find(({ worker_id }) => worker_id === params.id),
        state: "draining",
      };
    case "access.get":
      return { policy: "signed_in", chosen: true };
    case "access.set":
      return { ...Object(asked.body), chosen: true };
    case "access.links":
      return { items: shareLinks(now) };
    case "access.createLink":
      return { link: shareLinks(now)[0], path: "/?share=shr_9d2k.pZ4yK81nQm3cV0sT" };
    case "alerts.settings":
    case "alerts.change":
      return alertSettings(now, Object(asked.body));
    case "alerts.test":
      return {
        ok: false,
        detail: "https://hooks.example.org answered 502 Bad Gateway after 1.2 s",
      };
    case "audit.list":
      return {
        items: audit(now).filter(({ action }) => action.startsWith(query.get("action") ?? "")),
      };
    default:
      return { ok: true };
  }
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status });
}

function signedIn({ token, user }: RestScript) {
  return { token: `token-${token}`, expires_in_s: 600, user };
}

function enrolment(now: number) {
  const token = "snd_new.K7QF-2MXH-9TRD-4WVP";
  return {
    enrollment_token: token,
    expires_at: now + 24 * 3_600_000 - 40_000,
    qr_text: `farpad-enroll:?url=${
      encodeURIComponent("wss://farpad.example.org/agent/ws")
    }&token=${token}`,
  };
}

function startedStream({ fleet, params, body }: Asked, now: number): Stream {
  const sender = fleet.senders.find(({ sender_id }) => sender_id === params.id)!;
  const stream: Stream = {
    stream_id: "str_new" as Stream["stream_id"],
    sender_id: sender.sender_id,
    sender_name: sender.name,
    owner_id: OWNER,
    state: "starting",
    asked_at: now,
    since: now,
    source: Object(body).source,
    encoder: Object(body).encoder,
    destinations: [],
    transport: "srt",
    ports: [15_100],
  };
  sender.stream = brief(stream);
  fleet.streams.unshift(stream);
  return stream;
}

const HOUR = 3_600_000;

function logins(now: number): Login[] {
  const row = (login_id: string, user_agent: string, hours: number, current = false): Login => ({
    login_id,
    current,
    created_at: now - hours * HOUR,
    last_used_at: now - (current ? 20_000 : hours * HOUR / 7),
    address: current ? "10.0.4.21" : "203.0.113.48",
    user_agent,
  });
  return [
    row(
      "lgn_1",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/146.0 Safari/537.36",
      5,
      true,
    ),
    row(
      "lgn_2",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 Safari/605.1",
      61,
    ),
    row("lgn_3", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Gecko/20100101 Firefox/150.0", 300),
  ];
}

function users(me: User, now: number): User[] {
  const row = (id: string, name: string, role: User["role"], hours: number): User => ({
    user_id: id as User["user_id"],
    email: `${name.split(" ")[0]!.toLowerCase()}@example.org`,
    name,
    role,
    owner_id: OWNER,
    disabled: id === "usr_joan",
    created_at: now - 900 * HOUR,
    last_login_at: now - hours * HOUR,
  });
  return [
    { ...me, last_login_at: now - 5 * HOUR },
    row("usr_grace", "Grace Hopper", "operator", 2),
    row("usr_hedy", "Hedy Lamarr", "operator", 26),
    row("usr_joan", "Joan Clarke", "viewer", 700),
    row("usr_mary", "Mary Somerville", "viewer", 71),
  ];
}

function invitations(now: number): Invitation[] {
  return [{
    invitation_id: "ivt_1",
    email: "katherine@example.org",
    role: "operator",
    owner_id: OWNER,
    created_at: now - 20 * HOUR,
    expires_at: now + 52 * HOUR,
  }];
}

function shareLinks(now: number): ShareLink[] {
  return [
    {
      share_id: "shr_1",
      name: "Commentators",
      created_at: now - 30 * HOUR,
      expires_at: now + 18 * HOUR,
    },
    {
      share_id: "shr_2",
      name: "Start line for the jury",
      room_id: "room_1" as NonNullable<ShareLink["room_id"]>,
      created_at: now - 3 * HOUR,
    },
  ];
}

function alertSettings(now: number, change: Partial<AlertSettings>): AlertSettings {
  return {
    rules: {
      offline: { enabled: true, for_s: 60 },
      no_picture: { enabled: true, for_s: 10 },
      worker_lost: { enabled: true, for_s: 30 },
      loss: { enabled: true, raise: 0.05, clear: 0.02, for_s: 15 },
      low_signal: { enabled: false, raise: -105, clear: -98, for_s: 60 },
      cpu: { enabled: true, raise: 90, clear: 75, for_s: 30 },
      ...change.rules,
    },
    webhook: { url: "https://hooks.example.org/farpad/alerts", has_secret: true },
    last_delivery: {
      at: now - 120_000,
      ok: true,
      detail: "200 OK after 84 ms",
    },
  };
}

function audit(now: number): AuditEntry[] {
  const rows: readonly (readonly [string, string, string, string?])[] = [
    ["stream.start", "ada@example.org", "snd_0010", "USB Webcam, 5,000 kb/s"],
    ["sender.enroll", "device", "snd_0007", "orangepi-field-7, key a3f09c7d"],
    ["login.failed", "root@example.org", "", "3rd time in a minute"],
    ["stream.stop", "grace@example.org", "snd_0004"],
    ["destination.change", "ada@example.org", "dst_youtube", "stream key replaced"],
    ["worker.drain", "ada@example.org", "wrk_nyc1", "deadline 10 min"],
    ["user.invite", "ada@example.org", "ivt_1", "katherine@example.org as operator"],
    ["stream.ended", "system", "str_0012p0", "unobserved"],
    ["config.change", "hedy@example.org", "snd_0001", "encoder.bitrate_kbps"],
    ["login", "grace@example.org", ""],
  ];
  return Array.from({ length: 40 }, (_, i) => {
    const [action, actor, target, detail] = rows[i % rows.length]!;
    return {
      audit_id: `aud_${i}`,
      at: now - i * i * 47_000 - 20_000,
      actor,
      action,
      ...(target ? { target } : {}),
      ...(detail ? { detail } : {}),
      ...(actor.includes("@") ? { address: "10.0.4.21" } : {}),
    };
  });
}
