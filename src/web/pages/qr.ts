import encodeQR from 'qr'

const svg = 'http://www.w3.org/2000/svg'

/** The QR code of `text` as an SVG element, dark on white with its quiet zone, named for a screen reader. */
export function qrCode(text: string, name: string): SVGElement {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const size = rows.length
  const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])))
  const root = document.createElementNS(svg, 'svg')
  root.setAttribute('viewBox', `0 0 ${size} ${size}`)
  root.setAttribute('role', 'img')
  root.setAttribute('aria-label', name)
  root.setAttribute('shape-rendering', 'crispEdges')
  const paper = document.createElementNS(svg, 'rect')
  paper.setAttribute('class', 'qr-paper')
  paper.setAttribute('width', String(size))
  paper.setAttribute('height', String(size))
  const ink = document.createElementNS(svg, 'path')
  ink.setAttribute('class', 'qr-ink')
  ink.setAttribute('d', dark.join(''))
  root.append(paper, ink)
  return root
}
