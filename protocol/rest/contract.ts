/**
 * The form of a REST contract, and the function that calls one. The server mounts the same object, so both ends have
 * the same paths and fields.
 *
 * @module
 */
import * as z from "zod/mini";
import { type Refusal, RefusalPayload } from "../envelope.ts";
import { errorText } from "../error_text.ts";

/** An `admin` sees everything and runs the installation, an `operator` runs a fleet, a `viewer` reads one. */
export const Role = z.enum(["admin", "operator", "viewer"]);
export type Role = z.infer<typeof Role>;

/** The permitted callers: `public` (no sign-in needed), or every signed-in user with one of these roles. */
export type Access = "public" | readonly Role[];
/** Access for every user who is signed in. */
export const EVERY_ROLE: readonly Role[] = ["admin", "operator", "viewer"];
/** Access for operators and administrators. */
export const OPERATORS: readonly Role[] = ["admin", "operator"];
/** Access for administrators only. */
export const ADMINS: readonly Role[] = ["admin"];

type Schema = z.ZodMiniType;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One REST call: method, path, permitted callers, and the schemas of the request and the answer. */
export interface Contract {
  readonly method: Method;
  /** Hono's form: `/api/senders/:id`. */
  readonly path: string;
  /** One line, imperative: what the call does. */
  readonly summary: string;
  readonly access: Access;
  /** Takes a login: an API token may not call it, because it concerns the account itself. */
  readonly byLogin?: true;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly response: Schema;
  /** The HTTP status of success; 200 by default. */
  readonly status?: 200 | 201 | 202;
}

/** Keeps a contract's exact types. */
export function contract<const C extends Contract>(spec: C): C {
  return spec;
}

type Output<S> = S extends Schema ? z.infer<S> : undefined;

/** The parsed request, for the handler. */
export interface Parsed<C extends Contract> {
  readonly params: Output<C["params"]>;
  readonly query: Output<C["query"]>;
  readonly body: Output<C["body"]>;
}
/** The answer of a contract. */
export type Answer<C extends Contract> = z.infer<C["response"]>;

/** The arguments of a call: the parts that the contract has. */
export type CallArgs<C extends Contract> =
  & { [K in "params" | "body" as C[K] extends Schema ? K : never]: z.input<NonNullable<C[K]>> }
  & { [K in "query" as C[K] extends Schema ? K : never]?: Partial<Output<C[K]>> };

/** The answer or a refusal; the `status` of a refusal is 0 when no answer came. */
export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly error: Refusal };

/** The settings of a call besides its arguments. */
export interface CallOptions {
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Scheme and host, when the page is not served by the coordinator itself. */
  readonly base?: string;
  /** The access token. */
  readonly token?: string | undefined;
  /** The idempotency key: a repeated request with the same key has the same stream as its answer. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Calls a contract and parses the answer. */
export async function call<C extends Contract>(
  spec: C,
  args: CallArgs<C>,
  options: CallOptions = {},
): Promise<CallResult<Answer<C>>> {
  const { params, query, body } = args as Partial<Record<"params" | "query" | "body", unknown>>;
  const headers = new Headers();
  if (options.token) headers.set("authorization", `Bearer ${options.token}`);
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  if (body !== undefined) headers.set("content-type", "application/json");
  const url = (options.base ?? "") + fillPath(spec.path, params) + queryText(query);
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method: spec.method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return readAnswer(spec, response.status, await response.json().catch(() => undefined));
  } catch (cause) {
    const message = `Cannot reach the coordinator: ${unreachableText(cause)}`;
    return { ok: false, status: 0, error: { code: "unreachable", message } };
  }
}

/** What Chromium, Firefox and Safari say of every request that failed: it names no cause. */
const BROWSER_WORDS = /^(Failed to fetch|NetworkError when attempting|Load failed)/;

function unreachableText(cause: unknown): string {
  const text = errorText(cause);
  return BROWSER_WORDS.test(text) ? "no answer came. Check the network" : text;
}

function readAnswer<C extends Contract>(
  spec: C,
  status: number,
  json: unknown,
): CallResult<Answer<C>> {
  if (status >= 200 && status < 300) {
    const parsed = spec.response.safeParse(json);
    if (parsed.success) return { ok: true, value: parsed.data as Answer<C> };
    const message =
      `Cannot read the answer to ${spec.method} ${spec.path}: it is of another version`;
    return { ok: false, status, error: { code: "answer_malformed", message } };
  }
  const refusal = RefusalPayload.safeParse(json);
  if (refusal.success) return { ok: false, status, error: refusal.data.error };
  const message = `The coordinator answered ${status} to ${spec.method} ${spec.path}`;
  return { ok: false, status, error: { code: "status", message } };
}

function fillPath(path: string, params: unknown): string {
  return path.replaceAll(/:([a-z_]+)/g, (_, name: string) => {
    const value = (params as Record<string, unknown> | undefined)?.[name];
    return encodeURIComponent(String(value));
  });
}

function queryText(query: unknown): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : "";
}

/** Most items in one answer of a list. */
export const MAX_PAGE = 200;

/** Query of a list: `cursor` is the `next` of the page before. */
function paging(defaultLimit: number) {
  return z.object({
    limit: z._default(
      z.coerce.number<number>().check(
        z.refine(Number.isInteger, "must be a whole number"),
        z.gte(1),
        z.lte(MAX_PAGE),
      ),
      defaultLimit,
    ),
    cursor: z.optional(z.string().check(z.maxLength(200))),
  });
}

/** Query of a list that grows for years. */
export const Paging = paging(50);
export type Paging = z.infer<typeof Paging>;
/** Query of a list that is short in most installations: a page is as long as one may be. */
export const LongPaging = paging(MAX_PAGE);

/** One page, newest first unless the contract says otherwise. `next` is absent on the last. */
export function page<S extends Schema>(item: S) {
  return z.object({ items: z.array(item), next: z.optional(z.string()) });
}

/** The answer of a call without a result. */
export const Done = z.object({ ok: z.literal(true) });
