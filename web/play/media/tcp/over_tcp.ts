/**
 * Playing over TCP in this browser: whether it can, whether the person wants it, and what makes a connection.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { errorText } from "../../../../protocol/error_text.ts";
import type { SocketCodec } from "../../../../protocol/media_socket/messages.ts";
import type { OverTcp } from "../way.ts";
import { decodableCodecs } from "./picture_player.ts";
import { socketPeer } from "./socket_peer.ts";

const KEY = "farpad.way";

/** Whether the person wants TCP in any case. */
export const prefersTcp = signal(readPreference(() => localStorage));

/** Changes whether TCP is wanted in any case, and stores the choice on this device. */
export function togglePreferredWay(): void {
  prefersTcp.value = !prefersTcp.value;
  try {
    localStorage.setItem(KEY, prefersTcp.value ? "tcp" : "auto");
  } catch (error) {
    console.warn(`Cannot remember how media travels: ${errorText(error)}`);
  }
}

/** The choice that was made on this device. Storage that the browser forbids is read as empty. */
export function readPreference(storage: () => Pick<Storage, "getItem">): boolean {
  try {
    return storage().getItem(KEY) === "tcp";
  } catch {
    return false;
  }
}

/** The connections over TCP of this page. It finds out at once what the browser decodes. */
export function overTcp(): OverTcp {
  let codecs: readonly SocketCodec[] = [];
  void decodableCodecs().then((found) => (codecs = found));
  return {
    possible: () => codecs.length > 0,
    preferred: () => prefersTcp.value,
    open(offer, shown) {
      const canvas = document.createElement("canvas");
      return { canvas, createPeer: socketPeer(offer, { screen: { canvas, shown }, codecs }) };
    },
  };
}
