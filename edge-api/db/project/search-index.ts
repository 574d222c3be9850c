import { type SQL, sql } from 'drizzle-orm'
import type { Language } from '../../rules/language.ts'
import type { Passage } from '../../rules/passage.ts'
import { weighPassage } from '../../rules/weigh.ts'

/** `title` is the page's; the passages' ordinals must run from 0 without gaps. */
export interface IndexedDocument {
  documentId: string
  title: string
  passages: readonly Pick<Passage, 'ordinal' | 'headings' | 'text'>[]
}

/**
 * Statements that put documents into the index, in place of what it had of them. They belong into the transaction that
 * writes the passages, after its other row locks: the first one makes the project's index writers wait for each other,
 * which keeps the counts exact and deadlocks away (at READ COMMITTED, so that each sees what the one before it wrote).
 * Many documents at once cost much less than each by itself: a term's count is then written once.
 */
export function indexStatements(projectId: string, language: Language, documents: readonly IndexedDocument[]): SQL[] {
  const ids = documents.map(({ documentId }) => documentId)
  const filled = documents.filter(({ passages }) => passages.length > 0)
  const removal = unindexStatements(projectId, ids)
  return filled.length === 0 ? removal : [...removal, add(projectId, language, filled)]
}

/** Statements that take documents out of the index; harmless for those that are not in it. See `indexStatements`. */
export function unindexStatements(projectId: string, documentIds: readonly string[]): SQL[] {
  return documentIds.length === 0 ? [] : [lock(projectId), remove(projectId, documentIds)]
}

function lock(projectId: string): SQL {
  return sql`insert into search_corpus (project_id) values (${projectId}::uuid)
    on conflict (project_id) do update set next_number = search_corpus.next_number`
}

function remove(projectId: string, documentIds: readonly string[]): SQL {
  const project = sql`${projectId}::uuid`
  return sql`with gone as (
      delete from search_documents where project_id = ${project} and document_id = any(${array(documentIds)}::uuid[])
      returning first_number, passage_count, total_length, terms, words
    ), posting as (
      delete from search_postings p using gone g cross join unnest(g.terms) as held(term)
      where p.project_id = ${project} and p.term = held.term
        and p.number >= g.first_number and p.number < g.first_number + g.passage_count
      returning p.term
    ), counted as (
      select term, count(*)::int as passages from posting group by term
    ), fewer as (
      update search_terms t set passage_count = t.passage_count - c.passages from counted c
      where t.project_id = ${project} and t.term = c.term and t.passage_count > c.passages
    ), vanished as (
      delete from search_terms t using counted c
      where t.project_id = ${project} and t.term = c.term and t.passage_count = c.passages
    ), counted_word as (
      select word, count(*)::int as documents from gone cross join unnest(words) as held(word) group by word
    ), fewer_word as (
      update search_words w set document_count = w.document_count - c.documents from counted_word c
      where w.project_id = ${project} and w.word = c.word and w.document_count > c.documents
    ), vanished_word as (
      delete from search_words w using counted_word c
      where w.project_id = ${project} and w.word = c.word and w.document_count = c.documents
      returning w.word
    ), left_out as materialized (
      select v.word, variants.variant from vanished_word v cross join lateral ${variants(sql`v.word`)} as variants
    ), spelling as (
      delete from search_spellings s using left_out l
      where s.project_id = ${project} and s.variant = l.variant and s.word = l.word
    )
    update search_corpus c set passage_count = c.passage_count - g.passages, total_length = c.total_length - g.length
    from (select sum(passage_count)::int as passages, sum(total_length) as length from gone having count(*) > 0) g
    where c.project_id = ${project}`
}

/** Documents are numbered by their place here, then by the passages before them. */
function add(projectId: string, language: Language, documents: readonly IndexedDocument[]): SQL {
  const project = sql`${projectId}::uuid`
  const weighed = documents.map(({ documentId, title, passages }, place) => ({
    documentId,
    passages: passages.map((passage) => ({ place, ...weighPassage(title, passage, language) })),
  }))
  const passages = weighed.flatMap((document) => document.passages)
  const postings = passages.flatMap(({ weights, ...rest }) =>
    Array.from(weights, ([term, weight]) => ({ ...rest, term, weight })),
  )
  const words = weighed.flatMap((document, place) => {
    const ofDocument = new Map(document.passages.flatMap((passage) => [...passage.words]))
    return Array.from(ofDocument, ([word, term]) => ({ place, word, term }))
  })
  return sql`with posting as materialized (
      select * from unnest(${array(postings.map(({ place }) => place))}::int[],
        ${array(postings.map(({ term }) => term))}::text[], ${array(postings.map(({ ordinal }) => ordinal))}::int[],
        ${array(postings.map(({ weight }) => weight))}::real[], ${array(postings.map(({ length }) => length))}::int[])
        as p(place, term, ordinal, weight, length)
    ), worded as materialized (
      select * from unnest(${array(words.map(({ place }) => place))}::int[], ${array(words.map(({ word }) => word))}::text[],
        ${array(words.map(({ term }) => term))}::text[]) as w(place, word, term)
    ), given as (
      select document_id, passages, length, place::int - 1 as place,
        coalesce(sum(passages) over (order by place rows between unbounded preceding and 1 preceding), 0)::int as before
      from unnest(${array(weighed.map(({ documentId }) => documentId))}::uuid[],
        ${array(weighed.map((document) => document.passages.length))}::int[], ${array(weighed.map((document) => sumOf(document.passages)))}::int[])
        with ordinality as g(document_id, passages, length, place)
    ), corpus as (
      update search_corpus set passage_count = passage_count + ${passages.length}::int,
        total_length = total_length + ${sumOf(passages)}::bigint,
        next_number = next_number + ${passages.length}::int
      where project_id = ${project} returning next_number - ${passages.length}::int as first_number
    ), document as (
      insert into search_documents (project_id, document_id, first_number, passage_count, total_length, terms, words)
      select ${project}, g.document_id, c.first_number + g.before, g.passages, g.length, coalesce(h.terms, '{}'), coalesce(w.words, '{}')
      from given g cross join corpus c
      left join (select place, array_agg(distinct term) as terms from posting group by place) h on h.place = g.place
      left join (select place, array_agg(word) as words from worded group by place) w on w.place = g.place
      returning document_id, first_number
    ), counted as materialized (
      select term, count(*)::int as passages from posting group by term
    ), held as (
      insert into search_terms as held (project_id, term, passage_count)
      select ${project}, term, passages from counted
      on conflict (project_id, term) do update set passage_count = held.passage_count + excluded.passage_count
    ), counted_word as materialized (
      select word, min(term) as term, count(*)::int as documents from worded group by word
    ), held_word as (
      insert into search_words as held (project_id, word, term, document_count)
      select ${project}, word, term, documents from counted_word
      on conflict (project_id, word) do update set document_count = held.document_count + excluded.document_count,
        term = excluded.term
      returning word, document_count
    ), spelling as (
      insert into search_spellings (project_id, variant, word, omitted)
      select ${project}, variants.variant, h.word, variants.omitted
      from held_word h join counted_word c on c.word = h.word and c.documents = h.document_count
      cross join lateral ${variants(sql`h.word`)} as variants
    )
    insert into search_postings (project_id, term, number, weight, length)
    select ${project}, p.term, d.first_number + p.ordinal, p.weight, p.length
    from posting p join given g on g.place = p.place join document d on d.document_id = g.document_id
    order by p.term, d.first_number, p.ordinal`
}

function sumOf(passages: readonly { length: number }[]): number {
  return passages.reduce((sum, { length }) => sum + length, 0)
}

/** A word and what is left of it without one of its characters. */
function variants(word: SQL): SQL {
  return sql`(
    select case when place = 0 then ${word} else overlay(${word} placing '' from place for 1) end as variant,
      min(least(place, 1)) as omitted
    from generate_series(0, char_length(${word})) as place group by 1)`
}

/** One parameter; drizzle would spread a bare array into a list of them. */
function array(values: readonly (string | number)[]): SQL {
  return sql`${sql.param(values)}`
}
