/**
 * A room's live source in a process of its own, with one viewer that takes H.264.
 *
 * @module
 */
import process from "node:process";
import { openLiveSource } from "../../../worker/ingest/live_source.ts";
import type { FromReceiver, ToReceiver } from "./children.ts";

process.on("message", (message: ToReceiver) => {
  const { stream, portRange, patience } = message;
  const address = "127.0.0.1";
  const spec = { kind: "ingest", stream, address, portRange, patience } as const;
  const video = { targetHeight: 1 };
  const source = openLiveSource({
    spec,
    video,
    listener: listener(),
    network: { extraAddresses: [] },
  }, {
    bound: (ports) => send({ type: "live", event: { type: "bound", ports } }),
    stats: (stats) =>
      send({ type: "live", event: { type: "stats", stats: { ...stats, viewers: 1 } } }),
    packets: () => {},
    still: () => {},
    failed: (error) => send({ type: "live", event: { type: "failed", error } }),
  });
  source.control.main.codecs = ["h264"];
  source.control.main.bitrate = 1_000_000;
  source.control.setPaused("running");
});
send({ type: "ready" });

function listener(): Parameters<typeof openLiveSource>[0]["listener"] {
  return {
    opened: () => {},
    failed: () => {},
    info: () => {},
    rewind: () => {},
    rumble: () => {},
    frame: ({ data, timestamp, keyframe }) =>
      send({ type: "frame", data: data.toBase64(), timestamp, keyframe }),
    sound: (packets) =>
      send({ type: "sound", timestamps: packets.map(({ timestamp }) => timestamp) }),
    stats: () => {},
  };
}

function send(message: FromReceiver): void {
  if (process.connected) process.send!(message);
}
