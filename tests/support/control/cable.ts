/**
 * A network between one dialling end and one served end of a leg, in a test's time: it delays all data, and it
 * can drop all data of one direction, as a half-open TCP connection does.
 *
 * @module
 */
import type { LegPorts, LegServer, Served } from "../../../coordinator/sockets/serve_leg.ts";
import { serveLeg } from "../../../coordinator/sockets/serve_leg.ts";
import type { Clock } from "../../../protocol/clock.ts";
import type { Dial } from "../../../protocol/connection/leg_client.ts";

/** Delay of all data in one direction, in milliseconds. */
const LATENCY = 20;
/** How often the coordinator checks each connection, in milliseconds. */
const CHECK_PERIOD = 5_000;

export class Cable<In extends { type: string; id: string }, Out> {
  /** Directions in which all data is dropped. */
  readonly lost = { toServer: false, toClient: false };
  /** Connections dialled so far. */
  dialled = 0;
  /** The served ends, oldest first. */
  readonly served: Served[] = [];
  readonly #clock: Clock;
  readonly #server: () => LegServer<In, Out>;
  readonly #ports: LegPorts;

  constructor(ports: LegPorts, server: () => LegServer<In, Out>) {
    this.#clock = ports.clock;
    this.#ports = ports;
    this.#server = server;
  }

  readonly dial: Dial = (_url, client) => {
    this.dialled += 1;
    let served: Served | undefined;
    let over = false;
    const carry = (to: "toServer" | "toClient", deliver: () => void) => {
      if (this.lost[to]) return;
      this.#clock.after(LATENCY, () => void (this.lost[to] || deliver()));
    };
    const end = (code: number, reason: string) => {
      if (over) return;
      over = true;
      client.closed(code, reason);
    };
    const checking = () => {
      if (!served?.open) return;
      served.check();
      this.#clock.after(CHECK_PERIOD, checking);
    };
    carry("toServer", () => {
      served = serveLeg(this.#server(), {
        wire: {
          send: (text) => carry("toClient", () => over || client.text(text)),
          close: (code, reason) => carry("toClient", () => end(code, reason)),
          bufferedAmount: 0,
          known: () => {},
        },
        address: "192.0.2.1",
        ports: this.#ports,
      });
      this.served.push(served);
      this.#clock.after(CHECK_PERIOD, checking);
      carry("toClient", () => client.opened());
    });
    return {
      send: (text) => carry("toServer", () => served?.text(text)),
      close: (code, reason) =>
        carry("toServer", () => {
          served?.gone();
          carry("toClient", () => end(code, reason));
        }),
      terminate() {
        over = true;
        carry("toServer", () => served?.gone());
      },
      bufferedAmount: 0,
    };
  };
}
