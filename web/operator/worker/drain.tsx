/**
 * The dialog that takes a worker out of service, which names what runs there and the deadline; and the button that
 * returns the worker to service.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetRoom, FleetWorker } from "../../../protocol/rest/fleet.ts";
import { plural } from "../model/format.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { SelectField } from "../widgets/form.tsx";

const DEADLINES = [
  { value: "0", label: "Close everything now" },
  { value: "600000", label: "10 minutes" },
  { value: "3600000", label: "1 hour" },
  { value: "28800000", label: "8 hours" },
] as const;

/** What happens to the rooms of a worker that is drained; `rooms` is absent until they have been read. */
export function runningSentences(rooms: readonly FleetRoom[] | undefined): readonly string[] {
  if (!rooms) return ["Reading which rooms run on it…"];
  if (rooms.length === 0) return ["Nothing runs on it."];
  const people = rooms.reduce((sum, { viewers }) => sum + viewers, 0);
  const streams = rooms.filter(({ stream_id }) => stream_id !== undefined).length;
  return [
    `${plural(rooms.length, "room")} with ${
      plural(people, "person", "people")
    } go on until the deadline, then they are closed. Players see the time from now on.`,
    ...(rooms.length > streams ? ["Games are saved when they are closed."] : []),
    ...(streams > 0
      ? [`${plural(streams, "stream")} among them ${streams === 1 ? "ends" : "end"} then.`]
      : []),
  ];
}

/** The dialog that drains a worker. `rooms` is absent until they have been read. */
export function DrainDialog(
  { worker, rooms, close }: {
    worker: FleetWorker;
    rooms: readonly FleetRoom[] | undefined;
    close: () => void;
  },
) {
  const { api, fleet } = useServices();
  const { worker_id, name } = worker;
  const ask = useAsk(`drain:${worker_id}`);
  const deadline = useSignal<(typeof DEADLINES)[number]["value"]>("600000");
  useEffect(() => ask.clear(), []);
  const drain = async () => {
    const args = { params: { id: worker_id }, body: { deadline_ms: Number(deadline.value) } };
    const answer = await ask.run(() => api.call(contracts.fleet.drain, args));
    if (!answer) return;
    fleet.setWorker(answer);
    close();
  };
  return (
    <Confirm
      title={`Drain ${name}?`}
      action={`Drain ${name}`}
      doing="Draining"
      ask={ask}
      confirm={() => void drain()}
      close={close}
    >
      <ul class="losses">
        <li>It takes no new rooms and no new streams from now on.</li>
        {runningSentences(rooms).map((sentence) => <li key={sentence}>{sentence}</li>)}
        <li>
          <em>Return to service</em>{" "}
          ends the draining at any time, and so does a restart of its process.
        </li>
      </ul>
      <SelectField
        label="Deadline"
        value={deadline.value}
        options={DEADLINES}
        change={(value) => void (deadline.value = value)}
      />
    </Confirm>
  );
}

/** The button that returns a draining worker to service. `blocked`: why it cannot be pressed. */
export function ReturnButton(
  { worker, blocked }: { worker: FleetWorker; blocked: string | undefined },
) {
  const { api, fleet } = useServices();
  const ask = useAsk(`undrain:${worker.worker_id}`);
  const back = async () => {
    const args = { params: { id: worker.worker_id } };
    const answer = await ask.run(() => api.call(contracts.fleet.undrain, args));
    if (answer) fleet.setWorker(answer);
  };
  return (
    <AskButton ask={ask} doing="Returning" blocked={blocked} press={() => void back()}>
      Return to service
    </AskButton>
  );
}
