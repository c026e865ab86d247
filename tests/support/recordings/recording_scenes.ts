/**
 * The recordings of a person in every state, and the dialog that lists them.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { AppId, RecordingId, RoomId } from "../../../protocol/ids.ts";
import type { Recording } from "../../../protocol/recording/recording.ts";
import type { FakeCoordinator } from "../fake_coordinator.ts";
import type { Scene } from "../scenes.ts";

const MINUTE = 60_000;

function recording(id: number, rest: Partial<Recording>, age: number): Recording {
  return {
    recording_id: RecordingId.parse(`rec_${id}`),
    kind: "recording",
    room_id: RoomId.parse("room_1"),
    app_id: AppId.parse("paddle-duel"),
    title: "Paddle Duel",
    started_at: Date.now() - age,
    ...rest,
  };
}

/** One that runs, a clip, a drive, one that the disk ended, one whose room was killed. */
export function allRecordings(): readonly Recording[] {
  const long = { reason: "stopped", duration_ms: 754_000, bytes: 231_000_000 } as const;
  return [
    recording(1, {}, MINUTE),
    recording(2, { kind: "clip", ended: { ...long, duration_ms: 30_000, bytes: 9_200_000 } }, 0),
    recording(3, { title: "Garden rover", telemetry: true, ended: long }, 90 * MINUTE),
    recording(4, { ended: { ...long, reason: "disk_full" } }, 30 * 60 * MINUTE),
    recording(
      5,
      {
        title: "لعبة طويلة الاسم 長い名前のゲーム ".repeat(3),
        ended: { ...long, reason: "interrupted" },
      },
      9 * 24 * 60 * MINUTE,
    ),
  ];
}

/** Opens the list of recordings in the lobby. */
export async function openRecordings(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Recordings" }).click();
  await page.getByRole("dialog", { name: "Recordings" }).waitFor();
}

/** What the vehicle of the drive reported. */
export const READINGS = [0, 400, 800].map((t) => {
  const value = (value: number) => ({ value, age_ms: 0 });
  const readings = {
    lat: value(50 + t / 1e6),
    lon: value(8),
    speed_mps: value(2.4),
    battery_percent: value(81),
  };
  const control = { steering: 0.2, throttle: 0.5 };
  const vehicle = {
    ...{ link: "connected", driver: true, asked: false, state: "armed" },
    ...{ sent: control, confirmed: control, readings },
  };
  return JSON.stringify({ t, vehicle });
}).join("\n");

/** Serves the files of recordings: the readings, and no pictures. */
export async function serveFiles(page: Page): Promise<void> {
  await page.route("**/recordings/*/telemetry.jsonl", (route) => route.fulfill({ body: READINGS }));
  await page.route("**/recordings/*/video.mp4", () => {});
}

const script = (fake: FakeCoordinator) => void (fake.script.recordings = allRecordings());

export const RECORDING_SCENES: Readonly<Record<string, Scene>> = {
  "recordings": { script, act: openRecordings },
  "recordings-empty": { act: openRecordings },
  "recordings-drive": {
    script,
    act: async (page) => {
      await serveFiles(page);
      await openRecordings(page);
      await page.getByRole("button", { name: "Play Garden rover" }).click();
      await page.getByText("Driving").waitFor();
    },
  },
};
