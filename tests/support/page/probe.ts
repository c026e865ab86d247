/**
 * Runs inside the player's page: watches the picture and the clock channel, for tests and benchmarks. It does
 * not change the page.
 *
 * @module
 */
import { type ClockSample, decodeBounce, measure } from "../../../protocol/control/clock_sync.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { type BarCode, readBarCode } from "../../../protocol/picture/bar_code.ts";
import { type CarCode, readCarCode } from "../../../protocol/picture/car_code.ts";
import { readTimeCode } from "../../../protocol/picture/time_code.ts";

/** One picture as the compositor got it. */
export interface SeenPicture {
  /** When it was handed to the compositor, in milliseconds since 1970 by this page's clock. */
  readonly presentedAt: number;
  /** When it was drawn, by the worker's clock; absent without a time code. */
  readonly drawnAt: number | undefined;
  readonly bar: BarCode | undefined;
  readonly width: number;
  readonly height: number;
}

export interface Probe {
  readonly pictures: SeenPicture[];
  readonly clock: ClockSample[];
  /** When keys went down, in milliseconds since 1970 by the event's own time. */
  readonly presses: number[];
  /** When a link or button was clicked last. */
  clickedAt: number | undefined;
  /** Pictures handed to the compositor so far. */
  presented: number;
  readonly connections: RTCPeerConnection[];
  /** What the worker reported last: what to add to RTP times to get its clock, in milliseconds. */
  pictureOffset: number | undefined;
  /** What the simulated car does in the picture that is shown. */
  car(): CarCode | undefined;
}

declare global {
  var farpadProbe: Probe;
}

/** The largest number of pictures kept; the oldest are removed. */
const MAX_PICTURES = 3_000;
const WIDTH = 320;
const HEIGHT = 240;

const probe: Probe = {
  pictures: [],
  clock: [],
  presses: [],
  clickedAt: undefined,
  presented: 0,
  connections: [],
  pictureOffset: undefined,
  car: readCar,
};
globalThis.farpadProbe = probe;

const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
const context = canvas.getContext("2d", { willReadFrequently: true })!;
const watched = new WeakSet<HTMLVideoElement>();

listenToClock();
addEventListener("keydown", (event) => {
  if (!event.repeat) probe.presses.push(performance.timeOrigin + event.timeStamp);
}, { capture: true });
addEventListener("click", (event) => {
  probe.clickedAt = performance.timeOrigin + event.timeStamp;
}, { capture: true });
new MutationObserver(watchVideos).observe(document, { childList: true, subtree: true });
watchVideos();

function watchVideos(): void {
  for (const video of document.querySelectorAll("video")) {
    if (watched.has(video)) continue;
    watched.add(video);
    watch(video);
  }
}

function watch(video: HTMLVideoElement): void {
  video.requestVideoFrameCallback((_now, { presentationTime, presentedFrames, width, height }) => {
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    const image = { data, width: WIDTH, height: HEIGHT };
    probe.presented = presentedFrames;
    probe.pictures.push({
      presentedAt: performance.timeOrigin + presentationTime,
      drawnAt: readTimeCode(image),
      bar: readBarCode(image),
      width,
      height,
    });
    if (probe.pictures.length > MAX_PICTURES) probe.pictures.shift();
    watch(video);
  });
}

function readCar(): CarCode | undefined {
  const video = document.querySelector("video");
  if (!video || video.videoWidth === 0) return undefined;
  const [width, height] = [video.videoWidth, video.videoHeight];
  const whole = new OffscreenCanvas(width, height).getContext("2d")!;
  whole.drawImage(video, 0, 0);
  return readCarCode({ data: whole.getImageData(0, 0, width, height).data, width, height });
}

function listenToClock(): void {
  const original = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = original.call(this, label, options);
    if (!probe.connections.includes(this)) probe.connections.push(this);
    if (label === "state") {
      channel.addEventListener("message", ({ data }) => {
        const message = compactCodec.decode(new Uint8Array(data));
        const offset = message?.type === "Telemetry" && message.payload.picture_ms;
        if (typeof offset === "number") probe.pictureOffset = offset;
      });
    }
    if (label === "clock") {
      channel.addEventListener("message", ({ data }) => {
        const now = performance.timeOrigin + performance.now();
        const bounce = data instanceof ArrayBuffer ? decodeBounce(new Uint8Array(data)) : undefined;
        if (bounce?.server !== undefined) {
          probe.clock.push(measure(bounce.client, bounce.server, now));
        }
      });
    }
    return channel;
  };
}
