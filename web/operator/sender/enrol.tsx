/**
 * The dialog that enrols a device: a name, then the one-time token as command and QR code with its countdown, until
 * the device connects.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type * as z from "zod/mini";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { Enrollment as EnrollmentSchema, Sender } from "../../../protocol/rest/senders.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { topicOf } from "../live.ts";
import { addressWarning, enrolCommand } from "../model/enrol_command.ts";
import { formatRunning } from "../model/format.ts";
import { useAsk, useNow, useServices, useTopics } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { Form, TextField } from "../widgets/form.tsx";
import { QrCode } from "../../shared/qr/qr.tsx";
import { ToneMark } from "../widgets/tone.tsx";

type Enrollment = z.infer<typeof EnrollmentSchema>;
interface NewToken {
  readonly sender: Sender;
  readonly enrollment: Enrollment;
}

interface EnrolProps {
  /** Absent: a new one is created first. */
  readonly sender?: Sender;
  readonly close: () => void;
}

/** The dialog that enrols a new sender, or makes a new token for an existing one. */
export function EnrolDialog({ sender, close }: EnrolProps) {
  const made = useSignal<NewToken | undefined>(undefined);
  const title = made.value
    ? `Enrol ${made.value.sender.name}`
    : sender
    ? `New token for ${sender.name}`
    : "New sender";
  return (
    <Dialog title={title} wide={made.value !== undefined} close={close}>
      {made.value
        ? <Token made={made.value} close={close} />
        : sender
        ? <Renew sender={sender} made={(each) => void (made.value = each)} />
        : <Create made={(each) => void (made.value = each)} />}
    </Dialog>
  );
}

function Create({ made }: { made: (made: NewToken) => void }) {
  const { api, fleet } = useServices();
  const ask = useAsk("create-sender");
  const name = useSignal("");
  useEffect(() => ask.clear(), []);
  const create = async () => {
    const body = { name: name.value };
    const answer = await ask.run(() => api.call(contracts.senders.create, { body }));
    if (!answer) return;
    const { sender, ...enrollment } = answer;
    fleet.setSender(sender);
    made({ sender, enrollment });
  };
  return (
    <Form submit={create}>
      <TextField
        label="Name"
        placeholder="Start line"
        hint="What people call the place or the box. It can be changed later."
        required
        focus
        maxLength={80}
        value={name.value}
        change={(value) => void (name.value = value)}
      />
      <Refused ask={ask} />
      <div class="dialog-foot">
        <AskButton ask={ask} doing="Creating" tone="primary" submit>Create sender</AskButton>
      </div>
    </Form>
  );
}

function Renew({ sender, made }: { sender: Sender; made: (made: NewToken) => void }) {
  const { api } = useServices();
  const ask = useAsk(`enrol:${sender.sender_id}`);
  useEffect(() => ask.clear(), []);
  const renew = async () => {
    const params = { id: sender.sender_id };
    const enrollment = await ask.run(() => api.call(contracts.senders.enroll, { params }));
    if (enrollment) made({ sender, enrollment });
  };
  return (
    <div class="stack">
      <p>
        {sender.state === "enrolled"
          ? `${sender.name} keeps working with the device it has. When a device uses the new token, that one takes over and the old one is refused.`
          : "The token before this one stops working."}
      </p>
      <Refused ask={ask} />
      <div class="dialog-foot">
        <AskButton ask={ask} doing="Making" tone="primary" press={() => void renew()}>
          Make token
        </AskButton>
      </div>
    </div>
  );
}

function Token({ made: { sender, enrollment }, close }: { made: NewToken; close: () => void }) {
  const { fleet } = useServices();
  const now = useNow();
  const topic = topicOf("sender", sender.sender_id);
  useTopics(topic);
  const known = fleet.on.senders.value.get(sender.sender_id);
  const left = enrollment.expires_at - now;
  const warning = addressWarning(enrollment);
  const came = known !== undefined && known.enrolled_at !== undefined &&
    known.enrolled_at !== sender.enrolled_at;
  if (came) return <Came sender={known} close={close} />;
  return (
    <div class="enrol">
      <div class="stack">
        <p>
          Run this on the box. It stores the device's own key and comes online by itself. The token
          works <b>once</b> and is shown <b>only here</b>.
        </p>
        {warning !== undefined && (
          <p class="notice" role="alert">
            <ToneMark tone="attention" />
            <span>{warning}</span>
          </p>
        )}
        <CopyText label="command" text={enrolCommand(enrollment)} />
        <p class="soft small">Or write the token alone into the agent's configuration:</p>
        <CopyText label="token" text={enrollment.enrollment_token} />
        <p class="enrol-wait" role="status">
          <ToneMark tone={left > 0 ? "off" : "attention"} />
          <span>
            {left > 0
              ? "Waiting for the device…"
              : "The token has expired. Close this and make a new one."}
          </span>
        </p>
      </div>
      <div class="enrol-code">
        <QrCode
          text={enrollment.qr_text}
          label="The enrolment as a QR code, for the box's camera"
        />
        <p class="soft small figures">
          {left > 0 ? `Expires in ${formatRunning(left)}` : "Expired"}
        </p>
      </div>
    </div>
  );
}

function Came({ sender, close }: { sender: Sender; close: () => void }) {
  return (
    <div class="stack">
      <p class="notice" role="status">
        <ToneMark tone={sender.online ? "live" : "ready"} />
        <span>
          {sender.hostname ?? "A device"} enrolled as <b>{sender.name}</b>
          {sender.online ? " and is online." : "."} Key{" "}
          <code>{sender.key_fingerprint?.slice(0, 8) ?? ""}</code>.
        </span>
      </p>
      <div class="dialog-foot">
        <a class="button primary" href={`/operator/senders/${sender.sender_id}`} onClick={close}>
          Open {sender.name}
        </a>
      </div>
    </div>
  );
}
