/**
 * REST: presets, the settings of a start kept under a name: source, encoder, links, destinations and latency.
 *
 * @module
 */
import * as z from "zod/mini";
import { PresetId, UserId } from "../ids.ts";
import { DisplayName } from "./accounts.ts";
import { contract, Done, EVERY_ROLE, OPERATORS, page, Paging } from "./contract.ts";
import { StartStream } from "./senders.ts";

/** The settings of a start, of any sender. */
export const PresetStart = z.omit(StartStream, { stream_id: true });
export type PresetStart = z.infer<typeof PresetStart>;

/** A preset. The address of a camera is kept without its user name and password. */
export const Preset = z.object({
  preset_id: PresetId,
  owner_id: UserId,
  name: z.string(),
  start: PresetStart,
  /** When it was saved last, milliseconds since 1970. */
  saved_at: z.number(),
});
export type Preset = z.infer<typeof Preset>;

/** The contracts of presets. */
export const presets = {
  list: contract({
    method: "GET",
    path: "/api/presets",
    summary: "List presets, by name",
    access: EVERY_ROLE,
    query: Paging,
    response: page(Preset),
  }),
  save: contract({
    method: "POST",
    path: "/api/presets",
    summary: "Save a preset; the fleet's preset of the same name is replaced",
    access: OPERATORS,
    body: z.object({ name: DisplayName, start: PresetStart }),
    response: Preset,
    status: 201,
  }),
  remove: contract({
    method: "DELETE",
    path: "/api/presets/:id",
    summary: "Remove a preset; streams that were started from it go on",
    access: OPERATORS,
    params: z.object({ id: PresetId }),
    response: Done,
  }),
};
