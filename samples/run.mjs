// Runs the samples against `cargo run`, whose address is the only argument.

import assert from 'node:assert/strict'
import express from 'express'
import { authorize } from './express/authorize.mjs'
import { handler } from './authorizer/index.mjs'

const [api] = process.argv.slice(2)

const call = async (token, method, path, body) => {
  const answer = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return text && JSON.parse(text)
}

const token = async (sub, scope) => {
  const body = JSON.stringify({ sub, email: `${sub.replace(':', '.')}@acme.example`, scope })
  return (await (await fetch(`${api}/dev/token`, { method: 'POST', body })).json()).access_token
}

const mailed = async (address) => {
  for (;;) {
    const mails = await (await fetch(`${api}/dev/mail`)).json()
    const mail = mails.findLast(({ to }) => to === address)
    const [link] = mail?.text.match(/\/invitations\/[\w-]+/) ?? []
    if (link) return link
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

// Olivia's organization, in which Ann runs the program `spring`, and Pia is a participant of it.
const olivia = await token('olivia')
const { id: org } = await call(olivia, 'POST', '/v1/organizations', { name: 'Acme', role_set: 'program-delivery' })
const at = `/v1/organizations/${org}`
const programs = ['spring', 'autumn']
for (const id of programs) await call(olivia, 'PUT', `${at}/resources/program/${id}`, { name: id })
for (const [name, role] of [['ann', 'program_admin'], ['pia', 'participant']]) {
  const resources = [{ type: 'program', id: 'spring' }]
  await call(olivia, 'POST', `${at}/invitations`, { emails: `${name}@acme.example`, role, resources })
  await call(await token(name), 'POST', `/v1${await mailed(`${name}@acme.example`)}/accept`)
}
const { secret } = await call(olivia, 'POST', `${at}/members/me/api-keys`, { name: 'product' })

const expected = [
  ['olivia', 'GET', 'autumn', true],
  ['olivia', 'PUT', 'autumn', true],
  ['ann', 'PUT', 'spring', true],
  ['ann', 'PUT', 'autumn', false],
  ['pia', 'GET', 'spring', true],
  ['pia', 'PUT', 'spring', false],
  ['stella', 'GET', 'spring', false],
]

// Express.
const muster = { organization: api + at, key: secret }
const app = express()
app.use((req, _res, next) => {
  req.user = { sub: req.get('x-user') }
  next()
})
const done = (_req, res) => res.sendStatus(204)
app.get('/programs/:id', authorize(muster, 'content:read', 'program'), done)
app.put('/programs/:id', authorize(muster, 'content:write', 'program'), done)
app.get('/unreachable/:id', authorize({ ...muster, organization: 'http://127.0.0.1:9' }, 'content:read', 'program'), done)
app.get('/refused/:id', authorize({ ...muster, key: 'mk_made_up' }, 'content:read', 'program'), done)
const server = app.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const product = `http://127.0.0.1:${server.address().port}`
for (const [name, method, id, isPermitted] of expected) {
  const answer = await fetch(`${product}/programs/${id}`, { method, headers: { 'x-user': name } })
  assert.equal(answer.status, isPermitted ? 204 : 403, `express: ${name} ${method} ${id}`)
}
for (const path of ['/unreachable/spring', '/refused/spring']) {
  const answer = await fetch(product + path, { headers: { 'x-user': 'olivia' } })
  assert.equal(answer.status, 503, path)
}
// People whose `sub` looks like another person's name get nothing of theirs.
const { id: owner } = await call(olivia, 'GET', `${at}/members/me`)
const impostors = ['sub:olivia', owner]
for (const name of impostors) {
  const answer = await fetch(`${product}/programs/spring`, { headers: { 'x-user': name } })
  assert.equal(answer.status, 403, `express: ${name}`)
}

// The Lambda authorizer.
process.env.MUSTER_URL = api
const asked = (authorization, method, program, organization = org) => handler({
  headers: { authorization },
  pathParameters: { org: organization, program },
  requestContext: { http: { method } },
})
for (const [name, method, program, isAuthorized] of expected) {
  const answer = await asked(`Bearer ${await token(name)}`, method, program)
  assert.deepEqual(answer, { isAuthorized }, `authorizer: ${name} ${method} ${program}`)
}
const [head, , signature] = olivia.split('.')
const claims = Buffer.from(JSON.stringify({ sub: 'olivia' })).toString('base64url')
const refused = [
  asked(`Bearer ${head}.${claims}.${signature}`, 'GET', 'spring'),
  asked('Bearer nonsense', 'GET', 'spring'),
  asked('', 'GET', 'spring'),
  asked(`Bearer ${olivia}`, 'DELETE', 'spring'),
  asked(`Bearer ${olivia}`, 'GET', 'spring', 'org_0000000000000000000042'),
]
for (const name of impostors) refused.push(asked(`Bearer ${await token(name)}`, 'GET', 'spring'))
for (const answer of await Promise.all(refused)) assert.deepEqual(answer, { isAuthorized: false })

// While the organization is suspended, nobody is let in, and nothing looks like an outage.
const operator = await token('operator', 'muster:platform')
await call(operator, 'PUT', `${at}/suspension`, { reason: 'The plan has ended' })
const denied = await fetch(`${product}/programs/spring`, { headers: { 'x-user': 'olivia' } })
assert.equal(denied.status, 403, 'express: suspended')
assert.deepEqual(await asked(`Bearer ${olivia}`, 'GET', 'spring'), { isAuthorized: false })
server.close()

console.log(`${2 * expected.length + 4 + impostors.length + refused.length} requests were answered as the samples promise`)
