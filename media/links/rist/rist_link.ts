/**
 * A bonded link by RIST: the sending core on UDP sockets, one for each path, each tied to its network interface.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { readHostPort } from "../../../protocol/addresses/authority.ts";
import { passphraseFault } from "../../../protocol/addresses/destination.ts";
import { type Clock, every } from "../../../protocol/clock.ts";
import type { Address, DatagramSocket } from "../../../protocol/datagram/ports.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { MAX_PATHS } from "../../../protocol/field/max_paths.ts";
import type { Random } from "../../../protocol/random.ts";
import type { LinkFigures, LinkOptions, SendingLink } from "../ports.ts";
import type { ReceiverClock } from "../receiver_clock.ts";
import { SRT_PAYLOAD } from "../srt_url.ts";
import { type TieToInterface, tieToInterface } from "./interface_tie.ts";
import type { SchedulerRules } from "./scheduler.ts";
import { RistSender, TURN } from "./sender.ts";

/** How long an attempt to reach the other side may take, in milliseconds. */
const CONNECT_LIMIT = 3_000;
/** Time between two new sockets for a path that does not answer, in milliseconds. */
const RENEW_PERIOD = 2_000;
/** A link on which nothing came for this long is broken, in milliseconds. */
const BROKEN = 5_000;

/** One path: the receiver's address for it, and the network interface that it leaves by; default: by the routes. */
export interface BondedPath {
  /** `rist://host:port` */
  readonly url: string;
  readonly interface?: string | undefined;
  /** Addresses of receivers that are reached without the interface: those of the device itself. */
  readonly unlessTo?: readonly string[] | undefined;
}

/** The receiver of a bonded link, and how the link is opened. */
export type BondedOptions = Omit<LinkOptions, "url" | "interface" | "streamId"> & {
  readonly paths: readonly BondedPath[];
  readonly rules: SchedulerRules;
};

/** An open bonded link. */
export interface BondedLink extends SendingLink {
  /** Changes how packets are spread. */
  set rules(rules: SchedulerRules);
}

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly tie?: TieToInterface;
}

/**
 * Opens a link, or returns a sentence that says why it could not be opened. One path that answers is enough; the others
 * are tried for as long as the link lasts.
 */
export async function openBonded(
  { paths, passphrase, ...options }: BondedOptions,
  { clock, random, tie = tieToInterface }: Parts,
): Promise<BondedLink | { readonly error: string }> {
  const name = paths.map(({ url }) => url).join(" + ");
  const fault = passphrase === undefined ? "it has no passphrase" : passphraseFault(passphrase);
  if (fault || passphrase === undefined) {
    return { error: `Cannot open a link to ${name}: ${fault}` };
  }
  if (paths.length === 0 || paths.length > MAX_PATHS) {
    return { error: `Cannot open a link over ${paths.length} paths: it takes 1 to ${MAX_PATHS}` };
  }
  const targets: Address[] = [];
  for (const { url } of paths) {
    const target = await targetOf(url);
    if (typeof target === "string") return { error: target };
    targets.push(target);
  }
  const openPath = (index: number, received: PathReceiver) =>
    openSocket(targets[index]!, { tie, received, wanted: tieOf(paths[index]!, targets[index]!) });
  const link = new RistLink({ ...options, name, passphrase, clock, random, targets, openPath });
  const faults = await link.open();
  if (faults.length === paths.length) {
    link[Symbol.dispose]();
    return { error: faults[0]! };
  }
  if (await link.connect()) return link;
  link[Symbol.dispose]();
  const limit = CONNECT_LIMIT / 1000;
  return { error: `Cannot reach ${name}: no answer within ${limit} s, or another passphrase` };
}

function tieOf({ interface: wanted, unlessTo }: BondedPath, { host }: Address) {
  return unlessTo?.includes(host) ? undefined : wanted;
}

async function targetOf(url: string): Promise<Address | string> {
  const place = readHostPort(/^rist:\/\/(.+?)\/?$/.exec(url)?.[1] ?? "");
  if (place?.port === undefined) return `Cannot use "${url}": it must be rist://host:port`;
  const { port } = place;
  const resolved = await lookup(place.host.replace(/^\[|\]$/g, "")).catch(errorText);
  if (typeof resolved === "string") return `Cannot find ${place.host}: ${resolved}`;
  return { host: resolved.address, port };
}

type PathReceiver = (datagram: Uint8Array, from: Address) => void;

async function openSocket(
  target: Address,
  { wanted, tie, received }: {
    readonly wanted: string | undefined;
    readonly tie: TieToInterface;
    readonly received: PathReceiver;
  },
): Promise<DatagramSocket | string> {
  const host = target.host.includes(":") ? "::" : "0.0.0.0";
  const socket = await openUdp({ host, port: 0, received }).catch(errorText);
  if (typeof socket === "string") return socket;
  const fault = wanted === undefined ? undefined : tie(socket.port, wanted);
  if (fault === undefined) return socket;
  socket[Symbol.dispose]();
  return fault;
}

class RistLink implements BondedLink {
  readonly #clock: Clock;
  readonly #name: string;
  readonly #sender: RistSender;
  readonly #openPath: (index: number, received: PathReceiver) => Promise<DatagramSocket | string>;
  readonly #sockets: (DatagramSocket | undefined)[];
  readonly #targets: readonly Address[];
  readonly #turning: Disposable;
  readonly #broken = Promise.withResolvers<string>();
  #opened: (() => void) | undefined;
  #renewAt: number;
  #answeredAt: number | undefined;
  #closed = false;

  constructor(
    { clock, random, name, passphrase, latency, rules, targets, openPath, keyframeWanted }: {
      readonly clock: Clock;
      readonly random: Random;
      readonly name: string;
      readonly passphrase: string;
      readonly latency: number;
      readonly rules: SchedulerRules;
      readonly targets: readonly Address[];
      readonly openPath: (
        index: number,
        received: PathReceiver,
      ) => Promise<DatagramSocket | string>;
      readonly keyframeWanted?: (() => void) | undefined;
    },
  ) {
    this.#clock = clock;
    this.#name = name;
    this.#targets = targets;
    this.#sockets = targets.map(() => undefined);
    this.#openPath = openPath;
    this.#renewAt = clock.now() + RENEW_PERIOD;
    this.#sender = new RistSender({
      ...{ paths: targets.length, secret: passphrase, latency, rules, random, now: clock.now() },
      emit: (index, datagram) => this.#sockets[index]?.send(datagram, targets[index]!),
      keyframeWanted: keyframeWanted ?? (() => {}),
    });
    this.#turning = every(clock, TURN, () => this.#turn());
  }

  get broken(): Promise<string> {
    return this.#broken.promise;
  }

  get figures(): LinkFigures {
    const paths = this.#sender.figures;
    const measured = paths.filter(({ rtt }) => rtt !== undefined);
    const shares = measured.reduce((sum, { share }) => sum + share, 0);
    const rtt = measured.reduce((sum, { rtt, share }) => sum + rtt! * share, 0) / shares;
    return {
      sentBytes: paths.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
      waitingMs: this.#sender.waiting,
      refusedRepeats: this.#sender.refused,
      ...(shares > 0 && { rtt }),
      paths: paths.map(({ sentBytes, rtt, lossRate, capacity, state }) => ({
        ...{ sentBytes, state },
        ...(rtt !== undefined && { rtt }),
        ...(lossRate !== undefined && { lossRate }),
        ...(capacity !== undefined && { capacity }),
      })),
    };
  }

  get receiverClock(): ReceiverClock {
    return this.#sender.receiverClock;
  }

  set rules(rules: SchedulerRules) {
    this.#sender.rules = rules;
  }

  /** Opens the sockets of all paths; resolves with a sentence for each path that has none now. */
  async open(): Promise<string[]> {
    const faults = await Promise.all(this.#targets.map((_, index) => this.#renew(index)));
    return faults.filter((fault) => fault !== undefined);
  }

  /** Puts a new socket in the place of a path's: one is tied to an interface by a number, which a new modem changes. */
  async #renew(index: number): Promise<string | undefined> {
    const socket = await this.#openPath(
      index,
      (datagram, from) => this.#received(index, datagram, from),
    );
    if (typeof socket === "string") return socket;
    this.#sockets[index]?.[Symbol.dispose]();
    this.#sockets[index] = socket;
    if (this.#closed) socket[Symbol.dispose]();
  }

  #received(index: number, datagram: Uint8Array, from: Address): void {
    const target = this.#targets[index]!;
    if (this.#closed || from.port !== target.port) return;
    const now = this.#clock.now();
    this.#sender.receive(index, datagram, now);
    if (!this.#sender.isAnswering(now)) return;
    this.#answeredAt = now;
    this.#opened?.();
  }

  /** Resolves to true once the receiver answers on a path, to false when it does not in time. */
  connect(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const limit = this.#clock.after(CONNECT_LIMIT, () => resolve(false));
    this.#opened = () => {
      limit[Symbol.dispose]();
      this.#opened = undefined;
      resolve(true);
    };
    return promise;
  }

  send(
    packets: Uint8Array,
    { isCritical = false }: { readonly isCritical?: boolean } = {},
  ): Promise<{ readonly error?: string }> {
    if (this.#closed) {
      return Promise.resolve({ error: `Cannot send to ${this.#name}: the link is closed` });
    }
    const now = this.#clock.now();
    for (let at = 0; at < packets.length; at += SRT_PAYLOAD) {
      this.#sender.send(packets.slice(at, at + SRT_PAYLOAD), { isCritical, now });
    }
    return Promise.resolve({});
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turning[Symbol.dispose]();
    for (const socket of this.#sockets) socket?.[Symbol.dispose]();
  }

  #turn(): void {
    const now = this.#clock.now();
    this.#sender.turn(now);
    if (now >= this.#renewAt) {
      this.#renewAt = now + RENEW_PERIOD;
      this.#sender.figures.forEach(({ state }, index) => {
        if (state === "cooling") void this.#renew(index);
      });
    }
    if (this.#answeredAt === undefined || now - this.#answeredAt <= BROKEN) return;
    this.#turning[Symbol.dispose]();
    this.#broken.resolve(`The link to ${this.#name} broke: nothing came for ${BROKEN / 1000} s`);
  }
}
