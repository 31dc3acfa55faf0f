// The real program with its invented network, on a port and in a folder of its own.
//
//   const site = await start();
//   const anouk = site.persona({ kind: "hotline", country: "NL" });
//   const answer = await site.api(anouk).get("/api/v1/reports");
//   await site.stop();

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const TOP = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(TOP, "target");
/** The program to test: CPORT_BIN, or what `cargo build` made. */
export const PROGRAM = process.env.CPORT_BIN ?? join(TARGET, "debug", "cport");
const READY_WITHIN = 90_000;

/** Servers that still run; ended with this process whatever happens. */
const running = new Set();
process.on("exit", () => running.forEach(kill));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

function kill(child) {
  try { process.kill(-child.pid, "SIGKILL"); } catch { /* ended already */ }
}

/** Starts a demo and waits until it answers. */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), "cport-demo-"));
  const readyFile = join(folder, "ready.json");
  const args = ["demo", "--listen", "127.0.0.1:0", "--data", join(folder, "data"), "--fresh",
    "--ready-file", readyFile];
  // setpriv ends the server even when this process is killed; a group of its own takes the media worker along.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", PROGRAM, ...args], {
    cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { said = (said + text).slice(-20_000); });
  const ended = new Promise((done) => child.once("close", done).once("error", done));

  const stop = async () => {
    running.delete(child);
    kill(child);
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ready = await waitFor(readyFile, child, () => said);
    return site(ready, stop, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitFor(file, child, said) {
  let failed;
  child.once("error", (error) => { failed = error; });
  for (const until = Date.now() + READY_WITHIN; Date.now() < until; await sleep(50)) {
    const text = await readFile(file, "utf8").catch(() => null);
    if (text) return JSON.parse(text);
    if (failed || child.exitCode !== null) throw new Error(`${PROGRAM} did not start: ${failed ?? ""}\n${said()}`);
  }
  throw new Error(`${PROGRAM} was not ready within ${READY_WITHIN} ms\n${said()}`);
}

function site(ready, stop, log) {
  /** The one person that fits best: `{ kind, country, role, name }`, all optional. */
  const persona = (wanted) => {
    const fits = ({ organisation_kind: kind, country, role, name }) =>
      Object.entries(wanted).every(([field, value]) => ({ kind, country, role, name })[field] === value);
    const found = ready.personas.find(fits);
    if (!found) throw new Error(`nobody in the demo is ${JSON.stringify(wanted)}`);
    return found;
  };
  return {
    url: ready.url,
    personas: ready.personas,
    persona,
    /** Sites of the invented web: `{ url, country, what }`. */
    sites: ready.sites ?? [],
    /** Address of the name server that goes by the block list. */
    resolver: ready.resolver,
    /** What the program printed last. */
    log,
    /** Signs a browser page in by the person's link. */
    signIn: async (page, who) => {
      const answer = await page.goto(who.sign_in_url);
      if (!answer.ok()) throw new Error(`signing in as ${who.name}: ${answer.status()}`);
    },
    api: (who) => api(ready.url, who),
    stop,
  };
}

/** The native API as somebody: every call gives `{ status, headers, text, bytes, json }`. */
function api(url, who) {
  const call = async (method, path, { body, headers = {} } = {}) => {
    const answer = await fetch(new URL(path, url), {
      method, body, redirect: "manual", signal: AbortSignal.timeout(30_000),
      headers: { authorization: `Bearer ${who.api_token}`, ...headers },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString("utf8");
    const isJson = /json/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, headers: answer.headers, bytes, text, json: isJson ? JSON.parse(text) : undefined };
  };
  const send = (method) => (path, value, headers = {}) =>
    call(method, path, { body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } });
  return {
    call,
    get: (path, headers) => call("GET", path, { headers }),
    post: send("POST"),
    put: send("PUT"),
    /** Sends files as `[{ name, type, bytes }]` in parts named `file`. */
    upload: async (path, files, headers) => {
      const form = new FormData();
      for (const { name, type, bytes } of files) form.append("file", new Blob([bytes], { type }), name);
      // Written out first: a server may refuse and close before it has read an upload that comes in parts.
      const written = new Response(form);
      const body = Buffer.from(await written.arrayBuffer());
      return call("POST", path, { body, headers: { "content-type": written.headers.get("content-type"), ...headers } });
    },
  };
}

export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Asks again until the answer is something, or fails after a while saying what was waited for. */
export async function eventually(what, ask, within = 15_000) {
  for (const until = Date.now() + within; ;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`waited ${within} ms in vain: ${what}`);
    await sleep(100);
  }
}
