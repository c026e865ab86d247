/**
 * Words for every refusal code: a sentence for a toast, and a title and the next action for the player's screen. Each
 * switch names every code, so that a new one does not compile until it has words.
 *
 * @module
 */
import type { Refusal } from "../../../protocol/envelope.ts";
import type { RefusalCode } from "../../../protocol/legs/refusals.ts";
import type { Notice } from "./notice.ts";

/** One sentence without the error text of the program that failed. */
export function refusalSentence({ code, detail = {} }: Refusal): string {
  const title = detail.title ?? "Another app";
  switch (code) {
    case "room.unknown":
      return "The room is not open any more, or the link is not complete.";
    case "room.no_capacity":
      return detail.worker ? `No free place on ${detail.worker}.` : "No place is free.";
    case "room.full":
      return "As many people as it can serve are in this room. Somebody has to leave first.";
    case "room.crowded":
      return "Many people come into this room at this moment. Try again in a few seconds.";
    case "room.forbidden":
      return "It belongs to another player. Ask that player for a link: Share, in the menu of the room, makes one.";
    case "app.forbidden":
      return "You may not start games here. Sign in, or ask a player for a link to a room.";
    case "role.watcher":
      return "Your link lets you watch. Ask for a link that lets you play.";
    case "role.host":
      return "Only a host of this room can do this.";
    case "app.live":
      return "Nobody can do this with a live picture.";
    case "seat.locked":
      return `${seatName(detail.seat)} is locked. A host of the room can give it to you.`;
    case "person.unknown":
      return "That person has left the room.";
    case "chat.closed":
      return "Only players write and talk in this room.";
    case "chat.rate":
      return "You write too fast for this chat. Wait a few seconds.";
    case "topic.forbidden":
      return "Only the room itself publishes this.";
    case "asset.failed":
      return "The file did not come whole to the worker. Try again.";
    case "screenshot.none":
      return "There is no picture of it to keep.";
    case "track.unknown":
    case "track.forbidden":
      return "The voice connection was not ready. Try again.";
    case "announce.needed":
    case "announce.version":
      return "This page and the worker are of different versions. Reload the page.";
    case "share.forbidden":
      return "Only a host of this room can share it.";
    case "share.unknown":
      return "This link works no longer: it was revoked, or has expired.";
    case "pass.invalid":
      return "The worker did not accept this session.";
    case "access":
      return "Farpad is open here to people who are signed in or were sent a link. Sign in, or ask for a link.";
    case "room.busy":
      return `${title} is running in this room. Leave it to start something else.`;
    case "room.empty":
      return "Nothing is running in this room yet.";
    case "worker.unseen":
      return "The worker of this room is not connected.";
    case "app.unknown":
      return detail.app_id
        ? `No worker has “${detail.app_id}”. It may have been removed or renamed.`
        : "No worker has it. It may have been removed or renamed.";
    case "app.unavailable":
      return "The worker cannot play it.";
    case "app.failed":
      return "The worker could not start it.";
    case "app.elsewhere":
      return `${title} is live in a room of its own. Open it from the library.`;
    case "target.none":
      return "The link names neither a room nor an app.";
    case "session.none":
    case "session.no_place":
    case "session.unknown":
      return "This window has no place on a worker. Start again from the library.";
    case "peer.unknown":
    case "webrtc.failed":
    case "webrtc.refused":
    case "webrtc.no_answer":
      return "The media connection could not be made.";
    case "seat.taken":
      return `${seatName(detail.seat)} is taken by another player.`;
    case "seat.asked":
      return `Somebody else asks for the wheel. Ask again in ${waitWord(detail.wait_ms)}.`;
    case "seat.wait":
      return `You asked a moment ago. Ask again in ${waitWord(detail.wait_ms)}.`;
    case "seat.unknown":
      return `There is no ${seatName(detail.seat)} here. Seats: ${detail.seats ?? 0}.`;
    case "seat.none":
      return "No seat is free for another pad.";
    case "seat.needed":
      return "Only players can do this. Take a seat first.";
    case "save.impossible":
      return "This app cannot be saved.";
    case "save.unwritable":
      return "The worker could not write the save. Earlier saves are kept.";
    case "save.full":
      return "There is no room for another save.";
    case "save.unknown":
      return "This save is gone, or it belongs to somebody else.";
    case "save.foreign":
      return "This save does not fit the game as it runs here.";
    case "too_large":
      return "The file is too large to be sent.";
    case "save.none":
      return "There is no save of this app.";
    case "save.unusable":
    case "save.unreadable":
      return "The save could not be loaded.";
    case "rewind.impossible":
      return "This game cannot go back any further.";
    case "option.unknown":
    case "option.value":
      return "The game does not have this option any more. Open the options again.";
    case "reset.impossible":
      return "This app cannot be started over.";
    case "record.unavailable":
      return "This worker keeps no recordings.";
    case "record.space":
      return "The space for recordings on this worker is used up. Remove some first.";
    case "record.empty":
      return "There is no picture here yet that a clip could be made of.";
    case "record.failed":
      return "The recording could not be made.";
    case "record.busy":
      return "The worker still writes a recording or a clip. Look among the recordings before you try again.";
    case "recording.unknown":
      return "There is no such recording any more.";
    case "link.down":
      return "Farpad cannot be reached at the moment.";
    case "link.lost":
      return "The connection to Farpad was lost before the answer came.";
    case "link.timeout":
      return "Farpad did not answer in time.";
    case "link.replaced":
      return "You opened Farpad in another window, and the session goes on there.";
    case "link.invalid":
      return "The address is not complete, or has characters that no room or app has.";
    case "message.too_large":
    case "message.malformed":
    case "message.unknown":
    case "message.invalid":
    case "query":
    case "answer_malformed":
    case "upgrade":
      return "This page and Farpad are of different versions. Reload the page.";
    case "rate":
    case "too_many":
      return "Too many requests at once. Try again in 10 s.";
    case "busy":
      return "Earlier requests are still under way. Try again when they are done.";
    case "unauthenticated":
    case "credentials_wrong":
    case "code_needed":
    case "code_wrong":
    case "token_wrong":
    case "token_used":
    case "token_expired":
    case "forbidden":
    case "host":
    case "origin":
    case "forged":
    case "worker.credential":
    case "worker.taken":
    case "metrics":
      return "You may not do this here. Sign in, or ask for a new link.";
    case "storage":
      return "Farpad cannot write to its disk at the moment. Its operators get an alert.";
    case "restart":
    case "unreachable":
    case "timeout":
      return "Farpad cannot be reached at the moment.";
    case "ingest.unknown":
    case "ingest.refused":
    case "ingest.failed":
    case "stream.none":
    case "stream.busy":
    case "stream.link":
    case "not_streaming":
    case "no_receiver":
    case "no_ports":
    case "sender_offline":
    case "sender_busy":
    case "sender_not_enrolled":
    case "agent_refused":
    case "agent_no_answer":
    case "worker_refused":
    case "worker_no_answer":
      return "The live picture cannot be shown.";
    case "config.not_hot":
    case "config.timeout":
    case "update.unmanaged":
    case "update.busy":
    case "update.streaming":
    case "update.url":
    case "update.signature":
    case "update.downgrade":
    case "settings.unmanaged":
    case "settings.busy":
    case "settings.streaming":
    case "settings.unusable":
    case "settings.unwritable":
    case "bad_request":
    case "url_forbidden":
    case "not_found":
    case "conflict":
    case "email_taken":
    case "in_use":
    case "internal":
    case "status":
    case "other":
      return `Farpad could not do this (${code}).`;
  }
}

/** The sentence, and the error text that came with it. */
export function refusalToast(refusal: Refusal): string {
  const sentence = refusalSentence(refusal);
  const cause = refusal.detail?.cause;
  return cause ? `${sentence} ${asSentence(cause)}` : sentence;
}

/** A cause that may be the second half of a sentence, such as "the disk is full", by itself. */
function asSentence(cause: string): string {
  const whole = cause.charAt(0).toUpperCase() + cause.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}

/** What the player's screen shows of a refusal. */
export function refusalNotice(refusal: Refusal): Notice {
  const cause = refusal.detail?.cause;
  return {
    ...HEADS[refusal.code] ?? CANNOT_START,
    body: refusalSentence(refusal),
    ...(cause && { cause }),
  };
}

const TO_LIBRARY = { tone: "calm", icon: "search", actions: ["library"] } as const;
const PRIVATE = { tone: "calm", icon: "people" } as const;
const CANNOT_START: Omit<Notice, "body"> = {
  tone: "alarm",
  icon: "warning",
  title: "Cannot start",
  actions: ["retry", "library"],
};
/** Codes with a title of their own. Trying again can help only the last one. */
const HEADS: Partial<Record<RefusalCode, Omit<Notice, "body">>> = {
  "access": { ...PRIVATE, title: "You need an invitation", actions: ["sign_in", "retry"] },
  "room.forbidden": { ...PRIVATE, title: "This room is private", actions: ["library", "sign_in"] },
  "app.forbidden": { ...PRIVATE, title: "Not open to you", actions: ["sign_in", "library"] },
  "room.unknown": { ...TO_LIBRARY, title: "This room is not open" },
  "link.invalid": { ...TO_LIBRARY, title: "This link leads nowhere" },
  "target.none": { ...TO_LIBRARY, title: "This link leads nowhere" },
  "app.unknown": { ...TO_LIBRARY, title: "Not in this library" },
  "link.replaced": { ...TO_LIBRARY, icon: "window", title: "Open in another window" },
  "app.unavailable": { ...CANNOT_START, title: "Cannot be played here", actions: ["library"] },
  "app.elsewhere": { ...CANNOT_START, title: "Cannot be played here", actions: ["library"] },
  "room.no_capacity": { ...CANNOT_START, icon: "clock", title: "No free place" },
  "room.full": { ...CANNOT_START, icon: "clock", title: "The room is full" },
};

function seatName(seat: number | undefined): string {
  return seat === undefined ? "The seat" : `P${seat + 1}`;
}

function waitWord(ms = 10_000): string {
  return `${Math.max(1, Math.ceil(ms / 1000))}\u202fs`;
}
