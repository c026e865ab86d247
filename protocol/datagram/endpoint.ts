/**
 * Runs the ends of datagram links on a UDP socket and a clock.
 *
 * @module
 */
import type { Clock, Millis } from "../clock.ts";
import type { Random } from "../random.ts";
import type { DatagramLink, LinkEvents, LinkStats, SendRefusal } from "./link.ts";
import { type LinkOptions, linkOptions } from "./options.ts";
import type { LinkEnd } from "./packet.ts";
import { PlainDialler } from "./plain/dialler.ts";
import { PlainListener } from "./plain/listener.ts";
import type { Address, DatagramSocket } from "./ports.ts";
import { SealedDialler } from "./sealed/dialler.ts";
import type { LinkSecret } from "./sealed/handshake.ts";
import { SealedListener } from "./sealed/listener.ts";
import { openUdp } from "./udp.ts";

/** An open link that knows the time. */
export interface OpenLink {
  /** Queues a batch, which arrives whole and in order; returns why not. The bytes must not change afterwards. */
  send(batch: Uint8Array): SendRefusal | undefined;
  /** Sends a message once; returns why not. */
  direct(payload: Uint8Array): SendRefusal | undefined;
  close(): void;
  readonly maxDirect: number;
  readonly stats: LinkStats;
}

/** The surroundings of an end. */
export interface EndpointPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Binds a socket; default: of the system. */
  readonly open?: typeof openUdp | undefined;
}

/** Where an end binds, and its options. */
export interface EndpointSettings {
  readonly host: string;
  readonly port: number;
  readonly options?: Partial<LinkOptions>;
}

/** The events of a link that was dialled. */
export interface DialledEvents extends LinkEvents {
  opened(link: OpenLink): void;
}

/** A waiting end. */
export interface ListeningEndpoint extends Disposable {
  readonly port: number;
  /** Waits for a link with this secret until disposed, which closes the link. */
  expect(secret: LinkSecret, opened: (link: OpenLink) => LinkEvents): Disposable;
  readonly figures: SealedListener["figures"];
}

/** An end of the core: datagrams and time go in. */
interface Core {
  receive(datagram: Uint8Array, from: Address, now: Millis): void;
  advance(now: Millis): void;
  close(reason: LinkEnd): void;
  readonly deadline: Millis | undefined;
}

/**
 * Dials a sealed link. Its socket is kept until the link is closed, which disposing does.
 *
 * @throws {Error} when no port can be bound; RangeError for a wrong option or secret.
 */
export async function dialSealed(
  ports: EndpointPorts,
  { secret, to, events, ...settings }: EndpointSettings & {
    readonly secret: LinkSecret;
    readonly to: Address;
    readonly events: DialledEvents;
  },
): Promise<Disposable> {
  const options = linkOptions(settings.options);
  const { clock, random } = ports;
  const { core } = await run(ports, settings, ({ transmit, touch, end }) => {
    const received = dialled(events, clock, { touch, end });
    return new SealedDialler(
      { options, secret, to, random, transmit, events: received },
      clock.now(),
    );
  });
  return { [Symbol.dispose]: () => core.close("done") };
}

/**
 * Dials a plain link, which is neither sealed nor proven; disposing closes it.
 *
 * @throws {Error} when no port can be bound; RangeError for a wrong option.
 */
export async function dialPlain(
  ports: EndpointPorts,
  { to, events, ...settings }: EndpointSettings & {
    readonly to: Address;
    readonly events: DialledEvents;
  },
): Promise<Disposable> {
  const options = linkOptions(settings.options);
  const { clock, random } = ports;
  const { core } = await run(ports, settings, ({ transmit, touch, end, port }) => {
    const received = dialled(events, clock, { touch, end });
    return new PlainDialler({ options, to, port, random, transmit, events: received }, clock.now());
  });
  return { [Symbol.dispose]: () => core.close("done") };
}

/**
 * Waits for sealed links on a port.
 *
 * @throws {Error} when it cannot be bound; RangeError for a wrong option.
 */
export async function listenSealed(
  ports: EndpointPorts,
  settings: EndpointSettings,
): Promise<ListeningEndpoint> {
  const options = linkOptions(settings.options);
  const { clock, random } = ports;
  let wake = () => {};
  const running = await run(ports, settings, ({ transmit, touch }) => {
    wake = touch;
    return new SealedListener({ options, random, transmit });
  });
  const { core } = running;
  return {
    port: running.port,
    get figures() {
      return core.figures;
    },
    expect: (secret, opened) =>
      core.expect({ secret, opened: (link) => opened(timed(link, clock, wake)) }),
    [Symbol.dispose]() {
      core.close();
      running[Symbol.dispose]();
    },
  };
}

/**
 * Waits for plain links on a port: anybody can open one.
 *
 * @throws {Error} when it cannot be bound; RangeError for a wrong option.
 */
export async function listenPlain(
  ports: EndpointPorts,
  { opened, ...settings }: EndpointSettings & { opened(link: OpenLink): LinkEvents },
): Promise<Disposable & { readonly port: number }> {
  const options = linkOptions(settings.options);
  const { clock, random } = ports;
  const running = await run(
    ports,
    settings,
    ({ transmit, touch }) =>
      new PlainListener({
        options,
        random,
        transmit,
        opened: (link) => opened(timed(link, clock, touch)),
      }),
  );
  return {
    port: running.port,
    [Symbol.dispose]() {
      running.core.close();
      running[Symbol.dispose]();
    },
  };
}

/** What a core gets from its socket and timer. */
interface Surroundings {
  readonly port: number;
  transmit(datagram: Uint8Array, to: Address): void;
  /** The deadline may have changed. */
  touch(): void;
  /** The core has ended: socket and timer are given back. */
  end(): void;
}

async function run<C extends Core>(
  { clock, open = openUdp }: EndpointPorts,
  { host, port }: EndpointSettings,
  create: (surroundings: Surroundings) => C,
): Promise<Disposable & { readonly core: C; readonly port: number }> {
  let core: C | undefined;
  let timer: (Disposable & { readonly at: Millis }) | undefined;
  const socket: DatagramSocket = await open({
    host,
    port,
    received(datagram, from) {
      core?.receive(datagram, from, clock.now());
      touch();
    },
    lost: () => core?.close("silent"),
  });
  /** Sets the timer to the core's deadline; one that is set earlier stays, and finds nothing due. */
  function touch(): void {
    const at = core?.deadline;
    if (at === undefined || (timer && timer.at <= at)) return;
    timer?.[Symbol.dispose]();
    const wait = clock.after(Math.max(0, at - clock.now()), () => {
      timer = undefined;
      core?.advance(clock.now());
      touch();
    });
    timer = { at, [Symbol.dispose]: () => wait[Symbol.dispose]() };
  }
  function end(): void {
    core = undefined;
    timer?.[Symbol.dispose]();
    timer = undefined;
    socket[Symbol.dispose]();
  }
  const surroundings = {
    port: socket.port,
    transmit: (datagram: Uint8Array, to: Address) => socket.send(datagram, to),
    touch,
    end,
  };
  const created = create(surroundings);
  core = created;
  touch();
  return { core: created, port: socket.port, [Symbol.dispose]: end };
}

function dialled(
  events: DialledEvents,
  clock: Clock,
  { touch, end }: Pick<Surroundings, "touch" | "end">,
) {
  return {
    opened: (link: DatagramLink) => events.opened(timed(link, clock, touch)),
    batch: (bytes: Uint8Array) => events.batch(bytes),
    direct: (bytes: Uint8Array) => events.direct(bytes),
    closed(reason: LinkEnd) {
      end();
      events.closed(reason);
    },
  };
}

function timed(link: DatagramLink, clock: Clock, touch: () => void): OpenLink {
  return {
    send(batch) {
      const refusal = link.send(batch, clock.now());
      touch();
      return refusal;
    },
    direct: (payload) => link.direct(payload),
    close: () => link.close("done"),
    get maxDirect() {
      return link.maxDirect;
    },
    get stats() {
      return link.stats;
    },
  };
}
