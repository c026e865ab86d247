/**
 * The objects that the views of the dashboard share, created once in `main.tsx`, and the hooks for them.
 *
 * @module
 */
import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";
import type { Clock } from "../../protocol/clock.ts";
import type { Topic } from "../../protocol/legs/operator_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { User } from "../../protocol/rest/accounts.ts";
import type { Toaster } from "../shared/toast.tsx";
import type { Api } from "./api.ts";
import type { Fleet } from "./fleet.ts";
import type { Live } from "./live.ts";
import type { Ask, Asks } from "./model/ask.ts";
import type { ServerTime } from "./time.ts";

/** The objects that all views share. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly api: Api;
  readonly asks: Asks;
  readonly fleet: Fleet;
  readonly live: Live;
  readonly time: ServerTime;
  readonly toaster: Toaster;
}

const Context = createContext<Services | undefined>(undefined);

/** Provides the services to the views beneath it. */
export const ServicesProvider = Context.Provider;

/**
 * The shared services.
 *
 * @throws {Error} No `ServicesProvider` is above the view.
 */
export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error("Cannot render: no ServicesProvider is above this view");
  return services;
}

/** Follows topics while the view is shown. */
export function useTopics(...topics: readonly (Topic | undefined)[]): void {
  const { live } = useServices();
  const known = topics.filter((topic) => topic !== undefined);
  useEffect(() => {
    const following = live.follow(known);
    return () => following[Symbol.dispose]();
  }, [known.join()]);
}

/** The request of this name; another view may have sent it. */
export function useAsk(key: string): Ask {
  return useServices().asks.of(key);
}

/** The coordinator's time. It changes every second, and the view is then drawn again. */
export function useNow(): number {
  return useServices().time.now.value;
}

/** The signed-in user. Only views behind the sign-in page may call this. */
export function useUser(): User {
  const state = useServices().api.state.value;
  if (state.state !== "signed_in") throw new Error("Cannot render: nobody is signed in");
  return state.user;
}

/** The reason that this user may not make changes, as a sentence; `undefined` when the user may. */
export function useReadOnly(needed: "operator" | "admin" = "operator"): string | undefined {
  const { role } = useUser();
  if (role === "admin" || (role === "operator" && needed === "operator")) return undefined;
  return needed === "admin"
    ? "Only an administrator can change this."
    : "You are signed in as a viewer: you see everything and change nothing.";
}
