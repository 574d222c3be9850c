/**
 * The search index: an inverted list in plain tables, so that BM25 works on any PostgreSQL without an extension.
 * Only db/project/search-index.ts writes these tables, one document at a time and always under the lock of the
 * project's `search_corpus` row; that is what keeps the counts exact.
 */
import {
  bigint,
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { projects } from './schema.ts'

const projectId = () => uuid('project_id').notNull()

/** What BM25 needs to know of the project as a whole; also the lock that writers take first. */
export const searchCorpus = pgTable(
  'search_corpus',
  {
    projectId: projectId(),
    passageCount: integer('passage_count').notNull().default(0),
    /** Sum of the passages' lengths, in quarters of a term so that it stays an exact integer. */
    totalLength: bigint('total_length', { mode: 'number' }).notNull().default(0),
    /** The first passage number not given out yet. Numbers are not used again. */
    nextNumber: integer('next_number').notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.projectId] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/**
 * An indexed page. Its passages have the numbers `first_number` + ordinal: four bytes in each posting instead of sixteen.
 * No foreign key to `documents`: cascading would remove this row and leave its postings and counts behind.
 */
export const searchDocuments = pgTable(
  'search_documents',
  {
    projectId: projectId(),
    documentId: uuid('document_id').notNull(),
    firstNumber: integer('first_number').notNull(),
    passageCount: integer('passage_count').notNull(),
    totalLength: integer('total_length').notNull(),
    /** The page's distinct terms: by them its postings are found again, which saves a second index on those. */
    terms: text('terms').array().notNull(),
    /** Its distinct words that a misspelt one may stand for. */
    words: text('words').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.documentId] }),
    unique('search_documents_number_key').on(t.projectId, t.firstNumber),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/** The project's vocabulary, with the number of passages that hold each term. A term nobody holds has no row. */
export const searchTerms = pgTable(
  'search_terms',
  {
    projectId: projectId(),
    term: text('term').notNull(),
    passageCount: integer('passage_count').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.term] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/**
 * Which passage holds which term. Everything a score needs is in the row, so that ranking reads nothing else. By far
 * the largest table: a foreign key would be checked for each of millions of rows, and is left out.
 */
export const searchPostings = pgTable(
  'search_postings',
  {
    projectId: projectId(),
    term: text('term').notNull(),
    number: integer('number').notNull(),
    /** How often, weighted by field (title, heading, body). A multiple of a quarter, so exact as `real`. */
    weight: real('weight').notNull(),
    /** The passage's length in quarters of a term. */
    length: integer('length').notNull(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.term, t.number] })],
)

/** Words as they are written in the project, and the term that each of them makes. A word on no page has no row. */
export const searchWords = pgTable(
  'search_words',
  {
    projectId: projectId(),
    word: text('word').notNull(),
    term: text('term').notNull(),
    documentCount: integer('document_count').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.word] }),
    foreignKey({ columns: [t.projectId], foreignColumns: [projects.projectId] }).onDelete('cascade'),
  ],
)

/**
 * Deletion neighbourhood of those words: each word itself and with one character left out. A misspelt word meets its
 * neighbours here by equality, which row-level security lets an index serve (it does not for similarity).
 */
export const searchSpellings = pgTable(
  'search_spellings',
  {
    projectId: projectId(),
    variant: text('variant').notNull(),
    word: text('word').notNull(),
    /** Characters left out: 0 or 1. */
    omitted: smallint('omitted').notNull(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.variant, t.word] })],
)
