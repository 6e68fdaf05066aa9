import { Dialog, t } from '@bm/desk-kit'

const groups: [string, [string, string][]][] = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'Search, go to, make, do'],
      ['?', 'This help'],
      ['g h', 'Home'],
      ['u', 'Up to the list'],
      ['Alt T', 'Light or dark'],
    ],
  ],
  [
    'Lists',
    [
      ['j  k', 'Next and previous row'],
      ['Enter', 'Open'],
      ['x', 'Select; with Shift up to here'],
      ['n', 'New'],
      ['f', 'Add filter'],
      ['/', 'Search in the list'],
    ],
  ],
  [
    'Documents',
    [
      ['Ctrl S', 'Save'],
      ['Ctrl Shift Enter', 'The main step: submit, release, …'],
      ['Alt N', 'In a link: make a new record'],
      ['Alt ↓', 'In a date: the calendar'],
    ],
  ],
  [
    'Lines',
    [
      ['Tab', 'Next cell'],
      ['Enter', 'Next line, a new one at the end'],
      ['Ctrl Enter', 'Add a line'],
      ['Ctrl D', 'Copy from the line above'],
      ['Ctrl Backspace', 'Remove the line'],
      ['Ctrl V', 'Paste a block from a spreadsheet'],
    ],
  ],
  [
    'What you may type',
    [
      ['t', 'Today'],
      ['+5  -3', 'Days from today'],
      ['3', 'The 3rd of this month'],
      ['4.3', '4 March'],
      ['f  l', 'First and last of the month'],
      ['12*4', 'Amounts are reckoned'],
    ],
  ],
]

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('Keyboard shortcuts')} width={720} onClose={onClose}>
      <div className="dialog-body help">
        {groups.map(([name, keys]) => (
          <section key={name} aria-label={t(name)}>
            <h3>{t(name)}</h3>
            <dl>
              {keys.map(([k, what]) => (
                <div key={k}>
                  <dt>
                    <kbd className="kbd">{k}</kbd>
                  </dt>
                  <dd>{t(what)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
