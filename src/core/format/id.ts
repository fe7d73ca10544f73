/** The public handle of one secret: 16 bytes in base64url, 22 characters. Grants nothing. */
export type SecretId = string
