/**
 * The audit log in words: the actions, what they were done to, and who did them.
 *
 * @module
 */

/** The words of each action that the coordinator records. */
export const ACTIONS: Readonly<Record<string, string>> = {
  "login": "Signed in",
  "login.failed": "Sign-in refused",
  "password.change": "Changed the password",
  "password.reset": "Set a new password by a link",
  "password.reset_link": "Made a link for a new password",
  "second_factor.on": "Turned the second factor on",
  "second_factor.off": "Turned the second factor off",
  "token.create": "Made an API token",
  "token.revoke": "Revoked an API token",
  "sender.create": "Created a sender",
  "sender.rename": "Renamed a sender",
  "sender.tags": "Changed the tags of a sender",
  "sender.invite": "Made an enrolment token",
  "sender.publish_key": "Made a key to publish",
  "sender.publish_key_end": "Removed a key to publish",
  "sender.enroll": "Enrolled a device",
  "sender.revoke": "Decommissioned a sender",
  "sender.config": "Changed a running stream",
  "sender.update": "Updated an agent",
  "sender.settings": "Changed the settings of a device",
  "sender.local_control": "Changed start and stop at a box",
  "sender.log": "Read the log of a device",
  "sender.keep_live": "Changed keep live of a sender",
  "sender.on_demand": "Changed start on demand of a sender",
  "enroll.refused": "Enrolment refused",
  "stream.start": "Started a stream",
  "stream.publish": "Published a stream",
  "stream.open_ports": "Opened ports for v3xctrl",
  "stream.stop": "Stopped a stream",
  "stream.destinations": "Changed where a stream is sent",
  "vehicle.failsafe": "Vehicle in failsafe",
  "destination.create": "Created a destination",
  "destination.change": "Changed a destination",
  "destination.remove": "Removed a destination",
  "preset.save": "Saved a preset",
  "preset.remove": "Removed a preset",
  "worker.drain": "Drained a worker",
  "worker.undrain": "Returned a worker to service",
  "worker.credential": "Made a credential for a worker",
  "worker.revoke": "Revoked a worker's credential",
  "room.close": "Closed a room",
  "recording.start": "Began to record a room",
  "recording.stop": "Stopped recording a room",
  "recording.clip": "Made a clip of a room",
  "recording.remove": "Removed a recording",
  "room.seat_asked": "Asked for the wheel",
  "room.seat_given": "Gave the wheel",
  "room.seat_refused": "Refused the wheel",
  "user.create": "Created a person",
  "user.change": "Changed a person",
  "user.link": "Linked a person to the sign-in provider",
  "user.remove": "Removed a person",
  "user.invite": "Invited a person",
  "user.uninvite": "Withdrew an invitation",
  "access.set": "Changed who may play",
  "access.share": "Made a share link",
  "access.unshare": "Removed a share link",
  "alerts.change": "Changed the alerts",
};

/** An action in words: `Started a stream`. Of an unknown action its code, with spaces. */
export function actionWords(action: string): string {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (known !== undefined) return known;
  const words = action.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an action was done to. */
export interface Target {
  readonly word: string;
  /** The page of it, where it has one. */
  readonly page?: string;
}

/** The kinds of things by the beginning of their ids. */
const KINDS: Readonly<Record<string, { readonly word: string; readonly pages?: string }>> = {
  snd: { word: "Sender", pages: "senders" },
  str: { word: "Stream", pages: "streams" },
  dst: { word: "Destination" },
  prs: { word: "Preset" },
  usr: { word: "Person" },
  inv: { word: "Invitation" },
  shr: { word: "Share link" },
  tok: { word: "API token" },
};

/** What an action was done to, in words: `Sender`. A worker has an id that people gave it, so that is shown. */
export function targetWords(action: string, id: string): Target {
  if (action.startsWith("worker.")) return { word: id, page: `/operator/workers/${id}` };
  if (action.startsWith("room.")) return { word: "Room" };
  const kind = KINDS[id.slice(0, 3)];
  if (!kind || id[3] !== "_") return { word: id };
  return { word: kind.word, ...(kind.pages && { page: `/operator/${kind.pages}/${id}` }) };
}

/** Who did it: an email, or what acted by itself. */
export function actorWords(actor: string): string {
  if (actor === "device") return "The device";
  if (actor === "player") return "A player";
  return actor === "system" ? "Farpad" : actor;
}
