import { useEffect, useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import { type AppearanceDraft, draftOf, widgetOf } from '../appearance-draft.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { AppearanceFields } from '../parts/appearance-fields.tsx'
import { projects } from '../projects-state.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Page, Section, Skeleton } from '../ui/page.tsx'
import { WidgetPreview } from '../ui/widget-preview.tsx'

type Loaded = AnswerOf<'GET /api/projects/:project/widget'>

export function Appearance() {
  const { project = '' } = useRoute().params
  const loaded = useLoaded(`widget ${project}`, (signal) =>
    call('GET /api/projects/:project/widget', { project, signal }),
  )
  return (
    <Page
      title="Appearance"
      lead="How the widget looks and what it says before anybody asks. What a page itself says goes before it."
    >
      {loaded.error !== null && <Notice kind="error">{sentenceOf(loaded.error)}</Notice>}
      {loaded.value === undefined ? (
        loaded.error === null && <Skeleton rows={6} />
      ) : (
        <Editor project={project} loaded={loaded.value} onSaved={loaded.reload} />
      )}
    </Page>
  )
}

function Editor({ project, loaded, onSaved }: { project: string; loaded: Loaded; onSaved(): Promise<void> }) {
  const { widget, defaults } = loaded
  const [draft, setDraft] = useState(() => draftOf(widget, defaults))
  const name = projects.value?.find(({ id }) => id === project)?.name ?? ''
  const isChanged =
    JSON.stringify(widgetOf(draft, widget, defaults)) !==
    JSON.stringify(widgetOf(draftOf(widget, defaults), widget, defaults))
  const save = useAction(async () => {
    await call('PUT /api/projects/:project/widget', { project, body: widgetOf(draft, widget, defaults) })
    await onSaved()
    say('Saved. Your pages show it within seconds.')
  })
  useEffect(() => {
    if (!isChanged) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [isChanged])
  const change = (part: Partial<AppearanceDraft>) => {
    setDraft({ ...draft, ...part })
    save.clear()
  }
  return (
    <div class="editor">
      <Section title="Settings">
        <Form onSubmit={save.run}>
          <AppearanceFields draft={draft} error={save.error} onChange={change} />
          {may('settings.write') && (
            <div class="actions">
              <Button look="primary" type="submit" busy={save.busy} disabled={!isChanged}>
                Save
              </Button>
              {isChanged && <Button onClick={() => setDraft(draftOf(widget, defaults))}>Discard changes</Button>}
            </div>
          )}
        </Form>
      </Section>
      <section class="preview-pane" aria-label="Preview">
        <WidgetPreview
          name={name}
          accent={draft.accent}
          theme={draft.theme}
          position={draft.position}
          mode={draft.mode}
          greeting={draft.greeting}
          starters={draft.starters}
        />
      </section>
    </div>
  )
}
