/** What a response is; the table has one row of differences for each. */
export type Surface = 'page' | 'asset' | 'worker' | 'data'

const year = 365 * 24 * 60 * 60

/** Everything that a page of ours could ask a browser for and does not need. */
const refusedFeatures = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
]

/** The policy of pages: our own script, style, icon and API, and one named way to start the Argon2 worker. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types sotto',
]

/** Whatever is not a page does nothing, wherever it is opened. */
const inertPolicy = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox',
]

/** The worker is the only place that may compile WebAssembly, and it has no document, no network and no token. */
const workerPolicy = ["default-src 'none'", "script-src 'wasm-unsafe-eval'", "frame-ancestors 'none'"]

const plainTable = table(false)
const secureTable = table(true)

/**
 * The one table of headers: the exact set for every route and every error. Nothing else in the web room sets a
 * security header. HSTS only where `publicUrl` is https, as browsers ignore it elsewhere.
 */
export function securityHeaders(surface: Surface, publicUrl: string): Readonly<Record<string, string>> {
  return (publicUrl.startsWith('https:') ? secureTable : plainTable)[surface]
}

function table(secure: boolean): Readonly<Record<Surface, Readonly<Record<string, string>>>> {
  return {
    page: row('page', secure),
    asset: row('asset', secure),
    worker: row('worker', secure),
    data: row('data', secure),
  }
}

function row(surface: Surface, secure: boolean): Readonly<Record<string, string>> {
  const policy = surface === 'page' ? pagePolicy : surface === 'worker' ? workerPolicy : inertPolicy
  return {
    'content-security-policy': [...policy, ...(secure ? ['upgrade-insecure-requests'] : [])].join('; '),
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': [
      'clipboard-write=(self)',
      ...refusedFeatures.map((feature) => `${feature}=()`),
    ].join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    // An asset's name is the hash of its bytes, and they are the same for everyone.
    'cache-control':
      surface === 'asset' || surface === 'worker' ? `public, max-age=${year}, immutable` : 'no-store',
    ...(secure && { 'strict-transport-security': `max-age=${2 * year}; includeSubDomains; preload` }),
  }
}
