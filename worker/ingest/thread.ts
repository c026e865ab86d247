/**
 * The thread that receives a field stream: bytes → units → frames and sound for the room. It is not the room's main
 * isolate, so that transcoding does not delay packets to viewers.
 *
 * @module
 */
import { TsDemuxer, type Unit } from "../../media/mpegts/demuxer.ts";
import { createOpusEncoder } from "../../media/opus_encoder.ts";
import { openSourceEncoders } from "../../media/video_encoder.ts";
import { every, preciseEpoch, systemClock } from "../../protocol/clock.ts";
import { systemRandom } from "../../protocol/random.ts";
import { SharedControl } from "../playback/shared_control.ts";
import type { IngestSpec, SourceInfo } from "../sources/ports.ts";
import { LayerEncoders, NOTHING_WANTED } from "../playback/layer_encoders.ts";
import { InputMeter } from "./input_meter.ts";
import { LiveSound } from "./live_sound.ts";
import { LiveVideo } from "./live_video.ts";
import type { FromIngest, ToIngest } from "./ports.ts";
import { makeStill } from "../pictures/make_still.ts";
import { StillTaker } from "../pictures/still_taker.ts";
import type { FieldReceiver } from "./srt/ports.ts";
import { receiveRist } from "./rist/rist_receiver.ts";
import { receiveSrt } from "./srt/receiver.ts";
import { receiveV3xctrl } from "./v3xctrl/receiver.ts";
import type { WhipReceiver } from "./whip/receiver.ts";

/** Time between two checks for the signal, in milliseconds. */
const TURN = 100;
/** Time between two checks for requests, in milliseconds: they have half a round trip before them. */
const REQUEST_TURN = 20;
/** Time between two reports of the figures, in milliseconds. */
const STATS_PERIOD = 1_000;
/** Pictures a second until the rate of the input is measured. */
const USUAL_RATE = 30;
/** Bits per second until the viewers' links are measured. */
const USUAL_BITRATE = 1_500_000;
/** Samples a second of the sound for viewers. */
const SAMPLE_RATE = 48_000;
/** Most ports that are tried before a stream is refused. */
const PORT_ATTEMPTS = 20;

/** TypeScript declares the globals of the main isolate; a thread has these two besides. */
const thread = self as unknown as {
  onmessage: (event: MessageEvent<ToIngest>) => void;
  postMessage(message: FromIngest, transfer: ArrayBuffer[]): void;
};

let tee: "on" | "off" = "off";

let whip: WhipReceiver | undefined;
let v3xctrl: ReturnType<typeof receiveV3xctrl> | undefined;

thread.onmessage = ({ data }) => {
  switch (data.type) {
    case "open":
      return open(data);
    case "tee":
      tee = data.state;
      return;
    case "streamer":
      return v3xctrl?.from(data.host);
    case "candidates":
      for (const candidate of data.candidates) whip?.addCandidate(candidate);
  }
};

function open(
  { spec, control: buffer, video: { targetHeight, hardware }, network }: Extract<
    ToIngest,
    { type: "open" }
  >,
): void {
  const control = new SharedControl(buffer);
  const clock = systemClock;
  const meter = new InputMeter(clock);
  const frame = (frame: Extract<FromIngest, { type: "frame" }>["frame"]) =>
    post({ type: "frame", frame }, [frame.data.buffer]);
  const encoders = new LayerEncoders({
    clock,
    control,
    ...openSourceEncoders({ targetHeight, hardware, failed: console.warn }),
    targetHeight,
    usualBitrate: USUAL_BITRATE,
    frameRate: () => meter.frameRate || USUAL_RATE,
    frame,
  });
  const wanted = () => control.paused ? NOTHING_WANTED : encoders.wanted;
  const video = new LiveVideo({ clock, encoders, wanted, frame, patience: spec.patience });
  const sound = new LiveSound({
    clock,
    createAudioEncoder: createOpusEncoder,
    sound: (packets) => post({ type: "sound", packets }, packets.map(({ data }) => data.buffer)),
  });
  const stills = new StillTaker({
    clock,
    make: (unit) => makeStill(unit, () => video.state.aspect),
    taken: (jpeg) => post({ type: "still", jpeg }, [jpeg.buffer]),
  });
  const unit = (unit: Unit) => {
    if (unit.codec === "h264" || unit.codec === "hevc") {
      meter.picture();
      video.unit(unit);
      stills.unit({ codec: unit.codec, data: unit.data }, video.parameterSets);
    } else if (!control.paused) sound.unit(unit);
  };
  const demuxer = new TsDemuxer({ unit });
  let ports: number[] = [];
  let reported: SourceInfo | undefined;
  const { offer, ice_servers: iceServers = [] } = spec.stream;
  if (offer !== undefined) void publish(offer);
  if (spec.stream.transport === "v3xctrl") v3xctrl = receiveRtp();
  const receiver = offer === undefined && !v3xctrl ? receive() : undefined;

  every(clock, TURN, () => {
    control.tick();
    video.turn();
    reportInfo();
  });
  every(clock, REQUEST_TURN, () => {
    if (encoders.takeRequests()) (whip ?? receiver)?.requestKeyframe();
  });
  every(clock, STATS_PERIOD, () => {
    const { counts } = whip ?? v3xctrl ?? demuxer;
    const link = receiver?.figures;
    const origin = video.takeOrigin();
    const latency = receiver && spec.stream.latency_ms;
    const input = meter.take({ ports, video: video.state, counts, link, latency, origin });
    post({ type: "stats", input });
  });

  function receive(): FieldReceiver {
    const { address, portRange: range, stream } = spec;
    const { latency_ms: latency, psk: passphrase } = stream;
    const listener = {
      connected: () => demuxer.restart(),
      bytes(bytes: Uint8Array) {
        meter.bytes(bytes.length);
        demuxer.push(bytes);
        if (tee === "off") return;
        const copy = new Uint8Array(bytes);
        post({ type: "packets", bytes: copy }, [copy.buffer]);
      },
      disconnected() {
        video.restart();
        sound.restart();
      },
      failed: (error: string) => post({ type: "failed", error }),
    };
    const bound = (numbers: number[]) => {
      ports = numbers;
      post({ type: "bound", ports });
    };
    if (stream.transport === "rist") {
      return receiveRist({
        ...{ clock, random: systemRandom, address, range, latency },
        epochOrigin: preciseEpoch() - clock.now(),
        ports: stream.ports,
        passphrase: passphrase ?? "",
        listener: { ...listener, bound },
      });
    }
    return receiveSrt({
      ...{ clock, instant: preciseEpoch, address, latency, passphrase },
      ports: portsToTry(spec),
      listener: { ...listener, bound: (number) => bound([number]) },
    }, { missing: console.warn });
  }

  function receiveRtp() {
    return receiveV3xctrl({
      ...{ clock, address: spec.address, ports: portsToTry(spec) },
      listener: {
        unit,
        bytes: (count) => meter.bytes(count),
        restarted: () => video.restart(),
        bound(number) {
          ports = [number];
          post({ type: "bound", ports });
        },
        failed: (error) => post({ type: "failed", error }),
      },
    });
  }

  /** The code of the connection is loaded where a stream is published alone. */
  async function publish(offer: string): Promise<void> {
    const { receiveWhip } = await import("./whip/receiver.ts");
    const { publisherPeers } = await import("../werift/answering/publisher_peer.ts");
    const createPeer = publisherPeers({ clock, random: systemRandom });
    whip = receiveWhip({
      ...{ clock, createPeer, offer, peer: { ...network, iceServers } },
      listener: {
        unit,
        answered: (answer) => post({ type: "bound", ports: [], answer }),
        bytes: (count) => meter.bytes(count),
        failed: (error, why) => post({ type: "failed", error, isLeft: why === "left" }),
      },
    });
  }

  function reportInfo(): void {
    const { width, height, aspect } = video.state;
    const frameRate = meter.frameRate || USUAL_RATE;
    if (width === 0) return;
    const differs = reported?.width !== width || reported.height !== height ||
      reported.aspect !== aspect ||
      Math.abs(reported.frameRate - frameRate) > 2;
    if (!differs) return;
    reported = { width, height, aspect, frameRate, sampleRate: SAMPLE_RATE, players: 0 };
    post({ type: "info", info: reported });
  }
}

/** The leased port, and those after it should another program have that. */
function portsToTry({ stream, portRange: [first, last] }: IngestSpec): number[] {
  const even = Array.from({ length: (last - first >> 1) + 1 }, (_, index) => first + index * 2);
  return [...new Set([stream.ports[0]!, ...even])].slice(0, PORT_ATTEMPTS);
}

function post(message: FromIngest, transfer: ArrayBuffer[] = []): void {
  thread.postMessage(message, transfer);
}
