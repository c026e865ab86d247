/**
 * The demonstration device. The first administrator finds it in the dashboard, and `npm start` runs the agent that
 * enrols as this device, so that a stream can be started at once.
 *
 * @module
 */
import type { Caller } from "../accounts/caller.ts";
import { DEMO_CAMERA } from "../../protocol/rest/senders.ts";
import { isRefused } from "../refusals.ts";
import type { Senders } from "./senders.ts";

/** Creates the device for `admin` and passes its enrolment token to `hand`, which starts the agent with it. */
export async function createDemoDevice(
  admin: Caller,
  { senders, hand }: { senders: Pick<Senders, "create">; hand: (token: string) => Promise<void> },
): Promise<void> {
  const made = await senders.create(admin, DEMO_CAMERA);
  if (!isRefused(made)) await hand(made.enrollment.token);
}
