import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificates {
  /** Of the CA. */
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** A private CA in `folder`, and a certificate of it for `localhost` and 127.0.0.1. @throws when there is no `openssl` */
export function certificates(folder: string): Certificates {
  const path = (name: string) => join(folder, name)
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'ignore' })
  const fresh = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', path(`${name}.key`)]
  const [ca, certificate, key] = [path('ca.crt'), path('server.crt'), path('server.key')]
  openssl('req', '-x509', ...fresh('ca'), '-out', ca, '-days', '2', '-subj', '/CN=Private CA')
  openssl('req', ...fresh('server'), '-out', path('server.csr'), '-subj', '/CN=localhost')
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const signing = ['-CA', ca, '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('names')]
  openssl('x509', '-req', '-in', path('server.csr'), '-out', certificate, '-days', '2', ...signing)
  return { ca, certificate, key }
}
