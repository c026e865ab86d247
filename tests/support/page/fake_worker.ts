/**
 * Runs inside the player's page: a worker made of the browser's own parts. It offers a drawn picture and a tone over
 * a real peer connection, and the fake coordinator controls it over a WebSocket.
 *
 * @module
 */
import { channelOptions, CHANNELS } from "../../../protocol/control/channels.ts";
import { decodeBounce, encodeBounce } from "../../../protocol/control/clock_sync.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { decodeIntent } from "../../../protocol/room_state/wire.ts";
import { drawDuel } from "./duel.ts";
import { type Refusals, type RoomOrder, type RoomReport, startRoom } from "./fake_room.ts";
import { startVehicle, type VehicleOrder, type VehicleReport } from "./fake_vehicle.ts";
import { drawRoad } from "./road.ts";
import { drawScene } from "./scene.ts";

/** A message from the fake coordinator to this worker. `peer`: which connection it is about; absent: the only one. */
export type Order = { readonly peer?: string } & OrderOf;

type OrderOf =
  /** `you`: the page's person in the room. `refusals`: what the room refuses. */
  | { readonly type: "init"; readonly you?: string; readonly refusals?: Refusals }
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly type: "candidate"; readonly candidate: RTCIceCandidateInit }
  /** Pictures stop, everything else goes on. */
  | { readonly type: "freeze" }
  | { readonly type: "thaw" }
  /** The view of the room's vehicle from now on. */
  | { readonly type: "vehicle"; readonly view: VehicleOrder }
  /** The document of the room from now on. */
  | { readonly type: "room"; readonly room: RoomOrder }
  /** Views of the vehicle stop, everything else goes on. */
  | { readonly type: "no_views" }
  /** Everything stops without a message. */
  | { readonly type: "die" };

/** A message from this worker to the fake coordinator, about the connection `peer`. */
export type Report = { readonly peer?: string } & ReportOf;

type ReportOf =
  | { readonly type: "offer"; readonly sdp: string }
  | { readonly type: "candidate"; readonly candidate: RTCIceCandidateInit }
  | { readonly type: "pad"; readonly buttons: number }
  | RoomReport
  | VehicleReport;

/** The dashboard shows a camera, its wall many small ones, the player a game or what a vehicle sees. */
const SCENE = location.pathname.endsWith("/wall")
  ? { width: 640, height: 360, scale: 0.5, rate: 5, draw: drawScene }
  : location.pathname.startsWith("/operator")
  ? { width: 640, height: 360, scale: 2, rate: 12, draw: drawScene }
  : location.pathname.includes("rover") || location.search.includes("rover")
  ? { width: 640, height: 360, scale: 2, rate: 12, draw: drawRoad }
  : { width: 256, height: 240, scale: 3, rate: 12, draw: drawDuel };

const socket = new WebSocket(new URL("/fake-worker", location.href.replace(/^http/, "ws")));
/** The connections, by the `peer` of their orders. */
const connections = new Map<string | undefined, { connection: RTCPeerConnection; stop(): void }>();
let frozen = false;
let vehicle: ReturnType<typeof startVehicle> | undefined;
let room: ReturnType<typeof startRoom> | undefined;
/** What was ordered before the connection was there. */
let ordered: VehicleOrder = {};
let orderedRoom: RoomOrder | undefined;

socket.addEventListener("message", ({ data }) => void obey(JSON.parse(data)));

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case "init":
      stop(order.peer);
      return await offer(order);
    case "answer": {
      const answer = { type: "answer", sdp: order.sdp } as const;
      return await connections.get(order.peer)?.connection.setRemoteDescription(answer);
    }
    case "candidate":
      return await connections.get(order.peer)?.connection.addIceCandidate(order.candidate);
    case "freeze":
      frozen = true;
      return;
    case "thaw":
      frozen = false;
      return;
    case "vehicle":
      ordered = { ...ordered, ...order.view };
      return vehicle?.order(order.view);
    case "room":
      orderedRoom = order.room;
      return room?.order(order.room);
    case "no_views":
      return vehicle?.end();
    case "die":
      return stop(order.peer);
  }
}

function stop(peer: string | undefined): void {
  connections.get(peer)?.stop();
  connections.delete(peer);
}

function report(message: Report): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

async function offer(
  { peer: name, you = "p1", refusals = {} }: Extract<Order, { type: "init" }>,
): Promise<void> {
  frozen = false;
  const peer = new RTCPeerConnection();
  const about = name === undefined ? {} : { peer: name };
  const picture = startPicture();
  const tone = startTone();
  peer.addTrack(picture.track, new MediaStream());
  peer.addTrack(tone.track, new MediaStream());
  const state = peer.createDataChannel("state", channelOptions(CHANNELS.state));
  const clock = peer.createDataChannel("clock", channelOptions(CHANNELS.clock));
  const commands = peer.createDataChannel("commands", channelOptions(CHANNELS.commands));
  for (const name of ["assets", "media"] as const) {
    peer.createDataChannel(name, channelOptions(CHANNELS[name]));
  }
  const driven = vehicle = startVehicle(state, commands, report);
  if (Object.keys(ordered).length > 0) driven.order(ordered);
  room = startRoom(state, commands, { you, refusals, report });
  if (orderedRoom) room.order(orderedRoom);
  const telemetry = listen(state, clock);
  peer.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate) report({ ...about, type: "candidate", candidate: candidate.toJSON() });
  });
  connections.set(name, {
    connection: peer,
    stop() {
      picture.stop();
      tone.stop();
      telemetry();
      driven.end();
      peer.close();
    },
  });
  await peer.setLocalDescription(await peer.createOffer());
  report({ ...about, type: "offer", sdp: peer.localDescription!.sdp });
}

function listen(state: RTCDataChannel, clock: RTCDataChannel): () => void {
  let held = -1;
  state.binaryType = clock.binaryType = "arraybuffer";
  state.addEventListener("message", ({ data }) => {
    const control = decodeIntent(new Uint8Array(data))?.control;
    if (!control || !("buttons" in control)) return;
    if (control.buttons !== held) {
      held = control.buttons;
      report({ type: "pad", buttons: held });
    }
  });
  clock.addEventListener("message", ({ data }) => {
    const bounce = decodeBounce(new Uint8Array(data));
    const server = performance.timeOrigin + performance.now();
    // A delay, as on the way to another machine.
    if (bounce) {
      setTimeout(() => send(clock, encodeBounce({ ...bounce, server })), 16 + Math.random() * 5);
    }
  });
  const timer = setInterval(() => {
    const payload = { encode_ms: 1.8, frame_rate: 30, skipped: 0, bitrate_target: 4_000_000 };
    send(state, compactCodec.encode({ type: "Telemetry", timestamp: Date.now() / 1000, payload }));
  }, 1_000);
  return () => clearInterval(timer);
}

function send(channel: RTCDataChannel, bytes: Uint8Array<ArrayBuffer>): void {
  if (channel.readyState === "open") channel.send(bytes);
}

function startPicture() {
  const canvas = document.createElement("canvas");
  const { width, height, scale, rate, draw } = SCENE;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d", { alpha: false })!;
  let frame = 0;
  const timer = setInterval(() => {
    if (!frozen) draw(context, { frame: frame++, scale });
  }, 1000 / rate);
  const track = canvas.captureStream(rate).getVideoTracks()[0]!;
  return { track, stop: () => clearInterval(timer) };
}

function startTone() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const out = audio.createMediaStreamDestination();
  volume.gain.value = 0.05;
  tone.connect(volume).connect(out);
  tone.start();
  const track = out.stream.getAudioTracks()[0]!;
  return { track, stop: () => void audio.close() };
}
