import { type SQL, sql } from 'drizzle-orm'
import { type DocumentId, idFromUuid, type PassageId } from '#shared/ids.ts'
import type { StoredPassage } from '../../rules/passage.ts'
import type { PassageHit, SearchQuery, SearchResult } from '../../rules/search.ts'
import { spellingVariants } from '../../rules/spelling.ts'

/** BM25: how soon repeating a term stops counting, and how much a long passage is held back. */
export const K1 = 1.2
export const B = 0.5
/** More than this many passages of one page wait until every other page has had its turn. */
const PASSAGES_A_PAGE = 2
/**
 * Postings that are read before the more frequent terms are left for last. Measured on 300 judged queries with down to 500:
 * as good as reading all of them.
 */
const EAGER_POSTINGS = 10_000
/** Passages that the more frequent terms are looked up for one by one, when not all postings may be read. */
const CANDIDATES = 500
/** What a word counts that the docs may use instead of the one asked for; beyond the budget above it is not looked up. */
const RELATED_SHARE = 0.25
/** Best passages among which every page gets its turn. */
const TURNS = 100
/**
 * Of this many best hits, the pieces of their section that stand no further than this many ordinals away come along, and
 * the opening of their page.
 */
const HITS_WITH_SIBLINGS = 5
const SIBLING_REACH = 3

/** The one row that `searchStatement` selects. */
export type SearchRow = Record<'passage_count' | 'terms' | 'hits' | 'siblings', unknown>

/**
 * Ranks the project's passages by BM25 over the terms of the query, any of them sufficing. Terms are read from the rarest
 * on while their postings fit the budget, or promise too few passages; the rest can only reorder the best candidates so
 * found, as their weight is small, and of words that are merely related it is too small to look them up at all. Words nobody
 * uses are replaced by their nearest spelling in the project's vocabulary.
 */
export function searchStatement(
  projectId: string,
  query: SearchQuery,
  limit: number,
  eagerPostings = EAGER_POSTINGS,
): SQL {
  const project = sql`${projectId}::uuid`
  return sql`with ${askedTerms(project, query, eagerPostings)}, ${scores(project, limit)}, hit as materialized (
      select row_number() over (order by t.is_surplus, t.score desc, t.number) as place, t.score, p.*, (
        select coalesce(json_agg(s.term), '[]') from (select distinct term from searched) s
        where exists (select from search_postings m where m.project_id = ${project} and m.term = s.term and m.number = t.number)
      ) as matched
      from best t join passages p on p.project_id = ${project} and p.document_id = t.document_id and p.ordinal = t.ordinal
    ), section_piece as (
      select distinct on (p.id) p.* from hit h join passages p on p.project_id = ${project}
        and p.document_id = h.document_id and p.url = h.url and p.headings = h.headings
        and p.ordinal between h.ordinal - ${SIBLING_REACH}::int and h.ordinal + ${SIBLING_REACH}::int
      where h.place <= ${HITS_WITH_SIBLINGS}::int and not exists (select from hit where hit.id = p.id)
    ), opening as (
      select distinct on (p.id) p.* from hit h join passages p on p.project_id = ${project}
        and p.document_id = h.document_id and p.ordinal = 0
      where h.place <= ${HITS_WITH_SIBLINGS}::int and not exists (select from hit where hit.id = p.id)
    ), sibling as (
      select * from section_piece union select * from opening
    )
    select coalesce((select passage_count from corpus), 0) as passage_count,
      (select json_agg(json_build_array(term, passages, repaired_to)) from known_or_repaired) as terms,
      (select json_agg(json_build_object('score', score, 'matched', matched, 'passage', ${passageJson()}) order by place)
        from hit) as hits,
      (select json_agg(${passageJson()} order by document_id, ordinal) from sibling) as siblings`
}

function passageJson(): SQL {
  return sql`json_build_object('passageId', id, 'documentId', document_id, 'ordinal', ordinal, 'title', title,
    'headings', headings, 'anchor', anchor, 'url', url, 'blocks', blocks, 'text', text)`
}

/** What the vocabulary knows of each term asked for: `known_or_repaired`, and without duplicates `searched`. */
function askedTerms(project: SQL, query: SearchQuery, eagerPostings: number): SQL {
  const repairable = query.terms.filter(({ kind, related }) => (kind === 'word' || kind === 'part') && !related)
  const own = query.terms.map(({ term }) => term)
  const related = [...new Set(query.terms.flatMap((term) => term.related ?? []))].filter((term) => !own.includes(term))
  const shares = [...own.map(() => 1), ...related.map(() => RELATED_SHARE)]
  const slips = repairable.flatMap(({ term, word }) => spellingVariants(term, word))
  return sql`corpus as materialized (
      select passage_count, total_length from search_corpus where project_id = ${project}
    ), known as materialized (
      select a.term, a.share, coalesce(t.passage_count, 0) as passages
      from unnest(${array([...own, ...related])}::text[], ${array(shares)}::float8[]) as a(term, share)
      left join search_terms t on t.project_id = ${project} and t.term = a.term
    ), repair as (
      select distinct on (w.asked) w.asked, t.term, t.passage_count as passages
      from unnest(${array(slips.map(({ term }) => term))}::text[], ${array(slips.map(({ word }) => word))}::text[],
        ${array(slips.map(({ variant }) => variant))}::text[], ${array(slips.map(({ omitted }) => omitted))}::int[],
        ${array(slips.map(({ reach }) => reach))}::int[]) as w(asked, word, variant, omitted, reach)
      join known k on k.term = w.asked and k.passages = 0
      join search_spellings s on s.project_id = ${project} and s.variant = w.variant
      join search_words v on v.project_id = ${project} and v.word = s.word
      join search_terms t on t.project_id = ${project} and t.term = v.term
      cross join lateral (select ${edits()} as edits) as distance
      where distance.edits <= w.reach
        and left(v.word, 1) in (left(w.word, 1), case when distance.edits = 1 then substr(w.word, 2, 1) end)
      order by w.asked, distance.edits, t.passage_count desc, t.term
    ), known_or_repaired as materialized (
      select k.term, k.share, k.passages, r.term as repaired_to, coalesce(r.term, k.term) as search_term,
        coalesce(r.passages, k.passages) as search_passages
      from known k left join repair r on r.asked = k.term
    ), searched as materialized (
      select term, passages, share, share * ln(1 + (c.passage_count - passages + 0.5::float8) / (passages + 0.5::float8)) as idf,
        sum(passages) over rarest <= ${eagerPostings}::bigint
          or coalesce(sum(passages) over (rarest rows between unbounded preceding and 1 preceding), 0) < ${TURNS}::int as eager
      from (
        select search_term as term, search_passages as passages, max(share) as share from known_or_repaired group by 1, 2
      ) t cross join corpus c
      where passages > 0 window rarest as (order by passages, term)
    )`
}

/**
 * How many edits lie between two words that became equal by leaving out characters: as many as were left out on one
 * side; where one was left out on both, the words are equally long and either one character or two neighbours differ (one
 * edit), or more do (two).
 */
function edits(): SQL {
  const letter = (word: 'v' | 'w', offset: 0 | 1) => sql.raw(`substr(${word}.word, place + ${offset}, 1)`)
  return sql`case when w.omitted = 1 and s.omitted = 1 and (
      select count(*) - count(*) filter (where ${letter('v', 0)} = ${letter('w', 1)} and ${letter('v', 1)} = ${letter('w', 0)})
      from generate_series(1, char_length(v.word)) as place where ${letter('v', 0)} <> ${letter('w', 0)}) > 1
    then 2 else greatest(w.omitted, s.omitted) end`
}

/** `best`: numbers, scores and places of the best passages. */
function scores(project: SQL, limit: number): SQL {
  const bm25 = sql`t.idf * p.weight * (${K1}::float8 + 1)
    / (p.weight + ${K1}::float8 * (1 - ${B}::float8 + ${B}::float8 * p.length * c.passage_count / c.total_length))`
  return sql`candidate as materialized (
      select p.number, sum(${bm25}) as score
      from searched t cross join corpus c cross join lateral (
        select number, weight, length from search_postings where project_id = ${project} and term = t.term offset 0
      ) p
      where t.eager group by p.number order by score desc, p.number limit ${CANDIDATES}::int
    ), scored as (
      select number, sum(score) as score from (
        select number, score from candidate
        union all
        select p.number, ${bm25} from searched t cross join corpus c cross join candidate b cross join lateral (
          select number, weight, length from search_postings
          where project_id = ${project} and term = t.term and number = b.number offset 0
        ) p where not t.eager and t.share = 1
      ) part group by number order by score desc, number limit ${Math.max(TURNS, limit)}::int
    ), best as materialized (
      select number, score, document_id, number - first_number as ordinal,
        row_number() over (partition by document_id order by score desc, number) > ${PASSAGES_A_PAGE}::int as is_surplus
      from scored s cross join lateral (
        select document_id, first_number from search_documents
        where project_id = ${project} and first_number <= s.number order by first_number desc limit 1
      ) d order by is_surplus, score desc, number limit ${limit}::int
    )`
}

/** Reads the row that `searchStatement` selected. */
export function readSearch(query: SearchQuery, row: SearchRow): SearchResult {
  const known = new Map(parse<[string, number, string | null][]>(row.terms).map((entry) => [entry[0], entry]))
  const terms = query.terms.map((term) => {
    const [, documentFrequency, repairedTo] = known.get(term.term) ?? [term.term, 0, null]
    if (term.related === undefined) return { ...term, documentFrequency, repairedTo }
    const related = term.related.filter((each) => (known.get(each)?.[1] ?? 0) > 0)
    const relatedFrequency = Math.max(0, ...related.map((each) => known.get(each)?.[1] ?? 0))
    return { ...term, documentFrequency, repairedTo, related, relatedFrequency }
  })
  return {
    hits: parse<PassageHit[]>(row.hits).map(({ passage, ...hit }) => ({ ...hit, passage: withIds(passage) })),
    siblings: parse<StoredPassage[]>(row.siblings).map(withIds),
    terms,
    passageCount: Number(row.passage_count),
  }
}

/** In the database ids are uuids. */
function withIds(passage: StoredPassage): StoredPassage {
  const passageId: PassageId = idFromUuid('passage', passage.passageId)
  const documentId: DocumentId = idFromUuid('document', passage.documentId)
  return { ...passage, passageId, documentId }
}

/** Drivers differ in whether they hand JSON over parsed. */
function parse<Value extends unknown[]>(value: unknown): Value {
  return (typeof value === 'string' ? JSON.parse(value) : (value ?? [])) as Value
}

/** One parameter; drizzle would spread a bare array into a list of them. */
function array(values: readonly (string | number)[]): SQL {
  return sql`${sql.param(values)}`
}
