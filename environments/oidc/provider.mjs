// An OpenID Connect provider for the tests, on 127.0.0.1:
//
//   node provider.mjs PORT HUB
//
// HUB is the hub's address, `http://127.0.0.1:8000/`. Two people have accounts, with any password. A test changes what is
// said of them with `POST /test/NAME`, and what is done wrong with `POST /test/faults`.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, hub] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const client = { client_id: 'hub', client_secret: 'secret-of-the-hub' };

const people = {
  ann: { email: 'ann@example.org', email_verified: true, name: 'Ann Lee', groups: ['staff'] },
  bob: { email: 'bob@example.org', email_verified: true, name: 'Bob Ray', groups: ['students'] },
};
let faults = {};

const provider = new Provider(issuer, {
  clients: [
    {
      ...client,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: ['', '/campus'].map((name) => `${hub}hub/oauth_callback${name}`),
      post_logout_redirect_uris: [`${hub}hub/login`],
      backchannel_logout_uri: `${hub}hub/oauth_backchannel/campus`,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  claims: {
    openid: ['sub', 'sid'],
    email: ['email', 'email_verified'],
    profile: ['preferred_username', 'name', 'groups'],
  },
  findAccount: (_, id) =>
    people[id] && {
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: id, ...people[id] }),
    },
  features: {
    backchannelLogout: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // It calls nobody on this machine unless it is told to.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  // Nobody is asked whether the hub may know who they are.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 3600, IdToken: 36000, RefreshToken: 86400, Session: 86400, Grant: 86400, Interaction: 600 },
  cookies: { keys: ['of no use to anybody else'] },
});
// Whoever signs out there has said so already.
provider.use(async (ctx, next) => {
  if (faults.access_denied && ctx.path === '/auth') {
    faults = {};
    const back = new URL(ctx.query.redirect_uri);
    back.search = new URLSearchParams({ error: 'access_denied', state: ctx.query.state, iss: issuer });
    ctx.redirect(back.href);
    return;
  }
  await next();
  if (ctx.path === '/token' && ctx.body?.id_token) {
    if (faults.signature) ctx.body.id_token = forged(ctx.body.id_token);
    if (faults.none) ctx.body.id_token = unsigned(ctx.body.id_token);
    faults = {};
  }
});

// The same claims for somebody else, under the old signature.
function forged(token) {
  const [head, body, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  return [head, encoded({ ...claims, sub: 'bob' }), signature].join('.');
}

function unsigned(token) {
  return `${encoded({ alg: 'none' })}.${token.split('.')[1]}.`;
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const handle = provider.callback();
createServer(async (request, response) => {
  const name = request.url.match(/^\/test\/(\w+)$/)?.[1];
  if (!name) return handle(request, response);
  let text = '';
  for await (const part of request) text += part;
  const change = JSON.parse(text);
  if (name === 'faults') faults = change;
  else if (change === null) delete people[name];
  else people[name] = { ...people[name], ...change };
  response.end('{}');
}).listen(Number(port), '127.0.0.1', () => console.log(`ready at ${issuer}`));
