/**
 * The presets of all fleets: the settings of a start under a name. A name is used once in a fleet, in either case of its
 * letters.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, PresetId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { PresetStart } from "../../protocol/rest/presets.ts";
import type { Audit } from "../accounts/audit.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import { KEPT_OF_FLEET, surplus } from "../accounts/minting.ts";
import type { Store } from "../ports.ts";
import type { PresetRecord } from "../records/fleet.ts";
import { notFound, type Refused } from "../refusals.ts";
import { withoutSecrets } from "./starter.ts";

/** The presets of all fleets. */
export type Presets = ReturnType<typeof createPresets>;

/** Creates the service that keeps presets. */
export function createPresets(
  ports: { store: Store; clock: Clock; random: Random; audit: Audit },
) {
  const { store: { presets }, clock, audit } = ports;
  return {
    /** Saves a preset of the caller's fleet, in place of the one with this name. */
    async save(
      caller: Caller,
      { name, start }: { readonly name: string; readonly start: PresetStart },
    ): Promise<PresetRecord | Refused> {
      const { owner_id } = caller.user;
      const all = await presets.list({ where: { owner_id } });
      const known = all.find((row) => row.name.toLowerCase() === name.toLowerCase());
      const row: PresetRecord = {
        preset_id: known?.preset_id ?? PresetId.parse(newPrefixedId("prs", ports)),
        ...{ owner_id, name, saved_at: clock.epoch() },
        start: { ...start, source: withoutSecrets(start.source) },
      };
      const tooMany = known ? undefined : surplus({
        count: all.length,
        ...{ most: KEPT_OF_FLEET.presets, what: "presets in this fleet" },
        remedy: "Remove some of them",
      });
      if (tooMany) return tooMany;
      if (known) await presets.update(known.preset_id, () => row);
      else await presets.insert(row);
      audit.record({ action: "preset.save", by: caller, target: row.preset_id, detail: name });
      return row;
    },

    async remove(caller: Caller, id: PresetId): Promise<Refused | undefined> {
      const row = await presets.get(id);
      if (!row || !sees(caller, row.owner_id)) return notFound("preset", id);
      await presets.remove(id);
      audit.record({ action: "preset.remove", by: caller, target: id, detail: row.name });
      return undefined;
    },
  };
}
