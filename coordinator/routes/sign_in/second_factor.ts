/**
 * REST: one's own second factor, and an administrator's way to turn another's off.
 *
 * @module
 */
import { secondFactor as contracts } from "../../../protocol/rest/second_factor.ts";
import { isRefused } from "../../refusals.ts";
import type { SecondFactors } from "../../sign_in/second_factor.ts";
import type { Router } from "../rest/router.ts";

/** What {@linkcode secondFactorRoutes} calls. */
export interface SecondFactorServices {
  readonly secondFactors: SecondFactors;
}

/** Adds the routes of second factors. */
export function secondFactorRoutes(router: Router, { secondFactors }: SecondFactorServices): void {
  router.on(contracts.offer, ({ caller, body }) => secondFactors.offer(caller, body.current));
  router.on(contracts.confirm, async ({ caller, body }) => {
    const codes = await secondFactors.confirm(caller, body.code);
    return isRefused(codes) ? codes : { recovery_codes: [...codes] };
  });
  router.on(contracts.remove, async ({ caller, body }) => {
    return await secondFactors.remove(caller, body) ?? { ok: true as const };
  });
  router.on(contracts.removeOf, async ({ caller, params }) => {
    return await secondFactors.removeOf(caller, params.id) ?? { ok: true as const };
  });
}
