const given = location.hash.slice(1)
history.replaceState(null, '', location.pathname)

let fragment = given

/**
 * What stood after the `#`, once. Reading it out of the address bar is the first thing that a page does, before anything
 * can wait: after it no history entry, no screenshot and no shoulder has it.
 */
export function takeFragment(): string {
  const taken = fragment
  fragment = ''
  return taken
}

/** Calls back with a fragment that arrives later, such as a link pasted over this page's address. */
export function onFragment(arrived: () => void): void {
  addEventListener('hashchange', () => {
    if (location.hash.length < 2) return
    fragment = location.hash.slice(1)
    history.replaceState(null, '', location.pathname)
    arrived()
  })
}
