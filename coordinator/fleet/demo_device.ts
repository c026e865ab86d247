/**
 * The device of the demonstration: the first administrator finds it in the dashboard, and `npm start` runs the
 * agent that enrols as it, so there is something to start on the first look.
 *
 * @module
 */
import type { Caller } from "../accounts/caller.ts";
import type { Senders } from "./senders.ts";

const NAME = "Demo camera";

/** Creates the device for `admin` and hands over its enrolment token, which the agent is started with. */
export async function createDemoDevice(
  admin: Caller,
  { senders, hand }: { senders: Pick<Senders, "create">; hand: (token: string) => Promise<void> },
): Promise<void> {
  const { enrollment } = await senders.create(admin, NAME);
  await hand(enrollment.token);
}
