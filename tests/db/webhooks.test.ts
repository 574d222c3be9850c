import { describe, expect, test } from 'vitest'
import { createProjectContent } from '#edge/db/content.ts'
import type { WebhookEventMessage } from '#edge/rules/webhook.ts'
import { NOW_MS } from './manage.ts'
import { deliver, event, found, list, page, remove, upsert, useWebhookWorld, world } from './webhook-world.ts'

useWebhookWorld()

const MINUTE_MS = 60_000

describe('the transcript of a call', () => {
  const said = [
    { role: 'agent', text: 'Hello.' },
    { role: 'user', text: 'How do I rotate?' },
    { role: 'agent', text: '*Press* [it](https://x.example).' },
  ]
  const transcript = (eventId: string, data: unknown = { callId: 'c1', turns: said }): WebhookEventMessage => ({
    ...event(eventId, 'call.transcript', data),
    kind: 'voice',
  })
  const conversations = async () => {
    const exported = await createProjectContent(world.database.app, world.projectId).exportConversations(null, 10)
    return exported.map(({ json }) => JSON.parse(json) as unknown)
  }

  test('becomes one conversation, also when two events tell of it, both come twice and at once', async () => {
    const events = ['e1', 'e2', 'e1', 'e2', 'e1'].map((id) => transcript(id))
    await Promise.all(events.map((message) => deliver(message)))
    await deliver(transcript('e3', { callId: 'c1', turns: [{ role: 'user', text: 'Other words.' }] }))
    expect(await conversations()).toMatchObject([
      {
        channel: 'voice',
        messages: [
          { role: 'assistant', markdown: 'Hello.' },
          { role: 'visitor', markdown: 'How do I rotate?' },
          { role: 'assistant', markdown: '\\*Press\\* \\[it\\](https://x.example).' },
        ],
      },
    ])
    expect((await list()).map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  })

  test('without a form is put aside with the reason; one in which nobody speaks has no effect', async () => {
    await deliver(transcript('e1', { callId: 'c1', turns: 'none' }))
    await deliver(transcript('e2', { callId: 'c1', turns: [] }))
    const states = Object.fromEntries((await list()).map(({ eventId, state, reason }) => [eventId, [state, reason]]))
    expect(states).toEqual({
      e1: ['dead', 'Its transcript is not a list of turns.'],
      e2: ['ignored', 'Nothing was said in the call.'],
    })
    expect(await conversations()).toEqual([])
  })

  test('is all that a voice address takes: it pushes no documents', async () => {
    await deliver({ ...upsert('e1', 'a.md', 'zebra'), kind: 'voice' })
    expect(await found('zebra')).toEqual([])
    expect(await list()).toMatchObject([{ state: 'ignored' }])
  })
})

describe('an event', () => {
  test('brings its documents into the search, and is listed as done', async () => {
    await deliver(
      event('e1', 'documents.upsert', { documents: [page('a.md', 'zebra one'), page('b.md', 'zebra two')] }),
    )
    expect(await found('zebra')).toEqual(['zebra one', 'zebra two'])
    expect(await list()).toMatchObject([
      { eventId: 'e1', type: 'documents.upsert', state: 'done', attempts: 1, reason: null },
    ])
  })

  test('of deletion takes them out again, and leaves the others', async () => {
    await deliver(
      event('e1', 'documents.upsert', { documents: [page('a.md', 'zebra one'), page('b.md', 'zebra two')] }),
    )
    await found('zebra')
    await deliver(remove('e2', './a.md', NOW_MS + 1))
    expect(await found('zebra')).toEqual(['zebra two'])
  })

  test('that says nothing new wakes no job', async () => {
    await deliver(upsert('e1', 'a.md', 'zebra'))
    await found('zebra')
    await deliver(upsert('e2', 'a.md', 'zebra', NOW_MS + 1))
    expect(world.jobs).toEqual([])
  })

  test('takes effect once, however often it comes, also at once and after a later one', async () => {
    await Promise.all(Array.from({ length: 8 }, () => deliver(upsert('e1', 'a.md', 'zebra first'))))
    expect(new Set(world.jobs).size).toBe(1)
    await deliver(upsert('e2', 'a.md', 'zebra second', NOW_MS + MINUTE_MS))
    await deliver(upsert('e1', 'a.md', 'zebra first'))
    expect(await found('zebra')).toEqual(['zebra second'])
    expect((await list()).map(({ state }) => state)).toEqual(['done', 'done'])
  })

  test.each([
    ['an older version', () => upsert('old', 'a.md', 'zebra old', NOW_MS - MINUTE_MS)],
    ['an older deletion', () => remove('old', 'a.md', NOW_MS - MINUTE_MS)],
  ])('%s that arrives late does not undo a newer one', async (_, older) => {
    await deliver(upsert('new', 'a.md', 'zebra new'))
    await deliver(older())
    expect(await found('zebra')).toEqual(['zebra new'])
  })

  test('of many documents, only those overtaken are left out', async () => {
    await deliver(upsert('new', 'a.md', 'zebra new'))
    await deliver(
      event(
        'old',
        'documents.upsert',
        { documents: [page('a.md', 'zebra old'), page('b.md', 'zebra other')] },
        NOW_MS - 1,
      ),
    )
    expect(await found('zebra')).toEqual(['zebra new', 'zebra other'])
  })

  test('of versions in any order, all at once, the newest stands', async () => {
    const versions = [3, 1, 5, 2, 4].map((n) => upsert(`v${n}`, 'a.md', `zebra ${n}`, NOW_MS + n))
    const outcomes = await Promise.allSettled(versions.map((version) => deliver(version)))
    // Whoever lost all its turns is brought again by the queue.
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'fulfilled' && !outcome.value.done) await deliver(versions[index] as WebhookEventMessage)
    expect(await found('zebra')).toEqual(['zebra 5'])
  })

  test('of a type that is none of ours is ignored, and said so', async () => {
    await deliver(event('e1', 'user.created', {}))
    expect(await list()).toMatchObject([
      { state: 'ignored', reason: 'Events of type user.created have no effect here.' },
    ])
  })

  test.each([
    ['not an object', []],
    ['no documents', { documents: [] }],
    ['no content', { path: 'a.md' }],
    ['a content that is no text', { path: 'a.md', content: 1 }],
    ['too many', { documents: Array.from({ length: 101 }, (_, n) => page(`${n}.md`, 'x')) }],
    ['a site that is no address', { ...page('a.md', 'x'), siteUrl: 'javascript:alert(1)' }],
  ])('with %s is put aside at once, with the reason', async (_, data) => {
    await deliver(event('e1', 'documents.upsert', data))
    expect(await list()).toMatchObject([{ state: 'dead', attempts: 1, reason: expect.stringMatching(/\.$/) }])
  })

  test('about paths that lead out of their folder takes nothing in', async () => {
    await deliver(upsert('e1', '../../etc/passwd', 'zebra'))
    expect(await found('zebra')).toEqual([])
  })
})
