/**
 * Addresses that a stream is sent on to: RTMP with its application and stream key, SRT with its stream id and
 * passphrase. The coordinator reads an address when it is saved, and the worker reads it when it sends, both by
 * this file.
 *
 * A stream key that has a field of its own is never changed. In an address:
 *
 * - RTMP: nothing is decoded; other senders do the same. Without a separate key, the last part of the path is the key.
 * - SRT: values in the query are percent-decoded; `+`, `#` and spaces stand for themselves.
 *
 * @module
 */
import {
  type AddressFault,
  byteLength,
  hasControls,
  type HostPort,
  percentDecode,
  readHostPort,
  splitScheme,
  writeHostPort,
} from "./authority.ts";

/** An RTMP or RTMPS address, read into its parts. */
export interface RtmpAddress extends HostPort {
  readonly kind: "rtmp";
  readonly scheme: "rtmp" | "rtmps";
  /** The application, which the command `connect` names. */
  readonly app: string;
  /** The stream key, which the command `publish` names; empty when there is none. */
  readonly key: string;
}

/** An SRT address, read into its parts. */
export interface SrtAddress extends HostPort {
  readonly kind: "srt";
  readonly port: number;
  /** The stream id: it distinguishes the streams of one destination. */
  readonly streamId: string | undefined;
  /** The passphrase that encrypts the link. */
  readonly passphrase: string | undefined;
  /** How long a lost packet may be sent again, in milliseconds. */
  readonly latency: number;
}

/** The address of a destination, by its scheme. */
export type DestinationAddress = RtmpAddress | SrtAddress;

/** An address, and the secrets that have fields of their own. */
export interface DestinationText {
  readonly url: string;
  /** RTMP: the stream key. SRT: the stream id. */
  readonly stream_key?: string | undefined;
  /** SRT only: the passphrase. */
  readonly passphrase?: string | undefined;
}

/** The latency of an SRT link whose address has none, in milliseconds. */
export const DEFAULT_SRT_LATENCY = 200;
const MIN_LATENCY = 20;
const MAX_LATENCY = 30_000;
/** SRTO_PASSPHRASE takes 10 to 79 bytes. */
const MIN_PASSPHRASE = 10;
const MAX_PASSPHRASE = 79;
/** SRTO_STREAMID takes 512 bytes. */
const MAX_STREAM_ID = 512;
/** FFmpeg's RTMP client takes an application of 127 bytes. */
const MAX_APP = 127;
/** Options that this sender ignores: it does the same without them. */
const GIVEN: Readonly<Record<string, string>> = {
  mode: "caller",
  transtype: "live",
  pkt_size: "1316",
  payload_size: "1316",
};

/** Reads an address, or says in a sentence why it cannot be used; of the address the sentence shows the host only. */
export function readDestination(text: DestinationText): DestinationAddress | AddressFault {
  const parts = splitScheme(text.url);
  if (!parts) return cannot("its address must begin with rtmp://, rtmps:// or srt://");
  if ([text.url, text.stream_key, text.passphrase].some((part) => part && hasControls(part))) {
    return cannot("its address, key or passphrase holds a control character, such as a line break");
  }
  switch (parts.scheme) {
    case "rtmp":
    case "rtmps":
      return readRtmp(parts.scheme, parts.rest, text);
    case "srt":
      return readSrt(parts.rest, text);
    default:
      return cannot(`an address of kind "${parts.scheme}" is neither rtmp, rtmps nor srt`);
  }
}

/** The address without its secrets, as it is stored and shown. */
export function writeDestination(address: DestinationAddress): string {
  const place = writeHostPort(address);
  if (address.kind === "rtmp") return `${address.scheme}://${place}/${writeApp(address)}`;
  const isUsual = address.latency === DEFAULT_SRT_LATENCY;
  return `srt://${place}${isUsual ? "" : `?latency=${address.latency}`}`;
}

/** Scheme, host and port of an address: the only parts that logs and errors may show. */
export function publicDestination(url: string): string {
  const address = readDestination({ url });
  if ("error" in address) return "a destination";
  return `${address.kind === "rtmp" ? address.scheme : "srt"}://${writeHostPort(address)}`;
}

/** Why a passphrase cannot be used, or undefined. */
export function passphraseFault(passphrase: string): string | undefined {
  const length = byteLength(passphrase);
  if (length >= MIN_PASSPHRASE && length <= MAX_PASSPHRASE) return undefined;
  return `the passphrase must have ${MIN_PASSPHRASE} to ${MAX_PASSPHRASE} bytes, not ${length}`;
}

/** A path of several parts without a key ends with a slash, or its last part would be read as the key. */
function writeApp({ app, key }: RtmpAddress): string {
  const [path = ""] = app.split("?", 1);
  const isOpen = key === "" && path.includes("/");
  return isOpen ? `${path}/${app.slice(path.length)}` : app;
}

function readRtmp(
  scheme: "rtmp" | "rtmps",
  rest: string,
  { stream_key, passphrase }: DestinationText,
): RtmpAddress | AddressFault {
  if (passphrase) return cannot("RTMP has no passphrase. Use the stream key");
  const place = readPlace(rest);
  if ("error" in place) return place;
  const { tail, ...host } = place;
  const from = tail.replace(/^\/+/, "");
  const question = from.indexOf("?");
  const [path, query] = question < 0 ? [from, ""] : [from.slice(0, question), from.slice(question)];
  const slash = path.lastIndexOf("/");
  const last = path.slice(slash + 1);
  const isSplit = !stream_key && slash > 0 && last !== "";
  const base = (isSplit ? path.slice(0, slash) : path).replace(/\/+$/, "");
  const app = isSplit ? base : base + query;
  const key = isSplit ? last + query : stream_key ?? "";
  if (base === "") return cannot("its address has no application: it must be rtmp://host/app");
  if (byteLength(app) > MAX_APP) {
    return cannot(`its application, the path of the address, is longer than ${MAX_APP} bytes`);
  }
  return { kind: "rtmp", scheme, ...host, app, key };
}

function readSrt(rest: string, text: DestinationText): SrtAddress | AddressFault {
  const place = readPlace(rest);
  if ("error" in place) return place;
  const { tail, host, port } = place;
  if (port === undefined) return cannot("its address has no port: it must be srt://host:port");
  if (!/^\/?(\?|$)/.test(tail)) return cannot("its address has a path: it must be srt://host:port");
  const options = readOptions(tail.replace(/^\/?\??/, ""));
  if ("error" in options) return options;
  const { streamid, passphrase: inside, latency = String(DEFAULT_SRT_LATENCY) } = options;
  if (streamid && text.stream_key) return cannot("the stream id stands in its address and apart");
  if (inside && text.passphrase) return cannot("the passphrase stands in its address and apart");
  const milliseconds = Number(latency);
  if (!/^\d+$/.test(latency) || milliseconds < MIN_LATENCY || milliseconds > MAX_LATENCY) {
    return cannot(`its latency must be ${MIN_LATENCY} to ${MAX_LATENCY} milliseconds`);
  }
  const streamId = text.stream_key || streamid || undefined;
  if (streamId && byteLength(streamId) > MAX_STREAM_ID) {
    return cannot(`its stream id is longer than ${MAX_STREAM_ID} bytes`);
  }
  const passphrase = text.passphrase || inside || undefined;
  const fault = passphrase === undefined ? undefined : passphraseFault(passphrase);
  if (fault) return cannot(fault);
  return { kind: "srt", host, port, streamId, passphrase, latency: milliseconds };
}

type SrtOptions = {
  readonly streamid?: string;
  readonly passphrase?: string;
  readonly latency?: string;
};

function readOptions(query: string): SrtOptions | AddressFault {
  const found: Record<string, string> = {};
  for (const part of query.split("&").filter(Boolean)) {
    const sign = part.indexOf("=");
    const name = sign < 0 ? "" : part.slice(0, sign);
    const value = percentDecode(part.slice(sign + 1));
    if (name in found) return cannot(`its address has ${name} twice`);
    if (name === "streamid" || name === "passphrase" || name === "latency") found[name] = value;
    else if (GIVEN[name] !== value) {
      // A part without a name can be the rest of a secret that holds an `&`.
      return cannot(
        `its address may hold the options streamid, passphrase and latency${
          /^[a-z_]{1,20}$/.test(name) && sign > 0 ? `, not ${name} with this value` : ""
        }. Write & as %26 within a value`,
      );
    }
  }
  return found;
}

/** Reads the host; the text behind it stays as it is. */
function readPlace(rest: string): (HostPort & { readonly tail: string }) | AddressFault {
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  if (authority.includes("@")) return cannot("its address must not hold a user name or password");
  const place = readHostPort(authority);
  if (!place) return cannot("its address has no readable host and port");
  return { ...place, tail: end < 0 ? "" : rest.slice(end) };
}

function cannot(why: string): AddressFault {
  return { error: `Cannot send to this destination: ${why}` };
}
