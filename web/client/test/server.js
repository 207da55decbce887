// A server that answers by a script: each request takes the next step, and the last step answers all that follow.

import { createServer } from "node:http";

/** A step that breaks the connection without an answer. */
export const hangUp = Symbol("hang up");
/** A step that never answers. */
export const silence = Symbol("silence");

/** A problem of the API, as a step. */
export const problem = (status, slug, headers = {}, more = {}) => ({
  status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: { type: `https://muster.example/problems/${slug}`, title: slug, status, request_id: "r1", ...more },
});

/** Runs a test against a script. `requests` has what was sent. */
export async function scripted(steps, test) {
  const requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const step = steps[Math.min(requests.length, steps.length - 1)];
      requests.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: performance.now(),
      });
      if (step === hangUp) return request.socket.destroy();
      if (step === silence) return;
      const { status = 200, headers = {}, body = {} } = typeof step === "function" ? step(requests.at(-1)) : step;
      const isText = typeof body === "string" || Buffer.isBuffer(body);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(status === 204 || status === 304 ? undefined : isText ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${server.address().port}`, requests);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
