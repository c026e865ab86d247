/**
 * A field device in one file: enrols with a token, and sends a video file whenever an operator starts a stream.
 * It keeps no key, so each run needs a new token; the real agent (`agent/`) keeps one and reconnects.
 *
 * `deno run --allow-env --allow-net --allow-run examples/send_file.ts 'farpad-enroll:?url=…&token=…' clip.mp4`
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createPipelineStarter } from "../agent/pipeline/process.ts";
import type { Pipeline } from "../agent/pipeline/ports.ts";
import { systemClock as clock } from "../protocol/clock.ts";
import { stamp } from "../protocol/envelope.ts";
import { readEnrollment } from "../protocol/field/enrollment.ts";
import { type FromAgent, fromAgent, toAgent } from "../protocol/legs/agent_leg.ts";
import { startChild } from "../protocol/process/child.ts";
import { systemRandom as random } from "../protocol/random.ts";

/** Sends `file` whenever a stream is started, until the coordinator closes the connection. */
export async function sendFile(enrollment: string, file: string): Promise<void> {
  const { url, token: enrollment_token } = readEnrollment(enrollment) ?? {};
  if (!url || !enrollment_token) throw new Error("Cannot enrol: the text is no enrolment QR text");
  const { publicKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign"]) as CryptoKeyPair;
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const device_public_key = key.toBase64({ alphabet: "base64url", omitPadding: true });
  const about = { agent_version: "example", hostname: "example", arch: Deno.build.arch };
  const source = { mode: "file" as const, path: resolve(file), loop: true };
  const program = { entry: fileURLToPath(import.meta.resolve("../agent/main.ts")), arguments: [] };
  const options = { clock, startChild, program, statsPeriod: () => 1_000, inputPatience: 0 };
  const start = createPipelineStarter({ ...options, media: dirname(source.path) });
  let token: string | undefined;
  let running: Pipeline | undefined;
  const socket = new WebSocket(url);
  const send = (type: FromAgent["type"], payload: unknown, id?: string) => {
    const envelope = { ...stamp({ clock, random }), ...(id && { id }), ...(token && { token }) };
    socket.send(fromAgent.encode({ ...envelope, type, payload } as FromAgent));
  };
  socket.onopen = () => send("auth.login", { enrollment_token, device_public_key, ...about });
  socket.onmessage = ({ data }) => {
    const decoded = toAgent.decode(String(data));
    if (!decoded.ok) return;
    const { id, type, payload } = decoded.message;
    if (type === "auth.login.response" && payload.success) token = payload.session_token;
    if (type === "stream.stop") running?.stop("control_plane_stop");
    if (type === "stream.start") {
      const { stream_id } = payload;
      running = start({ ...payload, source }, {
        stats: (stats) => send("stream.stats", { stream_id, ...stats }),
        ended: (end) => send("stream.ended", { stream_id, duration_s: 0, total_bytes: 0, ...end }),
      });
      send("stream.start.response", { stream_id }, id);
    }
    if (type === "stream.stop") send("stream.stop.response", { stream_id: payload.stream_id }, id);
  };
  await new Promise<void>((closed) => socket.onclose = () => closed());
  running?.stop("agent_shutdown");
}

if (import.meta.main) await sendFile(Deno.args[0] ?? "", Deno.args[1] ?? "");
