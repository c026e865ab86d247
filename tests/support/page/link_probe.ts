/**
 * Runs inside the player's page beside the probe: records the worker's target bitrate and measures gaps in the sound. It
 * does not change the page.
 *
 * @module
 */
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { readTelemetry } from "../../../web/play/media/readings.ts";

/** What a page receives over its link. */
export interface LinkProbe {
  /** The targets that the worker reported, oldest first: milliseconds since 1970, bits a second. */
  readonly targets: { readonly at: number; readonly bitrate: number }[];
  /** Longest run of sound that the browser made up because none arrived, in milliseconds. Setting it to 0 begins anew. */
  longestSoundGap: number;
  /** Running totals of the newest peer connection, as `getStats` names them. */
  video(): Promise<VideoTotals>;
}

/** Totals of received video (W3C webrtc-stats, `RTCInboundRtpStreamStats`). */
export interface VideoTotals {
  readonly pliCount: number;
  readonly firCount: number;
  readonly nackCount: number;
  readonly framesDecoded: number;
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly retransmittedPacketsReceived: number;
  readonly freezeCount: number;
  /** Seconds. A freeze is a time between pictures of more than max(3 × mean, mean + 150 ms). */
  readonly totalFreezesDuration: number;
}

declare global {
  var farpadLink: LinkProbe;
}

/** How often the sound's totals are read, in milliseconds. */
const PERIOD = 100;
const SAMPLES_PER_MS = 48;
const MAX_TARGETS = 1_000;

let connection: RTCPeerConnection | undefined;
/** Totals of concealment at the last reading, and the samples of the newest concealment so far. */
let concealed = { samples: 0, events: 0, current: 0 };

const original = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (label, options) {
  const channel = original.call(this, label, options);
  if (connection !== this) concealed = { samples: 0, events: 0, current: 0 };
  connection = this;
  if (label === "state") {
    channel.addEventListener("message", ({ data }) => {
      const message = compactCodec.decode(new Uint8Array(data));
      if (message?.type !== "Telemetry") return;
      const { bitrate_target: bitrate } = readTelemetry(message.payload);
      if (bitrate === undefined) return;
      const { targets } = globalThis.farpadLink;
      targets.push({ at: performance.timeOrigin + performance.now(), bitrate });
      if (targets.length > MAX_TARGETS) targets.shift();
    });
  }
  return channel;
};

globalThis.farpadLink = {
  targets: [],
  longestSoundGap: 0,
  async video() {
    const found = await inbound("video");
    const total = (name: string) => Number(found?.[name] ?? 0);
    return {
      pliCount: total("pliCount"),
      firCount: total("firCount"),
      nackCount: total("nackCount"),
      framesDecoded: total("framesDecoded"),
      bytesReceived: total("bytesReceived"),
      packetsReceived: total("packetsReceived"),
      packetsLost: total("packetsLost"),
      retransmittedPacketsReceived: total("retransmittedPacketsReceived"),
      freezeCount: total("freezeCount"),
      totalFreezesDuration: total("totalFreezesDuration"),
    };
  },
};

setInterval(async () => {
  const found = await inbound("audio");
  if (found === undefined) return;
  const samples = Number(found.concealedSamples ?? 0);
  const events = Number(found.concealmentEvents ?? 0);
  const more = samples - concealed.samples;
  const begun = events - concealed.events;
  // Before the first packet the browser has nothing to make up sound from.
  const isFirst = concealed.samples === 0 && concealed.events === 0;
  const current = begun > 0 ? more / begun : concealed.current + more;
  concealed = { samples, events, current: isFirst ? 0 : current };
  const { farpadLink } = globalThis;
  farpadLink.longestSoundGap = Math.max(
    farpadLink.longestSoundGap,
    concealed.current / SAMPLES_PER_MS,
  );
}, PERIOD);

async function inbound(kind: "audio" | "video"): Promise<Record<string, unknown> | undefined> {
  const report = await connection?.getStats();
  return [...report?.values() ?? []].find((entry) =>
    entry.type === "inbound-rtp" && entry.kind === kind
  );
}
