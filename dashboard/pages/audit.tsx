import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { type AuditEntry, actInWords, entryMatches, objectOf } from '../audit-words.ts'
import { useList } from '../loaded.ts'
import { Listed } from '../parts/listed.tsx'
import { TextField } from '../ui/field.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { exactly } from '../ui/time.tsx'

export function Audit() {
  const [typed, setTyped] = useState('')
  const entries = useList('audit', (cursor, signal) =>
    call('GET /api/audit', { query: { cursor, limit: '100' }, signal }),
  )
  return (
    <Page
      title="Audit log"
      lead="Who did what, to what, from where; the latest first. Nobody can change or delete an entry."
    >
      <Section title="Entries">
        <TextField
          label="Filter what is shown"
          type="search"
          placeholder="A person, a key, a domain…"
          value={typed}
          onInput={setTyped}
          autocomplete="off"
        />
        <Listed list={entries} empty={<Empty title="Nothing yet">What you and your team change appears here.</Empty>}>
          {(items) => <Entries entries={items.filter((entry) => entryMatches(entry, typed))} />}
        </Listed>
      </Section>
    </Page>
  )
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  if (entries.length === 0) return <Empty title="No entry matches">Use fewer words, or show more of the log.</Empty>
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
