/**
 * The device's network interfaces, as the kernel describes them below `/sys/class/net`.
 *
 * @module
 */
import { networkInterfaces } from "node:os";
import type { NetworkInterface } from "../../protocol/field/device.ts";
import { firstLine, type KernelFiles, type ReadKernelFiles } from "./kernel_files.ts";

/** One interface as the kernel describes it. */
export interface InterfaceFacts {
  readonly name: string;
  /** `up`, `down`, `dormant`, `unknown` … (RFC 2863). */
  readonly operstate: string | undefined;
  /** `ARPHRD_…`: 1 is Ethernet, 772 loopback. */
  readonly hardware: string | undefined;
  /** The lines of `uevent`. */
  readonly uevent: string | undefined;
  readonly isWireless: boolean;
  /** Whether the interface has a device: bridges and tunnels have none. */
  readonly hasDevice: boolean;
  readonly driver: string | undefined;
  /** Its first global address. */
  readonly ip: string | undefined;
}

const LOOPBACK = "772";
const ROOT = "/sys/class/net";
const NAMES = "/proc/net/dev";
const ROUTES = "/proc/net/route";
/** The files of one interface. */
const PARTS = ["operstate", "type", "uevent", "device/uevent", "phy80211/name"];

/** Interfaces that may carry a stream, without loopback. */
export async function readInterfaces(read: ReadKernelFiles): Promise<NetworkInterface[]> {
  const tables = await read([NAMES, ROUTES]);
  const names = interfaceNames(tables.get(NAMES) ?? "");
  const routes = defaultRoutes(tables.get(ROUTES) ?? "");
  const files = await read(names.flatMap((name) => PARTS.map((part) => `${ROOT}/${name}/${part}`)));
  return names.flatMap((name) => interfaceOf(factsOf(files, name), routes) ?? []);
}

/** The names of all interfaces in order, from `/proc/net/dev`. */
export function interfaceNames(table: string): string[] {
  return table.split("\n").slice(2).flatMap((line) => /^\s*([^\s:/]+):/.exec(line)?.[1] ?? [])
    .sort();
}

/**
 * The reported form of an interface; `undefined` for loopback, and for an interface of another type without an
 * address.
 */
export function interfaceOf(
  facts: InterfaceFacts,
  routes: ReadonlySet<string>,
): NetworkInterface | undefined {
  const type = typeOf(facts);
  if (facts.hardware === LOOPBACK || (type === "other" && facts.ip === undefined)) {
    return undefined;
  }
  return {
    name: facts.name,
    type,
    state: stateOf(facts),
    ip: facts.ip ?? null,
    has_default_route: routes.has(facts.name),
    driver: facts.driver ?? null,
  };
}

/** Interfaces with a default route, the preferred one first, from `/proc/net/route`. */
export function defaultRoutes(table: string): ReadonlySet<string> {
  const routes = table.split("\n").slice(1).flatMap((line) => {
    const [name, destination, , , , , metric, mask] = line.trim().split(/\s+/);
    const isDefault = destination === "00000000" && mask === "00000000";
    return name && isDefault ? [{ name, metric: Number(metric) }] : [];
  });
  return new Set(routes.sort((a, b) => a.metric - b.metric).map(({ name }) => name));
}

/** The interface of the default route; `undefined` when the system has none. */
export async function readUsedInterface(read: ReadKernelFiles): Promise<string | undefined> {
  const [used] = defaultRoutes((await read([ROUTES])).get(ROUTES) ?? "");
  return used;
}

/** All addresses of the device itself. */
export function readOwnAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address)
  );
}

function typeOf(
  { name, uevent = "", isWireless, hasDevice, hardware }: InterfaceFacts,
): NetworkInterface["type"] {
  const kind = /^DEVTYPE=(\w+)$/m.exec(uevent)?.[1];
  if (kind === "wwan" || /^(wwan|rmnet|ppp)/.test(name)) return "cellular";
  if (kind === "wlan" || isWireless) return "wifi";
  if (kind !== undefined) return "other";
  return hardware === "1" && (hasDevice || /^(eth|en)/.test(name)) ? "ethernet" : "other";
}

/** Point-to-point links (modems) have the state `unknown` while they are up: an address shows that they are up. */
function stateOf({ operstate, ip }: InterfaceFacts): NetworkInterface["state"] {
  if (operstate === "up" || operstate === "unknown") return ip ? "connected" : "connecting";
  if (operstate === "dormant") return "connecting";
  return operstate === undefined ? "error" : "disconnected";
}

function factsOf(files: KernelFiles, name: string): InterfaceFacts {
  const at = `${ROOT}/${name}`;
  const device = files.get(`${at}/device/uevent`);
  return {
    name,
    operstate: firstLine(files, `${at}/operstate`),
    hardware: firstLine(files, `${at}/type`),
    uevent: files.get(`${at}/uevent`),
    isWireless: files.has(`${at}/phy80211/name`),
    hasDevice: device !== undefined,
    driver: /^DRIVER=(.+)$/m.exec(device ?? "")?.[1],
    ip: addressOf(name),
  };
}

function addressOf(name: string): string | undefined {
  const addresses = (networkInterfaces()[name] ?? []).filter(({ internal }) => !internal);
  const global = addresses.filter(({ address }) => !address.startsWith("fe80:"));
  return (global.find(({ family }) => family === "IPv4") ?? global[0])?.address;
}
