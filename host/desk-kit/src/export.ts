// Tables as CSV. A text that a spreadsheet would take for a formula gets an apostrophe; amounts stay amounts.
export function csvCell(text: string): string {
  const plain = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-\d+(\.\d+)?$/.test(text)) ? `'${text}` : text
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

export const toCsv = (head: string[], rows: string[][]): string =>
  `${[head, ...rows].map((r) => r.map(csvCell).join(',')).join('\r\n')}\r\n`

/** The first rows of a file, to look at; the host reads it for good. Quoted cells may hold separators and line ends. */
export function peekCsv(text: string, rows: number): string[][] {
  const body = text.replace(/^\ufeff/, '')
  const first = body.slice(0, body.search(/[\r\n]|$/))
  const separator = first.split(';').length > first.split(',').length ? ';' : ','
  const found: string[][] = [['']]
  let quoted = false
  for (let i = 0; i < body.length; i++) {
    const row = found[found.length - 1]
    const c = body[i]
    if (quoted && c === '"' && body[i + 1] === '"') row[row.length - 1] += body[i++]
    else if (c === '"') quoted = !quoted
    else if (!quoted && c === separator) row.push('')
    else if (!quoted && c === '\n') {
      const empty = row.length === 1 && row[0] === ''
      if (!empty && found.length === rows) return found
      if (!empty) found.push([''])
    } else if (quoted || c !== '\r') row[row.length - 1] += c
  }
  const last = found[found.length - 1]
  return last.length === 1 && last[0] === '' ? found.slice(0, -1) : found
}

export const download = (name: string, text: string) => saveAs(name, new Blob(['\ufeff', text], { type: 'text/csv' }))

/** Hands the browser a file to keep. */
export function saveAs(name: string, content: Blob) {
  const url = URL.createObjectURL(content)
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
