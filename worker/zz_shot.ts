import { buildPaddleDuel } from "/work/main/worker/sources/demo/build_rom.ts";
import { NES } from "jsnes";
let t=performance.now();
const rom = buildPaddleDuel();
console.log("build", performance.now()-t);
t=performance.now(); buildPaddleDuel(); console.log("again", performance.now()-t);
let fb: Uint32Array;
const nes = new NES({ onFrame: (b: Uint32Array) => { fb = b; }, onAudioSample(){} });
nes.loadROM(rom);
function ppm(name: string) {
  const out = new Uint8Array(256*240*3);
  for (let i=0;i<61440;i++){ out[i*3]=fb[i]!&255; out[i*3+1]=(fb[i]!>>8)&255; out[i*3+2]=(fb[i]!>>16)&255; }
  Deno.writeFileSync(name, new Uint8Array([...new TextEncoder().encode("P6\n256 240\n255\n"), ...out]));
}
const at = (Deno.args[0] ?? "10,100,400").split(",").map(Number);
for (let i=1;i<=Math.max(...at);i++){ nes.frame(); if(at.includes(i)) ppm(`/tmp/shot_${i}.ppm`); }
