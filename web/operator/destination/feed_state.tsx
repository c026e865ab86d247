/**
 * How a stream is sent to a destination, as the worker that sends it reported: its state and figures with their age.
 *
 * @module
 */
import type { Feed } from "../../../protocol/rest/streams.ts";
import { formatBytes, type Status } from "../../shared/format.ts";
import { plural } from "../model/format.ts";
import { ageNote } from "../model/freshness.ts";
import { useNow } from "../services.ts";
import { State } from "../widgets/tone.tsx";

/** The newest report on one feed. */
export type FeedReport = NonNullable<Feed["report"]>;

const STATES = {
  connecting: { tone: "attention", word: "Connecting" },
  sending: { tone: "live", word: "Sending" },
  waiting: { tone: "attention", word: "Waiting to retry" },
  failed: { tone: "lost", word: "Failed" },
} as const satisfies Record<FeedReport["state"], { tone: Status; word: string }>;

/** Nothing was tried yet when a feed waits without a reason: the stream brings no packets. */
const NOT_BEGUN = { tone: "attention", word: "Waiting for a picture" } as const;

function wordingOf(
  { state, detail }: FeedReport,
): { readonly tone: Status; readonly word: string } {
  return state === "waiting" && detail === undefined ? NOT_BEGUN : STATES[state];
}

/** Each state in one word, for a row that has little room. */
const SHORT: Readonly<Record<FeedReport["state"], string>> = {
  connecting: "Connecting",
  sending: "Sending",
  waiting: "Waiting",
  failed: "Failed",
};

/** The worst state first. */
const WORST: readonly FeedReport["state"][] = ["failed", "waiting", "connecting", "sending"];

/** The state of one feed, what was sent, and the fault as a sentence. An old report has its age and no colour. */
export function FeedState(
  { report, after }: { report: FeedReport | undefined; after: number },
) {
  const now = useNow();
  if (!report) return <span class="soft">No report yet</span>;
  const note = ageNote(report.at, { now, after });
  const { tone, word } = wordingOf(report);
  return (
    <>
      <State tone={note === undefined ? tone : "off"} word={word} />
      <span class="soft fine figures">
        {formatBytes(report.sent_bytes)}
        {report.restarts > 0 && `, ${plural(report.restarts, "restart")}`}
        {note !== undefined && <span class="age">{` ${note}`}</span>}
      </span>
      {report.detail && <p class="small">{report.detail}</p>}
    </>
  );
}

/** The worst state of a destination's feeds in one word: `Failed`, `Sending 2 streams`. */
export function feedSummary(
  feeds: readonly Feed[],
  { now, after }: { now: number; after: number },
): { readonly tone: Status; readonly word: string } {
  if (feeds.length === 0) return { tone: "off", word: "Not in use" };
  const streams = plural(feeds.length, "stream");
  const fresh = feeds.flatMap(({ report }) =>
    report && ageNote(report.at, { now, after }) === undefined ? [report] : []
  );
  const worst = WORST.find((state) => fresh.some((report) => report.state === state));
  if (worst === undefined || (worst === "sending" && fresh.length < feeds.length)) {
    return { tone: "off", word: `No report on ${streams}` };
  }
  if (worst === "sending") return { tone: "live", word: `Sending ${streams}` };
  const those = fresh.filter(({ state }) => state === worst);
  const { tone, word } = wordingOf(those.find(({ detail }) => detail !== undefined) ?? those[0]!);
  if (feeds.length === 1) return { tone, word };
  return { tone, word: `${SHORT[worst]}: ${those.length} of ${feeds.length}` };
}
