/** One environment variable: what the README's table says of it. */
export interface Setting {
  readonly name: string
  /** Shown when it is not set. */
  readonly fallback: string
  readonly text: string
}

/** Every variable that Sotto reads, in the order of the README's table. */
export const settings: readonly Setting[] = [
  { name: 'SLACK_BOT_TOKEN', fallback: '–', text: 'Turns Slack on. `xoxb-…`, from OAuth & Permissions.' },
  {
    name: 'SLACK_APP_TOKEN',
    fallback: '–',
    text: 'Socket Mode, no public URL needed. `xapp-…`, from Basic Information, scope `connections:write`.',
  },
  {
    name: 'SLACK_SIGNING_SECRET',
    fallback: '–',
    text: 'HTTP mode instead: Slack calls `/slack/events` on this server. From Basic Information.',
  },
  {
    name: 'SLACK_COMMAND',
    fallback: '`/secret`',
    text: 'The slash command, when another app owns `/secret`.',
  },
  { name: 'SLACK_API_URL', fallback: 'Slack’s', text: 'Another endpoint for Slack’s Web API.' },
  { name: 'DISCORD_TOKEN', fallback: '–', text: 'Turns Discord on. From Bot in the developer portal.' },
  { name: 'DISCORD_SHARDS', fallback: '`auto`', text: 'Gateway shards: `auto` or a number.' },
  { name: 'DISCORD_API_URL', fallback: 'Discord’s', text: 'Another endpoint for Discord’s REST API.' },
  {
    name: 'REDIS_URL',
    fallback: '–',
    text: 'Keeps secrets in Redis instead of the embedded file; needs `SOTTO_KEYS`. `redis://` or `rediss://`.',
  },
  {
    name: 'REDIS_REPLICAS',
    fallback: '`0`',
    text: 'How many replicas must have a claim before its secret is shown.',
  },
  {
    name: 'SOTTO_DB',
    fallback: '`sotto.db`',
    text: 'The embedded store’s file, readable by its owner only.',
  },
  {
    name: 'SOTTO_KEYS',
    fallback: 'a key file beside the database',
    text: 'Server keys, `k2:<base64>,k1:<base64>` of 32 bytes each, or `file:<path>`. The first seals, all open.',
  },
  {
    name: 'SOTTO_MAX_TTL',
    fallback: '`2592000`',
    text: 'The longest lifetime that a sender can choose, in seconds.',
  },
  {
    name: 'SOTTO_MAX_FILE',
    fallback: '`1048576`',
    text: 'The largest file that a link can carry, in bytes.',
  },
  { name: 'SOTTO_WEB', fallback: '`on`', text: '`off` serves no one-time links.' },
  {
    name: 'PUBLIC_URL',
    fallback: '`http://HOST:PORT`',
    text: 'Where people reach the links, for example `https://secrets.example.com`. Links are made from nothing else.',
  },
  {
    name: 'TRUSTED_PROXIES',
    fallback: '–',
    text: 'Networks whose `X-Forwarded-For` counts, for example `10.0.0.0/8,fd00::/8`.',
  },
  { name: 'HOST', fallback: '`127.0.0.1`', text: 'The address to listen on.' },
  { name: 'PORT', fallback: '`3000`', text: 'The port to listen on.' },
  {
    name: 'LOG_LEVEL',
    fallback: '`info`',
    text: '`debug`, `info`, `warn` or `error`. No level logs a secret.',
  },
]
