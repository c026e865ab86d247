/**
 * `/agent/ws`, the leg of a field device. After the login the coordinator passes each message to a service.
 *
 * @module
 */
import {
  COMMAND_LIMIT,
  type FromAgent,
  fromAgent,
  type ToAgent,
  toAgent,
} from "../../protocol/legs/agent_leg.ts";
import { CLOSE } from "../../protocol/close.ts";
import type { KeepAliveTiming } from "../../protocol/connection/keep_alive.ts";
import { type Refusal, refuse, stamp } from "../../protocol/envelope.ts";
import { dispatch, type Handlers } from "../../protocol/leg.ts";
import type { AgentSessions } from "../fleet/agent_sessions.ts";
import type { SenderId } from "../../protocol/ids.ts";
import type { Forwarding } from "../recordings/forwarding.ts";
import type { LocalControl } from "../streams/local_control.ts";
import { refused } from "../refusals.ts";
import type { RequestFacts } from "../listen/request_facts.ts";
import { AgentLogin, type LoginServices } from "./agent_login.ts";
import type { Connection, LegPorts, LegServer, Listener } from "./serve_leg.ts";

/** Times of the pings to a device. They are shorter than the default, so that an operator soon sees "offline". */
export const AGENT_KEEP_ALIVE: KeepAliveTiming = { period: 10_000, misses: 3 };

type Report = Exclude<FromAgent, { type: "auth.login" | "auth.challenge.response" }>;

/** The services that the agent leg calls. */
export interface AgentServices extends LoginServices {
  readonly agentSessions: AgentSessions;
  readonly localControl: LocalControl;
  readonly forwarding: Forwarding;
}

/** The leg as the coordinator serves it. `facts` of the request contain the host that the device dialled. */
export function agentLegServer(
  services: AgentServices,
  { ports, facts }: { ports: LegPorts; facts: RequestFacts },
): LegServer<FromAgent, ToAgent> {
  return {
    name: "agent",
    incoming: fromAgent,
    outgoing: toAgent,
    helloWithin: COMMAND_LIMIT,
    keepAlive: AGENT_KEEP_ALIVE,
    rate: { perSecond: 20, burst: 120 },
    open: (connection) => new AgentConnection(services, { ports, facts, connection }),
  };
}

class AgentConnection implements Listener<FromAgent> {
  readonly #sessions: AgentSessions;
  readonly #local: LocalControl;
  readonly #forwarding: Forwarding;
  readonly #ports: LegPorts;
  readonly #connection: Connection<ToAgent>;
  readonly #login: AgentLogin;

  constructor(
    services: AgentServices,
    { ports, facts, connection }: {
      ports: LegPorts;
      facts: RequestFacts;
      connection: Connection<ToAgent>;
    },
  ) {
    this.#sessions = services.agentSessions;
    this.#local = services.localControl;
    this.#forwarding = services.forwarding;
    this.#ports = ports;
    this.#connection = connection;
    this.#login = new AgentLogin(services, {
      ...{ ports, facts, connection },
      entered(row, { payload: { running_streams: running } }) {
        connection.known();
        services.agentSessions.joined(row, { connection, running });
      },
    });
  }

  receive(message: FromAgent): void | Promise<void> {
    switch (message.type) {
      case "auth.login":
        return this.#login.login(message);
      case "auth.challenge.response":
        return this.#login.prove(message);
      default:
        return this.#report(message);
    }
  }

  closed(): void {
    this.#login[Symbol.dispose]();
    const { known } = this.#login;
    if (known) this.#sessions.left(known.senderId, this.#connection);
  }

  #report(message: Report): void {
    const { known } = this.#login;
    if (!known) {
      return this.#connection.close(
        CLOSE.unauthenticated,
        `Closed: ${message.type} came before auth.login`,
      );
    }
    if (!known.tokens.includes(message.token ?? "")) {
      const text = "Cannot take this message: its token is not this session's. Log in again";
      return this.#refuse(message, { code: "token_wrong", message: text });
    }
    const { payload } = message;
    if (
      "sender_id" in payload && payload.sender_id !== undefined &&
      payload.sender_id !== known.senderId
    ) {
      this.#ports.log.warn("forged sender", { sender: known.senderId, named: payload.sender_id });
      const text =
        `Cannot take this message: it names ${payload.sender_id}, and this is ${known.senderId}`;
      return this.#refuse(message, { code: "forged", message: text });
    }
    const sessions = this.#sessions;
    const answered = (answer: Parameters<typeof sessions.answered>[1]) =>
      sessions.answered(known.senderId, answer);
    const foreign = (request: Report, id: string) =>
      this.#refuse(request, {
        code: "not_found",
        message: `Cannot take this message: stream ${id} is not one of yours that runs`,
      });
    const handlers: Handlers<Report> = {
      "device.status": ({ payload }) => sessions.status(known.senderId, payload),
      "device.absence": ({ payload }) => sessions.absent(known.senderId, payload),
      "stream.stats": (request) => {
        const { sender_id: _, ...stats } = request.payload;
        if (!sessions.stats(known.senderId, stats)) foreign(request, stats.stream_id);
      },
      "stream.ended": (request) => {
        const { stream_id } = request.payload;
        if (!sessions.ended(known.senderId, request.payload)) foreign(request, stream_id);
      },
      "stream.start.response": answered,
      "stream.stop.response": answered,
      "config.update.response": answered,
      "agent.update.response": answered,
      "logs.read.response": answered,
      "settings.push.response": answered,
      "recording.offer": (request) => void this.#offered(known.senderId, request),
      "stream.request": (request) => void this.#locally(known.senderId, request),
    };
    dispatch(handlers, message);
  }

  /** Answers what a person at the box asked for. */
  async #locally(
    sender: SenderId,
    { id, payload: { action } }: Extract<Report, { type: "stream.request" }>,
  ): Promise<void> {
    const outcome = await this.#local.request(sender, action).catch((error) => {
      this.#ports.log.error("request of a box failed", { sender, action, error });
      return refused("internal", `Cannot ${action}: the coordinator failed. Its log says why`);
    });
    const payload = outcome ? { error: outcome.refusal } : { action };
    this.#connection.send({ ...stamp(this.#ports), id, type: "stream.request.response", payload });
  }

  /** Answers where a gap is sent that the device recorded. */
  async #offered(
    sender: SenderId,
    { id, payload: gap }: Extract<Report, { type: "recording.offer" }>,
  ): Promise<void> {
    const payload = await this.#forwarding.offer(sender, gap).catch((error) => {
      this.#ports.log.error("offer of a recording failed", { sender, error });
      return refuse("internal", "Cannot take it: the coordinator failed. Its log says why");
    });
    this.#connection.send({ ...stamp(this.#ports), id, type: "recording.offer.response", payload });
  }

  /** A response is never answered. */
  #refuse({ id, type }: Report, { code, message }: Refusal): void {
    if (type !== "device.status" && type !== "stream.stats" && type !== "stream.ended") return;
    const payload = refuse(code, message);
    this.#connection.send({ ...stamp(this.#ports), id, type: `${type}.response`, payload });
  }
}
