/**
 * The newest lines of this device's log, for operators. At most {@linkcode MAX_LOG_LINES} are kept, and the oldest is
 * dropped. Secrets are taken out before a line is kept.
 *
 * @module
 */
import {
  type DeviceLog,
  type LogLine,
  type LogRequest,
  MAX_LOG_LINES,
  MAX_LOG_TEXT,
} from "../../protocol/field/device_log.ts";
import { LEVELS } from "../../protocol/log.ts";
import { toPlainText } from "../../protocol/plain_text.ts";
import { hideSecrets } from "./secrets.ts";

/** Most characters of an answer, which leaves room for its envelope in a message of 64 Ki characters. */
const ANSWER_SIZE = 48 * 1024;
/** Characters of a text in which secrets are looked for; the rest is dropped unread. */
const SEARCHED = 4 * MAX_LOG_TEXT;

/** The lines that are kept. */
export class RecentLines {
  readonly #lines: LogLine[] = [];

  add({ at, level, text }: LogLine): void {
    const shown = hideSecrets(text.slice(0, SEARCHED));
    this.#lines.push({ at, level, text: toPlainText(shown, MAX_LOG_TEXT) });
    if (this.#lines.length > MAX_LOG_LINES) this.#lines.shift();
  }

  /** The newest lines that were asked for, as many as one message carries, oldest first. */
  newest({ lines: wanted, level }: LogRequest): DeviceLog {
    const least = LEVELS.indexOf(level);
    const found = this.#lines.filter((line) => LEVELS.indexOf(line.level) >= least);
    let size = 0;
    let from = found.length;
    while (from > 0 && found.length - from < wanted) {
      size += JSON.stringify(found[from - 1]).length + 1;
      if (size > ANSWER_SIZE) break;
      from -= 1;
    }
    return { lines: found.slice(from), left_out: from };
  }
}
