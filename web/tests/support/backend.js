// The real backend in one process, and people who use it.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createMuster } from "@muster/client";

const BINARY = process.env.MUSTER_LOCAL ?? fileURLToPath(new URL("../../../target/debug/muster-local", import.meta.url));
const READY = /running at (http:\/\/[\d.]+:\d+)/;

/** Starts a backend on a free port. */
export async function startBackend(...options) {
  const process = spawn(BINARY, ["--port", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    process.stdout.on("data", (data) => {
      const found = READY.exec((text += data));
      if (found) resolve(found[1]);
    });
    process.once("error", reject);
    process.once("exit", (code) => reject(new Error(`muster-local ended with ${code}`)));
  });
  return new Backend(process, url);
}

/** A backend that runs. */
class Backend {
  constructor(process, url) {
    this.process = process;
    this.url = url;
    this.platform = this.client({ sub: "operator", scope: "muster:platform" });
  }

  stop() {
    this.process.kill();
  }

  async post(path, body) {
    const response = await fetch(this.url + path, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** A token for a person; their address follows from their name unless they have one. */
  async token(person) {
    const { access_token } = await this.post("/dev/token", person);
    return access_token;
  }

  client(person) {
    return createMuster({ api: this.url, getToken: () => this.token(person) });
  }

  /** The tokens of the invitations in the mail to an address, the newest last. */
  async invitationsTo(email) {
    const mails = await (await fetch(`${this.url}/dev/mail`)).json();
    const mine = mails.filter((mail) => mail.to === email);
    return mine.flatMap((mail) => /\/invitations\/([\w-]+)/.exec(JSON.stringify(mail))?.[1] ?? []);
  }
}

/** A person, by name. */
export const person = (name) => {
  const sub = name.toLowerCase().replaceAll(/[^a-z]+/g, ".");
  return { sub, name, email: `${sub}@acme.example` };
};

/** An organization with an owner. */
export async function createOrganization(backend, role_set, owner, name = "Acme Learning") {
  const client = backend.client(owner);
  const { data } = await client.organizations.create({ name, role_set });
  return { id: data.id, owner: client };
}

/** Invites a person, who accepts. */
export async function join(backend, organization, who, offer) {
  await organization.owner.invitations.create(organization.id, { emails: [who.email], ...offer });
  const token = (await backend.invitationsTo(who.email)).at(-1);
  await backend.client(who).invitations.accept(token);
}
