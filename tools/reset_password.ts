/**
 * `npm run reset-password -- EMAIL`: makes a link by which a user sets a new password, in the data folder of this
 * machine's coordinator, whether or not that coordinator runs. Takes the coordinator's settings, such as `--data`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { createAudit } from "../coordinator/accounts/audit.ts";
import { issueResetLink } from "../coordinator/sign_in/password_reset.ts";
import { openSqliteStore } from "../coordinator/adapters/sqlite_store.ts";
import { type CoordinatorSettings, parseSettings } from "../coordinator/config.ts";
import { readAnyAddress } from "../coordinator/listen/address_file.ts";
import { removeSecondFactor } from "../coordinator/sign_in/second_factor.ts";
import { isRefused } from "../coordinator/refusals.ts";
import { systemClock } from "../protocol/clock.ts";
import { errorText } from "../protocol/error_text.ts";
import { createLog } from "../protocol/log.ts";
import { systemRandom } from "../protocol/random.ts";
import { Email } from "../protocol/rest/accounts.ts";

const USAGE = "Usage: npm run reset-password -- EMAIL [--data FOLDER] [--without-second-factor]";
/** Turns the second factor off too, for a person who lost app and recovery codes. */
const WITHOUT_SECOND_FACTOR = "--without-second-factor";

Deno.exit(await main(Deno.args));

/** Returns the exit code. */
async function main([given = "", ...options]: readonly string[]): Promise<number> {
  const email = Email.safeParse(given);
  if (!email.success) return fail(USAGE);
  const flags = options.filter((option) => option !== WITHOUT_SECOND_FACTOR);
  const read = parseSettings({ flags, env: Deno.env.toObject() });
  if (!read.ok) return fail(...read.faults);
  try {
    return await resetPassword(email.data, {
      settings: read.settings,
      withoutSecondFactor: flags.length < options.length,
    });
  } catch (error) {
    return fail(`Cannot make a link: ${errorText(error)}`);
  }
}

async function resetPassword(
  email: string,
  { settings, withoutSecondFactor }: {
    settings: CoordinatorSettings;
    withoutSecondFactor: boolean;
  },
): Promise<number> {
  const folder = resolve(settings.data);
  const database = join(folder, "farpad.db");
  // Opening a database that is not there would make an empty one.
  if (!(await Deno.stat(database).catch(() => undefined))?.isFile) {
    return fail(`Cannot find a database in ${folder}. Name the coordinator's folder with --data`);
  }
  using store = openSqliteStore(database);
  const [user] = await store.users.list({ where: { email }, limit: 1 });
  if (!user) return fail(`Cannot find a user with the email ${email} in ${folder}`);
  const log = createLog({ clock: systemClock, sink: () => {} });
  const ports = { store, clock: systemClock, random: systemRandom };
  const audit = createAudit({ ...ports, log });
  const whom = { by: "local command", userId: user.user_id };
  const link = await issueResetLink({ ...ports, audit }, whom);
  if (isRefused(link)) return fail(link.refusal.message);
  if (withoutSecondFactor) {
    await removeSecondFactor({ store, audit }, whom);
    console.log(`The second factor of ${email} is off.`);
  }
  const url = settings.publicUrl ?? `${readAnyAddress(folder)?.url ?? "http://127.0.0.1:8000"}/`;
  console.log(`Set a new password for ${email}, once, within 24 hours:`);
  console.log(url + link.path.slice(1));
  return 0;
}

function fail(...faults: readonly string[]): number {
  for (const fault of faults) console.error(fault);
  return 1;
}
