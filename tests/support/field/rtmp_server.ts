/**
 * An RTMP server for tests, with the parts that a publisher needs: it reads the handshake, the chunks and the AMF0
 * commands (Adobe RTMP 1.0 §5, §7), reports the application and the key, and accepts or refuses the stream.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** The application, the address and the stream key of one publisher. */
export interface Publishing {
  readonly app: string;
  readonly tcUrl: string;
  readonly key: string;
}

/** A running RTMP server. Disposing closes it. */
export interface RtmpServer extends AsyncDisposable {
  readonly port: number;
  /** Every `publish` that arrived. */
  readonly published: readonly Publishing[];
  /** Media messages by kind, over all connections. */
  readonly media: { video: number; audio: number };
  /** Closes every connection. */
  cut(): void;
}

/** The part that the server refuses: the application (`connect`) or the stream key (`publish`). */
export type RtmpRefusal = "app" | "key";

const HANDSHAKE = 1536;
/** Message types of RTMP §5.4 and §7.1. */
const SET_CHUNK_SIZE = 1;
const AUDIO = 8;
const VIDEO = 9;
const COMMAND = 20;

/** Listens on a free port of the loopback interface. */
export async function listenRtmp(
  { refuse, port = 0, tls }: {
    readonly refuse?: RtmpRefusal;
    readonly port?: number;
    /** Certificate and key in PEM, for RTMPS. */
    readonly tls?: { readonly cert: string; readonly key: string };
  } = {},
): Promise<RtmpServer> {
  const published: Publishing[] = [];
  const media = { video: 0, audio: 0 };
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    serve(socket).catch(() => socket.destroy());
  };
  const server = tls ? createTlsServer(tls, accept) : createServer(accept);

  async function serve(socket: Socket): Promise<void> {
    const read = reader(socket);
    const c0c1 = await read(1 + HANDSHAKE);
    socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(HANDSHAKE), c0c1.subarray(1)]));
    await read(HANDSHAKE);
    let app = "";
    let tcUrl = "";
    for await (const { type, payload } of messages(read)) {
      if (type === VIDEO) media.video += 1;
      if (type === AUDIO) media.audio += 1;
      if (type !== COMMAND) continue;
      const [name, id = 0, info, key] = readAmf(payload);
      switch (name) {
        case "connect": {
          ({ app = "", tcUrl = "" } = info as Record<string, string>);
          const isRefused = refuse === "app";
          command(socket, isRefused ? "_error" : "_result", id, null, {
            level: isRefused ? "error" : "status",
            code: `NetConnection.Connect.${isRefused ? "Rejected" : "Success"}`,
            description: isRefused ? `Unknown application ${app}` : "Connected",
          });
          break;
        }
        case "createStream":
          command(socket, "_result", id, null, 1);
          break;
        case "publish": {
          published.push({ app, tcUrl, key: String(key) });
          const isRefused = refuse === "key";
          command(socket, "onStatus", 0, null, {
            level: isRefused ? "error" : "status",
            code: `NetStream.Publish.${isRefused ? "BadName" : "Start"}`,
            description: isRefused ? `Unknown stream ${key}` : "Publishing",
          });
          if (isRefused) socket.end();
        }
      }
    }
  }

  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    published,
    media,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

type Read = (length: number) => Promise<Buffer>;

/** Makes the function that reads an exact number of bytes. */
function reader(socket: Socket): Read {
  const chunks = socket[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return async (length) => {
    while (held.length < length) {
      const { done, value } = await chunks.next();
      if (done) throw new Error("The connection is closed");
      held = Buffer.concat([held, value as Buffer]);
    }
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
}

interface ChunkStream {
  type: number;
  length: number;
  parts: Buffer[];
  have: number;
  isExtended: boolean;
}

/** The messages that the chunks (§5.3) contain. */
async function* messages(read: Read): AsyncGenerator<{ type: number; payload: Buffer }> {
  const streams = new Map<number, ChunkStream>();
  let chunkSize = 128;
  for (;;) {
    const [basic = 0] = await read(1);
    const low = basic & 63;
    const id = low === 0
      ? 64 + (await read(1))[0]!
      : low === 1
      ? 64 + (await read(2)).readUInt16LE()
      : low;
    const stream = streams.get(id) ??
      { type: 0, length: 0, parts: [], have: 0, isExtended: false };
    streams.set(id, stream);
    const kind = basic >> 6;
    const header = await read([11, 7, 3, 0][kind]!);
    if (kind < 3) stream.isExtended = header.readUIntBE(0, 3) === 0xffffff;
    if (kind < 2) {
      stream.length = header.readUIntBE(3, 3);
      stream.type = header[6]!;
    }
    if (stream.isExtended) await read(4);
    const part = await read(Math.min(chunkSize, stream.length - stream.have));
    stream.parts.push(part);
    stream.have += part.length;
    if (stream.have < stream.length) continue;
    const payload = Buffer.concat(stream.parts);
    Object.assign(stream, { parts: [], have: 0 });
    if (stream.type === SET_CHUNK_SIZE) chunkSize = payload.readUInt32BE();
    yield { type: stream.type, payload };
  }
}

type Amf = string | number | boolean | null | { [name: string]: Amf };

/** AMF0 values, as many as there are. */
function readAmf(data: Buffer): Amf[] {
  let at = 0;
  const text = () => {
    const length = data.readUInt16BE(at);
    at += 2 + length;
    return data.toString("utf8", at - length, at);
  };
  const value = (): Amf => {
    switch (data[at++]) {
      case 0:
        at += 8;
        return data.readDoubleBE(at - 8);
      case 1:
        return data[at++] === 1;
      case 2:
        return text();
      case 3: {
        const object: { [name: string]: Amf } = {};
        for (let name = text(); name !== ""; name = text()) object[name] = value();
        at += 1;
        return object;
      }
      default:
        return null;
    }
  };
  const found: Amf[] = [];
  while (at < data.length) found.push(value());
  return found;
}

function writeAmf(value: Amf): Buffer {
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (value === null) return Buffer.from([5]);
  if (typeof value === "string") return Buffer.concat([Buffer.from([2]), writeText(value)]);
  if (typeof value === "boolean") return Buffer.from([1, Number(value)]);
  const members = Object.entries(value).flatMap((
    [name, each],
  ) => [writeText(name), writeAmf(each)]);
  return Buffer.concat([Buffer.from([3]), ...members, Buffer.from([0, 0, 9])]);
}

function writeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** Sends a command in chunks of 128 bytes on chunk stream 3. */
function command(socket: Socket, ...values: Amf[]): void {
  const payload = Buffer.concat(values.map(writeAmf));
  const header = Buffer.from([
    3,
    0,
    0,
    0,
    0,
    payload.length >> 8,
    payload.length & 255,
    COMMAND,
    0,
    0,
    0,
    0,
  ]);
  const chunks: Buffer[] = [header];
  for (let at = 0; at < payload.length; at += 128) {
    if (at > 0) chunks.push(Buffer.from([0xc3]));
    chunks.push(payload.subarray(at, at + 128));
  }
  socket.write(Buffer.concat(chunks));
}
