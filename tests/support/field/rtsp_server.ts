/**
 * An RTSP camera for tests (RFC 2326, interleaved over TCP): it requires a user name and a password by Basic or Digest
 * (RFC 7617, RFC 2617), reports those it received, and sends H.264 until the test stalls or closes it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { nalType, splitNals } from "../../../media/annexb.ts";
import { encodeUnits } from "../media/units.ts";

const REALM = "camera";
const NONCE = "0123456789abcdef";
/** RTP's clock for pictures, per second, and the pictures a second. */
const TICKS = 90_000;
const RATE = 25;

/** A running camera. Disposing closes its connections and its port. */
export interface RtspCamera extends AsyncDisposable {
  readonly port: number;
  /** `Authorization` headers of `DESCRIBE`, in order; empty ones left out. */
  readonly authorizations: readonly string[];
  /** Request lines, in order. */
  readonly requests: readonly string[];
  /** Stops sending pictures while the connection stays open, or starts again. */
  stall(isStalled: boolean): void;
  /** Closes every connection and the port, as a camera that loses power. */
  leave(): Promise<void>;
  /** Listens again at the same port. */
  comeBack(): Promise<void>;
}

/** How the camera authenticates clients; without `auth` it serves every client. */
export interface RtspCameraOptions {
  readonly auth?: "basic" | "digest";
  readonly user?: string;
  readonly password?: string;
}

/** Listens on a free port of the loopback interface. */
export async function listenRtsp(
  { auth, user = "", password = "" }: RtspCameraOptions = {},
): Promise<RtspCamera> {
  const authorizations: string[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const units = encodeUnits({ profile: "baseline", count: 50 });
  let isStalled = false;
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;

  async function listen(at: number): Promise<Server> {
    const made = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {});
      serve(socket);
    });
    made.listen(at, "127.0.0.1");
    await once(made, "listening");
    return made;
  }

  function serve(socket: Socket): void {
    let held = "";
    socket.on("data", (data) => {
      held += data.toString("latin1");
      for (let end = held.indexOf("\r\n\r\n"); end >= 0; end = held.indexOf("\r\n\r\n")) {
        const text = Buffer.from(held.slice(0, end), "latin1").toString("utf8");
        held = held.slice(end + 4);
        answer(socket, text);
      }
    });
  }

  function answer(socket: Socket, text: string): void {
    const [line = "", ...lines] = text.slice(Math.max(0, text.search(/[A-Z_]+ rtsp/))).split(
      "\r\n",
    );
    const [method = "", uri = ""] = line.split(" ");
    const header = (name: string) =>
      lines.find((each) => each.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1)
        .trim() ??
        "";
    const reply = (status: string, headers: readonly string[] = [], body = "") =>
      socket.write(
        [
          `RTSP/1.0 ${status}`,
          `CSeq: ${header("cseq")}`,
          ...headers,
          ...(body ? [`Content-Length: ${body.length}`] : []),
          "",
          body,
        ].join("\r\n"),
      );
    if (method === "") return;
    requests.push(line);
    const authorization = header("authorization");
    if (method === "DESCRIBE" && authorization) authorizations.push(authorization);
    if (auth && method !== "OPTIONS" && !isAllowed(method, uri, authorization)) {
      const challenge = auth === "basic"
        ? `Basic realm="${REALM}"`
        : `Digest realm="${REALM}", nonce="${NONCE}"`;
      return void reply("401 Unauthorized", [`WWW-Authenticate: ${challenge}`]);
    }
    switch (method) {
      case "DESCRIBE":
        return void reply("200 OK", ["Content-Type: application/sdp"], SDP);
      case "SETUP":
        return void reply("200 OK", [
          "Session: 1;timeout=60",
          "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
        ]);
      case "PLAY":
        reply("200 OK", ["Session: 1"]);
        return play(socket);
      case "TEARDOWN":
        return void reply("200 OK", ["Session: 1"]);
      default:
        return void reply("200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"]);
    }
  }

  function isAllowed(method: string, uri: string, authorization: string): boolean {
    if (auth === "basic") {
      return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    }
    const md5 = (text: string) => createHash("md5").update(text).digest("hex");
    const response = md5(
      `${md5(`${user}:${REALM}:${password}`)}:${NONCE}:${md5(`${method}:${uri}`)}`,
    );
    return authorization.includes(`username="${user}"`) && authorization.includes(response);
  }

  function play(socket: Socket): void {
    let picture = 0;
    let sequence = 0;
    const timer = setInterval(() => {
      if (isStalled) return;
      const unit = units[picture % units.length]!;
      const nals = splitNals(unit.data).filter((nal) => nalType(nal) !== 6);
      nals.forEach((nal, at) => {
        const packet = Buffer.alloc(4 + 12 + nal.length);
        packet.set([0x24, 0], 0);
        packet.writeUInt16BE(12 + nal.length, 2);
        packet.set([0x80, at === nals.length - 1 ? 0xe0 : 0x60], 4);
        packet.writeUInt16BE(sequence++ & 0xffff, 6);
        packet.writeUInt32BE((picture * TICKS / RATE) >>> 0, 8);
        packet.writeUInt32BE(1, 12);
        packet.set(nal, 16);
        socket.write(packet);
      });
      picture += 1;
    }, 1000 / RATE);
    socket.on("close", () => clearInterval(timer));
  }

  async function leave(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }

  return {
    port,
    authorizations,
    requests,
    stall: (now) => void (isStalled = now),
    leave,
    async comeBack() {
      server = await listen(port);
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await leave();
    },
  };
}

const SDP = [
  "v=0",
  "o=- 0 0 IN IP4 127.0.0.1",
  "s=camera",
  "c=IN IP4 0.0.0.0",
  "t=0 0",
  "m=video 0 RTP/AVP 96",
  "a=rtpmap:96 H264/90000",
  "a=fmtp:96 packetization-mode=1",
  "a=control:track1",
  "",
].join("\r\n");
