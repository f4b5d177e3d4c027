-- What clinics know: documents, their versions, the pieces that are searched, and the questions that found nothing.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column knowledge_model text check (char_length(knowledge_model) between 1 and 100);
comment on column public.organizations.knowledge_model is
  'The model whose vectors answer questions about the clinic''s documents; NULL: no document was ever embedded. Another model takes over when every piece has its vector.';

create table public.knowledge_documents (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  filename text not null check (char_length(filename) between 1 and 255 and filename !~ '[\\/[:cntrl:]]' and filename !~ '\.\.'),
  category text not null default 'general' check (category in ('products_services', 'operations', 'ai_guidelines', 'general')),
  active boolean not null default true,
  checksum bytea not null check (octet_length(checksum) = 32),
  latest_version integer not null default 0 check (latest_version >= 0),
  current_version_id uuid,
  created_by uuid,
  deleted_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id)
);
comment on table public.knowledge_documents is
  'The documents that a clinic''s agents answer from. A deleted one keeps its row and files and has no pieces any more: nothing finds it.';
comment on column public.knowledge_documents.active is 'Whether callers are answered from it. The pieces of an inactive document stay, so that it can be switched on at once.';
comment on column public.knowledge_documents.checksum is 'SHA-256 of the newest version''s file: the same file twice is one document.';
comment on column public.knowledge_documents.latest_version is 'The number of the newest version, whatever became of it.';
comment on column public.knowledge_documents.current_version_id is 'The version that answers; NULL until one was ready.';
create unique index knowledge_documents_file on public.knowledge_documents (org_id, checksum) where deleted_at is null;
comment on index public.knowledge_documents_file is 'add_knowledge: the same file twice is one document, also when both come at once.';

create table public.knowledge_versions (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  document_id uuid not null,
  version integer not null check (version > 0),
  kind text not null check (kind in ('pdf', 'docx', 'html', 'csv', 'md', 'txt')),
  size_bytes bigint not null check (size_bytes > 0),
  state text not null default 'waiting' check (state in ('waiting', 'reading', 'embedding', 'ready', 'superseded', 'failed')),
  error text check (error ~ '^[a-z_]{1,40}$'),
  chunks_total integer check (chunks_total > 0),
  chunks_done integer not null default 0 check (chunks_done >= 0),
  lease_until timestamptz,
  created_by uuid,
  finished_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, document_id, version),
  foreign key (org_id, document_id) references public.knowledge_documents (org_id, id),
  constraint knowledge_versions_failed check ((state = 'failed') = (error is not null))
);
comment on table public.knowledge_versions is
  'What a document was and is. One version at a time answers; a newer one takes its place whole, when all of it is ready, and a failed one never does.';
comment on column public.knowledge_versions.kind is 'What the file is by its content, whatever its name says.';
comment on column public.knowledge_versions.state is
  'waiting: for a job; reading: its text is taken out; embedding: chunks_done of chunks_total pieces have a vector; ready: it answers, or did; superseded: a newer one came before it was ready, or after; failed: see error.';
comment on column public.knowledge_versions.error is
  'Why it failed: a code of the reader of documents (encrypted, image_only, damaged, too_large, too_many_pages, unsupported_type, empty, took_too_long), embedding (no vectors could be made) or trouble.';
comment on column public.knowledge_versions.lease_until is 'Until when a job that works on it may be alive; another one waits until then.';
alter table public.knowledge_documents
  add foreign key (org_id, current_version_id) references public.knowledge_versions (org_id, id);

create table public.knowledge_files (
  org_id uuid not null references public.organizations (id),
  version_id uuid not null,
  content bytea not null check (octet_length(content) between 1 and 20971520),
  primary key (org_id, version_id),
  foreign key (org_id, version_id) references public.knowledge_versions (org_id, id)
);
comment on table public.knowledge_files is
  'The files of versions, as they were uploaded. Here and not in the storage of recordings: they are small and few, and document, file and job must stand or fall together.';

create table public.knowledge_chunks (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  document_id uuid not null,
  version_id uuid not null,
  position integer not null check (position > 0),
  page integer check (page > 0),
  headings text[] not null default '{}',
  body text not null check (char_length(body) between 1 and 20000),
  tokens integer not null check (tokens >= 0),
  text_config text not null check (text_config ~ '^[a-z]{1,40}$'),
  tsv tsvector not null,
  primary key (org_id, id),
  unique (org_id, version_id, position),
  foreign key (org_id, document_id) references public.knowledge_documents (org_id, id),
  foreign key (org_id, version_id) references public.knowledge_versions (org_id, id)
);
comment on table public.knowledge_chunks is 'The pieces of documents that are searched one by one. Only those of a document''s current version are ever found.';
comment on column public.knowledge_chunks.position is 'From 1 on, in the order of the document.';
comment on column public.knowledge_chunks.page is 'The page on which the piece begins; NULL where the format has none.';
comment on column public.knowledge_chunks.headings is 'What it stands under, the highest first.';
comment on column public.knowledge_chunks.tokens is 'The body''s length as embedding models count, guessed.';
comment on column public.knowledge_chunks.text_config is 'The full-text configuration by which tsv was made: that of the clinic''s language.';
comment on column public.knowledge_chunks.tsv is 'The words of headings and body, without accents; where they stand is not kept, since nothing asks.';
create index knowledge_chunks_document on public.knowledge_chunks (org_id, document_id);
comment on index public.knowledge_chunks_document is 'delete_knowledge and finish_knowledge: a document''s pieces.';
create index knowledge_chunks_words on public.knowledge_chunks using gin ((org_id::text), tsv) with (fastupdate = off);
comment on index public.knowledge_chunks_words is
  'knowledge_words: a tenant''s pieces with a word. As text, so that no other index can be taken for the tenant: planners do not see that words lie out of the row, and would compare all. Without fastupdate: or one caller in many would wait for the list of pending entries to be sorted in.';

-- Half precision, and in the row: half the memory, and one look-up fewer for every piece that is compared.
create table public.knowledge_vectors (
  org_id uuid not null references public.organizations (id),
  chunk_id uuid not null,
  version_id uuid not null,
  model text not null check (char_length(model) between 1 and 100),
  embedding extensions.halfvec not null,
  primary key (org_id, chunk_id, model),
  foreign key (org_id, chunk_id) references public.knowledge_chunks (org_id, id) on delete cascade,
  foreign key (org_id, version_id) references public.knowledge_versions (org_id, id)
) with (toast_tuple_target = 8160);
comment on table public.knowledge_vectors is
  'A piece''s vector of one model. A table of its own, so that a new model''s vectors are gathered beside those that answer, and no text is stored twice.';
comment on column public.knowledge_vectors.version_id is 'The piece''s, which never changes: what answers is compared without a look at the pieces.';
comment on column public.knowledge_vectors.model is 'Vectors of different models are never compared: lengths and directions mean nothing to each other.';
comment on column public.knowledge_vectors.embedding is
  'As long as the model makes them: the column has no fixed dimension, and no index over tenants, see docs/decisions/0025. Half precision moves a cosine by a thousandth at most.';
create index knowledge_vectors_version on public.knowledge_vectors (org_id, version_id, model);
comment on index public.knowledge_vectors_version is 'knowledge_near: the vectors of what answers.';

create table public.knowledge_gaps (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  topic text not null check (char_length(topic) between 1 and 400),
  question text not null check (char_length(question) between 1 and 500),
  times_asked integer not null default 1 check (times_asked > 0),
  best_score real check (best_score between 0 and 1),
  last_call_id uuid,
  first_asked_at timestamptz not null default app.now(),
  last_asked_at timestamptz not null default app.now(),
  resolved_at timestamptz,
  resolved_by uuid,
  primary key (org_id, id),
  unique (org_id, topic),
  foreign key (org_id, last_call_id) references public.call_logs (org_id, id) on delete set null (last_call_id)
);
comment on table public.knowledge_gaps is 'Questions to which the clinic''s documents had no answer, alike ones together. Asked again, a resolved one is open again.';
comment on column public.knowledge_gaps.topic is 'The question''s words without endings, order and small words: what is grouped by.';
comment on column public.knowledge_gaps.question is 'As it was last asked, redacted.';
comment on column public.knowledge_gaps.times_asked is 'In how many calls; a question that a call repeats counts once, unless others came between.';
comment on column public.knowledge_gaps.best_score is 'How near the nearest passage came the last time; NULL: nothing had a word of it.';
create index knowledge_gaps_open on public.knowledge_gaps (org_id, times_asked desc, last_asked_at desc) where resolved_at is null;
comment on index public.knowledge_gaps_open is 'list_knowledge_gaps: what is asked most.';
create index knowledge_gaps_call on public.knowledge_gaps (org_id, last_call_id);
comment on index public.knowledge_gaps_call is 'When a call is deleted.';

create type app.knowledge_row as (
  id uuid,
  filename text,
  category text,
  active boolean,
  version integer,
  latest_version integer,
  kind text,
  size_bytes bigint,
  state text,
  error text,
  chunks_total integer,
  chunks_done integer,
  created_at timestamptz,
  updated_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.knowledge_row is
  'A document with how its newest version stands (kind, size_bytes, state, error, chunks_total, chunks_done as in knowledge_versions). version: the one that answers, NULL: none yet.';

create type app.knowledge_saved as (
  outcome text,
  document_id uuid
);
comment on type app.knowledge_saved is
  'What became of a file. outcome: created, a new document; same, it is the newest version of this document already; updated, a version of it waits for a job.';

create type app.knowledge_work as (
  outcome text,
  document_id uuid,
  kind text,
  content bytea,
  not_before timestamptz
);
comment on type app.knowledge_work is
  'What a job shall do about a version. outcome: read (the content), embed (its pieces are there already), wait (another job may be at it until not_before), done (nothing: ready, failed, overtaken or deleted).';

create type app.knowledge_text as (
  chunk_id uuid,
  body text
);
comment on type app.knowledge_text is 'A piece that needs a vector, with the headings it stands under.';

create type app.knowledge_match as (
  chunk_id uuid,
  document_id uuid,
  filename text,
  category text,
  page integer,
  headings text[],
  body text,
  score real,
  similarity real,
  coverage real
);
comment on type app.knowledge_match is
  'A passage that may answer a question. similarity: the cosine of vectors of one model, NULL without; coverage: the weight of the question''s words that stand in it, of all its words; score: 1 - (1 - similarity) * (1 - coverage). All from 0 to 1.';

create type app.knowledge_nearness as (
  chunk_id uuid,
  similarity real
);
comment on type app.knowledge_nearness is 'A piece, and the cosine of its vector and a question''s, from 0 to 1.';

create type app.knowledge_word as (
  text_config text,
  lexeme text,
  weight real,
  chunk_ids uuid[]
);
comment on type app.knowledge_word is
  'A word of a question, in the form of one full-text configuration. weight: the rarer the heavier, one that stands nowhere is heaviest; chunk_ids: where it stands, NULL: in more pieces than are looked at one by one.';

create type app.knowledge_chunk_row as (
  id uuid,
  position integer,
  page integer,
  headings text[],
  body text,
  tokens integer,
  models text[],
  total bigint,
  total_is_estimate boolean
);
comment on type app.knowledge_chunk_row is 'A piece of the version that answers, with the models that it has vectors of.';

create type app.knowledge_gap_row as (
  id uuid,
  question text,
  times_asked integer,
  best_score real,
  last_call_id uuid,
  first_asked_at timestamptz,
  last_asked_at timestamptz,
  resolved_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.knowledge_gap_row is 'A question that found nothing, as the dashboard lists it.';

alter table public.knowledge_documents enable row level security;
alter table public.knowledge_documents force row level security;
alter table public.knowledge_versions enable row level security;
alter table public.knowledge_versions force row level security;
alter table public.knowledge_files enable row level security;
alter table public.knowledge_files force row level security;
alter table public.knowledge_chunks enable row level security;
alter table public.knowledge_chunks force row level security;
alter table public.knowledge_vectors enable row level security;
alter table public.knowledge_vectors force row level security;
alter table public.knowledge_gaps enable row level security;
alter table public.knowledge_gaps force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.knowledge_gap_row;
drop type app.knowledge_chunk_row;
drop type app.knowledge_word;
drop type app.knowledge_nearness;
drop type app.knowledge_match;
drop type app.knowledge_text;
drop type app.knowledge_work;
drop type app.knowledge_saved;
drop type app.knowledge_row;
drop table public.knowledge_gaps;
drop table public.knowledge_vectors;
drop table public.knowledge_chunks;
drop table public.knowledge_files;
alter table public.knowledge_documents drop constraint knowledge_documents_org_id_current_version_id_fkey;
drop table public.knowledge_versions;
drop table public.knowledge_documents;
alter table public.organizations drop column knowledge_model;
-- +goose StatementEnd
