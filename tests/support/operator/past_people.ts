/**
 * The people of a lived-in installation, as rows of its store: users, their logins, an invitation, share links,
 * the settings of alerts and access. Times count back from `now`, in milliseconds since 1970.
 *
 * @module
 */
import type { Store } from "../../../coordinator/ports.ts";
import { Passwords } from "../../../coordinator/secrets/password.ts";
import { RoomId, UserId } from "../../../protocol/ids.ts";
import type { Role } from "../../../protocol/rest/contract.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { HOUR, OWNER } from "./past.ts";

export const PASSWORD = "correct horse";
const passwordHash = (await new Passwords({
  clock: new FakeClock(),
  random: new SeededRandom(3),
  cost: { ln: 1, r: 1, p: 1 },
}).hash(PASSWORD, "known"))!;

/** The users that a scene can sign in. */
export const PEOPLE = {
  ada: "ada@example.org",
  mary: "mary@example.org",
} as const;

export async function writePeople(store: Store, now: number): Promise<void> {
  const add = async (id: string, name: string, role: Role, hours: number) => {
    await store.users.insert({
      user_id: UserId.parse(id),
      email: `${name.split(" ")[0]!.toLowerCase()}@example.org`,
      name,
      role,
      owner_id: OWNER,
      password_hash: passwordHash,
      disabled: id === "usr_joan",
      created_at: now - (1_000 + hours) * HOUR,
      last_login_at: now - hours * HOUR,
    });
  };
  await add("usr_ada", "Ada Lovelace", "admin", 700);
  await add("usr_grace", "Grace Hopper", "operator", 2);
  await add("usr_hedy", "Hedy Lamarr", "operator", 26);
  await add("usr_joan", "Joan Clarke", "viewer", 600);
  await add("usr_mary", "Mary Somerville", "viewer", 71);
  await writeLogin(store, now, { id: "log_phone", hours: 61, userAgent: PHONE });
  await writeLogin(store, now, { id: "log_desk", hours: 300, userAgent: DESK });
  await store.invitations.insert({
    invitation_id: "ivt_1",
    hash: "-",
    email: "katherine@example.org",
    role: "operator",
    owner_id: OWNER,
    created_by: OWNER,
    created_at: now - 20 * HOUR,
    expires_at: now + 52 * HOUR,
  });
  const link = { hash: "-", owner_id: OWNER };
  await store.shareLinks.insert({
    ...{ ...link, share_id: "shr_1", name: "Commentators" },
    ...{ created_at: now - 30 * HOUR, expires_at: now + 18 * HOUR },
  });
  await store.shareLinks.insert({
    ...{ ...link, share_id: "shr_2", name: "Start line for the jury" },
    ...{ room_id: RoomId.parse("room_1"), created_at: now - 3 * HOUR },
  });
}

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15 Safari/605.1";
const DESK = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Gecko/20100101 Firefox/150.0";

async function writeLogin(
  store: Store,
  now: number,
  { id, hours, userAgent }: { id: string; hours: number; userAgent: string },
): Promise<void> {
  const created_at = now - hours * HOUR;
  const used = now - hours * HOUR / 7;
  await store.logins.insert({
    ...{ login_id: id, user_id: OWNER, hash: "-", spent: [], address: "203.0.113.48" },
    ...{ rotated_at: used, created_at, last_used_at: used, user_agent: userAgent },
    expires_at: now + 400 * HOUR,
  });
}
