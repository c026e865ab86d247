/**
 * The worker's settings. `worker/config.ts` reads them; the table is here because every process reads the
 * names of the other processes' settings too.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { canonicalHost, isLoopbackHost } from "../addresses/hosts.ts";
import { WorkerId, ZoneId } from "../ids.ts";
import { host, hosts, socketUrl, webUrl } from "./addresses.ts";
import { SHARED_SETTINGS } from "./shared.ts";
import type { Setting, SettingsOf } from "./table.ts";
import { choice, integer, list, portRange, readBy, text, toggle } from "./values.ts";

const { allowedHosts, data, workerCredential, logLevel, logFormat } = SHARED_SETTINGS;

/** Rooms that a processor runs at once: one takes about 15 % of a processor (docs/BENCHMARKS.md). */
const ROOMS_PER_PROCESSOR = 3;

/** The settings of a worker, by key. */
export const WORKER_SETTINGS = {
  coordinator: {
    read: socketUrl,
    initial: "ws://127.0.0.1:8000/wso",
    help: "Where the coordinator is dialled; `npm start` sets it to its own coordinator",
  },
  workerCredential,
  allowPlain: {
    read: toggle,
    initial: "false",
    help:
      "Send the credential to a coordinator on another machine without TLS; only for a network where nobody listens",
    toggle: true,
  },
  workerId: {
    read: id(WorkerId, 64),
    help: "Stable id of this worker; made from the host's name if absent",
  },
  workerName: { read: text, initial: "This machine", help: "The worker's name as people read it" },
  zone: { read: id(ZoneId, 40), initial: "local", help: "The zone of this worker" },
  workerHost: { read: host, initial: "127.0.0.1", help: "Address of the worker's own HTTP port" },
  workerPort: {
    read: integer(0, 65_535),
    initial: "0",
    help: "The worker's own HTTP port; 0: any",
  },
  pingUrl: { read: webUrl, help: "Where browsers measure their round trip to this worker" },
  mediaUrl: {
    read: webUrl,
    help: "Where browsers that UDP does not reach open media sockets of this worker",
  },
  saves: {
    read: text,
    help:
      "Folder of saved states; `saves` in the data folder if absent. Workers that share it go on with each other's rooms",
  },
  s3Endpoint: {
    read: webUrl,
    help:
      "S3-compatible service that keeps the saves, such as `https://s3.example.org`; workers with the same bucket go on with each other's rooms",
  },
  s3Bucket: { read: text, help: "Bucket of the saves; it has to exist" },
  s3Region: { read: text, initial: "us-east-1", help: "Region of the bucket" },
  s3AccessKey: { read: text, help: "Id of the key that may list, read, write and delete there" },
  s3SecretKey: { read: text, help: "The secret of that key", secret: true },
  roms: { read: text, initial: "roms", help: "Folder of games" },
  cores: { read: list, initial: "", help: "Folders of libretro cores; the system's if empty" },
  capacity: {
    read: integer(1, 500),
    initial: String(ROOMS_PER_PROCESSOR * availableParallelism()),
    help: "Rooms that may run at once",
  },
  iceAddresses: {
    read: hosts,
    initial: "127.0.0.1",
    help:
      "Addresses offered to browsers besides those of the interfaces, such as a public one; a name is resolved at the start",
  },
  iceInterfaces: {
    read: toggle,
    initial: "true",
    help:
      "Offer browsers the addresses of this machine's interfaces too; false where only FARPAD_ICE_ADDRESSES reaches it",
  },
  udpPorts: {
    read: portRange(2, "a connection takes two ports at least"),
    help: "UDP ports for media, such as 50000-50100; any if absent",
  },
  ingestHost: {
    read: host,
    initial: "127.0.0.1",
    help: "Where field devices reach this worker; a loopback address keeps others out",
  },
  ingestPorts: {
    read: portRange(2, "a stream takes two ports"),
    initial: "15000-16000",
    help: "UDP ports for field streams, in pairs that begin with an even one",
  },
  ingestPatience: {
    read: integer(10, 86_400),
    initial: "300",
    help: "How long a field stream without a picture is kept, in seconds, and 30 s more",
  },
  ingestV3xctrl: {
    read: toggle,
    initial: "false",
    help:
      "Whether vehicles that run v3xctrl may be driven: anybody who can send to their ports can too",
  },
  allowedHosts,
  videoHeight: {
    read: integer(120, 2160),
    initial: "448",
    help:
      "Small pictures are enlarged by the whole factor that brings their height nearest to this, in pixels",
  },
  encoder: {
    read: choice(["auto", "software", "vaapi", "nvenc"]),
    initial: "auto",
    help:
      "What encodes H.264: `software`, the graphics card by `vaapi` or `nvenc`, or `auto`: a card that works; software where none does",
  },
  covers: {
    read: toggle,
    initial: "true",
    help:
      "Make covers of games by running each once, unseen, while nobody plays; needs an address for browsers",
  },
  recordingSpace: {
    read: integer(0, 10_000_000),
    initial: "10000",
    help: "What all recordings of this worker may take on its disk, in MB; 0: it keeps none",
  },
  recordingDays: {
    read: integer(1, 3_650),
    initial: "30",
    help: "How long a recording is kept, in days",
  },
  recordingMinutes: {
    read: integer(1, 720),
    initial: "240",
    help: "The longest recording, in minutes",
  },
  data,
  logLevel,
  logFormat,
} as const satisfies Record<string, Setting<unknown>>;

/** The settings of a worker as they are in force. */
export type WorkerSettings = SettingsOf<typeof WORKER_SETTINGS>;

/** Faults of combinations of settings. */
export function workerConflicts(
  { coordinator, allowPlain, iceAddresses, iceInterfaces, ...others }:
    & Pick<WorkerSettings, "coordinator" | "allowPlain" | "iceAddresses" | "iceInterfaces">
    & Partial<StoreSettings>,
): string[] {
  const faults = storeConflicts(others);
  if (!iceInterfaces && iceAddresses.length === 0) {
    faults.push(
      "Cannot use FARPAD_ICE_INTERFACES = false without FARPAD_ICE_ADDRESSES: no address would be left",
    );
  }
  const { protocol, hostname } = new URL(coordinator);
  const host = canonicalHost(hostname);
  const isCarried = protocol === "ws:" && (host === undefined || !isLoopbackHost(host));
  if (!isCarried || allowPlain) return faults;
  return [
    ...faults,
    `Cannot use FARPAD_COORDINATOR = ${coordinator}: everybody on the way could read this worker's ` +
    "credential. Use wss://, or set FARPAD_ALLOW_PLAIN = true where nobody listens",
  ];
}

type StoreSettings = Pick<
  WorkerSettings,
  "saves" | "s3Endpoint" | "s3Bucket" | "s3AccessKey" | "s3SecretKey"
>;

/** What is wrong with where saves are kept. */
function storeConflicts(
  { saves, s3Endpoint, s3Bucket, s3AccessKey, s3SecretKey }: Partial<StoreSettings>,
): string[] {
  const parts = {
    FARPAD_S3_ENDPOINT: s3Endpoint,
    FARPAD_S3_BUCKET: s3Bucket,
    FARPAD_S3_ACCESS_KEY: s3AccessKey,
    FARPAD_S3_SECRET_KEY: s3SecretKey,
  };
  const absent = Object.entries(parts).filter(([, value]) => value === undefined);
  if (absent.length === Object.keys(parts).length) return [];
  if (absent.length > 0) {
    const names = absent.map(([name]) => name).join(", ");
    return [`Cannot keep saves at an S3-compatible service without ${names}`];
  }
  if (saves === undefined) return [];
  return ["Cannot keep saves at two places: set FARPAD_SAVES or FARPAD_S3_ENDPOINT, not both"];
}

/** Reads an identifier of at most `longest` characters. */
function id<T>(
  schema: { safeParse(text: string): { success: true; data: T } | { success: false } },
  longest: number,
) {
  return readBy<T>((text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return { value: parsed.data };
    const letters = "letters, digits, dots, dashes and underscores";
    return {
      fault: `it must be at most ${longest} ${letters}, and begin with a letter or digit`,
    };
  });
}
