// A Lambda authorizer for an HTTP API: it asks Muster with the caller's own token, so it needs no secret.
//
// Muster verifies the token, and lets members ask about themselves. MUSTER_URL is the address of Muster's API.

const ACTIONS = { GET: 'content:read', PUT: 'content:write' }

/** The `sub` of a token. It is not verified here: Muster answers only if the token is genuine and names this subject. */
const subject = (authorization) => {
  try {
    const [, claims] = authorization.replace(/^Bearer /i, '').split('.')
    return JSON.parse(Buffer.from(claims, 'base64url').toString()).sub
  } catch {
    return undefined
  }
}

export const handler = async (event) => {
  const { org, program } = event.pathParameters ?? {}
  const authorization = event.headers?.authorization ?? ''
  const id = subject(authorization)
  const action = ACTIONS[event.requestContext?.http?.method]
  if (!id || !org || !program || !action) return { isAuthorized: false }
  const url = `${process.env.MUSTER_URL}/v1/organizations/${encodeURIComponent(org)}/access/v1/evaluation`
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      // The prefix keeps a `sub` that looks like something else from naming another user.
      subject: { type: 'user', id: `sub:${id}` },
      action: { name: action },
      resource: { type: 'program', id: program },
    }),
    signal: AbortSignal.timeout(2000),
  }).catch(() => undefined)
  const decision = answer?.ok && (await answer.json()).decision
  return { isAuthorized: decision === true }
}
