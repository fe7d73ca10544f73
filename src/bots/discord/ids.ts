import type { IdShapes } from '../adapter/press.ts'

/** A 64-bit number in decimal digits (docs.discord.com, API reference, "Snowflakes"), as long as those of our time are. */
const snowflake = /^\d{17,20}$/

/** How Discord's ids look, for what a button may carry. */
export const ids: IdShapes = { user: snowflake, message: snowflake }
