import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { ACTS, type AuditEntry, actInWords, objectOf } from '../audit-words.ts'
import { useList, useSettled } from '../loaded.ts'
import { Listed } from '../parts/listed.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { exactly } from '../ui/time.tsx'

const WHAT = [
  { value: '', label: 'Everything' },
  ...Object.entries(ACTS)
    .map(([value, label]) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) }))
    .sort((one, other) => one.label.localeCompare(other.label)),
]

export function Audit() {
  const [typed, setTyped] = useState('')
  const [action, setAction] = useState('')
  const text = useSettled(typed.trim())
  const entries = useList(`audit ${action} ${text}`, (cursor, signal) => {
    const query = { cursor, limit: '100', text: text || undefined, action: action || undefined }
    return call('GET /api/audit', { query, signal })
  })
  const isFiltered = text !== '' || action !== ''
  return (
    <Page
      title="Audit log"
      lead="Who did what, to what, from where; the latest first. Nobody can change or delete an entry."
    >
      <Section title="Entries">
        <div class="filters">
          <TextField
            label="Search"
            type="search"
            placeholder="A person, a key, a domain…"
            value={typed}
            onInput={setTyped}
            autocomplete="off"
            maxLength={200}
          />
          <SelectField label="What was done" value={action} options={WHAT} onInput={setAction} />
        </div>
        <Listed
          list={entries}
          empty={
            isFiltered ? (
              <Empty title="No entry matches">Use fewer words, or look at everything that was done.</Empty>
            ) : (
              <Empty title="Nothing yet">What you and your team change appears here.</Empty>
            )
          }
        >
          {(items) => <Entries entries={items} />}
        </Listed>
      </Section>
    </Page>
  )
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>
                <time dateTime={entry.at}>{exactly(entry.at)}</time>
              </td>
              <td>{entry.actor.email}</td>
              <td>
                {actInWords(entry.action)} {objectOf(entry) && <code>{objectOf(entry)}</code>}
              </td>
              <td>{entry.network}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
