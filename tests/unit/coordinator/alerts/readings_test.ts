import { deepEqual } from "node:assert/strict";
import {
  type Finding,
  readDevice,
  readStorage,
  readStream,
  readWorker,
} from "../../../../coordinator/alerts/readings.ts";
import { DEFAULT_RULES } from "../../../../coordinator/alerts/settings.ts";
import { SenderId, StreamId, UserId, WorkerId } from "../../../../protocol/ids.ts";

const NAME = "Chase boat 3";
const OWNER = UserId.parse("usr_1");
const SENDER = SenderId.parse("snd_1");
const STREAM = StreamId.parse("str_1");
const WORKER = WorkerId.parse("wrk_1");

function findings(): readonly Finding[] {
  const device = {
    senderId: SENDER,
    name: NAME,
    online: true,
    cpuPercent: 97,
    signalDbm: -115,
  };
  const stream = {
    streamId: STREAM,
    senderId: SENDER,
    name: NAME,
    picture: false,
    lossRate: 0.06,
  };
  const worker = { workerId: WORKER, name: NAME };
  return [
    ...readDevice(device, DEFAULT_RULES, OWNER),
    ...readStream(stream, DEFAULT_RULES, OWNER),
    readWorker({ ...worker, lost: true }, DEFAULT_RULES),
    readStorage({ worker, why: "the disk is full" }, DEFAULT_RULES),
    readStorage({ why: "the disk is full" }, DEFAULT_RULES),
  ];
}

Deno.test("[ALR15] the message of every alert is a sentence that does not repeat the name of its subject", () => {
  const wrong = findings().filter(({ subject, message }) =>
    message.includes(subject) || !/^[A-Z].*\.$/.test(message)
  );
  deepEqual(wrong, []);
});
