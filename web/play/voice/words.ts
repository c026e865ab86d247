/**
 * Why a voice cannot be sent or played here, in words.
 *
 * @module
 */

/** Why there is no microphone, or no voice of others. */
export type VoiceFault = "insecure" | "no_encoder" | "no_decoder" | "refused" | "missing" | "busy";

const SENTENCES: Readonly<Record<VoiceFault, string>> = {
  insecure:
    "Browsers open the microphone on secure pages alone. Open this page by https, or on the machine that it runs on.",
  no_encoder:
    "This browser cannot send a voice: it has no audio encoder. A current Chrome, Edge, Firefox or Safari on a computer has one.",
  no_decoder:
    "Somebody talks, and this browser cannot play voices: it has no audio decoder. A current Chrome, Edge, Firefox or Safari has one.",
  refused:
    "The microphone is refused for this page. Allow it beside the address of the page, then hold the button again.",
  missing: "No microphone was found on this device.",
  busy: "The microphone could not be opened. Another program may be using it.",
};

/** The sentence about a fault. */
export function faultSentence(fault: VoiceFault): string {
  return SENTENCES[fault];
}

/** What this browser lacks for talking; `undefined`: nothing. */
export function whyNoVoice(
  { isSecure, hasMicrophone, hasEncoder }: {
    readonly isSecure: boolean;
    readonly hasMicrophone: boolean;
    readonly hasEncoder: boolean;
  },
): VoiceFault | undefined {
  if (!isSecure) return "insecure";
  if (!hasMicrophone) return "missing";
  return hasEncoder ? undefined : "no_encoder";
}

/** What a refusal of the browser's `getUserMedia` means. */
export function microphoneFault(error: unknown): VoiceFault {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}
