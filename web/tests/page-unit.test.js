// The rules of the page that need no browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";

const { outputFiles } = await build({
  stdin: {
    contents: `export { chosen, claimsOf } from "./sign-in.js"; export { fragmentOf, placeOf } from "./places.js";`,
    resolveDir: new URL("../page", import.meta.url).pathname,
    loader: "ts",
  },
  bundle: true,
  write: false,
  format: "esm",
});
const { chosen, claimsOf, fragmentOf, placeOf } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const jwt = (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

test("the access token is sent, unless only the ID token has an audience that the API accepts", () => {
  const muster = jwt({ aud: "muster" });
  for (const [tokens, audiences, which] of [
    // An API of Auth0 or Okta.
    [{ access_token: jwt({ aud: ["muster", "https://userinfo"] }), id_token: jwt({ aud: "client" }) }, ["muster"], "access_token"],
    // Cognito: its access token has no audience.
    [{ access_token: jwt({ client_id: "client" }), id_token: jwt({ aud: "client" }) }, ["client"], "id_token"],
    [{ access_token: muster, id_token: muster }, ["muster"], "access_token"],
    [{ access_token: "opaque", id_token: jwt({ aud: "client" }) }, ["other", "client"], "id_token"],
    // The API says why it refuses it.
    [{ access_token: "opaque", id_token: jwt({ aud: "client" }) }, ["muster"], "access_token"],
    [{ access_token: "opaque" }, ["muster"], "access_token"],
  ])
    assert.equal(chosen(tokens, audiences), tokens[which], JSON.stringify(tokens));
  assert.equal(chosen({}, ["muster"]), undefined);
});

test("claims are read as UTF-8, and nothing is read from what is no JWT", () => {
  assert.equal(claimsOf(jwt({ name: "Zoë Ünal" })).name, "Zoë Ünal");
  for (const text of ["", "opaque", "a.b.c", "a.%.c"]) assert.deepEqual(claimsOf(text), {});
});

test("an address leads to its place, and any other to the start", () => {
  const at = (pathname, hash = "") => placeOf({ pathname, hash }, "/team");
  assert.deepEqual(at("/team/invitations/abc-_1"), { kind: "invitation", token: "abc-_1" });
  assert.deepEqual(placeOf({ pathname: "/of/team/team/invitations/x", hash: "" }, "/of/team/team"), { kind: "invitation", token: "x" });
  assert.deepEqual(at("/team", "#/teams"), { kind: "teams" });
  assert.deepEqual(at("/team", "#/org_1/keys"), { kind: "organization", organization: "org_1", view: "keys", query: "" });
  assert.deepEqual(at("/team", fragmentOf("org_1", "team", "q=a")), { kind: "organization", organization: "org_1", view: "team", query: "q=a" });
  for (const hash of ["", "#", "#/nowhere", "#/org_1/nowhere", "#/usr_1/team", "#/org_1/../team"]) assert.deepEqual(at("/team", hash), { kind: "start" }, hash);
  assert.deepEqual(at("/team/invitations/"), { kind: "start" });
});
