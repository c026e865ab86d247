/**
 * The next steps of a new installation.
 *
 * @module
 */
import { Icon } from "../../shared/icon.tsx";
import { useServices } from "../services.ts";

/** The steps of a new installation; a step is ticked when the fleet shows that it is done. */
export function FirstSteps() {
  const { fleet } = useServices();
  const senders = [...fleet.on.senders.value.values()];
  if (senders.some(({ enrolled_at }) => enrolled_at !== undefined)) return null;
  const steps = [
    {
      done: fleet.on.workers.value.size > 0,
      name: "Connect a worker",
      words: "It runs rooms and receives streams. npm start brings one along.",
      href: "/operator/workers",
    },
    {
      done: senders.length > 0,
      name: "Create a sender",
      words: "You get a one-time token, as a command to copy and as a QR code.",
      href: "/operator/senders",
    },
    {
      done: false,
      name: "Run the command on the box",
      words: "It enrols with a key of its own and appears here by itself.",
      href: "/operator/senders",
    },
  ];
  return (
    <section class="panel steps-panel" aria-labelledby="first-steps">
      <div class="panel-head">
        <h2 id="first-steps">First steps</h2>
      </div>
      <ol class="steps">
        {steps.map(({ done, name, words, href }) => (
          <li key={name} data-done={done}>
            <Icon name={done ? "check" : "chevron"} />
            <a href={href}>{name}</a>
            <span class="soft">{done ? "Done." : words}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
