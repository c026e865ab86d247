/**
 * The process that sends one stream to one destination: it reads transport packets from standard input and sends them
 * over RTMP or SRT, without encoding. It checks the host of the destination itself and dials only the addresses that it
 * checked. It ends with its input, with its room, or with its first error.
 *
 * @module
 */
import { createFfmpegSrtOpener } from "../../../media/links/ffmpeg_srt_link.ts";
import { writeHostPort } from "../../../protocol/addresses/authority.ts";
import { readDestination, type SrtAddress } from "../../../protocol/addresses/destination.ts";
import { findReachable } from "../../../protocol/addresses/reach.ts";
import { systemResolve } from "../../../protocol/addresses/system_resolve.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { connectParent } from "../../../protocol/process/parent.ts";
import type { FromEgress, ToEgress } from "./ports.ts";
import { sendRtmp } from "./rtmp.ts";

/** The worker kills this process once it has the reason of the end; this long after it the process ends by itself. */
const UNREAD = 5_000;

const parent = connectParent<ToEgress, FromEgress>({
  receive: (start) => void run(start),
  gone: leave,
});
parent.send({ type: "ready" });

async function run(start: ToEgress): Promise<void> {
  parent.send({ type: "failed", detail: await send(start) });
  await sleep(systemClock, UNREAD);
  leave();
}

/** Sends to the destination. Resolves with the reason of the end, a sentence. */
async function send({ destination, allowedHosts: allowed }: ToEgress): Promise<string> {
  const address = readDestination(destination);
  if ("error" in address) return address.error;
  const reachable = await findReachable(address.host, { resolve: systemResolve, allowed });
  if ("error" in reachable) return reachable.error;
  return await (address.kind === "rtmp"
    ? sendRtmp(address, { reachable, report })
    : sendSrt({ ...address, host: reachable[0] }));
}

/** Ends the process at once: libsrt aborts an orderly exit while a link is being opened. */
function leave(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

const report = {
  connected: () => parent.send({ type: "connected" }),
  sent: (bytes: number) => parent.send({ type: "sent", bytes }),
};

/** Sends the transport packets unchanged over SRT. Resolves with the reason of the end, a sentence. */
async function sendSrt({ host, port, streamId, passphrase, latency }: SrtAddress): Promise<string> {
  const url = `srt://${writeHostPort({ host, port })}`;
  const link = await createFfmpegSrtOpener()({ url, streamId, passphrase, latency });
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
