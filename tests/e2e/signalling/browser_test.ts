/** Pages with nothing but RTCPeerConnection and fetch, as phones and standard players have them. */
import { equal } from "node:assert/strict";
import { launchChromium } from "../../support/browser.ts";
import { openSender } from "../../support/signalling/sender_scene.ts";
import { startStack } from "../../support/stack/stack.ts";

/** Runs in the page: exchanges offer and answer, with candidates by PATCH. */
const EXCHANGE = `
  async (pc, url, key) => {
    const authorization = "Bearer " + key;
    const found = [];
    const gathered = new Promise((done) => pc.onicecandidate = ({ candidate }) =>
      candidate ? found.push(candidate.candidate) : done());
    await pc.setLocalDescription(await pc.createOffer());
    const { sdp } = pc.localDescription;
    const headers = { authorization, "content-type": "application/sdp" };
    const made = await fetch(url, { method: "POST", headers, body: sdp });
    if (made.status !== 201) return { status: made.status, text: await made.text() };
    const location = new URL(made.headers.get("location"), url).href;
    await pc.setRemoteDescription({ type: "answer", sdp: await made.text() });
    await gathered;
    const line = (name) => sdp.split("\\r\\n").find((each) => each.startsWith("a=" + name));
    const body = [line("ice-ufrag"), line("ice-pwd"), "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0",
      ...found.map((each) => "a=" + each), ""].join("\\r\\n");
    const patched = await fetch(location, {
      method: "PATCH",
      headers: { authorization, "content-type": "application/trickle-ice-sdpfrag",
        "if-match": made.headers.get("etag") },
      body,
    });
    return { status: made.status, patched: patched.status, location };
  }`;

Deno.test("[WHP10] a browser publishes a picture with sound, and another page of it watches", async () => {
  await using stack = await startStack();
  const scene = await openSender(stack);
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    const page = await browser.newPage();
    await page.goto(`${stack.url}/check`);
    const published = await page.evaluate(`(async () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [640, 360];
      const ink = canvas.getContext("2d");
      let n = 0;
      setInterval(() => {
        ink.fillStyle = "hsl(" + (n++ * 3 % 360) + " 80% 50%)";
        ink.fillRect(0, 0, 640, 360);
      }, 33);
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const out = audio.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      const pc = window.publisher = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
      pc.addTransceiver(out.stream.getTracks()[0], { direction: "sendonly" });
      pc.addTransceiver(canvas.captureStream(30).getTracks()[0], { direction: "sendonly" });
      return await (${EXCHANGE})(pc, ${JSON.stringify(scene.address.url)}, ${
      JSON.stringify(scene.address.key)
    });
    })()`) as { status: number; patched: number; text?: string };
    equal(published.status, 201, published.text ?? "");
    equal(published.patched, 204);
    const room = await scene.room();
    const watcher = await browser.newPage();
    await watcher.goto(`${stack.url}/check`);
    const watched = await watcher.evaluate(`(async () => {
      const pc = window.player = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = new MediaStream();
      document.body.append(video);
      pc.ontrack = ({ track }) => { video.srcObject.addTrack(track); video.play(); };
      pc.addTransceiver("audio", { direction: "recvonly" });
      pc.addTransceiver("video", { direction: "recvonly" });
      return await (${EXCHANGE})(pc, location.origin + "/whep/${room}", "");
    })()`) as { status: number; patched: number; text?: string };
    equal(watched.status, 201, watched.text ?? "");
    equal(watched.patched, 204);
    await watcher.waitForFunction(
      `(async () => {
      const reports = [...(await window.player.getStats()).values()];
      const of = (kind) => reports.find((each) => each.type === "inbound-rtp" && each.kind === kind);
      return of("video")?.framesDecoded > 60 && of("video").frameWidth > 0 &&
        of("audio")?.totalAudioEnergy > 0;
    })()`,
      undefined,
      { timeout: 30_000 },
    );
  } finally {
    await browser.close();
  }
});
