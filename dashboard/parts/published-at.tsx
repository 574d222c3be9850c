import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { fieldError, otherError } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Section, Skeleton } from '../ui/page.tsx'

type Site = AnswerOf<'GET /api/projects/:project/site'>

const STYLES = [
  { value: 'github', label: 'GitHub: guide/start.md' },
  { value: 'vitepress', label: 'VitePress: guide/start' },
  { value: 'docusaurus', label: 'Docusaurus: guide/start' },
  { value: 'starlight', label: 'Starlight: guide/start/' },
] as const

/** Where a visitor who opens a source is to end up. */
export function PublishedAt({ project }: { project: string }) {
  const site = useLoaded(`site ${project}`, (signal) => call('GET /api/projects/:project/site', { project, signal }))
  return (
    <Section title="Where they are published" lead="So that the sources under an answer open the right page.">
      {site.value ? <SiteForm project={project} before={site.value} /> : <Skeleton rows={1} />}
    </Section>
  )
}

function SiteForm({ project, before }: { project: string; before: Site }) {
  const [siteUrl, setSiteUrl] = useState(before.siteUrl ?? '')
  const [siteStyle, setSiteStyle] = useState(before.siteStyle)
  const save = useAction(async () => {
    const address = siteUrl.trim().replace(/\/+$/, '')
    await call('PUT /api/projects/:project/site', { project, body: { siteUrl: address || null, siteStyle } })
    say('Saved. Upload your files again, and their sources lead there.')
  })
  return (
    <Form onSubmit={save.run} error={otherError(save.error, ['siteUrl'])}>
      <div class="inline-form">
        <TextField
          label="Address of the documentation"
          placeholder="https://docs.example.com"
          value={siteUrl}
          onInput={setSiteUrl}
          error={fieldError(save.error, 'siteUrl')}
          maxLength={500}
        />
        <SelectField label="Made with" value={siteStyle} options={STYLES} onInput={setSiteStyle} />
        <Button type="submit" busy={save.busy}>
          Save
        </Button>
      </div>
    </Form>
  )
}
