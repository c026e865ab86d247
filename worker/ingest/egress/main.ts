/**
 * The process that carries one stream to one destination: transport packets in at standard input, the same
 * pictures and sound out by RTMP or SRT, nothing encoded again. It ends with its input, its room or its first fault.
 *
 * @module
 */
import process from "node:process";
import { createSrtOpener } from "../../../media/links/srt_link.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import type { FromEgress, ToEgress } from "./ports.ts";
import { sendRtmp } from "./rtmp.ts";
import { readTarget, type Target } from "./target.ts";

/** Time for the last message to leave through the pipe, in milliseconds. */
const FAREWELL = 50;

process.on("disconnect", leave);
process.on("message", ({ url }: ToEgress) => void run(url));
send({ type: "ready" });

async function run(url: string): Promise<void> {
  const target = readTarget(url);
  const detail = "error" in target
    ? target.error
    : await (target.kind === "rtmp" ? sendRtmp(target.url, report) : sendSrt(target));
  send({ type: "failed", detail });
  await sleep(systemClock, FAREWELL);
  leave();
}

/** A link that is being opened breaks an orderly exit: libsrt aborts. */
function leave(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

const report = {
  connected: () => send({ type: "connected" }),
  sent: (bytes: number) => send({ type: "sent", bytes }),
};

/** SRT carries transport packets as they are. Resolves with what ended it. */
async function sendSrt(target: Extract<Target, { kind: "srt" }>): Promise<string> {
  const link = await createSrtOpener(systemClock)(target);
  if ("error" in link) return link.error;
  report.connected();
  let reportedAt = systemClock.now();
  for await (const chunk of Deno.stdin.readable) {
    const { error } = await link.send(chunk);
    if (error) return error;
    const now = systemClock.now();
    if (now - reportedAt < 1_000) continue;
    reportedAt = now;
    report.sent(link.figures.sentBytes);
  }
  return "The input ended";
}

function send(message: FromEgress): void {
  if (process.connected) process.send!(message);
}
