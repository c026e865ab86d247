/**
 * The verbs about the options of the core that runs: everybody sees them, and a host changes them.
 *
 * @module
 */
import { type RefusalPayload, refuseFor } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { VerbHandlers } from "../commands/ports.ts";
import { refuseBy } from "../commands/refusals.ts";
import type { People } from "../document/people.ts";
import type { Running } from "../verbs.ts";
import { optionsAfter, shownOptions, wordsOf } from "./shown.ts";

type OptionVerb = "option.list" | "option.set";

/**
 * Makes the handlers. `running`: the app of a session that may do the verb; `changed`: an option has another value,
 * for everybody to know.
 */
export function optionVerbs(
  running: (session: SessionId, verb: OptionVerb) => Running | RefusalPayload,
  people: Pick<People, "of">,
  changed: (what: object) => void,
): Pick<VerbHandlers, OptionVerb> {
  return {
    "option.list": async (session, { after }) => {
      const app = running(session, "option.list");
      if ("error" in app) return app;
      const options = await app.playback.coreOptions();
      if ("error" in options) return refuseFor("internal", options.error);
      return optionsAfter(shownOptions(options), after);
    },
    "option.set": async (session, { key, value }) => {
      const app = running(session, "option.set");
      if ("error" in app) return app;
      const options = await app.playback.coreOptions();
      if ("error" in options) return refuseFor("internal", options.error);
      const before = options.find((option) => option.key === key);
      // Also of one that the core hides: nobody sees it.
      if (!before) return refuseBy("option.unknown");
      const outcome = await app.playback.setCoreOption(key, value);
      if (typeof outcome === "object") return refuseFor("internal", outcome.error);
      if (outcome === "unknown") return refuseBy("option.unknown");
      if (outcome === "no_choice") return refuseBy("option.value");
      if (before.value !== value) {
        changed({ by: people.of(session)?.id, ...wordsOf(before, value) });
      }
      return {};
    },
  };
}
