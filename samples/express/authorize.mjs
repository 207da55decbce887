// A middleware for Express that asks Muster before a handler runs.
//
//   const muster = { organization: 'https://api.example.com/v1/organizations/org_…', key: 'mk_…' }
//   app.put('/programs/:id', authorize(muster, 'content:write', 'program'), update)
//
// `req.user.sub` is the user in front of the product, as its own sign-in knows them: the `sub` of their token.
// The owner of the API key needs `members:read` on the organization.

export const authorize = ({ organization, key }, action, type) => async (req, res, next) => {
  try {
    const answer = await fetch(`${organization}/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        // The prefix keeps a `sub` that looks like something else from naming another user.
        subject: { type: 'user', id: `sub:${req.user.sub}` },
        action: { name: action },
        resource: { type, id: req.params.id },
      }),
      signal: AbortSignal.timeout(2000),
    })
    if (!answer.ok) return res.sendStatus(503)
    const { decision } = await answer.json()
    return decision === true ? next() : res.sendStatus(403)
  } catch {
    // Without an answer, the handler does not run.
    return res.sendStatus(503)
  }
}
