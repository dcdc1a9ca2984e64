// npm's oidc-provider, for test_oauth_issuer_real.py: node oidc_provider.mjs PORT RESOURCE
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, resource] = process.argv.slice(2);

function key(kind, options, members) {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', ...members };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'a-host',
      client_secret: 'k7Qm2zXw9RtLs4Vb8NcJ',
      redirect_uris: ['https://host.example/back'],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: {
    keys: [
      key('rsa', { modulusLength: 2048 }, { kid: 'rsa', alg: 'RS256' }),
      key('ec', { namedCurve: 'P-256' }, { kid: 'ec', alg: 'ES256' }),
      key('ed25519', {}, { kid: 'ed', alg: 'EdDSA' }),
    ],
  },
  scopes: ['openid', 'read', 'write'],
  pkce: { required: () => false },
  cookies: { keys: ['for the tests alone'] },
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => true,
      // A query of the resource's address says what its tokens are signed with.
      getResourceServerInfo: async (_context, indicator) => ({
        audience: indicator.split('?')[0],
        scope: 'read write',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: new URL(indicator).searchParams.get('alg') ?? 'RS256' } },
      }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log(`serving for ${resource}`));
