/**
 * The workers' credentials: the list, and making one, whose text is shown once.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { WorkerId } from "../../../protocol/ids.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { WorkerCredential } from "../../../protocol/rest/fleet.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Ago } from "../widgets/figure.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { Failure } from "../widgets/page.tsx";

/** The panel that lists, makes and revokes the credentials of workers. */
export function WorkerCredentialsPanel() {
  const { state, reload } = useFetched(contracts.fleet.credentials, {});
  const making = useSignal(false);
  const revoking = useSignal<WorkerCredential | undefined>(undefined);
  return (
    <section class="panel under-table" aria-labelledby="credentials">
      <div class="panel-head">
        <h2 id="credentials">Credentials of workers</h2>
        <button
          type="button"
          class="button small-button"
          onClick={() => void (making.value = true)}
        >
          Add a worker
        </button>
      </div>
      {state.state === "failed" && (
        <Failure
          what="Cannot show the credentials of workers"
          error={state.error}
          retry={() => void reload()}
        />
      )}
      {state.state === "ready" && state.value.items.length === 0 && (
        <p class="panel-none soft">
          None. A worker on another machine connects with a credential of its own.
        </p>
      )}
      {state.state === "ready" && state.value.items.length > 0 && (
        <ul class="things">
          {state.value.items.map((credential) => (
            <li class="thing" key={credential.worker_id}>
              <div class="thing-head">
                <b>{credential.worker_id}</b>
                <span class="soft">
                  Made <Ago at={credential.created_at} />
                </span>
                <span class="thing-end">
                  <button
                    type="button"
                    class="button small-button"
                    onClick={() => void (revoking.value = credential)}
                  >
                    Revoke <span class="unseen">that of {credential.worker_id}</span>
                  </button>
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      {making.value && (
        <MakeDialog
          done={() => void reload()}
          close={() => void (making.value = false)}
        />
      )}
      {revoking.value && (
        <RevokeDialog
          credential={revoking.value}
          done={() => void reload()}
          close={() => void (revoking.value = undefined)}
        />
      )}
    </section>
  );
}

function MakeDialog({ done, close }: { done: () => void; close: () => void }) {
  const { api } = useServices();
  const ask = useAsk("make-credential");
  const name = useSignal("");
  const made = useSignal<string | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const worker = WorkerId.safeParse(name.value.trim());
  const isOdd = name.value !== "" && !worker.success;
  const make = async () => {
    if (!worker.success) return;
    const body = { worker_id: worker.data };
    const answer = await ask.run(() => api.call(contracts.fleet.makeCredential, { body }));
    if (!answer) return;
    const { worker_id, credential } = answer;
    made.value = `FARPAD_WORKER_ID=${worker_id} FARPAD_WORKER_CREDENTIAL=${credential}`;
    done();
  };
  if (made.value !== undefined) {
    return (
      <Dialog title={`Credential of worker ${name.value.trim()}`} close={close}>
        <p>Start the worker with these variables. The credential is shown only here.</p>
        <CopyText label="Variables of the worker" text={made.value} />
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={close}>Done</button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Add a worker" close={close}>
      <Form submit={make}>
        <TextField
          label="Id of the worker"
          hint="The credential is for the worker with this id alone."
          placeholder="frankfurt-2"
          required
          focus
          maxLength={64}
          value={name.value}
          fault={isOdd ? "An id has letters, digits, dots, dashes and underscores." : undefined}
          change={(value) => void (name.value = value)}
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton
            ask={ask}
            doing="Making"
            tone="primary"
            submit
            blocked={isOdd ? "Correct the id first." : undefined}
          >
            Make credential
          </AskButton>
        </div>
      </Form>
    </Dialog>
  );
}

function RevokeDialog(
  { credential: { worker_id }, done, close }: {
    credential: WorkerCredential;
    done: () => void;
    close: () => void;
  },
) {
  const { api } = useServices();
  const ask = useAsk(`revoke-credential:${worker_id}`);
  useEffect(() => ask.clear(), []);
  const revoke = async () => {
    const args = { params: { id: worker_id } };
    if (!await ask.run(() => api.call(contracts.fleet.revokeCredential, args))) return;
    done();
    close();
  };
  return (
    <Confirm
      title={`Revoke the credential of ${worker_id}?`}
      action="Revoke"
      doing="Revoking"
      ask={ask}
      confirm={() => void revoke()}
      close={close}
    >
      <ul class="losses">
        <li>
          The worker is disconnected within a second. Its rooms are closed half a minute later.
        </li>
        <li>It connects again only with a new credential.</li>
      </ul>
    </Confirm>
  );
}
