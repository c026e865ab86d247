/**
 * The worker's end of the room document: the newest documents, and what each page gets of them.
 *
 * ```text
 *            first intent                    acknowledges the newest
 *  unseen ───────────────▶ behind ─────────────────────────────────────▶ current
 *                          ▲   │ due: set, or merge from what it holds       │
 *                          │   └──────▶ again after 250, 500, 1000 … ms      │
 *                          └───────────── the document changes ──────────────┘
 * ```
 *
 * A page is sent nothing before its first intent, so that one that does not know documents gets none. Pure: time is
 * passed in.
 *
 * @module
 */
import type { Millis } from "../clock.ts";
import { type Entities, HISTORY, type Version } from "./document.ts";
import { makePatch } from "./merge_patch.ts";
import { isLater, nextRevision, NO_REVISION, type Revision } from "./revision.ts";
import type { StateMessage } from "./wire.ts";

/** Least time between two messages to one page, in milliseconds: 20 a second. */
export const STATE_PERIOD = 50;
/** Least time from one whole document to a newer one, in milliseconds: a page may lose what it holds as often as it says. */
const WHOLE_PERIOD = 250;
/** How soon an unacknowledged message is repeated at first, in milliseconds. */
export const FIRST_REPEAT = 250;
/** How late it is repeated at most, in milliseconds. */
export const LAST_REPEAT = 1_000;

/** The newest documents of a room, the newest last; never empty. */
export type History = readonly [Version, ...Version[]];

/** A history with a first document. */
export function beginHistory(entities: Entities, revision: Revision = 1): History {
  return [{ revision, entities }];
}

/** The newest document. */
export function newestOf(history: History): Version {
  return history[history.length - 1]!;
}

/** The history with one more document; the same one when nothing has changed. */
export function commit(history: History, entities: Entities): History {
  const newest = newestOf(history);
  if (makePatch(newest.entities, entities) === undefined) return history;
  const added = { revision: nextRevision(newest.revision), entities };
  return [...history, added].slice(-HISTORY) as [Version, ...Version[]];
}

/** What was sent to a page last. */
interface Sent {
  readonly revision: Revision;
  readonly at: Millis;
  /** When it is repeated unless it is acknowledged. */
  readonly repeatAt: Millis;
  /** When the document was sent whole last. */
  readonly wholeAt: Millis | undefined;
}

/** How far one page is. */
export type PageState =
  | { readonly state: "unseen" }
  | { readonly state: "current"; readonly acked: Revision; readonly sent?: Sent | undefined }
  | { readonly state: "behind"; readonly acked: Revision; readonly sent?: Sent | undefined };

/** A page that sent nothing yet. */
export const UNSEEN: PageState = { state: "unseen" };

/** What concerns a page: it acknowledged a document in an intent, or it may be sent one. */
export type PageEvent =
  | { readonly type: "acknowledged"; readonly revision: Revision }
  | { readonly type: "due"; readonly now: Millis };

/** The page's next state, and the message that it is to be sent. */
export interface PageStep {
  readonly page: PageState;
  readonly send?: StateMessage;
}

/** Takes an event of one page. */
export function stepPage(page: PageState, event: PageEvent, history: History): PageStep {
  switch (event.type) {
    case "acknowledged":
      return { page: acknowledge(page, event.revision, history) };
    case "due":
      return due(page, event.now, history);
  }
}

function acknowledge(page: PageState, revision: Revision, history: History): PageState {
  const before = page.state === "unseen" ? NO_REVISION : page.acked;
  const sent = page.state === "unseen" ? undefined : page.sent;
  // An acknowledgement that was overtaken by a later one says nothing.
  const isLate = revision !== NO_REVISION && before !== NO_REVISION && !isLater(revision, before);
  if (isLate) return page;
  const acked = find(history, revision) ? revision : NO_REVISION;
  if (acked === newestOf(history).revision) return { state: "current", acked, sent };
  // The page lost what it held: what was sent is of no use, and the whole document follows.
  const isReset = acked === NO_REVISION && before !== NO_REVISION;
  const kept = isReset && sent ? { ...sent, revision: NO_REVISION } : sent;
  return { state: "behind", acked, sent: kept };
}

function due(page: PageState, now: Millis, history: History): PageStep {
  const { revision } = newestOf(history);
  if (page.state === "unseen" || page.acked === revision) return { page };
  const { acked, sent } = page;
  const isRepeat = sent?.revision === revision;
  const isWhole = !find(history, acked);
  const next = !sent ? now : isRepeat ? sent.repeatAt : sent.at + STATE_PERIOD;
  const wholeNext = isWhole && sent?.wholeAt !== undefined ? sent.wholeAt + WHOLE_PERIOD : 0;
  if (now < next || now < wholeNext) return { page: { ...page, state: "behind" } };
  const waited = isRepeat ? Math.min(2 * (sent.repeatAt - sent.at), LAST_REPEAT) : FIRST_REPEAT;
  return {
    page: {
      state: "behind",
      acked,
      sent: {
        revision,
        at: now,
        repeatAt: (now + waited) as Millis,
        wholeAt: isWhole ? now : sent?.wholeAt,
      },
    },
    send: messageFrom(history, acked),
  };
}

/** The newest document for a page that holds `acked`: the change since then, or the whole. */
function messageFrom(history: History, acked: Revision): StateMessage {
  const { revision, entities } = newestOf(history);
  const base = find(history, acked);
  if (!base) return { type: "set", revision, entities };
  const patch = makePatch(base.entities, entities) ?? {};
  return { type: "merge", revision, from: base.revision, patch };
}

function find(history: History, revision: Revision): Version | undefined {
  return history.find((version) => version.revision === revision);
}
