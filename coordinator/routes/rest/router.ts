/**
 * Serves REST contracts. For each call the router authenticates the caller, parses the request, turns a refusal into
 * its HTTP status, and removes from the answer every field that the contract does not have.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type * as z from "zod/mini";
import { refuse } from "../../../protocol/envelope.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Answer, Contract, Parsed } from "../../../protocol/rest/contract.ts";
import type { Authenticate, Caller, Requester } from "../../accounts/caller.ts";
import type { AppEnv } from "../app_env.ts";
import { isRefused, type Refused, refused } from "../../refusals.ts";

/** Bytes of the largest body that is read. */
const MAX_BODY = 64 * 1024;

type CallerOf<C extends Contract> = C["access"] extends "public" ? undefined : Caller;

/** A call, parsed. */
export interface ParsedCall<C extends Contract> extends Parsed<C> {
  readonly caller: CallerOf<C>;
  readonly requester: Requester;
  readonly c: Context<AppEnv>;
}

/** Carries out a call of a contract, or refuses it. */
export type Handler<C extends Contract> = (
  asked: ParsedCall<C>,
) => Promise<Answer<C> | Refused> | Answer<C> | Refused;

/** Serves contracts with their handlers. */
export interface Router {
  readonly app: Hono<AppEnv>;
  /** Serves a contract with a handler. */
  on<C extends Contract>(contract: C, handler: Handler<C>): void;
}

/** Creates a router without routes. `authenticate` finds the caller of an access token. */
export function createRouter(
  { authenticate, log }: { authenticate: Authenticate; log: Log },
): Router {
  const app = new Hono<AppEnv>();
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => turnDown(c, refused("too_large", `Cannot read more than ${MAX_BODY} bytes`)),
  });

  async function admit(
    c: Context<AppEnv>,
    { access, byLogin }: Contract,
    requester: Requester,
  ): Promise<Caller | Refused | undefined> {
    if (access === "public") return undefined;
    const token = bearerOf(c);
    const caller = token === undefined ? undefined : await authenticate(token, requester);
    if (!caller) return refused("unauthenticated", "Not signed in, or the access token expired");
    if (byLogin && caller.apiToken !== undefined) {
      return refused("forbidden", "Cannot do this with an API token: it takes a login");
    }
    if (access.includes(caller.user.role)) return caller;
    const need = access.join(" or ");
    return refused("forbidden", `Cannot do this as ${caller.user.role}: it takes ${need}`);
  }

  return {
    app,
    on(contract, handler) {
      app.on(contract.method, contract.path, limit, async (c) => {
        c.header("cache-control", "no-store");
        const requester = requesterOf(c);
        const caller = await admit(c, contract, requester);
        if (isRefused(caller)) return turnDown(c, caller);
        const parts = await readParts(c, contract);
        if (isRefused(parts)) return turnDown(c, parts);
        const asked = { ...parts, caller, requester, c };
        const result = await handler(asked as unknown as ParsedCall<typeof contract>);
        if (isRefused(result)) return turnDown(c, result);
        const answer = contract.response.safeParse(result);
        if (answer.success) return c.json(answer.data as object, contract.status ?? 200);
        log.error("answer does not fit its contract", {
          path: contract.path,
          error: answer.error.message,
        });
        return turnDown(c, refused("internal", `Cannot answer ${c.req.path}: internal error`));
      });
    },
  };
}

/** The token of `Authorization: Bearer …`. */
export function bearerOf(c: Context): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

function requesterOf(c: Context<AppEnv>): Requester {
  return { address: c.env.address, userAgent: c.req.header("user-agent") ?? "" };
}

/** When a request may be sent again after 429 or 503, in seconds, unless the refusal has a time of its own. */
const RETRY_AFTER = 10;

/** Answers with a refusal and its status. */
export function turnDown(
  c: Context,
  { status, refusal, retryAfter = RETRY_AFTER }: Refused,
): Response {
  if (status === 429 || status === 503) c.header("retry-after", String(retryAfter));
  const { code, message } = refusal;
  return c.json(refuse(code, message), status as 400);
}

interface Parts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

async function readParts(c: Context, contract: Contract): Promise<Parts | Refused> {
  const params = read(contract.params, c.req.param(), "path");
  if (isRefused(params)) return params;
  const query = read(contract.query, c.req.query(), "query");
  if (isRefused(query)) return query;
  if (!contract.body) return { params, query, body: undefined };
  // A form on a page of another origin can send other types without a CORS preflight request.
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    return refused("bad_request", "Cannot read the body: it must be application/json");
  }
  const json: unknown = await c.req.json().catch(() => undefined);
  const body = read(contract.body, json, "body");
  return isRefused(body) ? body : { params, query, body };
}

function read(schema: z.ZodMiniType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = [where, ...issue?.path ?? []].join(".");
  return refused("bad_request", `Cannot read ${at}: ${issue?.message ?? "it is malformed"}`);
}
