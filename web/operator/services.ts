/**
 * What the views of the dashboard share, made once in `main.tsx`, and the hooks by which they use it.
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

/** Follows topics for as long as the view is there. */
export function useTopics(...topics: readonly (Topic | undefined)[]): void {
  const { live } = useServices();
  const known = topics.filter((topic) => topic !== undefined);
  useEffect(() => {
    const following = live.follow(known);
    return () => following[Symbol.dispose]();
  }, [known.join()]);
}

/** The ask of one thing, as another view of it may have begun it. */
export function useAsk(key: string): Ask {
  return useServices().asks.of(key);
}

/** The coordinator's time, a new one each second: the view is drawn again with it. */
export function useNow(): number {
  return useServices().time.now.value;
}

/** Who is signed in. Only views below the sign-in page may ask. */
export function useUser(): User {
  const state = useServices().api.state.value;
  if (state.state !== "signed_in") throw new Error("Cannot render: nobody is signed in");
  return state.user;
}

/** Why this person may not change things here, in words; `undefined` when they may. */
export function useReadOnly(needed: "operator" | "admin" = "operator"): string | undefined {
  const { role } = useUser();
  if (role === "admin" || (role === "operator" && needed === "operator")) return undefined;
  return needed === "admin"
    ? "Only an administrator can change this."
    : "You are signed in as a viewer: you see everything and change nothing.";
}
