/**
 * Keep live in words: its state with the reason, its hours, and the form's draft of them.
 *
 * @module
 */
import type { KeepLive, KeepLiveHours } from "../../../protocol/rest/keep_live.ts";
import { formatLeft } from "../../shared/format.ts";
import { formatMoment, formatWeekday } from "../model/format.ts";
import type { Wording } from "../model/words.ts";

/** The days of the week in the order of their numbers, 1 is Monday. */
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The state of keep live as a tone and a sentence. `now`: the coordinator's milliseconds since 1970. */
export function keepLiveWording(keepLive: KeepLive | undefined, now: number): Wording {
  if (!keepLive) return { tone: "off", word: "Off. It repeats a start, so start a stream first." };
  const { state, since, until = now, failures = 0, reason = "", hours, starts } = keepLive;
  const next = scheduleWords(keepLive, now) ?? "";
  switch (state) {
    case "off":
      return { tone: "off", word: `Off since ${formatMoment(since, now)}: ${sentence(reason)}` };
    case "outside":
      return { tone: "ready", word: `On, outside its hours: ${hoursWords(hours)}. ${next}`.trim() };
    case "waiting": {
      const tries = failures > 1 ? `, after ${failures} starts that did not last` : "";
      const when = until > now ? `Starts again in ${formatLeft(until - now)}` : "Starts again now";
      return { tone: "attention", word: `${when}${tries}: ${sentence(reason)}` };
    }
    case "starting":
      return { tone: "attention", word: `Starting: ${sentence(reason)}` };
    case "running": {
      const [newest] = starts;
      if (!newest) {
        return { tone: "live", word: "On. A stream that ends is started again by itself." };
      }
      const today = starts.filter(({ at }) => isSameDay(at, now)).length;
      const times = today > 1 ? ` ${ordinal(today)} start today.` : "";
      const at = formatMoment(newest.at, now);
      return { tone: "live", word: `Started at ${at}: ${sentence(newest.reason)}${times}` };
    }
  }
}

/** When the hours begin or end next; `undefined` when they do neither. */
export function scheduleWords(
  { state, begins_at, ends_at }: KeepLive,
  now: number,
): string | undefined {
  if (state === "off") return undefined;
  if (begins_at !== undefined) return `Next start ${formatWeekday(begins_at, now)}.`;
  return ends_at === undefined ? undefined : `Stops ${formatWeekday(ends_at, now)}.`;
}

/** `Mon to Fri, 08:00 to 22:00 (Europe/Berlin)`; `at any time` without hours. */
export function hoursWords(hours: KeepLiveHours | undefined): string {
  if (!hours) return "at any time";
  const { from, to, zone } = hours;
  const time = from === to ? "all day" : `${from} to ${to}${to < from ? " the next day" : ""}`;
  return `${daysWords(hours.days)}, ${time} (${zone})`;
}

function daysWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort();
  const first = sorted[0] ?? 1;
  const last = sorted.at(-1) ?? 7;
  if (sorted.length === 7) return "every day";
  if (sorted.length > 2 && last - first === sorted.length - 1) {
    return `${DAYS[first - 1]} to ${DAYS[last - 1]}`;
  }
  return sorted.map((day) => DAYS[day - 1]).join(", ");
}

/** Hours that a form begins with: every day from 8 to 22 in `zone`. */
export function firstHours(zone: string): KeepLiveHours {
  return { from: "08:00", to: "22:00", days: [1, 2, 3, 4, 5, 6, 7], zone };
}

/** Whether two hours are the same. */
export function sameHours(a: KeepLiveHours | undefined, b: KeepLiveHours | undefined): boolean {
  return hoursWords(a) === hoursWords(b);
}

/** A reason with its first letter small, for the middle of a sentence, and its full stop. */
function sentence(reason: string): string {
  const plain = reason.replace(/\.$/, "");
  const start = /^(The|It|Its|Keep|Nothing|Somebody|Cannot|Stopped)\b/.test(plain)
    ? plain.charAt(0).toLowerCase() + plain.slice(1)
    : plain;
  return `${start}.`;
}

function ordinal(count: number): string {
  return ["", "First", "Second", "Third"][count] ?? `${count}th`;
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
