create or replace function app.is_knowledge_stuck(p_state text, p_updated_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  -- Jobs give a sign of life every few minutes, and are given up after some hours of trying.
  select p_state = 'failed' or p_state in ('waiting', 'reading', 'embedding') and p_updated_at < app.now() - interval '6 hours'
$$;

comment on function app.is_knowledge_stuck(text, timestamptz) is
  'Whether a version will not become ready by itself any more: it failed, or no job has touched it in six hours.';

select app.seal('app.is_knowledge_stuck(text, timestamptz)', null, 'app_writer');
