/**
 * The words for every end of a session and every trouble of a media connection.
 *
 * @module
 */
import type { EndReason } from "../../../protocol/legs/room.ts";
import type { Trouble } from "../join/session_state.ts";
import { formatSeconds } from "../../shared/format.ts";
import type { Notice } from "./notice.ts";
import { refusalSentence } from "./refusals.ts";

/** What the screen shows after an end. `saved`: the room closed in an orderly way, so its state was kept. */
export function endNotice(
  reason: EndReason,
  { title, saved, trouble, cause }: {
    readonly title: string;
    readonly saved: boolean;
    readonly trouble?: Trouble | undefined;
    readonly cause?: string | undefined;
  },
): Notice {
  const body = trouble ? troubleSentence(trouble) : endSentence(reason);
  const notice = { ...head(reason, title), body, ...(cause && { cause }) };
  if (!saved || !RESTORABLE.includes(reason)) return notice;
  const save = trouble?.kind === "room_gone"
    ? "Continue goes on from its newest save, if the worker has one."
    : reason === "drained"
    ? "The game was saved: Continue goes on from there, at once or when its worker is back in service."
    : "The game was saved: Continue goes on from there.";
  return {
    ...notice,
    body: `${body} ${save}`,
    actions: ["continue", "again", "library"],
  };
}

/** Ends before which the worker saves by itself. */
const RESTORABLE: readonly EndReason[] = [
  "quit",
  "left",
  "place_needed",
  "unwatched",
  "operator",
  "drained",
];

function endSentence(reason: EndReason): string {
  switch (reason) {
    case "quit":
      return "You left the game.";
    case "left":
      return "You were away for too long, so the room was closed.";
    case "continued":
      return "You were away, and went on with the game in another window or on another device.";
    case "place_needed":
      return "You were away, or this page was hidden, and another player needed the place.";
    case "unwatched":
      return "Nobody watched for a long time, so the room was closed.";
    case "nothing_started":
      return "A place was kept, but nothing was started in it.";
    case "worker_lost":
      return "The worker cannot be reached any more.";
    case "not_connected":
      return "No media connection came about within 30 s. A firewall may block UDP.";
    case "operator":
      return "An operator closed the room.";
    case "drained":
      return "The worker was taken out of service.";
    case "crashed":
      return "The program it runs in stopped unexpectedly.";
    case "stalled":
      return "The program it runs in stopped answering and was closed.";
    case "failed":
      return "The worker could not run it.";
    case "kicked":
      return "A host of the room sent you out. You cannot come back while the room is open.";
    case "right_ended":
      return "You may not be here any more: the link, the sign-in or the choice of who may play ended.";
    case "source_ended":
      return "The live picture ended.";
  }
}

function head(
  reason: EndReason,
  title: string,
): Pick<Notice, "tone" | "icon" | "title" | "actions"> {
  const again = ["again", "library"] as const;
  const alarm = { tone: "alarm", icon: "warning", actions: again } as const;
  const calm = { tone: "calm", icon: "stop", actions: again } as const;
  switch (reason) {
    case "quit":
      return { ...calm, title: `You left ${title}` };
    case "continued":
      return { ...calm, title: `${title} goes on elsewhere` };
    case "left":
    case "place_needed":
    case "unwatched":
    case "drained":
      return { ...calm, title: `${title} ended` };
    case "nothing_started":
      return { ...calm, title: `${title} was not started` };
    case "operator":
      return { ...calm, title: `${title} was ended` };
    case "kicked":
      return { ...calm, icon: "people", title: `You were sent out of ${title}` };
    case "right_ended":
      return {
        ...calm,
        icon: "people",
        title: "Your invitation ended",
        actions: ["sign_in", "library"],
      };
    case "source_ended":
      return { ...calm, title: "The source stopped" };
    case "crashed":
      return { ...alarm, title: `${title} ended unexpectedly` };
    case "stalled":
      return { ...alarm, title: `${title} stopped answering` };
    case "failed":
      return { ...alarm, title: `${title} could not be started` };
    case "worker_lost":
      return { ...alarm, title: "The worker is gone" };
    case "not_connected":
      return {
        ...alarm,
        icon: "plug",
        title: "No media connection",
        actions: ["retry", "check", "library"],
      };
  }
}

/** Why there is no media connection, in one or two sentences. */
export function troubleSentence(trouble: Trouble): string {
  switch (trouble.kind) {
    case "no_offer":
      return "The worker did not offer a connection within 10 s.";
    case "no_media":
      return "No path to the worker was found in time. A firewall on the way may block UDP.";
    case "no_handshake":
      return "A path to the worker was found, but the media connection over it took too long.";
    case "no_network":
      return "This browser found no network to connect over. Any network will do, also one " +
        "without internet; loopback alone is not enough for a browser.";
    case "broken":
      return "The media connection broke.";
    case "no_picture":
      return "No picture came.";
    case "silent":
      return "Nothing came from the worker for 3 s.";
    case "stuck":
      return "The picture stood still for 10 s.";
    case "asleep":
      return `This device or tab was asleep for ${formatSeconds(trouble.ms)}.`;
    case "room_gone":
      return "The room was closed, or was lost with its worker, while this page was not connected.";
    case "refused":
      return refusalSentence(trouble.refusal);
  }
}
