/**
 * `/api/ws`, the leg of a dashboard or of a program that reads. The first message contains an access token of the REST
 * interface, or an API token; after that the client subscribes to topics.
 *
 * @module
 */
import { CLOSE } from "../../protocol/close.ts";
import { refuse, stamp } from "../../protocol/envelope.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import {
  type FromOperator,
  fromOperator,
  MAX_TOPICS,
  type ToOperator,
  toOperator,
  type Topic,
} from "../../protocol/legs/operator_leg.ts";
import type { Authenticate, Caller } from "../accounts/caller.ts";
import { userView } from "../accounts/user_view.ts";
import type { Dashboard, OperatorHub } from "../operators/hub.ts";
import { TOKEN_SECONDS } from "../secrets/signed_token.ts";
import type { Connection, LegPorts, LegServer } from "./serve_leg.ts";

/** The payload of a message of this leg, by the message's type. */
type Out<T extends ToOperator["type"]> = Extract<ToOperator, { type: T }>["payload"];

/** The leg as the coordinator serves it. `userAgent` is the request's header, for the list of logins. */
export function operatorLegServer(
  { authenticate, hub }: { authenticate: Authenticate; hub: OperatorHub },
  { ports, userAgent }: { ports: LegPorts; userAgent: string },
): LegServer<FromOperator, ToOperator> {
  return {
    name: "operator",
    incoming: {
      maxLength: fromOperator.maxLength,
      decode: (text) => fromOperator.decode(enveloped(text, ports)),
    },
    outgoing: toOperator,
    helloWithin: 5_000,
    mayOnlyListen: true,
    rate: { perSecond: 10, burst: 50 },
    open(connection) {
      const { clock } = ports;
      let caller: Caller | undefined;
      let expiry: Disposable | undefined;
      let entering: Promise<void> | undefined;
      const dashboard: Dashboard = {
        get caller() {
          return caller;
        },
        get waiting() {
          return connection.waiting;
        },
        send: (message) => void connection.send({ ...stamp(ports), ...message } as ToOperator),
        expel: () => connection.close(CLOSE.unauthenticated, "Closed: this login was ended"),
      };
      const membership = hub.join(dashboard);

      function answer<T extends ToOperator["type"]>(id: string, type: T, payload: Out<T>): void {
        connection.send({ ...stamp(ports), id, type, payload } as ToOperator);
      }

      async function login(
        { id, payload }: Extract<FromOperator, { type: "auth.login" }>,
      ): Promise<void> {
        const found = await authenticate(payload.token, {
          address: connection.address,
          userAgent,
        });
        if (!found || (caller && caller.user.user_id !== found.user.user_id)) {
          const message = "Cannot sign in here: the token is wrong or expired. Get a new one";
          answer(id, "auth.login.response", refuse("unauthenticated", message));
          return connection.close(CLOSE.unauthenticated, "Closed: the token is wrong or expired");
        }
        connection.known();
        caller = found;
        expiry?.[Symbol.dispose]();
        const now = clock.epoch();
        const expires_at = Math.min(now + TOKEN_SECONDS * 1000, found.until ?? Infinity);
        expiry = clock.after(expires_at - now, () => {
          connection.close(CLOSE.unauthenticated, "Closed: the token expired");
        });
        answer(id, "auth.login.response", {
          user: userView(found.user),
          expires_at,
          server_time: now,
        });
      }

      async function subscribe(id: string, topics: readonly Topic[]): Promise<void> {
        const wanted = new Set([...hub.topicsOf(dashboard), ...topics]);
        if (wanted.size > MAX_TOPICS) {
          const message = `Cannot watch ${wanted.size} topics: ${MAX_TOPICS} are the most`;
          return answer(id, "subscribe.response", refuse("too_many", message));
        }
        const unknown: Topic[] = [];
        for (const topic of topics) {
          if (!await hub.subscribe(dashboard, topic)) unknown.push(topic);
        }
        answer(id, "subscribe.response", { topics: hub.topicsOf(dashboard), unknown });
      }

      const handlers: Handlers<FromOperator, void | Promise<void>> = {
        "auth.login": login,
        "subscribe": ({ id, payload }) => subscribe(id, payload.topics),
        "unsubscribe": ({ id, payload }) => {
          for (const topic of payload.topics) hub.unsubscribe(dashboard, topic);
          answer(id, "unsubscribe.response", { topics: hub.topicsOf(dashboard) });
        },
      };
      return {
        async receive(message) {
          if (message.type === "auth.login") return await (entering = login(message));
          // A message that follows the login at once waits until the login is decided.
          await entering;
          if (caller) return await dispatch(handlers, message);
          close(connection, message.type);
        },
        closed() {
          expiry?.[Symbol.dispose]();
          membership[Symbol.dispose]();
        },
        restart: (after_ms) =>
          void connection.send({ ...stamp(ports), type: "restart", payload: { after_ms } }),
      };
    },
  };
}

function close(connection: Connection<ToOperator>, type: string): void {
  connection.close(CLOSE.unauthenticated, `Closed: ${type} came before auth.login`);
}

/** The control protocol also allows `{ "subscribe": [...] }` without an envelope. */
function enveloped(text: string, ports: LegPorts): string {
  if (!text.startsWith("{") || text.length > fromOperator.maxLength) return text;
  try {
    const bare: { subscribe?: unknown; type?: unknown } = JSON.parse(text);
    if (bare.type !== undefined || !Array.isArray(bare.subscribe)) return text;
    const payload = { topics: bare.subscribe };
    return JSON.stringify({ ...stamp(ports), type: "subscribe", payload });
  } catch {
    return text;
  }
}
