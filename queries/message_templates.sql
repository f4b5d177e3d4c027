-- name: ListTemplates :many
select *
from public.message_templates
where org_id = @org_id
order by kind, language, name;

-- name: SaveTemplate :one
select *
from app.save_template(
  p_template_id => sqlc.narg(template_id)::uuid,
  p_kind => @kind::text,
  p_name => @name::text,
  p_language => @language::text,
  p_body => @body::text,
  p_subject => sqlc.narg(subject)::text,
  p_active => @active::boolean
);

-- name: DeleteTemplate :one
select app.delete_template(p_template_id => @template_id::uuid)::boolean as deleted;

-- name: PreviewTemplate :one
select app.preview_template(p_kind => @kind::text, p_language => @language::text, p_body => @body::text)::text as text;
