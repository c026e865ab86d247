/**
 * Chooses how this process sends media: past the runtime, with UDP segmentation (`gso`) or several packets a call
 * (`mmsg`), or through werift. It is tried out at the start, on two sockets of the loopback interface, and with a known
 * packet of RFC 7714.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import { Batch, type Grouping } from "./batch.ts";
import { type Libc, openLibc, type TrialLibc } from "./libc.ts";
import { type Libcrypto, openLibcrypto } from "./libcrypto.ts";
import { checkSealing, sendsInGroups } from "./trial.ts";

/** The ways past the runtime, by the name that the log gives them. */
const PATHS = [["gso", "segments"], ["mmsg", "packets"]] as const;

/** What a process needs to send past the runtime. */
export interface FastSend {
  readonly libc: Libc;
  readonly libcrypto: Libcrypto;
  readonly batch: Batch;
  /** How packets are passed to the system, unless a connection finds that it refuses. */
  readonly grouping: Grouping;
  readonly log: Log;
}

/** What is tried, and how the libraries are loaded. */
export interface FastSendOptions {
  readonly log: Log;
  /** Try no other way. */
  readonly only?: "gso" | "mmsg";
  readonly loadLibc?: () => TrialLibc;
  readonly loadLibcrypto?: () => Libcrypto;
}

/** Chooses the way and logs it; `undefined`: media is sent through werift. */
export function openFastSend(
  { log, only, loadLibc = openLibc, loadLibcrypto = openLibcrypto }: FastSendOptions,
): FastSend | undefined {
  try {
    if (Deno.build.os !== "linux") throw new Error(`it is made for Linux, not ${Deno.build.os}`);
    const libcrypto = loadLibcrypto();
    checkSealing(libcrypto);
    const libc = loadLibc();
    const batch = new Batch(libc);
    for (const [path, grouping] of PATHS) {
      if ((only ?? path) !== path || !sendsInGroups(libc, { batch, grouping })) continue;
      log.info("media is sent past the runtime", { path });
      return { libc, libcrypto, batch, grouping, log };
    }
    throw new Error("the system does not take several packets in one call");
  } catch (error) {
    log.warn("media is sent through werift, at several times the processor time", {
      path: "werift",
      reason: errorText(error),
    });
    return undefined;
  }
}

/** Chooses the way at the first call, because loading the libraries takes as long as a frame. */
export function chooseOnce(options: FastSendOptions): () => FastSend | undefined {
  let chosen: { readonly fastSend: FastSend | undefined } | undefined;
  return () => (chosen ??= { fastSend: openFastSend(options) }).fastSend;
}
