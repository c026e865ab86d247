import type { Outcome, Trial, Versions } from "../../agent/update/versions.ts";

export interface VersionsState {
  current: string;
  trial: Trial | undefined;
  outcome: Outcome | undefined;
  kept: readonly string[];
}

/** The versions of an agent, in memory. */
export function fakeVersions(current: string): { state: VersionsState; versions: Versions } {
  const state: VersionsState = { current, trial: undefined, outcome: undefined, kept: [] };
  const versions: Versions = {
    program: "/opt/current/farpad-agent.js",
    current: () => Promise.resolve(state.current),
    pathOf: (version) => `/opt/versions/${version}/farpad-agent.js`,
    switchTo: (version) => Promise.resolve(void (state.current = version)),
    keepOnly: (names) => Promise.resolve(void (state.kept = names)),
    trial: () => Promise.resolve(state.trial),
    setTrial: (trial) => Promise.resolve(void (state.trial = trial)),
    outcome: () => Promise.resolve(state.outcome),
    setOutcome: (outcome) => Promise.resolve(void (state.outcome = outcome)),
  };
  return { state, versions };
}
