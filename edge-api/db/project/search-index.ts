import { type SQL, sql } from 'drizzle-orm'
import type { Language } from '../../rules/language.ts'
import type { Passage } from '../../rules/passage.ts'
import { MAX_SPELLING_LENGTH, MIN_SPELLING_LENGTH } from '../../rules/spelling.ts'
import { weighPassage } from '../../rules/weigh.ts'

export type IndexedPassage = Pick<Passage, 'ordinal' | 'headings' | 'text'>

/**
 * Statements that put one document's passages into the index, in place of what it had there. They belong into the
 * transaction that writes the passages, after its other row locks: the first one makes the project's index writers wait
 * for each other, which keeps the counts exact and deadlocks away (at READ COMMITTED, so that each sees what the one
 * before it wrote). Ordinals must run from 0 without gaps.
 */
export function indexStatements(
  projectId: string,
  documentId: string,
  title: string,
  language: Language,
  passages: readonly IndexedPassage[],
): SQL[] {
  const removal = unindexStatements(projectId, documentId)
  return passages.length === 0 ? removal : [...removal, add(projectId, documentId, title, language, passages)]
}

/** Statements that take a document out of the index; harmless when it is not in it. See `indexStatements`. */
export function unindexStatements(projectId: string, documentId: string): SQL[] {
  return [lock(projectId), remove(projectId, documentId)]
}

function lock(projectId: string): SQL {
  return sql`insert into search_corpus (project_id) values (${projectId}::uuid)
    on conflict (project_id) do update set next_number = search_corpus.next_number`
}

function remove(projectId: string, documentId: string): SQL {
  return sql`with gone as (
      delete from search_documents where project_id = ${projectId}::uuid and document_id = ${documentId}::uuid
      returning first_number, passage_count, total_length, terms
    ), posting as (
      delete from search_postings p using gone g cross join unnest(g.terms) as held(term)
      where p.project_id = ${projectId}::uuid and p.term = held.term
        and p.number >= g.first_number and p.number < g.first_number + g.passage_count
      returning p.term
    ), counted as (
      select term, count(*)::int as passages from posting group by term
    ), fewer as (
      update search_terms t set passage_count = t.passage_count - c.passages from counted c
      where t.project_id = ${projectId}::uuid and t.term = c.term and t.passage_count > c.passages
    ), vanished as (
      delete from search_terms t using counted c
      where t.project_id = ${projectId}::uuid and t.term = c.term and t.passage_count = c.passages
      returning t.term
    ), spelling as (
      delete from search_spellings s using vanished v cross join lateral ${variants(sql`v.term`)} as left_out
      where s.project_id = ${projectId}::uuid and s.variant = left_out.variant and s.term = v.term
    )
    update search_corpus c set passage_count = c.passage_count - g.passage_count,
      total_length = c.total_length - g.total_length
    from gone g where c.project_id = ${projectId}::uuid`
}

function add(
  projectId: string,
  documentId: string,
  title: string,
  language: Language,
  passages: readonly IndexedPassage[],
): SQL {
  const weighed = passages.map((passage) => weighPassage(title, passage, language))
  const postings = weighed.flatMap(({ ordinal, length, weights }) =>
    Array.from(weights, ([term, weight]) => ({ term, ordinal, weight, length })),
  )
  const totalLength = weighed.reduce((sum, { length }) => sum + length, 0)
  return sql`with posting as materialized (
      select * from unnest(${array(postings.map(({ term }) => term))}::text[],
        ${array(postings.map(({ ordinal }) => ordinal))}::int[], ${array(postings.map(({ weight }) => weight))}::real[],
        ${array(postings.map(({ length }) => length))}::int[]) as p(term, ordinal, weight, length)
    ), counted as materialized (
      select term, count(*)::int as passages from posting group by term
    ), corpus as (
      update search_corpus set passage_count = passage_count + ${passages.length}::int,
        total_length = total_length + ${totalLength}::int, next_number = next_number + ${passages.length}::int
      where project_id = ${projectId}::uuid returning next_number - ${passages.length}::int as first_number
    ), document as (
      insert into search_documents (project_id, document_id, first_number, passage_count, total_length, terms)
      select ${projectId}::uuid, ${documentId}::uuid, first_number, ${passages.length}::int, ${totalLength}::int,
        array(select term from counted) from corpus
    ), held as (
      insert into search_terms as held (project_id, term, passage_count)
      select ${projectId}::uuid, term, passages from counted
      on conflict (project_id, term) do update set passage_count = held.passage_count + excluded.passage_count
      returning term, passage_count
    ), spelling as (
      insert into search_spellings (project_id, variant, term, omitted)
      select ${projectId}::uuid, left_out.variant, h.term, left_out.omitted
      from held h join counted c on c.term = h.term and c.passages = h.passage_count
      cross join lateral ${variants(sql`h.term`)} as left_out
    )
    insert into search_postings (project_id, term, number, weight, length)
    select ${projectId}::uuid, p.term, c.first_number + p.ordinal, p.weight, p.length
    from posting p cross join corpus c order by p.term, p.ordinal`
}

/** A word and what is left of it without one of its characters; nothing for what is no word (digits, punctuation, pairs). */
function variants(term: SQL): SQL {
  return sql`(
    select case when place = 0 then ${term} else overlay(${term} placing '' from place for 1) end as variant,
      min(least(place, 1)) as omitted
    from generate_series(0, char_length(${term})) as place
    where char_length(${term}) between ${MIN_SPELLING_LENGTH}::int and ${MAX_SPELLING_LENGTH}::int
      and ${term} !~ '[[:digit:][:punct:][:space:]]'
    group by 1)`
}

/** One parameter; drizzle would spread a bare array into a list of them. */
function array(values: readonly (string | number)[]): SQL {
  return sql`${sql.param(values)}`
}
