// The backend in one process, as `cargo run` starts it.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/muster-local");

/** Runs a test against a backend of its own. */
export async function withBackend(test) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build -p muster-local\``);
  const backend = spawn(binary, ["--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => backend.once("exit", resolve));
  try {
    const api = await new Promise((resolve, reject) => {
      let text = "";
      backend.stdout.on("data", (chunk) => {
        text += chunk;
        const found = text.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (found) resolve(found[0]);
      });
      ended.then(() => reject(new Error(`the backend ended: ${text}`)));
    });
    await test(api);
  } finally {
    backend.kill();
    await ended;
  }
}

/** A token of the development identity provider, for the person of this name or these claims. */
export async function token(api, claims) {
  const person = typeof claims === "string" ? { sub: claims, email: `${claims}@acme.example`, name: claims } : claims;
  const response = await fetch(`${api}/dev/token`, { method: "POST", body: JSON.stringify(person) });
  return (await response.json()).access_token;
}
