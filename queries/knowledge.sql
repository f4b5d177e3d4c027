-- name: AddKnowledge :one
select *
from app.add_knowledge(
  p_filename => @filename::text, p_category => sqlc.narg(category)::text, p_active => sqlc.narg(active)::boolean, p_kind => @kind::text,
  p_content => @content::bytea
);

-- name: ChangeKnowledge :one
select *
from app.change_knowledge(
  p_document_id => @document_id::uuid, p_fields => @fields::jsonb, p_kind => sqlc.narg(kind)::text,
  p_content => sqlc.narg(content)::bytea
);

-- name: DeleteKnowledge :one
select app.delete_knowledge(p_document_id => @document_id::uuid)::boolean as deleted;

-- name: ListKnowledge :many
select *
from app.list_knowledge(p_page => @page_number::integer, p_limit => @page_limit::integer);

-- name: ReadKnowledge :one
select *
from app.list_knowledge(p_page => 1, p_limit => 1, p_document_id => @document_id::uuid);

-- name: KnowledgeContent :one
select app.knowledge_content(p_document_id => @document_id::uuid)::bytea as content;

-- name: ListKnowledgeChunks :many
select *
from app.list_knowledge_chunks(
  p_document_id => @document_id::uuid, p_page => @page_number::integer, p_limit => @page_limit::integer
);

-- name: KnowledgeModel :one
select coalesce(app.knowledge_model(), '')::text as model;

-- name: MatchKnowledge :many
select *
from app.match_knowledge(
  p_question => @question::text, p_model => sqlc.narg(model)::text, p_embedding => sqlc.narg(embedding)::extensions.vector,
  p_limit => @at_most::integer, p_min_score => sqlc.narg(min_score)::real
);

-- name: BeginKnowledge :one
select *
from app.begin_knowledge(p_version_id => @version_id::uuid, p_lease => make_interval(secs => @lease_seconds::integer), p_last => @last::boolean);

-- name: LapseKnowledge :one
select app.lapse_knowledge(p_version_id => @version_id::uuid)::integer as again_seconds;

-- name: StageKnowledge :one
select app.stage_knowledge(p_version_id => @version_id::uuid, p_chunks => @chunks::jsonb)::boolean as staged;

-- name: KnowledgeToEmbed :many
select *
from app.knowledge_to_embed(
  p_version_id => sqlc.narg(version_id)::uuid, p_model => @model::text, p_limit => @at_most::integer
);

-- name: StoreKnowledgeVector :exec
select app.store_knowledge_vector(
  p_chunk_id => @chunk_id::uuid, p_model => @model::text, p_embedding => @embedding::extensions.vector
);

-- name: NoteKnowledgeProgress :one
select app.note_knowledge_progress(
  p_version_id => @version_id::uuid, p_model => @model::text, p_lease => make_interval(secs => @lease_seconds::integer)
)::boolean as wanted;

-- name: FinishKnowledge :one
select app.finish_knowledge(p_version_id => @version_id::uuid, p_model => @model::text)::text as outcome;

-- name: FailKnowledge :exec
select app.fail_knowledge(p_version_id => @version_id::uuid, p_reason => @reason::text, p_final => @final::boolean);

-- name: OrgsWithKnowledge :many
select org::uuid as org_id
from app.orgs_with_knowledge() org;

-- name: SwitchKnowledgeModel :one
select app.switch_knowledge_model(p_model => @model::text)::boolean as switched;

-- name: AskKnowledge :many
select *
from app.ask_knowledge(
  p_call_id => @call_id::uuid, p_question => @question::text, p_model => sqlc.narg(model)::text,
  p_embedding => sqlc.narg(embedding)::extensions.vector
);

-- name: ListKnowledgeGaps :many
select *
from app.list_knowledge_gaps(
  p_page => @page_number::integer, p_limit => @page_limit::integer, p_resolved => @resolved::boolean
);

-- name: ResolveKnowledgeGap :one
select app.resolve_knowledge_gap(p_gap_id => @gap_id::uuid)::boolean as found;
