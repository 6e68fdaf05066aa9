// Tables as CSV. A text that a spreadsheet would take for a formula gets an apostrophe; amounts stay amounts.
export function csvCell(text: string): string {
  const plain = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-\d+(\.\d+)?$/.test(text)) ? `'${text}` : text
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

export const toCsv = (head: string[], rows: string[][]): string =>
  `${[head, ...rows].map((r) => r.map(csvCell).join(',')).join('\r\n')}\r\n`

export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
