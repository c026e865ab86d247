/**
 * The destinations of the fleet, all of them, as pages fetch them.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Destination } from "../../../protocol/rest/streams.ts";
import { useServices } from "../services.ts";
import { type Fetching, useWhole } from "../widgets/fetched.ts";

/** Reads every destination, by name. */
export function useDestinations(): Fetching<readonly Destination[]> {
  const { api } = useServices();
  return useWhole("destinations", (cursor) =>
    api.call(contracts.destinations.list, {
      query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
    }));
}
