/**
 * A destination: listens at the address that is its first argument, with FFmpeg's options in the second as JSON, and
 * reports each packet that comes in.
 *
 * @module
 */
import process from "node:process";
import { Dictionary, FormatContext, InputFormat, Packet } from "node-av";
import { AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import type { FromSink } from "./children.ts";

const [url = "", given = "{}"] = Deno.args;
const isRtmp = url.startsWith("rtmp:");
const context = new FormatContext();
context.allocContext();
const format = InputFormat.findInputFormat(isRtmp ? "flv" : "mpegts");
const options: Record<string, string> = isRtmp ? { listen: "1" } : JSON.parse(given);
send({ type: "listening" });
await context.openInput(url, format, Dictionary.fromObject(options));
const packet = new Packet();
packet.alloc();
while (await context.readFrame(packet) >= 0) {
  const stream = context.streams[packet.streamIndex];
  const isVideo = stream?.codecpar.codecType === AVMEDIA_TYPE_VIDEO;
  send({ type: "packet", kind: isVideo ? "video" : "audio" });
  packet.unref();
}
Deno.kill(Deno.pid, "SIGKILL");

function send(message: FromSink): void {
  if (process.connected) process.send!(message);
}
